// Which part of a picture is shown, and how large; in an address it is one word.

/** The picture's point in the middle of the window, in its own pixels; `scale`: pixels of the screen for one of them. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Look {
  /** Null where the whole picture is fitted into the window. */
  readonly view: View | null;
  /** Where the slider stands, as a share of the window's width. */
  readonly split: number;
}

export const LARGEST = 32;
const MIDDLE = 0.5;

const WORD = /^(?:(-?\d{1,6}),(-?\d{1,6}),(\d{1,3}(?:\.\d{1,4})?))?(?:~(\d{1,3}))?$/;

/** A word that names no view is the whole picture. */
export function parsedLook(word: string): Look {
  const found = WORD.exec(word);
  const [x = 0, y = 0, scale = 0, split] = (found?.slice(1) ?? []).map((each) =>
    each === undefined ? undefined : Number(each),
  );
  const view = scale > 0 && scale <= LARGEST * 4 ? { x, y, scale } : null;
  return { view, split: split === undefined ? MIDDLE : Math.min(split / 100, 1) };
}

export function formattedLook({ view, split }: Look): string {
  const placed = view ? `${Math.round(view.x)},${Math.round(view.y)},${Number(view.scale.toFixed(4))}` : "";
  const percent = Math.round(split * 100);
  return percent === MIDDLE * 100 ? placed : `${placed}~${percent}`;
}
