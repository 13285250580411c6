// What a person must settle before an act can be done.

import type { MergeReport } from "./records";
import type { Acts } from "./source";

/** A merge, revert, pick or acceptance that a person must settle, and how to do it again with the choices. */
export interface Conflict {
  readonly title: string;
  readonly report: MergeReport;
  again(settle: Parameters<Acts["merge"]>[4]): Promise<MergeReport>;
}
