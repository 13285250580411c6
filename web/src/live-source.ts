// The server of `retouch serve`, by fetch and one stream of server-sent events.

import type { Acted, Box, Job, JournalEvent, MergeReport, Move, News, Opinion, Problem, Settled } from "./records";
import {
  type Acts,
  type Again,
  type ExportFormat,
  type Goal,
  type Held,
  type Pyramid,
  type Source,
  SourceError,
  type Started,
  type ThumbnailSide,
} from "./source";

const TILE = 256;

export class LiveSource implements Source {
  readonly acts: Acts = new LiveActs();

  async documents() {
    return (await read<{ documents: Awaited<ReturnType<Source["documents"]>> }>("/api/documents")).documents;
  }

  document(doc: string): ReturnType<Source["document"]> {
    return read(at(doc));
  }

  tree(doc: string): ReturnType<Source["tree"]> {
    return read(`${at(doc)}/tree`);
  }

  version(doc: string, version: string): ReturnType<Source["version"]> {
    return read(`${at(doc)}/versions/${version}`);
  }

  compare(doc: string, a: string, b: string): ReturnType<Source["compare"]> {
    return read(`${at(doc)}/compare/${a}/${b}`);
  }

  async runs(doc: string) {
    return (await read<{ runs: Awaited<ReturnType<Source["runs"]>> }>(`${at(doc)}/runs`)).runs;
  }

  run(doc: string, run: string): ReturnType<Source["run"]> {
    return read(`${at(doc)}/runs/${run}`);
  }

  async waiting(doc: string) {
    return (await read<{ steps: Awaited<ReturnType<Source["waiting"]>> }>(`${at(doc)}/waiting`)).steps;
  }

  parts(doc: string): ReturnType<Source["parts"]> {
    return read(`${at(doc)}/parts`);
  }

  job(job: string): Promise<Job> {
    return read(`/api/jobs/${job}`);
  }

  pyramid(doc: string, version: string, width: number, height: number): Pyramid {
    const base = `${at(doc)}/versions/${version}/tiles`;
    return { kind: "tiles", width, height, tileSize: TILE, tile: (level, x, y) => `${base}/${level}/${x}/${y}` };
  }

  differencePyramid(doc: string, a: string, b: string, outside: boolean, width: number, height: number): Pyramid {
    const base = `${at(doc)}/compare/${a}/${b}/tiles`;
    const query = outside ? "?outside=1" : "?outside=0";
    const tile = (level: number, x: number, y: number) => `${base}/${level}/${x}/${y}${query}`;
    return { kind: "tiles", width, height, tileSize: TILE, tile };
  }

  thumbnail(doc: string, version: string, side: ThumbnailSide): string {
    return `${at(doc)}/versions/${version}/thumbnail?side=${side}`;
  }

  crop(doc: string, version: string, box: Box, margin: number): string {
    return `${at(doc)}/versions/${version}/crop?box=${box.join(",")}&margin=${margin}`;
  }

  attemptCrop(doc: string, run: string, step: string, attempt: number): string {
    return `${at(doc)}/runs/${run}/steps/${encodeURIComponent(step)}/attempts/${attempt}/crop`;
  }

  exported(doc: string, version: string, format: ExportFormat): string {
    return `${at(doc)}/versions/${version}/export?format=${format}`;
  }

  report(doc: string): string {
    return `${at(doc)}/report`;
  }

  animation(doc: string): string {
    return `${at(doc)}/animation`;
  }

  follow(documents: readonly string[], listener: (news: News) => void): () => void {
    const stream = new EventSource(`/api/events?documents=${documents.join(",")}`);
    stream.addEventListener("open", () => listener({ kind: "connected" }));
    stream.addEventListener("error", () => listener({ kind: "lost" }));
    stream.addEventListener("event", (message) => listener(eventNews(message.data)));
    stream.addEventListener("changed", (message) => listener({ kind: "changed", ...JSON.parse(message.data) }));
    stream.addEventListener("job", (message) => listener({ kind: "job", job: JSON.parse(message.data) as Job }));
    return () => stream.close();
  }
}

/** Acts as POST; each with a key of its own, so that a repeated one is done once. */
class LiveActs implements Acts {
  createBranch(doc: string, name: string, version: string): Promise<Acted> {
    return post(`${at(doc)}/branches`, { name, at: version });
  }

  deleteBranch(doc: string, held: Held): Promise<Acted> {
    return post(`${at(doc)}/branches/delete`, { name: held.branch }, held);
  }

  createTag(doc: string, name: string, version: string): Promise<Acted> {
    return post(`${at(doc)}/tags`, { name, at: version });
  }

  deleteTag(doc: string, name: string): Promise<Acted> {
    return post(`${at(doc)}/tags/delete`, { name });
  }

