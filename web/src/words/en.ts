// Every word of the page in English; `zh.ts` must have the same.

import type { Outcome, StepStatus, VersionKind } from "../records";

export const en = {
  app: {
    title: "Retouch",
    history: "History",
    picture: "Picture",
    evidence: "Evidence",
  },
  outcome: { pass: "passed", fail: "failed", unsure: "unsure" } satisfies Record<Outcome, string>,
  kind: {
    import: "import",
    edit: "edit",
    candidate: "candidate",
    revert: "revert",
    pick: "pick",
    merge: "merge",
    manual: "by hand",
  } satisfies Record<VersionKind, string>,
  status: {
    pending: "to do",
    running: "running",
    fixed: "fixed",
    unfixed: "not fixed",
    skipped: "skipped",
    "needs-review": "waits for you",
  } satisfies Record<StepStatus, string>,
  viewer: {},
  compare: {},
  evidence: {},
};

/** The shape of a language: the same names, any strings, functions with the same parameters. */
type Spoken<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...given: infer G) => string
      ? (...given: G) => string
      : Spoken<T[K]>;
};

export type Words = Spoken<typeof en>;
