// The middle of the page: one version's picture with the boxes of its steps, or two versions compared.

import { css, html, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { MODES, type Mode } from "../address";
import "../compare/retouch-compare";
import type { RetouchCompare } from "../compare/retouch-compare";
import { RetouchElement } from "../element";
import { controls } from "../looks";
import { keep, kept } from "../memory";
import type { DocumentFacts, TreeVersion } from "../records";
import type { Source } from "../source";
import type { StepBox } from "./retouch-boxes";
import "./retouch-picture";
import type { RetouchPicture } from "./retouch-picture";

export type { StepBox } from "./retouch-boxes";

const STRENGTH = "retouch-boxes";

/**
 * Events: `select-version` {version}, `mode-changed` {mode}, `compare-with` {version | null}, `view-changed` {view},
 * `box-drawn` {box}, `drawing-ended` {} (given up with Escape).
 */
@customElement("retouch-viewer")
export class RetouchViewer extends RetouchElement {
  static override styles = [
    controls,
    css`
      :host { display: flex; flex-direction: column; min-height: 0; min-width: 0; }
      .bar { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-2); align-items: center;
        padding: var(--space-1) var(--space-2); border-block-end: 1px solid var(--line); background: var(--surface); }
      .group { display: flex; flex-wrap: wrap; gap: 2px; align-items: center; }
      .end { margin-inline-start: auto; }
      button { padding-inline: 8px; }
      label { display: inline-flex; gap: 4px; align-items: center; }
      input[type="range"] { width: 5.5em; min-height: 24px; accent-color: var(--accent); }
      output { min-width: 4.2em; text-align: end; color: var(--soft); font-variant-numeric: tabular-nums; }
      retouch-picture, retouch-compare { flex: 1; min-height: 12rem; }
      @media (max-width: 700px) { .bar { padding-inline: var(--space-1); } output { min-width: 3em; } kbd { display: none; }
        label select { max-width: 8.5em; } button { padding-inline: 6px; } }
      .nothing { flex: 1; display: grid; place-content: center; margin: 0; color: var(--soft); background: var(--bench); }
    `,
  ];

  @property({ attribute: false }) source: Source | null = null;
  @property({ attribute: false }) doc: DocumentFacts | null = null;
  @property() version: string | null = null;
  @property() compared: string | null = null;
  /** All of the document, by id. */
  @property({ attribute: false }) versions: ReadonlyMap<string, TreeVersion> = new Map();
  @property() mode: Mode = "picture";
  @property() view = "";
  @property({ attribute: false }) boxes: readonly StepBox[] = [];
  /** While true, a drag (or the arrow keys) draws a box; each new one is told by `box-drawn`. */
  @property({ type: Boolean }) drawing = false;

  @state() private strength = Number(kept(STRENGTH) ?? 1);
  @state() private scale = 0;
  /** The versions before the shown one and at the very beginning; null where there is none. */
  private earlier: string | null = null;
  private original: string | null = null;
  @query("retouch-picture") private readonly picture!: RetouchPicture | null;
  @query("retouch-compare") private readonly comparison!: RetouchCompare | null;
  #remembered = 1;

  /** Z: fit the window, or 100 %, by turns. */
  toggleFit(): void {
    (this.picture ?? this.comparison)?.toggleFit();
  }

  /** O, as long as it is held: the first version, or the other one of two. */
  showOriginal(on: boolean): void {
    this.picture?.showOriginal(on);
    this.comparison?.showOther(on);
  }

  /** H: boxes away, and back as they were. */
  toggleBoxes(): void {
    this.#strengthen(this.strength > 0 ? 0 : this.#remembered);
  }

  override focus(): void {
    (this.picture ?? this.comparison)?.focus();
  }

  override render() {
    const { viewer } = this.words;
    if (!this.version || !this.doc) return html`<p class="nothing">${viewer.nothing}</p>`;
    const comparing = this.mode !== "picture" && !this.drawing;
    return html`
      <div class="bar" role="group" aria-label=${viewer.modes}>
        <div class="group">${MODES.map((mode) => this.#modeButton(mode))}</div>
        ${comparing ? this.#against() : this.#boxControls()}
        <div class="group end">
          <button class="quiet" aria-label=${viewer.zoomOut} @click=${() => this.#zoom(1 / 1.4)}>−</button>
          <output aria-label=${viewer.zoomIn}>${this.scale ? viewer.scale(this.scale) : ""}</output>
          <button class="quiet" aria-label=${viewer.zoomIn} @click=${() => this.#zoom(1.4)}>+</button>
          <button class="quiet" @click=${() => this.toggleFit()}>${viewer.fit} / ${viewer.full} <kbd>Z</kbd></button>
        </div>
      </div>
      ${comparing ? this.#comparison() : this.#picture()}`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("versions") && !changed.has("version")) return;
    this.earlier = this.versions.get(this.version ?? "")?.parents[0] ?? null;
    this.original = [...this.versions.values()].find((each) => each.parents.length === 0)?.id ?? null;
  }

  #picture() {
    return html`<retouch-picture .source=${this.source} .doc=${this.doc} .version=${this.version} .original=${this.original}
      .view=${this.view} .boxes=${this.strength > 0 ? this.boxes : []} .selected=${this.version} .strength=${this.strength}
      .drawing=${this.drawing} @window-moved=${this.#moved}></retouch-picture>`;
  }

  #comparison() {
    return html`<retouch-compare .source=${this.source} .doc=${this.doc} .former=${this.compared ?? this.earlier}
      .latter=${this.version} .mode=${this.mode === "picture" ? "slider" : this.mode} .view=${this.view}
      @window-moved=${this.#moved}></retouch-compare>`;
  }

  #modeButton(mode: Mode) {
    const pressed = mode === (this.drawing ? "picture" : this.mode);
    return html`<button class="quiet" aria-pressed=${pressed} ?disabled=${this.drawing}
      @click=${() => this.tell("mode-changed", { mode })}>${this.words.viewer.mode[mode]}</button>`;
  }

  /** What the shown version is compared with. */
  #against() {
    const { viewer } = this.words;
    const chosen = this.compared ?? "";
    const other = chosen && chosen !== this.earlier && chosen !== this.original;
    return html`<label>${viewer.against}
      <select @change=${(event: Event) => this.#compareWith((event.target as HTMLSelectElement).value)}>
        <option value="" ?selected=${!chosen || chosen === this.earlier}>${viewer.parent}</option>
        ${
          this.original && this.original !== this.earlier && this.original !== this.version
            ? html`<option value=${this.original} ?selected=${chosen === this.original}>${viewer.first}</option>`
            : null
        }
        ${other ? html`<option value=${chosen} selected>${chosen.slice(0, 8)}</option>` : null}
      </select></label>`;
  }

  #boxControls() {
    const { viewer } = this.words;
    return html`<div class="group">
      <button class="quiet" aria-pressed=${this.strength > 0} @click=${() => this.toggleBoxes()}>${viewer.boxes} <kbd>H</kbd></button>
      <input type="range" min="0" max="1" step="0.05" .value=${String(this.strength)} aria-label=${viewer.strength}
        @input=${(event: Event) => this.#strengthen(Number((event.target as HTMLInputElement).value))}>
    </div>`;
  }

  #compareWith(version: string): void {
    this.tell("compare-with", { version: version || null });
  }

  #strengthen(strength: number): void {
    if (strength > 0) this.#remembered = strength;
    this.strength = strength;
    keep(STRENGTH, String(strength));
  }

  #zoom(factor: number): void {
    (this.picture ?? this.comparison)?.zoom(factor);
  }

  readonly #moved = (event: CustomEvent<{ scale: number }>): void => {
    this.scale = event.detail.scale;
  };
}
