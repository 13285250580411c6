// Reading what verifiers and editors wrote down: any JSON may stand there, so nothing is taken for granted.

import { locale } from "../language";
import type { Facts, Json } from "../records";

export function isFacts(value: Json | undefined): value is Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function numberAt(facts: Facts, name: string): number | null {
  const value = facts[name];
  return typeof value === "number" ? value : null;
}

export function textAt(facts: Facts, name: string): string | null {
  const value = facts[name];
  return typeof value === "string" ? value : null;
}

export function listAt(facts: Facts, name: string): readonly Json[] {
  const value = facts[name];
  return Array.isArray(value) ? value : [];
}

/** The records in a list; what is none is left out. */
export function recordsAt(facts: Facts, name: string): readonly Facts[] {
  return listAt(facts, name).filter(isFacts);
}

/** What is left of the facts without those that are shown in another way. */
export function without(facts: Facts, ...names: readonly string[]): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !names.includes(name)));
}

/** A number as people write it: whole ones whole, others with three places that matter. */
export function figure(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString(locale());
  return Number(value.toPrecision(3)).toLocaleString(locale(), { maximumSignificantDigits: 3 });
}

/** A share in per cent, never rounded up to all of it. */
export function percent(share: number): string {
  const value = share * 100;
  if (value >= 100 || value <= 0) return `${Math.round(value)}\u00a0%`;
  return `${(value > 99 ? Math.floor(value * 100) / 100 : Number(value.toPrecision(3))).toLocaleString(locale())}\u00a0%`;
}

/** JSON in one line, as a table's cell shows it. */
export function plain(value: Json | undefined): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return figure(value);
  if (typeof value === "string") return value === "" ? "–" : value;
  if (typeof value === "boolean") return value ? "✓" : "✗";
  if (Array.isArray(value)) return value.length ? value.map(plain).join(", ") : "–";
  return Object.entries(value)
    .map(([name, each]) => `${name} ${plain(each)}`)
    .join(", ");
}