  rollback(doc: string, held: Held, to: string): Promise<Acted> {
    return post(`${at(doc)}/rollback`, { branch: held.branch, to }, held);
  }

  undo(doc: string, held: Held, run: boolean): Promise<Acted> {
    // A branch that was taken away has no head.
    return post(`${at(doc)}/undo`, { branch: held.branch, run }, held.head ? held : null);
  }

  revert(doc: string, held: Held, version: string, message: string, settle: readonly Settled[]): Promise<MergeReport> {
    return post(`${at(doc)}/revert`, { branch: held.branch, version, message, settle }, held);
  }

  pick(doc: string, held: Held, version: string, message: string, settle: readonly Settled[]): Promise<MergeReport> {
    return post(`${at(doc)}/pick`, { branch: held.branch, version, message, settle }, held);
  }

  merge(doc: string, held: Held, from: string, message: string, settle: readonly Settled[]): Promise<MergeReport> {
    return post(`${at(doc)}/merge`, { into: held.branch, from, message, settle }, held);
  }

  comment(doc: string, version: string, text: string): Promise<Acted> {
    return post(`${at(doc)}/versions/${version}/comments`, { text });
  }

  mark(doc: string, version: string, opinion: Opinion, reason: string): Promise<Acted> {
    return post(`${at(doc)}/versions/${version}/marks`, { opinion, reason });
  }

  async accept(
    doc: string,
    held: Held,
    run: string,
    step: string,
    version: string | null,
    settle: readonly Settled[],
  ): Promise<MergeReport> {
    const { answer, move } = await post<Answered>(`${stepAt(doc, run, step)}/accept`, { version, settle }, held);
    return { ...answer, notes: [], sides: null, move };
  }

  reject(doc: string, run: string, step: string, reason: string): Promise<Acted> {
    return post(`${stepAt(doc, run, step)}/reject`, { reason });
  }

  edit(
    doc: string,
    run: string,
    step: string,
    instruction: string,
    editors: readonly string[],
    seed?: number,
  ): Promise<Started> {
    const body = { instruction, editors, ...(seed === undefined ? {} : { seed }) };
    return post(`${stepAt(doc, run, step)}/edit`, body);
  }

  again(doc: string, again: Again, held: Held | null): Promise<Started> {
    return post(`${at(doc)}/again`, again, held);
  }

  start(doc: string, goal: Goal): Promise<Started> {
    return post(`${at(doc)}/runs`, goal);
  }

  pause(doc: string, run: string): Promise<Acted> {
    return post(`${at(doc)}/runs/${run}/pause`, {});
  }

  resume(doc: string, run: string): Promise<Started> {
    return post(`${at(doc)}/runs/${run}/continue`, {});
  }

  cancel(doc: string, run: string): Promise<Acted> {
    return post(`${at(doc)}/runs/${run}/cancel`, {});
  }

  async upload(name: string, picture: Blob): Promise<{ readonly key: string }> {
    const headers = { "Content-Type": picture.type, "Idempotency-Key": crypto.randomUUID() };
    const address = `/api/documents?name=${encodeURIComponent(name)}`;
    return answered(await asked(address, { method: "POST", headers, body: picture }));
  }
}

/** How an accepted step is told: the merge that brought it to the branch, inside. */
interface Answered {
  readonly answer: Pick<MergeReport, "branch" | "origin" | "target" | "conflicts">;
  readonly move: Move | null;
}

const at = (doc: string) => `/api/documents/${doc}`;
const stepAt = (doc: string, run: string, step: string) => `${at(doc)}/steps/${run}/${encodeURIComponent(step)}`;

function eventNews(data: string): News {
  const { doc, ...event } = JSON.parse(data) as JournalEvent & { doc: string };
  return { kind: "event", doc, event };
}

async function read<T>(address: string): Promise<T> {
  return answered(await asked(address, { headers: { Accept: "application/json" } }));
}

async function post<T>(address: string, body: unknown, held: Held | null = null): Promise<T> {
  const headers: Record<string, string> = {
    "Content-Type": "application/json",
    "Idempotency-Key": crypto.randomUUID(),
  };
  if (held) headers["If-Match"] = `"${held.head}"`;
  return answered(await asked(address, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function asked(address: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(address, { ...request, credentials: "same-origin" });
  } catch {
    throw new SourceError({ type: "about:blank", title: "", status: 0, detail: "", code: "unreachable" });
  }
}

async function answered<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  const type = response.headers.get("Content-Type") ?? "";
  if (type.startsWith("application/problem+json")) throw new SourceError((await response.json()) as Problem);
  const { status, statusText } = response;
  throw new SourceError({ type: "about:blank", title: statusText, status, detail: statusText, code: "unexpected" });
}
