// What the step had to make true, and what can be read there now.

import { html, nothing } from "lit";
import type { Expectation, Facts, VersionFacts } from "../records";
import type { Words } from "../words/en";
import { textComparison } from "./comparison";
import { recordsAt, textAt } from "./reading";
import { nearestFirst } from "./text-difference";

export function claim(facts: VersionFacts, words: Words) {
  const { evidence } = words;
  const step = facts.evidence?.step;
  const expected = step?.expectation ?? null;
  const source = step?.source ?? textAt(facts.record.request ?? {}, "source");
  if (!expected && !source) return nothing;
  return html`<h3>${evidence.claim}</h3>
    ${step?.instruction ? html`<blockquote>${step.instruction}</blockquote>` : nothing}
    ${expected ? html`<p>${evidence.wantedKind[expected.kind] ?? expected.kind}: <strong>${said(expected, words)}</strong></p>` : nothing}
    ${expected?.kind === "text-reads" && expected.text ? readings(facts, expected.text, words) : nothing}
    ${source ? html`<p class="soft">${evidence.stood}: ${source}</p>` : nothing}`;
}

function said(expected: Expectation, { evidence }: Words): string {
  if (expected.kind === "answers") return evidence.asked(expected.question ?? "", expected.answer ?? "yes");
  return expected.text ?? expected.colour ?? "";
}

/** Of all that was read there, as a line and one by one, what comes nearest. */
function readings(facts: VersionFacts, wanted: string, words: Words) {
  const all = (facts.record.verdicts ?? []).flatMap((verdict) => readIn(verdict.evidence));
  const [nearest] = nearestFirst(wanted, all, (read) => read);
  if (nearest === undefined) return html`<p class="soft">${words.evidence.nothingRead}</p>`;
  return textComparison(wanted, nearest, words);
}

function readIn(facts: Facts): readonly string[] {
  const lines = recordsAt(facts, "read").flatMap((look) => textAt(look, "text") ?? []);
  const characters = recordsAt(facts, "characters");
  return characters.length ? [characters.map((each) => textAt(each, "read") ?? "").join(""), ...lines] : lines;
}
