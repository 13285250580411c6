// One line that filters the history: words, and `verdict:`, `editor:`, `since:`, `until:` beside them.

import type { TreeVersion } from "../records";

export const FIELDS = ["verdict", "editor", "since", "until"] as const;
export type Field = (typeof FIELDS)[number];

export interface Query {
  readonly text: string;
  readonly fields: Partial<Readonly<Record<Field, string>>>;
}

export function parsedQuery(line: string): Query {
  const fields: Partial<Record<Field, string>> = {};
  const text: string[] = [];
  for (const word of line.split(/\s+/).filter(Boolean)) {
    const [name, ...value] = word.split(":");
    const field = FIELDS.find((each) => each === name);
    if (field && value.join(":")) fields[field] = value.join(":");
    else text.push(word);
  }
  return { text: text.join(" "), fields };
}

export function formattedQuery(query: Query): string {
  const fields = FIELDS.filter((field) => query.fields[field]).map((field) => `${field}:${query.fields[field]}`);
  return [query.text, ...fields].filter(Boolean).join(" ");
}

export function isEmpty(query: Query): boolean {
  return !query.text.trim() && FIELDS.every((field) => !query.fields[field]);
}

/** `verdict` may also be `accepted`, `rejected` or `none`. Days are compared in UTC, as versions are dated. */
export function matches(version: TreeVersion, query: Query): boolean {
  const { verdict, editor, since, until } = query.fields;
  if (verdict && verdict !== (version.outcome ?? "none") && verdict !== version.opinion) return false;
  if (editor && editor !== version.editor) return false;
  const day = version.created.slice(0, 10);
  if ((since && day < since) || (until && day > until)) return false;
  const said = spoken(version);
  return query.text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => said.includes(word));
}

function spoken(version: TreeVersion): string {
  const { id, message, step, editor, author, kind, reads, branches, tags } = version;
  return [id, message, step, editor, author, kind, reads, ...branches, ...tags].join(" ").toLowerCase();
}
