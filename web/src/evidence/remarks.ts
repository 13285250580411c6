// What people said of a version.

import { html, nothing } from "lit";
import type { VersionFacts } from "../records";
import { outcomeMark } from "../viewer/outcome-mark";
import type { Words } from "../words/en";

export function remarks({ record }: VersionFacts, { evidence }: Words) {
  const marks = record.marks ?? [];
  const comments = record.comments ?? [];
  if (!marks.length && !comments.length) return nothing;
  return html`<h3>${evidence.comments}</h3>
    ${marks.map(
      (
        mark,
      ) => html`<p>${outcomeMark(mark.opinion === "accepted" ? "pass" : "fail")} <strong>${evidence[mark.opinion]}</strong>
      <span class="soft">${evidence.by(mark.author, mark.created)}</span>${mark.reason ? html`<br>${mark.reason}` : nothing}</p>`,
    )}
    ${comments.map(
      (comment) =>
        html`<blockquote>${comment.text}</blockquote><p class="soft">${evidence.by(comment.author, comment.created)}</p>`,
    )}`;
}
