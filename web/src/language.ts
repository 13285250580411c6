// The language of the page: the browser's at first, then the person's choice, which is kept.

import { keep, kept as remembered } from "./memory";
import { en, type Words } from "./words/en";
import { zh } from "./words/zh";

export type Language = "en" | "zh";

const ALL: Readonly<Record<Language, Words>> = { en, zh };
const KEPT = "retouch-language";

let current: Language = first();
const listeners = new Set<() => void>();

export function language(): Language {
  return current;
}

/** How numbers and dates are written, whatever the browser's own language. */
export function locale(): string {
  return current === "zh" ? "zh-Hant" : "en-GB";
}

export function words(): Words {
  return ALL[current];
}

export function speak(chosen: Language): void {
  current = chosen;
  keep(KEPT, chosen);
  document.documentElement.lang = chosen === "zh" ? "zh-Hant" : "en";
  for (const listener of listeners) listener();
}

export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function first(): Language {
  const kept = remembered(KEPT);
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}
