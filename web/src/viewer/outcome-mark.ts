// How a verdict looks: by shape and by colour, so that neither is needed alone.

import { css, type SVGTemplateResult, svg } from "lit";
import type { Outcome } from "../records";

/** Drawn in a square of 16: a disc with a tick, a square with a cross, a triangle with an exclamation mark. */
const SHAPES: Readonly<Record<Outcome, SVGTemplateResult>> = {
  pass: svg`<circle class="body" cx="8" cy="8" r="7"></circle><path class="sign" d="M4.5 8.3 7 10.8 11.6 5.6"></path>`,
  fail: svg`<rect class="body" x="1.5" y="1.5" width="13" height="13" rx="1"></rect>
    <path class="sign" d="M5 5 11 11M11 5 5 11"></path>`,
  unsure: svg`<path class="body" d="M8 .5 15.6 14.6H.4Z"></path><path class="sign" d="M8 5.6V9.6M8 12v.2"></path>`,
};

/** The mark's shapes alone, for a drawing. */
export function outcomeShape(outcome: Outcome): SVGTemplateResult {
  return svg`<g class="outcome ${outcome}">${SHAPES[outcome]}</g>`;
}

/** The mark beside words that say the same. */
export function outcomeMark(outcome: Outcome) {
  return svg`<svg class="mark" viewBox="0 0 16 16" aria-hidden="true">${outcomeShape(outcome)}</svg>`;
}

export const outcomeLooks = css`
  .mark { width: 1em; height: 1em; vertical-align: -0.14em; flex: none; }
  .outcome .sign { fill: none; stroke: var(--paper); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
  .outcome.pass .body { fill: var(--pass); }
  .outcome.fail .body { fill: var(--fail); }
  .outcome.unsure .body { fill: var(--unsure); }
`;
