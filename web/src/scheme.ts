// Light or dark: the system's choice until the person makes one.

import { keep, kept } from "./memory";

export type Scheme = "light" | "dark";

const KEPT = "retouch-scheme";
const dark = matchMedia("(prefers-color-scheme: dark)");

export function scheme(): Scheme {
  const chosen = kept(KEPT);
  if (chosen === "light" || chosen === "dark") return chosen;
  return dark.matches ? "dark" : "light";
}

export function choose(chosen: Scheme): void {
  keep(KEPT, chosen);
  apply();
}

/** Sets it on the page and follows the system from then on. */
export function followScheme(): void {
  apply();
  dark.addEventListener("change", apply);
}

function apply(): void {
  document.documentElement.dataset.scheme = scheme();
}
