// Every JSON that the server answers with, by the names that the command line uses too.

export type Box = readonly [x: number, y: number, width: number, height: number];
export type Outcome = "pass" | "fail" | "unsure";
export type Opinion = "accepted" | "rejected";
export type VersionKind = "import" | "edit" | "candidate" | "revert" | "pick" | "merge" | "manual";
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type Facts = { readonly [name: string]: Json };

export interface DocumentSummary {
  readonly key: string;
  readonly name: string;
  readonly project: string;
  readonly width: number;
  readonly height: number;
  readonly created: string;
  readonly versions: number;
  readonly waiting: number;
  readonly running: boolean;
  readonly head: string;
}

export interface Branch {
  readonly name: string;
  readonly head: string;
  readonly etag: string;
}

export interface Tag {
  readonly name: string;
  readonly version: string;
}

export interface DocumentFacts {
  readonly key: string;
  readonly name: string;
  readonly project: string;
  readonly width: number;
  readonly height: number;
  readonly mode: string;
  readonly depth: number;
  readonly branches: readonly Branch[];
  readonly tags: readonly Tag[];
  readonly waiting: readonly string[];
  readonly running: readonly string[];
  readonly revision: string;
}

export interface Relation {
  readonly kind: "reverts" | "picks" | "merges";
  readonly version: string;
}

/** A version as the log tells it, without how it was made. */
export interface LogEntry {
  readonly id: string;
  readonly parents: readonly string[];
  readonly kind: VersionKind;
  readonly box: Box | null;
  readonly step: string | null;
  readonly message: string;
  readonly author: string;
  readonly created: string;
  readonly outcome: Outcome | null;
  readonly editor: string | null;
}

export interface TreeVersion extends LogEntry {
  readonly branches: readonly string[];
  readonly tags: readonly string[];
  readonly opinion: Opinion | null;
  readonly comments: number;
  readonly run: string | null;
  readonly relation: Relation | null;
  readonly reads: string;
}

/** One row of the tree; lanes count from 0, the leftmost. */
export interface TreeRow {
  readonly version: TreeVersion;
  readonly folded: readonly TreeVersion[];
  readonly lane: number;
  readonly joins: readonly number[];
  readonly forks: readonly number[];
  readonly passing: readonly number[];
  readonly above: boolean;
  readonly below: boolean;
  readonly sprouts: number | null;
}

export interface Tree {
  readonly revision: string;
  readonly lanes: number;
  readonly rows: readonly TreeRow[];
}

export interface Expectation {
  readonly kind: "text-reads" | "text-gone" | "colour-is" | "answers";
  readonly text?: string;
  readonly colour?: string;
  readonly question?: string;
  readonly answer?: string;
}

export interface PlanStep {
  readonly id: string;
  readonly operation: string;
  readonly source: string | null;
  readonly target: string | null;
  readonly box: Box | null;
  readonly mask: string | null;
  readonly mode: string;
  readonly instruction: string;
  readonly expectation: Expectation | null;
  readonly after: readonly string[];
  readonly supersedes: string | null;
  readonly editor: string | null;
  readonly branch: string | null;
}

export interface Verdict {
  readonly verifier: string;
  readonly version?: string;
  readonly outcome: Outcome;
  readonly score: number;
  readonly reason: string;
  readonly evidence: Facts;
}

export interface Cost {
  readonly calls?: number;
  readonly currency?: string;
  readonly money?: number;
  readonly seconds?: number;
}

export interface Attempt {
  readonly number: number;
  readonly id: string;
  readonly rung: string;
  readonly editor: string;
  readonly seed: number;
  readonly state: "started" | "returned" | "judged" | "failed";
  readonly error: string | null;
  readonly notes: readonly string[];
  readonly dropped: readonly string[];
  readonly request: Facts;
  readonly effective: Facts;
  readonly cost: Cost;
  readonly box: Box | null;
  readonly version: string | null;
  readonly verdicts: readonly Verdict[];
}

/** What went to which host. */
export interface Sending {
  readonly host: string;
  readonly part: string;
  readonly sends: string;
  readonly here: boolean;
}

export type StepStatus = "pending" | "running" | "fixed" | "unfixed" | "skipped" | "needs-review";

export interface Evidence {
  readonly run: string;
  readonly goal: string;
  readonly state: string;
  readonly step: PlanStep | null;
  readonly status: StepStatus;
  readonly reason: string;
  readonly attempts: readonly Attempt[];
  readonly sends: readonly Sending[];
}

