// Which acts make sense for a version: only those are offered.

import type { Desk } from "../desk";
import type { TreeVersion } from "../records";

export type ActName =
  | "accept"
  | "takeOver"
  | "reject"
  | "compare"
  | "again"
  | "revert"
  | "rollback"
  | "undo"
  | "branch"
  | "tag"
  | "comment"
  | "export"
  | "merge"
  | "goal";

/** Acts on a branch or the whole document: they stand in the page's head. */
export function general(desk: Desk): readonly ActName[] {
  return (desk.doc?.branches.length ?? 0) > 1 ? ["undo", "merge", "goal"] : ["undo", "goal"];
}

export function offered(desk: Desk, version: TreeVersion): readonly ActName[] {
  const head = desk.branch?.head ?? "";
  const applied = desk.history(head).has(version.id);
  const changes = version.parents.length > 0;
  const given: readonly (readonly [ActName, boolean])[] = [
    ["accept", desk.asks(version.id) !== null],
    ["takeOver", !applied && changes && desk.asks(version.id) === null],
    ["reject", !applied && version.kind === "candidate" && version.opinion !== "rejected"],
    ["again", version.step !== null && changes],
    ["revert", applied && changes],
    ["rollback", version.id !== head && version.kind !== "candidate"],
    ["compare", changes],
    ["branch", true],
    ["tag", true],
    ["comment", true],
    ["export", true],
  ];
  return given.filter(([, fits]) => fits).map(([name]) => name);
}
