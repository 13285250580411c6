// A box drawn by hand, in whole picture pixels: by two corners, or moved and sized with the arrow keys.

import type { Box } from "../records";
import type { Point, Visible } from "./stage";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The smallest box of whole pixels that holds both corners, inside the picture, at least one pixel large. */
export function spanned(from: Point, to: Point, picture: Size): Box {
  const [left, right] = spread(from.x, to.x, picture.width);
  const [top, bottom] = spread(from.y, to.y, picture.height);
  return [left, top, right - left, bottom - top];
}

/** A box in the middle of what is seen, a quarter as large: where the keyboard begins. */
export function centred(visible: Visible, picture: Size): Box {
  const middle = { x: visible.x + visible.width / 2, y: visible.y + visible.height / 2 };
  const half = Math.min(visible.width, visible.height) / 8;
  return spanned({ x: middle.x - half, y: middle.y - half }, { x: middle.x + half, y: middle.y + half }, picture);
}

export function moved([x, y, width, height]: Box, right: number, down: number, picture: Size): Box {
  return [held(x + right, 0, picture.width - width), held(y + down, 0, picture.height - height), width, height];
}

/** The right and lower edge go by so much. */
export function sized([x, y, width, height]: Box, right: number, down: number, picture: Size): Box {
  return [x, y, held(width + right, 1, picture.width - x), held(height + down, 1, picture.height - y)];
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * What a key makes of the box, null if it is none for it. Arrows move, with Shift they size; Ctrl takes one pixel at a
 * time, else a step is what a person can see at this magnification.
 */
export function keyed(box: Box, event: KeyboardEvent, picture: Size, visible: Visible): Box | null {
  const way = ARROWS[event.key];
  if (!way) return null;
  const step = event.ctrlKey ? 1 : Math.max(1, Math.round(8 / visible.scale));
  const change = event.shiftKey ? sized : moved;
  return change(box, way[0] * step, way[1] * step, picture);
}

function spread(a: number, b: number, limit: number): [number, number] {
  const from = held(Math.floor(Math.min(a, b)), 0, limit - 1);
  return [from, held(Math.ceil(Math.max(a, b)), from + 1, limit)];
}

const held = (value: number, least: number, most: number) => Math.min(Math.max(value, least), Math.max(least, most));
