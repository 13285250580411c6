// One verdict: who judged, how, why, and on what it rests.

import { html, nothing, type TemplateResult } from "lit";
import type { Verdict } from "../records";
import { outcomeMark } from "../viewer/outcome-mark";
import type { Context } from "./kinds/context";
import { kindOf } from "./kinds/kinds";
import { percent } from "./reading";

/** What passed is folded, so that what needs a person's eye comes first; the chief evidence of reading never is. */
const OPEN = new Set(["character", "text", "vlm", "colour"]);

export function verdictCard(verdict: Verdict, context: Context): TemplateResult {
  const { words } = context;
  const { verifier, outcome, score, reason, evidence } = verdict;
  const name = words.evidence.verifier[verifier] ?? verifier;
  const known = Object.keys(evidence).length > 0;
  return html`<details class="verdict ${outcome}" ?open=${known && (outcome !== "pass" || OPEN.has(verifier))}>
    <summary>${outcomeMark(outcome)} <strong>${name}</strong> <span class=${outcome}>${words.outcome[outcome]}</span>
      <span class="score">${words.evidence.scored(percent(score))}</span></summary>
    ${reason ? html`<p class="reason">${reason}</p>` : nothing}
    ${known ? kindOf(verifier)(evidence, context) : nothing}
  </details>`;
}
