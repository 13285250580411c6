// What the step had to make true, and what can be read there now.

import { html, nothing } from "lit";
import type { Expectation, Facts, VersionFacts } from "../records";
import type { Words } from "../words/en";
import { textComparison } from "./comparison";
import { recordsAt, textAt } from "./reading";

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

/** As the characters one by one read, else as the line does. */
function readings(facts: VersionFacts, wanted: string, words: Words) {
  const read = readOf(facts.record.verdicts?.map((verdict) => verdict.evidence) ?? []);
  if (read === null) return html`<p class="soft">${words.evidence.nothingRead}</p>`;
  return textComparison(wanted, read, words);
}

function readOf(all: readonly Facts[]): string | null {
  for (const each of all) {
    const characters = recordsAt(each, "characters");
    if (characters.length) return characters.map((one) => textAt(one, "read") ?? "").join("");
  }
  for (const each of all) {
    const [look] = recordsAt(each, "read");
    if (look) return textAt(look, "text");
  }
  return null;
}
