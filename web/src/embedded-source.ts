// The data inside a report: everything in one JSON, pictures as data URIs, nothing to act on.

import type { Box, Comparison, DocumentFacts, RunFacts, RunSummary, Tree, VersionFacts, WaitingStep } from "./records";
import { type Pyramid, type Source, SourceError } from "./source";

/** What `retouch report` writes into `<script type="application/json" id="retouch-data">`. */
export interface ReportData {
  readonly document: DocumentFacts;
  readonly tree: Tree;
  readonly versions: { readonly [version: string]: VersionFacts };
  readonly runs: readonly RunSummary[];
  readonly run: { readonly [run: string]: RunFacts };
  readonly waiting: readonly WaitingStep[];
  /** By `a/b`; those of each version with its parent and with the document's first one, where they were worked out. */
  readonly comparisons: { readonly [pair: string]: Comparison };
  /** Whole pictures by version, reduced; data URIs. */
  readonly pictures: { readonly [version: string]: string };
  readonly thumbnails: { readonly [version: string]: string };
  /** By `version/x,y,w,h`: the place at full size with `margin` pixels round it. */
  readonly crops: { readonly [place: string]: string };
  /** By `run/step/attempt`. */
  readonly attempt_crops: { readonly [attempt: string]: string };
}

export class EmbeddedSource implements Source {
  readonly acts = null;
  readonly #data: ReportData;

  constructor(data: ReportData) {
    this.#data = data;
  }

  static read(page: Document): EmbeddedSource {
    const text = page.getElementById("retouch-data")?.textContent ?? "";
    return new EmbeddedSource(JSON.parse(text) as ReportData);
  }

  async documents() {
    const { key, name, project, width, height, branches } = this.#data.document;
    const versions = Object.keys(this.#data.versions).length;
    const head = branches[0]?.head ?? "";
    const created = this.#data.tree.rows[0]?.version.created ?? "";
    const waiting = this.#data.waiting.length;
    return [{ key, name, project, width, height, created, versions, waiting, running: false, head }];
  }

  async document() {
    return this.#data.document;
  }

  async tree() {
    return this.#data.tree;
  }

  async version(_doc: string, version: string) {
    return held(this.#data.versions, version);
  }

  async compare(_doc: string, a: string, b: string) {
    return held(this.#data.comparisons, `${a}/${b}`);
  }

  async runs() {
    return this.#data.runs;
  }

  async run(_doc: string, run: string) {
    return held(this.#data.run, run);
  }

  async waiting() {
    return this.#data.waiting;
  }

  async parts() {
    return { planners: [], editors: [], verifiers: [] };
  }

  async job(job: string): Promise<never> {
    return held({}, job);
  }

  pyramid(_doc: string, version: string, width: number, height: number): Pyramid | null {
    const url = this.#data.pictures[version];
    return url ? { kind: "image", width, height, url } : null;
  }

  differencePyramid(): null {
    return null;
  }

  thumbnail(_doc: string, version: string): string | null {
    return this.#data.thumbnails[version] ?? null;
  }

  crop(_doc: string, version: string, box: Box): string | null {
    return this.#data.crops[`${version}/${box.join(",")}`] ?? null;
  }

  attemptCrop(_doc: string, run: string, step: string, attempt: number): string | null {
    return this.#data.attempt_crops[`${run}/${step}/${attempt}`] ?? null;
  }

  exported(): null {
    return null;
  }

  report(): null {
    return null;
  }

  animation(): null {
    return null;
  }

  follow(): () => void {
    return () => {};
  }
}

function held<T>(records: { readonly [name: string]: T }, name: string): T {
  const found = records[name];
  if (found === undefined) {
    const detail = `the report does not hold ${name}`;
    throw new SourceError({ type: "about:blank", title: "Not in the report", status: 404, detail, code: "not-held" });
  }
  return found;
}
