// The words of picture, comparison and evidence in English.

import type { Mode } from "../address";
import type { Box } from "../records";

const placed = ([x, y, width, height]: Box) => `${width} by ${height} pixels at ${x}, ${y}`;
const counted = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;

export const viewer = {
  window: "zoomable picture",
  keys: "Arrows move, plus and minus zoom, Z fits or shows every pixel, left and right bracket go from box to box, O held shows the original.",
  drawingKeys:
    "Draw a box: drag, or move it with the arrows and size it with Shift and the arrows, Control for single pixels; Enter takes it, Escape gives up.",
  original: "The original is shown",
  modes: "How to look",
  mode: {
    picture: "Picture",
    slider: "Slider",
    beside: "Side by side",
    flip: "Flip",
    difference: "Difference",
    outside: "Outside the box",
  } satisfies Record<Mode, string>,
  against: "against",
  parent: "the version before",
  first: "the original",
  boxes: "Boxes",
  strength: "Strength of the boxes",
  zoomIn: "Larger",
  zoomOut: "Smaller",
  fit: "Fit",
  full: "100 %",
  scale: (share: number) => `${Math.round(share * 100)} %`,
  box: (box: Box) => `Box ${placed(box)}`,
  boxDrawn: (box: Box) => `Box drawn: ${placed(box)}`,
  nothing: "Choose a version to see it here.",
  noPicture: "This report holds no picture of this version.",
};

export const compare = {
  label: (before: string, after: string) => `${before} compared with ${after}`,
  before: "before",
  after: "after",
  shown: (which: string) => `Shown: ${which}`,
  handle: "Where one version ends and the other begins",
  handleKeys: "Arrow keys move it, Home and End go to the edges.",
  part: (share: number) => `${Math.round(share * 100)} % before`,
  flipKeys: "Hold O, or press and hold the button, to see the other version.",
  flip: "Hold to flip",
  same: "Not one pixel differs between the two.",
  changed: (pixels: number, most: number) => `${counted(pixels, "pixel")} differ, by ${most} grey levels at most.`,
  outside: (pixels: number) => `${counted(pixels, "pixel")} changed outside the box.`,
  outsideNone: (box: Box) => `0 pixels changed outside the box (${placed(box)}).`,
  outsideMost: (most: number) => `By ${most} grey levels at most.`,
  noBox: "This version has no box of its own, so all that changed counts as outside it.",
  sizes: "The two versions differ in size; they are shown side by side.",
  failed: (why: string) => `The two versions could not be compared: ${why}`,
  noMap: "This report holds no difference map of these two; `retouch serve` shows it.",
  itself: "A version cannot be compared with itself; choose another one.",
  nothingBefore: "There is no version before this one.",
  counting: "Counting…",
};
