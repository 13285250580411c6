// How the new ink measures beside its neighbours'.

import { html, svg } from "lit";
import type { Facts } from "../../records";
import { factsTable } from "../facts-table";
import { figure, isFacts, numberAt, without } from "../reading";
import type { Context, Drawn } from "./context";

export const blend: Drawn = (facts, context) => {
  const measures = Object.entries(facts).flatMap(([name, value]): (readonly [string, Facts])[] =>
    isFacts(value) && numberAt(value, "value") !== null ? [[name, value]] : [],
  );
  return html`<ul class="measures">${measures.map(([name, measure]) => one(name, measure, context))}</ul>
    ${factsTable(without(facts, ...measures.map(([name]) => name)))}`;
};

function one(name: string, measure: Facts, { words }: Context) {
  const { evidence } = words;
  const [value, low, high] = ["value", "low", "high"].map((each) => numberAt(measure, each) ?? 0) as [
    number,
    number,
    number,
  ];
  const unit = evidence.measureUnit[name];
  const said = unit ? `${figure(value)} ${unit}` : figure(value);
  return html`<li><span>${evidence.measure[name] ?? name}</span> <strong>${said}</strong> ${scale(value, low, high)}
    <span class="soft">${evidence.neighbours(figure(low), figure(high))}</span></li>`;
}

/** The neighbours' range as a band, the new ink as a tick. */
function scale(value: number, low: number, high: number) {
  const [from, to] = [Math.min(value, low), Math.max(value, high)];
  const margin = (to - from || 1) * 0.15;
  const at = (each: number) => (100 * (each - from + margin)) / (to - from + 2 * margin);
  return html`<svg class="range" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    ${svg`<rect class="all" y="4" width="100" height="2"></rect><rect class="band" x=${at(low)} y="2" width=${at(high) - at(low)} height="6"></rect>
    <rect class="tick" x=${at(value) - 1} width="2" height="10"></rect>`}</svg>`;
}
