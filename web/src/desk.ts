// What the page knows at a moment: the document, its tree, who waits, what was just said. Elements watch it.

import { type Address, NOWHERE } from "./address";
import type { Conflict } from "./conflict";
import { words } from "./language";
import { failed, type Notice, sourceError } from "./notice";
import type { Places } from "./places";
import type {
  Acted,
  Branch,
  DocumentFacts,
  DocumentSummary,
  Job,
  Move,
  News,
  Parts,
  RunSummary,
  Tree,
  TreeVersion,
  WaitingStep,
} from "./records";
import { type Acts, type Held, type Source, SourceError, type Started } from "./source";

export class Desk {
  readonly source: Source;
  readonly #places: Places;
  readonly #watchers = new Set<() => void>();
  #unfollow: (() => void) | null = null;
  /** The page of a lone document opens at once, but its list can be gone to. */
  #listed = false;
  /** What `history` found, until the tree changes. */
  readonly #ways = new Map<string, ReadonlySet<string>>();
  /** Jobs that were asked for on this page: their end is told. */
  readonly #started = new Set<string>();
  #refreshing: ReturnType<typeof setTimeout> | null = null;
  #changed = false;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #underway = new Set<string>();

  address: Address = NOWHERE;
  documents: readonly DocumentSummary[] | null = null;
  doc: DocumentFacts | null = null;
  tree: Tree | null = null;
  versions: ReadonlyMap<string, TreeVersion> = new Map();
  waiting: readonly WaitingStep[] = [];
  runs: readonly RunSummary[] = [];
  parts: Parts | null = null;
  jobs: ReadonlyMap<string, Job> = new Map();
  /** What a run said last, by run. */
  progress: ReadonlyMap<string, string> = new Map();
  connected = true;
  /** While an act is under way. */
  busy = false;
  failure: SourceError | null = null;
  notice: Notice | null = null;
  conflict: Conflict | null = null;
  /** Told to screen readers, politely. */
  said = "";

  constructor(source: Source, places: Places) {
    this.source = source;
    this.#places = places;
    places.onReturn(() => void this.#arrive(places.read()));
  }

  /** Begin at the address that stands in the browser. */
  async open(): Promise<void> {
    await this.#arrive(this.#places.read());
  }

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  href(change: Partial<Address>): string {
    return this.#places.href({ ...this.address, ...change });
  }

  go(change: Partial<Address>, replace = false): void {
    const next = { ...this.address, ...change };
    const moved = next.doc !== this.address.doc;
    this.#places.write(next, replace);
    if (moved) void this.#arrive(next);
    else this.#set({ address: next });
  }

  /** To the list of all documents. */
  list(): void {
    this.go({ ...NOWHERE });
  }

  get version(): TreeVersion | null {
    return this.versions.get(this.address.version ?? "") ?? null;
  }

  /** The branch that is looked at: the one of the address, else the first that holds the version, else the first. */
  get branch(): Branch | null {
    const all = this.doc?.branches ?? [];
    const named = all.find((each) => each.name === this.address.branch);
    return named ?? all.find((each) => each.name === "main") ?? all[0] ?? null;
  }

  /** The acts of the source; SourceError where it can only be read. */
  get acting(): Acts {
    const { acts } = this.source;
    if (acts) return acts;
    throw new SourceError({
      type: "about:blank",
      title: "",
      status: 0,
      detail: "this page is only to be read",
      code: "usage",
    });
  }

  get held(): Held | null {
    const branch = this.branch;
    return branch ? { branch: branch.name, head: branch.head } : null;
  }

  /** Versions on the way of first and second parents to `version`, itself among them. */
  history(version: string): ReadonlySet<string> {
    const known = this.#ways.get(version);
    if (known) return known;
    const found = new Set<string>();
    const left = [version];
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      if (found.has(id)) continue;
      found.add(id);
      left.push(...(this.versions.get(id)?.parents ?? []));
    }
    this.#ways.set(version, found);
    return found;
  }

  /** The waiting step that has this version among its candidates. */
  asks(version: string): WaitingStep | null {
    return this.waiting.find((step) => step.candidates.includes(version)) ?? null;
  }

  /** Bring a candidate to the branch of the run that asks about it. */
  async accept(version: string): Promise<void> {
    const step = this.asks(version);
    if (!step) return;
    const held = this.#heldBy(step);
    if (!held) return;
    const title = words().acts.accepted(step.step.id, held.branch);
    // A candidate is picked: what it was made from is the base of both sides.
    const base = this.versions.get(version)?.parents[0] ?? null;
    const sides = { base, ours: held.head, theirs: version };
    const shown = this.address.version === version;
    await this.combine(title, async (settle) => {
      const report = await this.acting.accept(this.#key(), held, step.run, step.step.id, version, settle);
      return { ...report, sides };
    });
    if (shown) this.#advance(step);
  }

  /** Who looks at a candidate while answering goes on to what is asked next, if the answer was taken. */
  #advance(answered: WaitingStep): void {
    const { waiting } = this;
    if (waiting.some((step) => step.name === answered.name) || this.conflict) return;
    const next = waiting.find((step) => step.run === answered.run) ?? waiting[0];
    const version = next?.best ?? next?.candidates[0];
    if (version) this.go({ version });
  }

