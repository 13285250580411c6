// The data inside a report: everything in one JSON, pictures as data URIs, nothing to act on.

import { composed, type Layer, windowed } from "./composition";
import type {
  Box,
  Comparison,
  DocumentFacts,
  Evidence,
  RunFacts,
  RunSummary,
  Tree,
  VersionFacts,
  WaitingStep,
} from "./records";
import { type Pyramid, type Source, SourceError } from "./source";

type Numbers = { readonly [name: string]: number };
interface Place {
  readonly box: Box;
  readonly picture: number;
  /** False where the version is there as the one it is drawn over. */
  readonly own?: boolean;
}

/** What `retouch report` writes into `<script type="application/json" id="retouch-data">`. */
export interface ReportData {
  /** The branch that the report was asked for. */
  readonly branch: string;
  readonly document: DocumentFacts;
  readonly tree: Tree;
  /** With the key of their evidence, as versions of one step share it. */
  readonly versions: {
    readonly [version: string]: Omit<VersionFacts, "evidence"> & { readonly evidence: string | null };
  };
  readonly evidence: { readonly [step: string]: Evidence };
  readonly runs: readonly RunSummary[];
  readonly run: { readonly [run: string]: RunFacts };
  readonly waiting: readonly WaitingStep[];
  /** By `a/b`: each version with its parent, the branches' heads with the document's first version. */
  readonly comparisons: { readonly [pair: string]: Comparison };
  /** By number, as data URIs; those that the plain page shows stand there. */
  readonly pictures: { readonly [number: string]: string };
  /** The pictures of whole versions, reduced, of those that have one. */
  readonly wholes: Numbers;
  /** Of the others: the version that they are drawn over. */
  readonly bases: { readonly [version: string]: string };
  /** Parts of versions at full size. */
  readonly places: { readonly [version: string]: readonly Place[] };
  readonly thumbnails: Numbers;
  /** What came back, by `run/step/attempt`. */
  readonly attempts: Numbers;
  /** Maps of differences by `a/b`, where anything differs. */
  readonly maps: { readonly [pair: string]: Place };
  readonly outside_maps: { readonly [pair: string]: Place };
}

export class EmbeddedSource implements Source {
  readonly acts = null;
  /** When the report was made. */
  readonly made: string;
  readonly #data: ReportData;
  readonly #page: Document;
  readonly #wholes = new Map<string, string>();
  readonly #crops = new Map<string, string>();

  constructor(data: ReportData, page: Document) {
    this.#data = data;
    this.#page = page;
    this.made = page.querySelector("time")?.textContent ?? "";
  }

  static read(page: Document): EmbeddedSource {
    const text = page.getElementById("retouch-data")?.textContent ?? "";
    return new EmbeddedSource(JSON.parse(text) as ReportData, page);
  }

  /** Where the page is to begin. */
  get start(): string {
    return `/d/${this.#data.document.key}?${new URLSearchParams({ branch: this.#data.branch })}`;
  }

  async documents() {
    const { key, name, project, width, height, branches } = this.#data.document;
    const versions = Object.keys(this.#data.versions).length;
    const head = branches[0]?.head ?? "";
    const created = this.#data.tree.rows[0]?.version.created ?? "";
    const waiting = this.#data.waiting.length;
    return [{ key, name, project, width, height, created, versions, waiting, running: false, head }];
  }

  async document(doc: string) {
    return held({ [this.#data.document.key]: this.#data.document }, doc);
  }

  async tree() {
    return this.#data.tree;
  }

  async version(_doc: string, version: string) {
    const found = held(this.#data.versions, version);
    return { ...found, evidence: found.evidence === null ? null : held(this.#data.evidence, found.evidence) };
  }

  async compare(_doc: string, a: string, b: string) {
    const missing = "this report does not say by how much these two differ, only each version and the one before it";
    return held(this.#data.comparisons, `${a}/${b}`, missing);
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
    const layers = this.#layers(version, { width, height });
    if (!layers) return null;
    const url = this.#wholes.get(version) ?? composed(layers, { width, height });
    this.#keep(version, url);
    return { kind: "image", width, height, url };
  }

  differencePyramid(
    _doc: string,
    a: string,
    b: string,
    outside: boolean,
    width: number,
    height: number,
  ): Pyramid | null {
    const pair = `${a}/${b}`;
    if (!this.#data.comparisons[pair]) return null;
    const boxed = this.#data.comparisons[pair]?.outside.box;
    const map = outside ? boxed && this.#data.outside_maps[pair] : this.#data.maps[pair];
    const layers = map ? [{ box: map.box, url: this.#picture(map.picture), crisp: true }] : [];
    return { kind: "image", width, height, url: composed(layers, { width, height }) };
  }

  thumbnail(_doc: string, version: string): string | null {
    const number = this.#data.thumbnails[version] ?? this.#data.wholes[version];
    return number === undefined ? null : this.#picture(number);
  }

  crop(_doc: string, version: string, box: Box, margin: number): string | null {
    const name = `${version}/${box.join(",")}/${margin}`;
    const known = this.#crops.get(name);
    if (known !== undefined) return known;
    const place = this.#data.places[version]?.find((each) => contains(each.box, box));
    if (!place) return null;
    const found = windowed(this.#layer(place), box, margin);
    this.#crops.set(name, found);
    return found;
  }

  attemptCrop(_doc: string, run: string, step: string, attempt: number): string | null {
    const number = this.#data.attempts[`${run}/${step}/${attempt}`];
    return number === undefined ? null : this.#picture(number);
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

  /** What a version is drawn of, the lowest first; null where there is no picture to begin with. */
  #layers(version: string, size: { width: number; height: number }): Layer[] | null {
    const layers: Layer[] = [];
    for (let at = version; ; ) {
      const places = (this.#data.places[at] ?? []).filter((place) => at === version || place.own);
      layers.unshift(...places.map((place) => this.#layer(place)));
      const whole = this.#data.wholes[at];
      if (whole !== undefined) return [{ box: [0, 0, size.width, size.height], url: this.#picture(whole) }, ...layers];
      const base = this.#data.bases[at];
      if (base === undefined) return null;
      at = base;
    }
  }

  #layer(place: Place): Layer {
    return { box: place.box, url: this.#picture(place.picture) };
  }

  #picture(number: number): string {
    const known = this.#data.pictures[number];
    if (known !== undefined) return known;
    return this.#page.querySelector<HTMLImageElement>(`img#picture-${number}`)?.src ?? "";
  }

  /** The last pictures that were put together; each may be some megabytes of text. */
  #keep(version: string, made: string): void {
    this.#wholes.delete(version);
    this.#wholes.set(version, made);
    for (const old of [...this.#wholes.keys()].slice(0, -KEPT)) this.#wholes.delete(old);
  }
}

const KEPT = 6;

function contains([x, y, width, height]: Box, [left, top, wide, high]: Box): boolean {
  return left >= x && top >= y && left + wide <= x + width && top + high <= y + height;
}

function held<T>(
  records: { readonly [name: string]: T },
  name: string,
  detail = `the report does not hold ${name}`,
): T {
  const found = records[name];
  if (found === undefined) {
    throw new SourceError({ type: "about:blank", title: "Not in the report", status: 404, detail, code: "not-held" });
  }
  return found;
}
