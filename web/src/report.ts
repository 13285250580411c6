// The self-contained report: the same elements with the data that stands in the page, and the plain page beside them.

import "./app.css";
import { begin } from "./begin";
import { EmbeddedSource } from "./embedded-source";
import { HashPlaces } from "./places";

const root = document.documentElement;

/** The elements, or the plain page with what was not fixed. */
function review(on: boolean): void {
  root.classList.toggle("reviewing", on);
}

const source = EmbeddedSource.read(document);
if (!location.hash) history.replaceState(null, "", `#${source.start}`);
root.classList.add("scripted");
review(HashPlaces.here());
document.getElementById("review")?.addEventListener("click", () => review(true));
document.addEventListener("summary-wanted", () => {
  review(false);
  scrollTo(0, 0);
});
addEventListener("hashchange", () => review(HashPlaces.here()));
begin(source, new HashPlaces());
