// Puts a source into the page and begins at its address.

import { Desk } from "./desk";
import { language, speak } from "./language";
import type { Places } from "./places";
import { RetouchApp } from "./retouch-app";
import { followScheme } from "./scheme";
import type { Source } from "./source";

export function begin(source: Source, places: Places): void {
  followScheme();
  speak(language());
  const page = document.querySelector("retouch-app");
  if (!(page instanceof RetouchApp)) return;
  page.desk = new Desk(source, places);
  void page.desk.open();
}