  /** Reject the step where this was its only candidate; else only this one. */
  async reject(version: string): Promise<void> {
    const step = this.asks(version);
    if (step?.candidates.length === 1) {
      await this.leave(step);
      return;
    }
    const name = this.versions.get(version)?.step ?? version.slice(0, 8);
    await this.act(words().acts.rejected(name), (acts) => acts.mark(this.#key(), version, "rejected", ""));
  }

  /** Leave a waiting step as it was: none of its candidates. */
  async leave(step: WaitingStep): Promise<void> {
    const shown = step.candidates.includes(this.address.version ?? "");
    await this.act(words().waiting.left(step.step.id), (acts) => acts.reject(this.#key(), step.run, step.step.id, ""));
    if (shown) this.#advance(step);
  }

  #heldBy(step: WaitingStep): Held | null {
    const name = this.runs.find((run) => run.id === step.run)?.branch;
    const branch = this.doc?.branches.find((each) => each.name === name);
    return branch ? { branch: branch.name, head: branch.head } : this.held;
  }

  dismiss(): void {
    this.#set({ notice: null });
  }

  /** Do something that may move a branch; what it did is told, and where a branch moved, Undo is offered. */
  act<T extends Acted>(done: string, doing: (acts: Acts) => Promise<T>): Promise<T | null> {
    return this.#alone(done, async () => {
      const answer = await doing(this.acting);
      await this.#tell(done, answer);
      return answer;
    });
  }

  /** Like `act`, for what may end in conflicts: those are then shown to be settled. */
  async combine(title: string, doing: Conflict["again"], settle: Parameters<Conflict["again"]>[0] = []): Promise<void> {
    await this.#alone(title, async () => {
      const report = await doing(settle);
      if (report.conflicts.length) {
        this.#set({ conflict: { title, report, again: doing }, said: words().merge.title });
      } else await this.#tell(title, report);
    });
  }

  /** One act after the other; the same one asked for again while it is under way (a key pressed twice) is done once. */
  #alone<T>(name: string, doing: () => Promise<T>): Promise<T | null> {
    if (this.#underway.has(name)) return Promise.resolve(null);
    this.#underway.add(name);
    this.#set({ busy: true });
    const done = this.#queue.then(() => this.#tried(doing)).finally(() => this.#underway.delete(name));
    this.#queue = done.then(() => this.#set({ busy: this.#underway.size > 0 }));
    return done;
  }

  async #tried<T>(doing: () => Promise<T>): Promise<T | null> {
    try {
      return await doing();
    } catch (error) {
      this.#set({ notice: failed(error) });
      await this.refresh();
      return null;
    }
  }

  async #tell(done: string, { move }: Acted): Promise<void> {
    await this.refresh();
    this.#set({ notice: { tone: "done", text: done, hint: "", move: move ?? null }, said: done });
    if (!move?.target || !this.versions.has(move.target)) return;
    this.go({ version: move.target, branch: move.branch, compared: null, mode: "picture" });
  }

  settle(): void {
    this.#set({ conflict: null });
  }

  /** Start something that the server works on by itself. */
  async begin(done: string, doing: (acts: Acts) => Promise<Started>): Promise<boolean> {
    const answer = await this.act(done, async (acts) => ({ ...(await doing(acts)), move: null }));
    if (!answer) return false;
    this.#started.add(answer.job);
    const job: Job = { id: answer.job, state: "waiting", run: answer.run ?? null, error: null, result: null };
    if (!this.jobs.has(job.id)) this.#set({ jobs: new Map(this.jobs).set(job.id, job) });
    return true;
  }

  /** Back to where the branch stood; one that was made goes again, one that was taken away comes back. */
  async undoMove({ branch, origin, target }: Move): Promise<void> {
    const held = { branch, head: target ?? "" };
    await this.act(words().acts.undone(branch), (acts) => {
      if (!target) return acts.undo(this.#key(), held, false);
      return origin ? acts.rollback(this.#key(), held, origin) : acts.deleteBranch(this.#key(), held);
    });
  }

  async upload(file: File): Promise<void> {
    try {
      const { key } = await this.acting.upload(file.name, file);
      this.#set({ notice: { tone: "done", text: words().documents.uploaded(file.name), hint: "", move: null } });
      this.go({ ...NOWHERE, doc: key });
    } catch (error) {
      this.#set({ notice: failed(error) });
    }
  }

  async loadParts(): Promise<Parts | null> {
    try {
      this.#set({ parts: this.parts ?? (await this.source.parts(this.#key())) });
    } catch (error) {
      this.#set({ notice: failed(error) });
    }
    return this.parts;
  }

  /** Read again what may have changed. */
  async refresh(): Promise<void> {
    const key = this.address.doc;
    try {
      if (key) await this.#load(key);
      else this.#set({ documents: await this.source.documents(), failure: null });
    } catch (error) {
      this.#set({ failure: sourceError(error) });
      // Where the document cannot be had, those that there are are offered.
      if (!this.doc) this.#set({ documents: await this.source.documents().catch(() => null) });
    }
  }

  #key(): string {
    return this.address.doc ?? "";
  }

  async #arrive(address: Address): Promise<void> {
    const moved = address.doc !== this.address.doc || (!this.doc && !this.documents);
    this.#set({ address });
    if (!moved) return;
    this.#set({ doc: null, tree: null, versions: new Map(), waiting: [], runs: [], parts: null, failure: null });
    await this.refresh();
    if (!address.doc && this.documents?.length === 1 && !this.#listed) {
      this.go({ doc: this.documents[0]?.key ?? null }, true);
      return;
    }
    this.#listed = true;
    this.#follow();
  }

  async #load(key: string): Promise<void> {
    const { source } = this;
    const [doc, tree, waiting, runs] = await Promise.all([
      source.document(key),
      source.tree(key),
      source.waiting(key),
      source.runs(key),
    ]);
    if (key !== this.address.doc) return;
    const versions = new Map<string, TreeVersion>();
    for (const row of tree.rows)
      for (const one of row.folded.length ? row.folded : [row.version]) versions.set(one.id, one);
    this.#ways.clear();
    this.#set({ doc, tree, versions, waiting, runs, failure: null });
    const wanted = this.address.version;
    if (!wanted || !versions.has(wanted)) this.go({ version: this.branch?.head ?? null }, true);
  }

  #follow(): void {
    this.#unfollow?.();
    const followed = this.address.doc ? [this.address.doc] : (this.documents ?? []).map((each) => each.key);
    this.#unfollow = followed.length ? this.source.follow(followed, (news) => this.#hear(news)) : null;
  }

  #hear(news: News): void {
    if (news.kind === "connected" || news.kind === "lost") {
      const back = news.kind === "connected" && !this.connected;
      this.#set({ connected: news.kind === "connected" });
      if (back) void this.refresh();
    } else if (news.kind === "job") this.#hearJob(news.job);
    else if (news.kind === "event") this.#hearEvent(news.event);
    // A stream begins with how everything stands, which was just read.
    else if (news.doc !== this.doc?.key || news.revision !== this.doc.revision || this.#refreshing) this.#soon();
  }

  #hearJob(job: Job): void {
    this.#set({ jobs: new Map(this.jobs).set(job.id, job) });
    if (job.state === "failed" && job.error) this.#set({ notice: failed(new SourceError(job.error)) });
    if (job.state === "done" && this.#started.delete(job.id)) void this.#finished(job);
    else this.#soon();
  }

  async #finished(job: Job): Promise<void> {
    await this.refresh();
    const run = this.runs.find((each) => each.id === job.run);
    if (!run || run.state === "interrupted" || run.state === "running") return;
    const { live } = words();
    const text = run.state === "ended" ? live.finished(run.goal, run.branch) : live.gaveUp(run.goal);
    this.#set({ notice: { tone: "done", text, hint: "", move: null, show: run.branch }, said: text });
  }

  /** To what a branch shows now. */
  show(branch: string): void {
    const head = this.doc?.branches.find((each) => each.name === branch)?.head ?? null;
    this.go({ branch, version: head, compared: null, mode: "picture" });
    this.dismiss();
  }

  #hearEvent(event: Extract<News, { kind: "event" }>["event"]): void {
    const told = words().live.event(event.event, event.step ?? "", event.data);
    if (!told) return;
    const said = event.event === "committed" || event.event === "step-ended" || event.event === "run-ended";
    if (event.run) this.#set({ progress: new Map(this.progress).set(event.run, told) });
    if (said) this.#set({ said: told });
  }

  /** Many changes come at once; the page reads again a moment after the first, and not twice at a time. */
  #soon(): void {
    this.#refreshing ??= setTimeout(async () => {
      this.#changed = false;
      await this.refresh();
      this.#refreshing = null;
      if (this.#changed) this.#soon();
    }, 150);
    this.#changed = true;
  }

  #set(change: Partial<Desk>): void {
    Object.assign(this, change);
    for (const watcher of this.#watchers) watcher();
  }
}
