// Wanted and read, one under the other, with what differs marked and said.

import { html, nothing } from "lit";
import type { Words } from "../words/en";
import { differences } from "./text-difference";

export function textComparison(wanted: string, read: string, { evidence }: Words) {
  const pieces = differences(wanted, read);
  const count = (kind: "missing" | "extra") =>
    pieces.filter((piece) => piece.kind === kind).reduce((sum, piece) => sum + [...piece.text].length, 0);
  const [missing, extra] = [count("missing"), count("extra")];
  const row = (other: "missing" | "extra") =>
    pieces.map((piece) => {
      if (piece.kind === "same") return html`<span>${piece.text}</span>`;
      return piece.kind === other ? html`<mark class=${other}>${piece.text}</mark>` : nothing;
    });
  return html`<div class="texts">
    <dl>
      <div><dt>${evidence.wanted}</dt><dd class="line" lang="zh-Hant">${wanted ? row("missing") : "–"}</dd></div>
      <div><dt>${evidence.read}</dt><dd class="line" lang="zh-Hant">${read ? row("extra") : "–"}</dd></div>
    </dl>
    <p class=${missing || extra ? "fail" : "pass"}>${missing || extra ? evidence.misread(missing, extra) : evidence.reads}</p>
  </div>`;
}
