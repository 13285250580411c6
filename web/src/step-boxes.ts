// The boxes over the picture: of every step on the way to the shown version, and of the candidates made from it.

import type { Desk } from "./desk";
import type { TreeVersion } from "./records";
import type { StepBox } from "./viewer/retouch-viewer";

export function stepBoxes(desk: Desk, shown: string): readonly StepBox[] {
  const way = desk.history(shown);
  const boxes: StepBox[] = [];
  for (const version of desk.versions.values()) {
    const applied = way.has(version.id);
    const tried = version.kind === "candidate" && version.parents.some((parent) => parent === shown);
    if (version.box && (applied || tried)) boxes.push(boxed(version, version.box, !applied));
  }
  return boxes;
}

function boxed(version: TreeVersion, box: StepBox["box"], pending: boolean): StepBox {
  const label = [version.step, version.message].filter(Boolean).join(" · ");
  return { version: version.id, box, label, outcome: version.outcome, pending };
}
