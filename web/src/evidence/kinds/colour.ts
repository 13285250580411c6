// The ink's colour against the wanted one, and what was to be removed against what is left.

import { html, svg } from "lit";
import { factsTable, figures } from "../facts-table";
import { figure, numberAt, percent, textAt, without } from "../reading";
import type { Drawn } from "./context";

const COLOUR = /^#[0-9a-f]{6}$/;

export const colour: Drawn = (facts, { words }) => {
  const { evidence } = words;
  const difference = numberAt(facts, "delta_e");
  const ring = numberAt(facts, "ring");
  return html`<p class="swatches">${swatch(textAt(facts, "wanted"), evidence.colourWanted)} ${swatch(textAt(facts, "colour"), evidence.colourFound)}</p>
    ${figures([
      [evidence.deltaE, difference === null ? null : figure(difference)],
      [evidence.ringChanged, ring === null ? null : figure(ring)],
    ])}
    ${factsTable(without(facts, "wanted", "colour", "delta_e", "ring"))}`;
};

export const removal: Drawn = (facts, { words }) => {
  const { evidence } = words;
  const share = (name: string) => {
    const value = numberAt(facts, name);
    return value === null ? null : percent(value);
  };
  const thin = numberAt(facts, "thin");
  return html`${figures([
    [evidence.foreignBefore, share("foreign_before")],
    [evidence.foreignAfter, share("foreign_after")],
    [evidence.thin, thin === null ? null : evidence.pixels(figure(thin))],
    [evidence.thinLeft, share("thin_left")],
    [evidence.smeared, share("smeared")],
  ])}
  ${factsTable(without(facts, "foreign_before", "foreign_after", "thin", "thin_left", "smeared"))}`;
};

function swatch(value: string | null, name: string) {
  if (!value) return null;
  // The colour goes into the drawing only if it is one.
  const shown = COLOUR.test(value) ? svg`<rect width="24" height="16" rx="3" fill=${value}></rect>` : null;
  return html`<span class="swatch"><svg viewBox="0 0 24 16" aria-hidden="true">${shown}</svg> ${name} <code>${value}</code></span>`;
}
