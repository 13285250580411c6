// What else a version is about: the ones that it takes back, takes over or brings in, and what was sent for it.

import { html, nothing } from "lit";
import type { Facts, Json, VersionFacts } from "../records";
import type { Words } from "../words/en";
import { factsTable } from "./facts-table";
import { isFacts, plain, recordsAt, without } from "./reading";

const RELATIONS = ["reverts", "picks", "merges"] as const;
const ELSEWHERE = [
  "request",
  "effective",
  "seed",
  "cost",
  "notes",
  "dropped",
  "attempt",
  "editor",
  "number",
  "rung",
  "repairs",
  "step",
  "patch_box",
  "verdicts",
  "comments",
  "marks",
  "settled",
  ...RELATIONS,
];

export function origins(facts: VersionFacts, words: Words, show: (version: string) => void) {
  const { evidence } = words;
  const record = facts.record as unknown as Facts;
  const related = RELATIONS.flatMap((name) => {
    const version = record[name];
    return typeof version === "string" ? [{ name, version }] : [];
  });
  const rest = without(record, ...ELSEWHERE);
  const settled = recordsAt(record, "settled");
  const known = Object.values(rest).some((value) => value !== null);
  const any = related.length || settled.length || known;
  return html`
    ${
      any
        ? html`<h3>${evidence.made}</h3>
      ${related.map(({ name, version }) => html`<p>${evidence[name]} <button @click=${() => show(version)}>${version.slice(0, 12)}</button></p>`)}
      ${settled.length ? html`<p>${evidence.settled}</p><ul>${settled.map((each) => html`<li>${choice(each, words)}</li>`)}</ul>` : nothing}
      ${known ? factsTable(rest, evidence.parameter) : nothing}`
        : nothing
    }
    ${facts.evidence ? sent(facts, words) : nothing}`;
}

function choice(each: Facts, { evidence }: Words): string {
  const side = typeof each.side === "string" ? (evidence.side[each.side] ?? each.side) : plain(each.side);
  return `${place(each.box)}: ${side}`;
}

function place(value: Json | undefined): string {
  return isFacts(value) ? plain(value) : plain(value ?? null);
}

function sent({ evidence: found }: VersionFacts, { evidence }: Words) {
  const sends = found?.sends ?? [];
  return html`<h3>${evidence.sent}</h3>
    ${
      sends.length
        ? html`<ul>${sends.map((each) => html`<li>${evidence.sentTo(each.part, each.here ? `${each.host} (${evidence.here})` : each.host, each.sends)}</li>`)}</ul>`
        : html`<p class="soft">${evidence.stayed}</p>`
    }`;
}
