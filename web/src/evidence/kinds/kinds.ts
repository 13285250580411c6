// Which evidence is drawn in which way, by the verifier that wrote it.

import { html } from "lit";
import type { Verdict } from "../../records";
import { factsTable } from "../facts-table";
import { isFacts, recordsAt, textAt, without } from "../reading";
import { verdictCard } from "../verdict-card";
import { blend } from "./blend";
import { character } from "./character";
import { colour, removal } from "./colour";
import type { Drawn } from "./context";
import { outside } from "./outside";
import { text } from "./text";
import { vision } from "./vision";

/** A combination's evidence is the verdicts of those it combines. */
const combined: Drawn = (facts, context) => {
  const verdicts = recordsAt(facts, "verdicts").flatMap((each): Verdict[] => {
    const outcome = textAt(each, "outcome");
    const evidence = each.evidence;
    const known = outcome === "pass" || outcome === "fail" || outcome === "unsure";
    return known && isFacts(evidence) ? [each as unknown as Verdict] : [];
  });
  return html`<div class="nested">${verdicts.map((each) => verdictCard(each, context))}</div>${factsTable(without(facts, "verdicts"))}`;
};

const KINDS: ReadonlyMap<string, Drawn> = new Map([
  ["character", character],
  ["text", text],
  ["vlm", vision],
  ["outside", outside],
  ["blend", blend],
  ["colour", colour],
  ["removal", removal],
  ["all-of", combined],
  ["any-of", combined],
  ["vote", combined],
]);

/** A stranger's verifier may write anything: that is shown as it is. */
export const drawn: Drawn = (facts, context) => html`${factsTable(facts, context.words.evidence.parameter)}`;

export function kindOf(verifier: string): Drawn {
  return KINDS.get(verifier) ?? drawn;
}
