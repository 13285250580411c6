// The page: history on the left, the picture in the middle, evidence on the right; on a narrow screen one of them at a time.

import { html, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import "./acting/retouch-acts";
import { KEYS, type RetouchActs } from "./acting/retouch-acts";
import "./acting/retouch-conflicts";
import { type ActName, general } from "./acting/offer";
import type { Mode } from "./address";
import { appStyle } from "./app-style";
import type { Desk } from "./desk";
import { RetouchElement } from "./element";
import { Watching } from "./watching";
import "./evidence/retouch-evidence";
import "./history/retouch-history";
import type { RetouchHistory } from "./history/retouch-history";
import { type Binding, bind } from "./keyboard";
import { language, speak } from "./language";
import "./live/retouch-live";
import { controls } from "./looks";
import type { Box, WaitingStep } from "./records";
import "./retouch-documents";
import "./retouch-keys";
import type { RetouchKeys } from "./retouch-keys";
import "./retouch-notice";
import { choose, scheme } from "./scheme";
import { stepBoxes } from "./step-boxes";
import "./viewer/retouch-viewer";
import type { RetouchViewer } from "./viewer/retouch-viewer";

const AREAS = ["history", "picture", "evidence"] as const;
type Area = (typeof AREAS)[number];
const ACT_KEYS: readonly (readonly [string, ActName])[] = [
  ["P", "accept"],
  ["X", "reject"],
  ["U", "undo"],
  ["V", "revert"],
  ["A", "again"],
  ["R", "rollback"],
  ["B", "branch"],
  ["T", "tag"],
  ["M", "comment"],
  ["E", "export"],
  ["N", "goal"],
];

@customElement("retouch-app")
export class RetouchApp extends RetouchElement {
  static override styles = [controls, appStyle];

  @property({ attribute: false }) desk: Desk | null = null;
  @state() private area: Area = "picture";
  @state() private drawing = false;
  @state() private drawn: Box | null = null;
  @query("retouch-viewer") private readonly viewer!: RetouchViewer | null;
  @query("retouch-history") private readonly history!: RetouchHistory | null;
  @query("retouch-acts") private readonly acts!: RetouchActs | null;
  @query("retouch-keys") private readonly sheet!: RetouchKeys | null;
  protected readonly watching = new Watching(this);
  #unbind: (() => void) | null = null;
  #shown: string | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unbind = bind(this.#bindings(), new Set(["O"]));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unbind?.();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { desk } = this;
    const version = desk?.address.version ?? null;
    if (version !== this.#shown && !changed.has("desk")) this.#leaveDrawing();
    this.#shown = version;
    const name = desk?.address.doc ? desk.doc?.name : null;
    document.title = name ? `${name} – ${this.words.app.title}` : this.words.app.title;
  }

  #leaveDrawing(): void {
    this.drawing = false;
    this.drawn = null;
  }

  #bindings(): ReadonlyMap<string, Binding> {
    return new Map<string, Binding>([
      ["J", () => this.history?.step(1)],
      ["K", () => this.history?.step(-1)],
      ["/", () => this.#search()],
      ["?", () => this.sheet?.show()],
      ["Z", () => this.viewer?.toggleFit()],
      ["O", (down) => this.viewer?.showOriginal(down)],
      ["C", () => this.#compare()],
      ["H", () => this.viewer?.toggleBoxes()],
      ...ACT_KEYS.map(([key, name]) => [key, () => this.#generally(name)] as const),
    ]);
  }

  #search(): void {
    this.area = "history";
    void this.updateComplete.then(() => this.history?.search());
  }

  /** C compares with what the version was made from, and again shows it alone. */
  #compare(): void {
    const mode = this.desk?.address.mode;
    if (mode === "picture") this.acts?.do("compare");
    else this.desk?.go({ mode: "picture", compared: null });
  }

  override render() {
    const { desk } = this;
    if (!desk) return nothing;
    return html`
      ${this.#header(desk)}
      ${desk.failure ? this.#failure(desk) : nothing}
      ${desk.address.doc && (desk.doc || !desk.failure) ? this.#document(desk) : html`<main id="middle" class="list"><retouch-documents .desk=${desk}></retouch-documents></main>`}
      <div class="unseen" role="status" aria-live="polite">${desk.said}</div>
      <retouch-notice .desk=${desk}></retouch-notice>
      <retouch-keys ?acting=${desk.source.acts !== null}></retouch-keys>
      ${desk.conflict ? html`<retouch-conflicts .desk=${desk} .conflict=${desk.conflict}></retouch-conflicts>` : nothing}`;
  }

  #header(desk: Desk) {
    const { app } = this.words;
    const dark = scheme() === "dark";
    return html`<header>
      <a class="unseen skip" href="#history" @click=${this.#skip}>${app.skip}</a>
      <span class="mark" aria-hidden="true">${app.title}</span>
      ${desk.address.doc ? this.#named(desk) : nothing}
      <span class="gap"></span>
      ${desk.doc && desk.source.acts ? this.#general(desk) : nothing}
      ${desk.source.made ? this.#summary(desk.source.made) : nothing}
      ${desk.source.acts ? html`<span class="link ${desk.connected ? "on" : "off"}" role="status">${desk.connected ? app.live : app.lost}</span>` : nothing}
      <button class="quiet" @click=${() => this.#scheme(dark)}>${dark ? app.light : app.dark}</button>
      <button class="quiet" lang=${language() === "zh" ? "en" : "zh-Hant"} @click=${() => speak(language() === "zh" ? "en" : "zh")}>
        ${language() === "zh" ? "English" : "中文"}</button>
      <button class="quiet" @click=${() => this.sheet?.show()}>${app.keys} <kbd aria-hidden="true">?</kbd></button>
    </header>`;
  }

  /** Which document and branch is shown, and the way back to all of them. */
  #named(desk: Desk) {
    const { app } = this.words;
    const name = desk.doc?.name ?? (desk.failure ? app.notFound : app.loading);
    return html`<h1>${name}</h1>${desk.doc ? this.#branch(desk) : nothing}
      ${desk.source.acts ? html`<a class="back" href="/" @click=${this.#back}>${app.back}</a>` : nothing}`;
  }

  /** Of a report: when it was made, and the way to its plain page. */
  #summary(made: string) {
    const { app } = this.words;
    return html`<span class="made">${app.made(made)}</span>
      <button @click=${() => this.tell("summary-wanted", {})}>${app.summary}</button>`;
  }

  #branch(desk: Desk) {
    const all = desk.doc?.branches ?? [];
    const chosen = (event: Event) => {
      const name = (event.target as HTMLSelectElement).value;
      desk.go({ branch: name, version: all.find((each) => each.name === name)?.head ?? null });
    };
    return html`<label class="branch"><span>${this.words.app.branch}</span><select aria-label=${this.words.app.branch} @change=${chosen}>
      ${all.map((each) => html`<option value=${each.name} ?selected=${each.name === desk.branch?.name}>${each.name}</option>`)}
    </select></label>`;
  }

  #general(desk: Desk) {
    const { acts } = this.words;
    return html`<div class="general">${general(desk).map((name) => {
      const key = KEYS[name];
      return html`<button class=${name === "goal" ? "main" : ""} data-act=${name} aria-keyshortcuts=${key ?? nothing}
        @click=${() => this.#generally(name)}>${acts[name]}${key ? html` <kbd aria-hidden="true">${key}</kbd>` : nothing}</button>`;
    })}</div>`;
  }

  #generally(name: ActName): void {
    this.area = "picture";
    void this.updateComplete.then(() => this.acts?.do(name));
  }

  #failure(desk: Desk) {
    const { problem } = desk.failure ?? {};
    const { app } = this.words;
    const said = problem?.code === "unreachable" ? app.unreachable : problem?.detail;
    return html`<div class="failure" role="alert"><p>${said || app.notFound}</p>
      <button @click=${() => desk.refresh()}>${app.again}</button></div>`;
  }

  #document(desk: Desk) {
    const { app } = this.words;
    const { version, compared, mode, view } = desk.address;
    const pending = desk.version?.kind === "candidate" && !desk.history(desk.branch?.head ?? "").has(desk.version.id);
    const boxes = version ? stepBoxes(desk, version, this.drawn) : [];
    return html`
      <nav class="tabs" aria-label=${app.views}>${AREAS.map(
        (area) => html`<button class="quiet" aria-pressed=${this.area === area ? "true" : "false"}
          @click=${() => this.#show(area)}>${app[area]}</button>`,
      )}</nav>
      <main class="areas ${desk.busy ? "busy" : ""}" aria-busy=${desk.busy ? "true" : "false"} data-area=${this.area}>
        <section id="history" class="history" aria-label=${app.history}>
          <retouch-live .desk=${desk} @redo=${this.#redo}></retouch-live>
          <retouch-history .desk=${desk}></retouch-history>
        </section>
        <section class="picture ${pending ? "pending" : ""}" aria-label=${app.picture}>
          <retouch-acts .desk=${desk} .drawn=${this.drawn} .drawing=${this.drawing}
            @drawing-wanted=${this.#wantsDrawing} @form-closed=${this.#leaveDrawing}></retouch-acts>
          <retouch-viewer .source=${desk.source} .doc=${desk.doc} .version=${version} .compared=${compared} .versions=${desk.versions}
            .mode=${mode} .view=${view} .boxes=${boxes} .drawing=${this.drawing}
            @select-version=${this.#selects} @mode-changed=${this.#modeChanged} @compare-with=${this.#comparesWith}
            @view-changed=${this.#viewChanged} @box-drawn=${this.#boxDrawn}
            @drawing-ended=${this.#drawingEnded}></retouch-viewer>
        </section>
        <section class="evidence" aria-label=${app.evidence}>
          <retouch-evidence .source=${desk.source} .doc=${desk.doc} .version=${version} .revision=${desk.doc?.revision ?? ""}
            @select-version=${this.#selects} @compare-with=${this.#comparesWith}></retouch-evidence>
        </section>
      </main>`;
  }

  #show(area: Area): void {
    this.area = area;
  }

  #skip(event: Event): void {
    event.preventDefault();
    this.area = "history";
    void this.updateComplete.then(() => this.history?.enter());
  }

  #back(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.desk?.list();
  }

  #scheme(dark: boolean): void {
    choose(dark ? "light" : "dark");
    this.requestUpdate();
  }

  #redo(event: CustomEvent<{ step: WaitingStep }>): void {
    const { step } = event.detail;
    const version = step.best ?? step.candidates[0];
    if (version) this.desk?.go({ version });
    this.area = "picture";
    void this.updateComplete.then(() => this.acts?.redo(step));
  }

  #wantsDrawing(event: CustomEvent<{ on: boolean }>): void {
    this.drawing = event.detail.on;
    if (event.detail.on && this.desk?.address.mode !== "picture") this.desk?.go({ mode: "picture" }, true);
    if (event.detail.on)
      void this.updateComplete.then(() => this.viewer?.updateComplete).then(() => this.viewer?.focus());
  }

  #boxDrawn(event: CustomEvent<{ box: Box }>): void {
    this.drawn = event.detail.box;
    this.drawing = false;
  }

  #drawingEnded(): void {
    this.drawing = false;
  }

  #selects(event: CustomEvent<{ version: string }>): void {
    this.desk?.go({ version: event.detail.version });
  }

  #modeChanged(event: CustomEvent<{ mode: Mode }>): void {
    this.desk?.go({ mode: event.detail.mode });
  }

  /** Asked from the evidence, where no mode is known, versions are compared by the slider. */
  #comparesWith(event: CustomEvent<{ version: string | null }>): void {
    const { version } = event.detail;
    const mode = this.desk?.address.mode ?? "picture";
    this.desk?.go({ compared: version, ...(version && mode === "picture" ? { mode: "slider" as const } : {}) });
  }

  #viewChanged(event: CustomEvent<{ view: string }>): void {
    this.desk?.go({ view: event.detail.view }, true);
  }
}
