// What was read in the box as a line, against what was wanted.

import { html, nothing } from "lit";
import type { Facts } from "../../records";
import { textComparison } from "../comparison";
import { factsTable } from "../facts-table";
import { numberAt, percent, recordsAt, textAt, without } from "../reading";
import { nearestFirst } from "../text-difference";
import type { Drawn } from "./context";

export const text: Drawn = (facts, context) => {
  const { evidence } = context.words;
  const wanted = textAt(facts, "wanted") ?? "";
  const read = (look: Facts) => textAt(look, "text") ?? "";
  const [best, ...others] = nearestFirst(wanted, recordsAt(facts, "read"), read);
  const least = best ? numberAt(best, "least") : null;
  return html`
    ${best ? textComparison(wanted, read(best), context.words) : html`<p class="soft">${evidence.nothingRead}</p>`}
    ${least === null ? nothing : html`<p class="soft">${evidence.surely}: ${percent(least)}</p>`}
    ${others.length ? html`<p class="soft">${evidence.alsoRead}: ${others.map((look) => `${read(look)} (${percent(numberAt(look, "least") ?? 0)})`).join(", ")}</p>` : nothing}
    ${factsTable(without(facts, "wanted", "read"))}`;
};
