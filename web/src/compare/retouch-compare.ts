// Two versions compared, in the way that was chosen, with what differs said in words.

import { css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Mode } from "../address";
import { RetouchElement } from "../element";
import { controls } from "../looks";
import type { Comparison, DocumentFacts } from "../records";
import { type Source, SourceError } from "../source";
import { sizeOf } from "../viewer/version-size";
import type { RetouchBeside } from "./retouch-beside";
import "./retouch-beside";
import type { RetouchOverlaid } from "./retouch-overlaid";
import "./retouch-overlaid";

/** Events: `view-changed` {view}, `window-moved` {scale}. */
@customElement("retouch-compare")
export class RetouchCompare extends RetouchElement {
  static override styles = [
    controls,
    css`
      :host { display: flex; flex-direction: column; min-height: 0; min-width: 0; }
      retouch-overlaid, retouch-beside { flex: 1; min-height: 10rem; }
      .said { margin: 0; padding: var(--space-1) var(--space-3); border-block-start: 1px solid var(--line);
        background: var(--surface); display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-3); align-items: center; }
      .said strong { font-weight: 600; }
      .said .pass { color: var(--pass); }
      .said .fail { color: var(--fail); }
      .nothing { flex: 1; display: grid; place-content: center; margin: 0; padding: 1rem; color: var(--soft);
        background: var(--bench); text-align: center; }
    `,
  ];

  @property({ attribute: false }) source: Source | null = null;
  @property({ attribute: false }) doc: DocumentFacts | null = null;
  /** The version that stands on the left, or comes first: what was before. */
  @property() former: string | null = null;
  @property() latter: string | null = null;
  @property() mode: Mode = "slider";
  @property() view = "";

  @state() private comparison: Comparison | null = null;
  @state() private failure = "";
  /** True where the two cannot lie over each other. */
  @state() private unlike = false;
  @query("retouch-overlaid, retouch-beside") private readonly shown!: RetouchOverlaid | RetouchBeside | null;
  #asked = "";

  toggleFit(): void {
    this.shown?.toggleFit();
  }

  zoom(factor: number): void {
    this.shown?.zoom(factor);
  }

  override focus(): void {
    this.shown?.focus();
  }

  showOther(on: boolean): void {
    if (this.shown && "showOther" in this.shown) this.shown.showOther(on);
  }

  override render() {
    const { compare } = this.words;
    if (!this.former) return html`<p class="nothing">${compare.nothingBefore}</p>`;
    if (this.former === this.latter) return html`<p class="nothing">${compare.itself}</p>`;
    return html`${this.mode === "beside" || this.unlike ? this.#beside() : this.#overlaid()}
      <div class="said"><span role="status">${this.#saying()}</span>${this.#flipButton()}</div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("source") || changed.has("doc") || changed.has("former") || changed.has("latter")) void this.#ask();
  }

  #beside() {
    return html`<retouch-beside .source=${this.source} .doc=${this.doc} .former=${this.former} .latter=${this.latter}
      .view=${this.view}></retouch-beside>`;
  }

  #overlaid() {
    return html`<retouch-overlaid .source=${this.source} .doc=${this.doc} .former=${this.former} .latter=${this.latter}
      .mode=${this.mode} .view=${this.view} .box=${this.comparison?.outside.box ?? null}></retouch-overlaid>`;
  }

  #flipButton() {
    if (this.mode !== "flip" || this.unlike) return nothing;
    const hold = (on: boolean) => () => this.showOther(on);
    const held = (on: boolean) => (event: KeyboardEvent) => {
      if (event.key === " " || event.key === "Enter") this.showOther(on);
    };
    return html`<button @pointerdown=${hold(true)} @pointerup=${hold(false)} @pointerleave=${hold(false)} @pointercancel=${hold(false)}
      @keydown=${held(true)} @keyup=${held(false)} @blur=${hold(false)} title=${this.words.compare.flipKeys}
      >${this.words.compare.flip} <kbd>O</kbd></button>`;
  }

  /** What the server counted, in words: nothing here is counted by looking at reduced pictures. */
  #saying() {
    const { compare } = this.words;
    if (this.unlike) return compare.sizes;
    if (this.failure) return compare.failed(this.failure);
    const { comparison } = this;
    if (!comparison) return compare.counting;
    if (this.mode === "outside") return this.#outside(comparison);
    if (comparison.changed_pixels === 0) return html`<strong>${compare.same}</strong>`;
    return compare.changed(comparison.changed_pixels, comparison.max_difference);
  }

  #outside({ outside }: Comparison) {
    const { compare } = this.words;
    if (outside.changed_pixels === 0 && outside.box)
      return html`<strong class="pass">${compare.outsideNone(outside.box)}</strong>`;
    return html`<strong class=${outside.changed_pixels ? "fail" : "pass"}>${compare.outside(outside.changed_pixels)}</strong>
      ${outside.changed_pixels ? compare.outsideMost(outside.max_difference) : nothing} ${outside.box ? nothing : compare.noBox}`;
  }

  async #ask(): Promise<void> {
    const { source, doc, former, latter } = this;
    const wanted = `${doc?.key} ${former} ${latter}`;
    if (!source || !doc || !former || !latter || former === latter || wanted === this.#asked) return;
    this.#asked = wanted;
    this.comparison = null;
    this.failure = "";
    const [one, other] = await Promise.all([sizeOf(source, doc, former), sizeOf(source, doc, latter)]);
    if (wanted !== this.#asked) return;
    this.unlike = one.width !== other.width || one.height !== other.height;
    if (this.unlike) return;
    try {
      const found = await source.compare(doc.key, former, latter);
      if (wanted === this.#asked) this.comparison = found;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      if (wanted === this.#asked) this.#failed(error);
    }
  }

  #failed({ problem }: SourceError): void {
    this.unlike = problem.code === "picture";
    this.failure = problem.detail || problem.title;
  }
}
