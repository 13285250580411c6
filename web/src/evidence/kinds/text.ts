// What was read in the box as a line, against what was wanted.

import { html, nothing } from "lit";
import { textComparison } from "../comparison";
import { factsTable } from "../facts-table";
import { numberAt, percent, recordsAt, textAt, without } from "../reading";
import type { Drawn } from "./context";

export const text: Drawn = (facts, context) => {
  const { evidence } = context.words;
  const wanted = textAt(facts, "wanted") ?? "";
  const looks = recordsAt(facts, "read");
  return html`
    ${looks.length ? nothing : html`<p class="soft">${evidence.nothingRead}</p>`}
    ${looks.map((look) => {
      const least = numberAt(look, "least");
      return html`${textComparison(wanted, textAt(look, "text") ?? "", context.words)}
        ${least === null ? nothing : html`<p class="soft">${evidence.surely}: ${percent(least)}</p>`}`;
    })}
    ${factsTable(without(facts, "wanted", "read"))}`;
};
