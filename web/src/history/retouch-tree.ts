// The tree itself: only the lines in sight are drawn, all can be reached by keys and are counted for screen readers.

import { html, nothing, svg } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Desk } from "../desk";
import { RetouchElement } from "../element";
import { locale } from "../language";
import { controls } from "../looks";
import type { TreeVersion } from "../records";
import { styled } from "../styled";
import { Watching } from "../watching";
import { drawn, laneWidth, ROW } from "./lanes";
import { filtered, type Line, lines } from "./lines";
import { FROM, overview } from "./overview";
import { isEmpty, matches, parsedQuery } from "./query";
import { treeStyle } from "./tree-style";

const SPARE = 8;
/** A step's place larger than this is shown as a thumbnail of the whole picture. */
const CROPPED = 640;

@customElement("retouch-tree")
export class RetouchTree extends RetouchElement {
  static override styles = [controls, treeStyle];

  @property({ attribute: false }) desk: Desk | null = null;
  @state() private opened: ReadonlySet<string> = new Set();
  @state() private closed: ReadonlySet<string> = new Set();
  @state() private top = 0;
  @state() private height = 900;
  /** The line that has the focus, or would get it. */
  @state() private active = "";
  @query(".tree") private readonly box!: HTMLElement;

  protected readonly watching = new Watching(this);
  #lines: readonly Line[] = [];
  #from: unknown[] = [];
  #drawn: { lines: readonly Line[]; strip: unknown } = { lines: [], strip: nothing };
  #history: ReadonlySet<string> = new Set();
  #selected: string | null = null;
  #focus = false;
  readonly #resized = new ResizeObserver(() => {
    const shown = this.height === 0 && this.box.clientHeight > 0;
    this.height = this.box.clientHeight;
    if (shown) this.#reveal(this.#index(this.active));
  });

  /** How many lines there are, for the panel around. */
  get shown(): number {
    return this.#lines.length;
  }

  override firstUpdated(): void {
    this.#resized.observe(this.box);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  /** J and K, from anywhere in the page: the next or the last version in the list. The focus goes along if it is here. */
  step(by: number): void {
    this.#go(by, this.shadowRoot?.activeElement !== null);
  }

  /** The focus comes to the tree. */
  enter(): void {
    this.#go(0, true);
  }

  #go(by: number, focus: boolean): void {
    const index = this.#index(this.active);
    const next = this.#lines[Math.max(0, Math.min(this.#lines.length - 1, index + by))];
    if (next) this.#reach(next, focus);
  }

  protected override willUpdate(): void {
    const { tree, address } = this.desk ?? {};
    const from = [tree, address?.query, this.opened, this.closed, this.desk?.waiting];
    if (from.some((each, index) => each !== this.#from[index]) || !this.#from.length) {
      this.#from = from;
      this.#lines = this.#built();
    }
    const head = this.desk?.branch?.head;
    this.#history = head && this.desk ? this.desk.history(head) : new Set();
    this.#followSelection(address?.version ?? null);
  }

  protected override updated(): void {
    if (!this.#focus) return;
    this.#focus = false;
    this.renderRoot.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true });
  }

  #built(): readonly Line[] {
    const { tree, address, waiting } = this.desk ?? {};
    if (!tree) return [];
    const query = parsedQuery(address?.query ?? "");
    if (!isEmpty(query)) return filtered(tree, (version) => matches(version, query));
    const asked = new Set(waiting?.flatMap((step) => step.candidates));
    const groups = tree.rows.filter((row) => row.folded.some((each) => asked.has(each.id)));
    const opened = new Set([...this.opened].filter((key) => !key.startsWith("!")));
    for (const row of groups) {
      const key = `tries:${row.version.id}`;
      if (!this.opened.has(`!${key}`)) opened.add(key);
    }
    return lines(tree, { opened, closed: this.closed });
  }

  /** A version chosen elsewhere is unfolded, made the active line and brought into sight. */
  #followSelection(version: string | null): void {
    if (version === this.#selected || !version || !this.#lines.length) return;
    this.#selected = version;
    if (!this.#lines.some((line) => line.key === version)) this.#unfold(version);
    this.active = version;
    this.#reveal(this.#index(version));
  }

  #unfold(version: string): void {
    const group = this.#lines.find((line) => line.tries.some((each) => each.id === version));
    if (group) this.#toggle(group, true);
    else if (this.closed.size) this.closed = new Set();
    this.#lines = this.#built();
  }

  #index(key: string): number {
    return this.#lines.findIndex((line) => line.key === key);
  }

  #reveal(index: number): void {
    if (index < 0) return;
    void this.updateComplete.then(() => {
      const { box } = this;
      const top = index * ROW;
      if (top < box.scrollTop) box.scrollTop = top - ROW;
      else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + 2 * ROW - box.clientHeight;
    });
  }

  #reach(line: Line, focus: boolean): void {
    this.active = line.key;
    this.#focus = focus;
    if (!line.tries.length) {
      this.#selected = line.version.id;
      this.desk?.go({ version: line.version.id });
    }
    this.#reveal(this.#index(line.key));
    this.requestUpdate();
  }

  /** By a screen reader any line can get the focus: keys are then for that one. */
  #focused(line: Line): void {
    this.active = line.key;
  }

  #toggle(line: Line, open: boolean): void {
    if (line.tries.length) {
      const opened = new Set(this.opened);
      opened.delete(open ? `!${line.key}` : line.key);
      opened.add(open ? line.key : `!${line.key}`);
      this.opened = opened;
      return;
    }
    const closed = new Set(this.closed);
    if (open) closed.delete(line.key);
    else closed.add(line.key);
    this.closed = closed;
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.#index(this.active);
    const line = this.#lines[at];
    if (!line) return;
    const page = Math.max(1, Math.floor(this.height / ROW) - 1);
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: this.#lines.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) {
      const next = this.#lines[Math.max(0, Math.min(this.#lines.length - 1, to))];
      if (next) this.#reach(next, true);
    } else if (!this.#turn(event.key, line, at)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Right opens, Left closes or goes to the line above; Enter does what a click does. */
  #turn(key: string, line: Line, at: number): boolean {
    if (key === "ArrowRight" && line.open === false) this.#toggle(line, true);
    else if (key === "ArrowLeft" && line.open) this.#toggle(line, false);
    else if (key === "ArrowLeft") {
      const above = this.#lines.slice(0, at).findLast((each) => each.level < line.level);
      if (above) this.#reach(above, true);
    } else if ((key === "Enter" || key === " ") && line.tries.length) this.#toggle(line, !line.open);
    else return key === "ArrowRight";
    return true;
  }

  /** A click shows the version; with Alt it is compared with the one that is shown. */
  #click(event: MouseEvent, line: Line): void {
    if (event.altKey && !line.tries.length) {
      event.preventDefault();
      const mode = this.desk?.address.mode ?? "picture";
      this.desk?.go({ compared: line.version.id, mode: mode === "picture" ? "slider" : mode });
      return;
    }
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    const twist = (event.target as Element).closest(".twist") !== null;
    if (twist || line.tries.length) {
      this.active = line.key;
      this.#toggle(line, !line.open);
    } else this.#reach(line, true);
  }

  override render() {
    const count = this.#lines.length;
    const first = Math.max(0, Math.floor(this.top / ROW) - SPARE);
    const last = Math.min(count, Math.ceil((this.top + this.height) / ROW) + SPARE);
    const seen = this.#lines.slice(first, last).map((line, index) => ({ line, index: first + index }));
    const active = this.#index(this.active);
    // The active line stays in the page when it is scrolled out of sight, in its order: it may hold the focus.
    const away = this.#lines[active];
    if (away && active < first) seen.unshift({ line: away, index: active });
    else if (away && active >= last) seen.push({ line: away, index: active });
    return html`<div class="tree" @scroll=${this.#scrolled} @keydown=${this.#key}>
      <div role="tree" aria-label=${this.words.app.history} class="lines"
        ${styled({ height: `${count * ROW}px` })}>${repeat(
          seen,
          ({ line }) => line.key,
          ({ line, index }) => this.#line(line, index),
        )}</div>
      ${count || !this.desk?.tree ? nothing : html`<p class="none">${this.words.history.none}</p>`}
    </div>
    ${count < FROM ? nothing : this.#overview(active)}`;
  }

  /** Only for the eye and the pointer: by keys and for screen readers the lines themselves are at hand. */
  #overview(active: number) {
    const count = this.#lines.length;
    if (this.#drawn.lines !== this.#lines) this.#drawn = { lines: this.#lines, strip: overview(this.#lines) };
    return html`<svg class="overview" aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 10 ${count}"
      @pointerdown=${this.#jump} @pointermove=${this.#jump}>
      <rect class="ground" width="10" height=${count} />
      <rect class="window" y=${this.top / ROW} width="10" height=${this.height / ROW} />
      ${this.#drawn.strip}
      <rect class="active" y=${active} width="10" height=${Math.max(1, count / 120)} />
    </svg>`;
  }

  #jump(event: PointerEvent): void {
    if (event.buttons !== 1) return;
    const strip = (event.currentTarget as Element).getBoundingClientRect();
    const share = (event.clientY - strip.top) / strip.height;
    this.box.scrollTop = share * this.#lines.length * ROW - this.height / 2;
  }

  #scrolled(): void {
    this.top = this.box.scrollTop;
  }

  #line(line: Line, index: number) {
    const selected = !line.tries.length && line.version.id === this.desk?.address.version;
    const compared = !line.tries.length && line.version.id === this.desk?.address.compared;
    const stop = line.key === this.active || (this.#index(this.active) < 0 && index === 0);
    const off = !this.#history.has(line.version.id);
    return html`<a role="treeitem" class="line ${selected ? "selected" : ""} ${off ? "off" : ""} ${compared ? "compared" : ""}"
      href=${this.desk?.href({ version: line.version.id }) ?? "#"} tabindex=${stop ? 0 : -1}
      aria-level=${line.level} aria-posinset=${line.position} aria-setsize=${line.siblings}
      aria-selected=${selected ? "true" : "false"} aria-expanded=${line.open ?? nothing}
      data-version=${line.version.id} ${styled({ transform: `translateY(${index * ROW}px)` })}
      @click=${(event: MouseEvent) => this.#click(event, line)} @focus=${() => this.#focused(line)}>
      ${this.#lanes(line)}${this.#thumbnail(line.version)}${line.tries.length ? this.#tries(line) : this.#text(line)}
    </a>`;
  }

  #lanes(line: Line) {
    const lanes = this.desk?.tree?.lanes ?? 1;
    const flat = !isEmpty(parsedQuery(this.desk?.address.query ?? ""));
    const width = laneWidth(flat ? 1 : lanes);
    const across = 26 + width * (flat ? 0 : lanes - 1);
    return html`<svg class="lanes" aria-hidden="true" width=${across} height=${ROW}>${svg`${drawn(line, width)}`}</svg>`;
  }

  #thumbnail(version: TreeVersion) {
    const { source, doc } = this.desk ?? {};
    if (!source || !doc) return nothing;
    const { box } = version;
    const near = box && Math.max(box[2], box[3]) <= CROPPED;
    const place = near ? source.crop(doc.key, version.id, box, Math.round(Math.max(box[2], box[3]) / 8)) : null;
    const from = place ?? source.thumbnail(doc.key, version.id, 64);
    return html`<span class="thumb">${from ? html`<img src=${from} alt="" loading="lazy" fetchpriority="low" decoding="async" draggable="false">` : nothing}</span>`;
  }

  #tries(line: Line) {
    const { history, outcome } = this.words;
    const counted = (["pass", "unsure", "fail"] as const)
      .map((each) => [each, line.tries.filter((version) => version.outcome === each).length] as const)
      .filter(([, count]) => count > 0);
    return html`<span class="text">
      <span class="first"><span class="twist" aria-hidden="true">${line.open ? "▾" : "▸"}</span>
        <span class="message">${history.tries(line.tries.length, line.version.step ?? "")}</span></span>
      <span class="second">${counted.map(([name, count]) => html`<span class="verdict ${name}">${count} ${outcome[name]}</span>`)}</span>
    </span>`;
  }

  #text(line: Line) {
    const { version } = line;
    const { kind, outcome, history } = this.words;
    const branch = this.desk?.branch;
    return html`<span class="text">
      <span class="first">
        ${line.stem ? html`<span class="twist" aria-hidden="true">${line.open ? "▾" : "▸"}</span>` : nothing}
        <span class="message">${version.message || kind[version.kind]}</span>
        ${version.branches.map((name) => html`<span class="chip branch ${name === branch?.name ? "current" : ""}"><span class="unseen">${history.branchHead} </span>${name}</span>`)}
        ${version.tags.map((name) => html`<span class="chip tag"><span class="unseen">${history.tagged} </span>${name}</span>`)}
      </span>
      <span class="second">
        ${version.step ? html`<span class="step">${version.step}</span>` : nothing}
        ${version.kind === "candidate" ? html`<span class="pending">${this.#standing(version)}</span>` : nothing}
        ${["edit", "candidate"].includes(version.kind) ? nothing : html`<span>${this.#relation(version)}</span>`}
        ${version.outcome ? html`<span class="verdict ${version.outcome}">${outcome[version.outcome]}</span>` : nothing}
        ${line.open === false ? html`<span>${history.collapsed(line.stem - 1)}</span>` : nothing}
        ${version.comments ? html`<span>${history.comments(version.comments)}</span>` : nothing}
        ${version.editor ? html`<span>${version.editor}</span>` : nothing}
        <time datetime=${version.created}>${when(version.created)}</time>
      </span>
    </span>`;
  }

  #standing(version: TreeVersion): string {
    const { history } = this.words;
    if (version.opinion) return history[version.opinion];
    return this.desk?.asks(version.id) ? history.asks : history.candidate;
  }

  #relation(version: TreeVersion): string {
    const { kind, history } = this.words;
    return version.relation ? history[version.relation.kind](version.relation.version.slice(0, 8)) : kind[version.kind];
  }
}

/** The time of a day that is today, else the day, with its year where that is another one. */
function when(created: string): string {
  const date = new Date(created);
  const now = new Date();
  const today = date.toDateString() === now.toDateString();
  const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  const form: Intl.DateTimeFormatOptions = today ? { timeStyle: "short" } : { day: "numeric", month: "short", ...year };
  return new Intl.DateTimeFormat(locale(), form).format(date);
}
