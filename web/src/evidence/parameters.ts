// What was asked of the editor, what it really used, and what it cost.

import { html, nothing } from "lit";
import type { Facts, VersionFacts } from "../records";
import type { Words } from "../words/en";
import { factsTable } from "./facts-table";
import { without } from "./reading";
import { costOf } from "./tries";

export function parameters({ record }: VersionFacts, words: Words) {
  const { evidence } = words;
  const { request, effective, notes, dropped, cost } = record;
  return html`
    ${request ? html`<h3>${evidence.request}</h3>${factsTable(told(request), evidence.parameter)}` : nothing}
    ${
      effective
        ? html`<h3>${evidence.effective}</h3>${factsTable(without(effective, "measured"), evidence.parameter)}
      ${record.editor ? html`<p class="soft">${evidence.editor}: <code>${record.editor}</code></p>` : nothing}
      ${cost ? html`<p class="soft">${costOf(cost, words)}</p>` : nothing}`
        : nothing
    }
    ${notes?.length ? html`<p class="soft">${evidence.notes}: ${notes.join("; ")}</p>` : nothing}
    ${dropped?.length ? html`<p class="soft">${evidence.dropped}: ${dropped.join(", ")}</p>` : nothing}`;
}

/** Without what was left empty. */
function told(request: Facts): Facts {
  const empty = (value: unknown) =>
    value === null || value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(request).filter(([, value]) => !empty(value)));
}
