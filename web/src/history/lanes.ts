// The lanes beside a line of the history, as SVG.

import { nothing, svg } from "lit";
import type { Line, Strand } from "./lines";
import { mark } from "./marks";

export const ROW = 52;
const COLOURS = 6;
const WIDEST = 132;
const MIDDLE = ROW / 2;

/** Pixels from lane to lane: less where there are many. */
export function laneWidth(lanes: number): number {
  return Math.max(7, Math.min(18, WIDEST / Math.max(lanes, 1)));
}

export function drawn(line: Line, width: number) {
  const x = (lane: number) => width * lane + 13;
  const own = line.sprouts ?? line.lane;
  return svg`
    ${line.passing.map((strand) => path(strand, `M${x(strand.lane)} 0V${ROW}`))}
    ${line.joins.map((strand) => path(strand, `M${x(strand.lane)} 0Q${x(strand.lane)} ${MIDDLE} ${x(line.lane)} ${MIDDLE}`))}
    ${line.forks.map((strand) => path(strand, `M${x(line.lane)} ${MIDDLE}Q${x(strand.lane)} ${MIDDLE} ${x(strand.lane)} ${ROW}`))}
    ${line.sprouts === null ? trunk(line, x(line.lane)) : sprout(line, x(own), x(line.lane))}
    ${line.tries.length ? heap(x(line.lane)) : nothing}
    ${mark(line.version, x(line.lane), MIDDLE)}`;
}

const path = (strand: Strand, d: string) =>
  svg`<path class="way lane-${strand.lane % COLOURS} ${strand.elided ? "elided" : ""}" d=${d} />`;

function trunk(line: Line, x: number) {
  const strand = { lane: line.lane, elided: line.open === false };
  const up = line.above ? path({ ...strand, elided: false }, `M${x} 0V${MIDDLE}`) : nothing;
  const down = line.below ? path(strand, `M${x} ${MIDDLE}V${ROW}`) : nothing;
  return [up, down];
}

function sprout(line: Line, from: number, to: number) {
  const strand = { lane: line.sprouts ?? 0, elided: false };
  const twig = svg`<path class="way twig lane-${strand.lane % COLOURS}" d="M${from} 0Q${from} ${MIDDLE} ${to} ${MIDDLE}" />`;
  return [twig, line.below ? path(strand, `M${from} 0V${ROW}`) : nothing];
}

/** Behind the mark of a folded group: that there are more. */
const heap = (x: number) =>
  svg`<circle class="heap" cx=${x + 4} cy=${MIDDLE} r="7" /><circle class="heap" cx=${x + 2} cy=${MIDDLE} r="7" />`;
