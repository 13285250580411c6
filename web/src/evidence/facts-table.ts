// Facts of which nothing more is known, as a plain table: names as they are kept, values as text.

import { html, nothing } from "lit";
import type { Facts } from "../records";
import { plain } from "./reading";

export function factsTable(facts: Facts, names: Readonly<Record<string, string>> = {}) {
  const entries = Object.entries(facts);
  if (!entries.length) return nothing;
  return html`<table class="facts"><tbody>${entries.map(
    ([name, value]) =>
      html`<tr><th scope="row">${names[name] ?? name.replaceAll("_", " ")}</th><td>${name === "seed" ? String(value) : plain(value)}</td></tr>`,
  )}</tbody></table>`;
}

/** Figures with words for their names; those that are null are left out. */
export function figures(rows: readonly (readonly [name: string, value: string | null])[]) {
  const known = rows.filter(([, value]) => value !== null);
  if (!known.length) return nothing;
  return html`<dl class="figures">${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
