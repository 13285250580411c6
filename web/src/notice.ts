// What the page says of an act: done, or failed and why.

import { words } from "./language";
import type { Move } from "./records";
import { SourceError } from "./source";

/** What is said at the foot of the page, with the move that it offers to take back. */
export interface Notice {
  readonly tone: "done" | "failed";
  readonly text: string;
  readonly hint: string;
  readonly move: Move | null;
  /** The branch where the result stands, to be gone to. */
  readonly show?: string;
}

export function sourceError(error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new SourceError({ type: "about:blank", title: "", status: 0, detail, code: "unexpected" });
}

export function failed(error: unknown): Notice {
  const { problem } = sourceError(error);
  const text = problem.code === "unreachable" ? words().app.unreachable : problem.detail || problem.title;
  return { tone: "failed", text, hint: problem.hint ?? "", move: null };
}
