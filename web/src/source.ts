// Where elements get everything from: a server, or the data inside a report. Elements never fetch by themselves.

import type {
  Acted,
  Box,
  Comparison,
  DocumentFacts,
  DocumentSummary,
  Job,
  MergeReport,
  News,
  Opinion,
  Parts,
  Problem,
  RunFacts,
  RunSummary,
  Settled,
  Tree,
  VersionFacts,
  WaitingStep,
} from "./records";

/** An answer that was an error, with what the server said. */
export class SourceError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "SourceError";
    this.problem = problem;
  }
}

export type ThumbnailSide = 64 | 128 | 256;

/** How the viewer asks for a picture: tiles of a pyramid, or, in a report, one whole picture. */
export type Pyramid =
  | {
      readonly kind: "tiles";
      readonly width: number;
      readonly height: number;
      readonly tileSize: number;
      tile(level: number, x: number, y: number): string;
    }
  | { readonly kind: "image"; readonly width: number; readonly height: number; readonly url: string };

export interface Source {
  /** Acts on a document; null where it can only be read. */
  readonly acts: Acts | null;
  /** When it was made, if it is a report. */
  readonly made?: string;
  documents(): Promise<readonly DocumentSummary[]>;
  document(doc: string): Promise<DocumentFacts>;
  tree(doc: string): Promise<Tree>;
  version(doc: string, version: string): Promise<VersionFacts>;
  compare(doc: string, a: string, b: string): Promise<Comparison>;
  runs(doc: string): Promise<readonly RunSummary[]>;
  run(doc: string, run: string): Promise<RunFacts>;
  waiting(doc: string): Promise<readonly WaitingStep[]>;
  parts(doc: string): Promise<Parts>;
  job(job: string): Promise<Job>;
  /** Null where the picture is not at hand (a report holds reduced pictures only of some versions). */
  pyramid(doc: string, version: string, width: number, height: number): Pyramid | null;
  /** The difference map of two versions; `outside` shows only what lies outside the step's region. */
  differencePyramid(doc: string, a: string, b: string, outside: boolean, width: number, height: number): Pyramid | null;
  thumbnail(doc: string, version: string, side: ThumbnailSide): string | null;
  crop(doc: string, version: string, box: Box, margin: number): string | null;
  /** What an editor sent back in an attempt, in its surroundings. */
  attemptCrop(doc: string, run: string, step: string, attempt: number): string | null;
  exported(doc: string, version: string, format: ExportFormat): string | null;
  report(doc: string): string | null;
  animation(doc: string): string | null;
  /** Follow what happens; the returned function ends it. A report tells no news. */
  follow(documents: readonly string[], listener: (news: News) => void): () => void;
}

export type ExportFormat = "png" | "webp" | "jpeg" | "tiff";

/** A branch as it was when the person looked at it: the act is refused if it has moved since. */
export interface Held {
  readonly branch: string;
  readonly head: string;
}

export interface Again {
  readonly version: string;
  readonly instruction?: string;
  readonly editor?: string;
  readonly seed?: number;
  readonly box?: Box;
  readonly branch?: string;
}

export interface Goal {
  readonly goal?: string;
  readonly boxes: readonly {
    readonly box: Box;
    readonly instruction: string;
    readonly mode: "crop" | "marked" | "mask" | "whole";
  }[];
  readonly text?: string;
  readonly planner?: string;
  readonly editors: readonly string[];
  readonly verifiers: readonly string[];
  readonly branch: string;
  readonly at?: string;
  readonly review: boolean;
  readonly offline: boolean;
  readonly max_calls?: number;
  readonly max_seconds?: number;
  readonly attempts?: number;
}

export interface Started {
  readonly job: string;
  readonly run?: string | null;
}

export interface Acts {
  createBranch(doc: string, name: string, at: string): Promise<Acted>;
  deleteBranch(doc: string, held: Held): Promise<Acted>;
  createTag(doc: string, name: string, at: string): Promise<Acted>;
  deleteTag(doc: string, name: string): Promise<Acted>;
  rollback(doc: string, held: Held, to: string): Promise<Acted>;
  undo(doc: string, held: Held, run: boolean): Promise<Acted>;
  revert(doc: string, held: Held, version: string, message: string, settle: readonly Settled[]): Promise<MergeReport>;
  pick(doc: string, held: Held, version: string, message: string, settle: readonly Settled[]): Promise<MergeReport>;
  merge(doc: string, held: Held, from: string, message: string, settle: readonly Settled[]): Promise<MergeReport>;
  comment(doc: string, version: string, text: string): Promise<Acted>;
  mark(doc: string, version: string, opinion: Opinion, reason: string): Promise<Acted>;
  accept(
    doc: string,
    held: Held,
    run: string,
    step: string,
    version: string | null,
    settle: readonly Settled[],
  ): Promise<MergeReport>;
  reject(doc: string, run: string, step: string, reason: string): Promise<Acted>;
  edit(
    doc: string,
    run: string,
    step: string,
    instruction: string,
    editors: readonly string[],
    seed?: number,
  ): Promise<Started>;
  again(doc: string, again: Again, held: Held | null): Promise<Started>;
  start(doc: string, goal: Goal): Promise<Started>;
  pause(doc: string, run: string): Promise<Acted>;
  resume(doc: string, run: string): Promise<Started>;
  cancel(doc: string, run: string): Promise<Acted>;
  upload(name: string, picture: Blob): Promise<{ readonly key: string }>;
}
