// Every rung of the ladder that was tried for a step: what it was, what came back, and why it did not do.

import { html, nothing, type TemplateResult } from "lit";
import type { Attempt, Cost, Outcome, Verdict } from "../records";
import { outcomeMark } from "../viewer/outcome-mark";
import type { Words } from "../words/en";
import { figure } from "./reading";

export interface Shown {
  readonly words: Words;
  /** The version whose evidence this is. */
  readonly version: string | null;
  /** What came back, as an address; null where nothing did. */
  picture(attempt: Attempt): string | null;
  show(version: string): void;
  compare(version: string): void;
}

export function tries(attempts: readonly Attempt[], shown: Shown): TemplateResult {
  return html`<ol class="tries">${attempts.map((each) => one(each, shown))}</ol>`;
}

function one(attempt: Attempt, shown: Shown) {
  const { evidence } = shown.words;
  const url = attempt.version ? shown.picture(attempt) : null;
  const outcome = outcomeOf(attempt);
  return html`<li class=${url ? "" : "bare"}>
    ${url ? html`<img src=${url} loading="lazy" alt=${`${evidence.try(attempt.number)}: ${evidence.came}`}>` : nothing}
    <div>
      <h4 class="alike">${outcome ? outcomeMark(outcome) : nothing} ${evidence.try(attempt.number)}
        ${attempt.version === shown.version ? html`<span class="here">${evidence.thisOne}</span>` : nothing}</h4>
      <p><code>${attempt.editor}</code> · ${attempt.rung} · ${evidence.seed} ${attempt.seed}</p>
      ${why(attempt, shown.words)}
      ${remarks(attempt, shown.words)}
      <p class="soft">${costOf(attempt.cost, shown.words)}</p>
      ${attempt.version && attempt.version !== shown.version ? links(attempt.version, shown) : nothing}
    </div>
  </li>`;
}

function links(version: string, { words, show, compare }: Shown) {
  const short = version.slice(0, 8);
  return html`<p class="alike">
    <button aria-label=${`${words.evidence.show} ${short}`} @click=${() => show(version)}>${words.evidence.show}</button>
    <button aria-label=${`${words.evidence.compare} ${short}`} @click=${() => compare(version)}>${words.evidence.compare}</button></p>`;
}

function why(attempt: Attempt, words: Words) {
  const { evidence } = words;
  if (attempt.error) return html`<p class="fail">${attempt.error}</p>`;
  if (!attempt.verdicts.length) return html`<p class="unsure">${evidence.state[attempt.state] ?? attempt.state}</p>`;
  return html`<ul class="why">${attempt.verdicts.map(
    (verdict) => html`<li>${outcomeMark(verdict.outcome)} ${evidence.verifier[verdict.verifier] ?? verdict.verifier}
      <span class=${verdict.outcome}>${words.outcome[verdict.outcome]}</span>${verdict.reason ? html`: ${verdict.reason}` : nothing}</li>`,
  )}</ul>`;
}

function remarks(attempt: Attempt, { evidence }: Words) {
  return html`
    ${attempt.notes.length ? html`<p class="soft">${evidence.notes}: ${attempt.notes.join("; ")}</p>` : nothing}
    ${attempt.dropped.length ? html`<p class="soft">${evidence.dropped}: ${attempt.dropped.join(", ")}</p>` : nothing}`;
}

export function costOf(cost: Cost | undefined, { evidence }: Words): string {
  if (!cost) return "";
  const spent = evidence.cost(cost.calls ?? 0, figure(cost.seconds ?? 0));
  return cost.money ? `${spent}, ${evidence.money(figure(cost.money), cost.currency ?? "")}` : spent;
}

/** The worst of its verdicts; a try that failed has none. */
function outcomeOf({ error, verdicts }: Attempt): Outcome | null {
  if (error) return "fail";
  return worst(verdicts);
}

export function worst(verdicts: readonly Verdict[]): Outcome | null {
  const order: readonly Outcome[] = ["fail", "unsure", "pass"];
  return order.find((outcome) => verdicts.some((verdict) => verdict.outcome === outcome)) ?? null;
}
