// Keys that move a picture's window: arrows, plus and minus, Home.

import type { Stage } from "./stage";

const STEP = 0.15;
const LARGER = 1.4;

/** True if the key moved the window. */
export function navigated(event: KeyboardEvent, stage: Stage): boolean {
  const act = ACTS[event.key];
  if (!act || event.ctrlKey) return false;
  act(stage, event.shiftKey ? STEP * 4 : STEP);
  return true;
}

const ACTS: Readonly<Record<string, (stage: Stage, step: number) => void>> = {
  ArrowLeft: (stage, step) => stage.pan(-step, 0),
  ArrowRight: (stage, step) => stage.pan(step, 0),
  ArrowUp: (stage, step) => stage.pan(0, -step),
  ArrowDown: (stage, step) => stage.pan(0, step),
  "+": (stage) => stage.zoom(LARGER),
  "=": (stage) => stage.zoom(LARGER),
  "-": (stage) => stage.zoom(1 / LARGER),
  Home: (stage) => stage.fit(),
  "0": (stage) => stage.fit(),
  "1": (stage) => stage.full(),
};
