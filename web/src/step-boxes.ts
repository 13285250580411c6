// The boxes over the picture: of every step on the way to the shown version, of the candidates made from it, and the one just drawn.

import type { Desk } from "./desk";
import { words } from "./language";
import type { Box, TreeVersion } from "./records";
import type { StepBox } from "./viewer/retouch-viewer";

/** Where several steps have the very same box, the newest stands for them, or the shown version itself. */
export function stepBoxes(desk: Desk, shown: string, drawn: Box | null): readonly StepBox[] {
  const way = desk.history(shown);
  const boxes = new Map<string, StepBox>();
  for (const version of desk.versions.values()) {
    const applied = way.has(version.id);
    const tried = version.kind === "candidate" && version.parents.includes(shown);
    if (!version.box || !(applied || tried)) continue;
    const place = version.box.join();
    if (applied || !boxes.has(place)) boxes.set(place, boxed(version, version.box, !applied));
  }
  const own = desk.versions.get(shown);
  if (own?.box) boxes.set(own.box.join(), boxed(own, own.box, false));
  const fresh = { version: shown, label: words().form.drawn, outcome: null, pending: true };
  return drawn ? [...boxes.values(), { ...fresh, box: drawn }] : [...boxes.values()];
}

function boxed(version: TreeVersion, box: StepBox["box"], pending: boolean): StepBox {
  const label = version.step ?? words().kind[version.kind];
  return { version: version.id, box, label, outcome: version.outcome, pending };
}
