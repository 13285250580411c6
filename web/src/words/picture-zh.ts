// The words of picture, comparison and evidence in Chinese (traditional characters).

import type { Mode } from "../address";
import type { Box } from "../records";
import type * as en from "./picture-en";

const placed = ([x, y, width, height]: Box) => `${x}, ${y} 處，${width} × ${height} 像素`;
const counted = (count: number) => count.toLocaleString("zh-Hant");

export const viewer: typeof en.viewer = {
  window: "可縮放圖像",
  keys: "方向鍵移動，加減號縮放，Z 切換適合視窗與原尺寸，方括號在方框間切換，按住 O 看原圖。",
  drawingKeys: "畫方框：拖曳，或用方向鍵移動、Shift 加方向鍵改大小，Control 每次一個像素；Enter 確定，Escape 取消。",
  original: "現在顯示原圖",
  modes: "檢視方式",
  mode: {
    picture: "圖像",
    slider: "滑桿",
    beside: "並排",
    flip: "切換",
    difference: "差異",
    outside: "方框之外",
  } satisfies Record<Mode, string>,
  against: "對照",
  parent: "前一版本",
  first: "原圖",
  boxes: "方框",
  strength: "方框濃淡",
  zoomIn: "放大",
  zoomOut: "縮小",
  fit: "適合視窗",
  full: "100 %",
  scale: (share: number) => `${Math.round(share * 100)} %`,
  box: (box: Box) => `方框：${placed(box)}`,
  boxDrawn: (box: Box) => `已畫方框：${placed(box)}`,
  nothing: "請選擇一個版本。",
  noPicture: "此報告未收錄這個版本的圖像。",
};

export const compare: typeof en.compare = {
  label: (before: string, after: string) => `${before} 與 ${after} 比較`,
  before: "之前",
  after: "之後",
  shown: (which: string) => `現在顯示：${which}`,
  handle: "兩個版本的分界",
  handleKeys: "方向鍵移動，Home 與 End 到兩端。",
  part: (share: number) => `之前佔 ${Math.round(share * 100)} %`,
  flipKeys: "按住 O 或按住按鈕，即見另一版本。",
  flip: "按住切換",
  same: "兩個版本沒有一個像素不同。",
  changed: (pixels: number, most: number) => `${counted(pixels)} 個像素不同，最多相差 ${most} 灰階。`,
  outside: (pixels: number) => `方框之外有 ${counted(pixels)} 個像素改變。`,
  outsideNone: (box: Box) => `方框之外有 0 個像素改變（${placed(box)}）。`,
  outsideMost: (most: number) => `最多相差 ${most} 灰階。`,
  noBox: "此版本沒有方框，所有改變都算在方框之外。",
  sizes: "兩個版本大小不同，改以並排顯示。",
  failed: (why: string) => `無法比較兩個版本：${why}`,
  noMap: "此報告不含這兩個版本的差異圖；請用 `retouch serve` 檢視。",
  itself: "版本不能與自己比較，請另選一個。",
  nothingBefore: "這個版本之前沒有版本。",
  counting: "計算中…",
};
