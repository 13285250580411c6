// A strip beside a long history: every line of it as a tick, coloured where it was judged badly or a branch ends.

import { svg } from "lit";
import type { Line } from "./lines";

/** Histories of fewer lines are seen well enough without it. */
export const FROM = 50;

export function overview(lines: readonly Line[]) {
  const ticks = (fits: (line: Line) => boolean) =>
    lines.map((line, index) => (fits(line) ? `M0 ${index + 0.5}H10` : "")).join("");
  return svg`
    <path class="fail" d=${ticks(({ version }) => version.outcome === "fail")} />
    <path class="unsure" d=${ticks(({ version }) => version.outcome === "unsure")} />
    <path class="named" d=${ticks(({ version }) => version.branches.length + version.tags.length > 0)} />`;
}