export interface Remark {
  readonly author: string;
  readonly created: string;
  readonly text: string;
}

export interface Mark {
  readonly author: string;
  readonly created: string;
  readonly opinion: Opinion;
  readonly reason: string;
}

/** How a version was made; further names may stand beside these. */
export interface VersionRecord {
  readonly request?: Facts;
  readonly effective?: Facts;
  readonly seed?: number;
  readonly cost?: Cost;
  readonly notes?: readonly string[];
  readonly dropped?: readonly string[];
  readonly attempt?: string;
  readonly editor?: string;
  readonly number?: number;
  readonly rung?: string;
  readonly repairs?: string | null;
  readonly step?: string;
  readonly patch_box?: Box;
  readonly verdicts?: readonly Verdict[];
  readonly comments?: readonly Remark[];
  readonly marks?: readonly Mark[];
}

export interface VersionFacts extends LogEntry {
  /** Of its picture, which may be of another size than the document's first one. */
  readonly width?: number | null;
  readonly height?: number | null;
  readonly record: VersionRecord;
  readonly contained_in: readonly string[];
  readonly children: readonly string[];
  readonly evidence: Evidence | null;
}

export interface Comparison {
  readonly a: string;
  readonly b: string;
  readonly boxes: readonly Box[];
  readonly changed_pixels: number;
  readonly max_difference: number;
  readonly outside: {
    readonly box: Box | null;
    readonly changed_pixels: number;
    readonly max_difference: number;
  };
}

export type RunState = "running" | "interrupted" | "ended" | "failed";

export interface RunSummary {
  readonly id: string;
  readonly goal: string;
  readonly branch: string;
  readonly state: RunState;
  readonly alive: boolean;
  readonly created: string;
  readonly round: number;
  readonly steps: Partial<Record<StepStatus, number>>;
  readonly spent: Cost;
  readonly mine: boolean;
}

export interface RunStep {
  readonly id: string;
  readonly box: Box | null;
  readonly instruction: string;
  readonly expectation: Expectation | string | null;
  readonly status: StepStatus;
  readonly reason: string;
  readonly version: string | null;
  readonly attempts: number;
}

/** What happened in a run, from its journal. */
export interface JournalEvent {
  readonly run: string | null;
  readonly step: string | null;
  readonly version: string | null;
  readonly event: string;
  readonly data: Facts;
}

export interface RunFacts extends Omit<RunSummary, "steps"> {
  readonly plans: readonly Json[];
  readonly steps: readonly RunStep[];
  readonly events: readonly JournalEvent[];
  readonly sends: readonly Sending[];
}

export interface WaitingStep {
  readonly name: string;
  readonly run: string;
  readonly step: PlanStep;
  readonly reason: string;
  readonly candidates: readonly string[];
  readonly best: string | null;
  readonly released: boolean;
}

export interface Part {
  readonly name: string;
  readonly usable: boolean;
  readonly why: string;
  readonly command: string;
  /** What it does, in a sentence. */
  readonly about?: string;
}

export interface Parts {
  readonly planners: readonly Part[];
  readonly editors: readonly Part[];
  readonly verifiers: readonly Part[];
}

/** Where a branch went; with it the page offers to take it back. */
export interface Move {
  readonly branch: string;
  readonly origin: string | null;
  readonly target: string | null;
}

export interface Acted {
  readonly move?: Move | null;
  readonly notes?: readonly string[];
}

export interface Sides {
  readonly base: string | null;
  readonly ours: string;
  readonly theirs: string;
}

export interface Settled {
  readonly box: Box;
  readonly side: "ours" | "theirs" | "base";
}

export interface MergeReport extends Acted {
  readonly branch: string;
  readonly origin: string | null;
  readonly target: string | null;
  readonly conflicts: readonly Box[];
  readonly notes: readonly string[];
  readonly sides: Sides | null;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly hint?: string;
  readonly code: string;
}

export interface Job {
  readonly id: string;
  readonly state: "waiting" | "running" | "done" | "failed";
  readonly run: string | null;
  readonly error: Problem | null;
  readonly result: Json;
}

/** What the server tells while the page is open. */
export type News =
  | { readonly kind: "event"; readonly doc: string; readonly event: JournalEvent }
  | { readonly kind: "changed"; readonly doc: string; readonly revision: string }
  | { readonly kind: "job"; readonly job: Job }
  | { readonly kind: "connected" }
  | { readonly kind: "lost" };
