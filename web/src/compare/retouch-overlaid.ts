// Two versions in one window, in register: parted by a slider, one instead of the other, or their difference.

import { css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Mode } from "../address";
import type { Box } from "../records";
import type { RetouchBoxes, StepBox } from "../viewer/retouch-boxes";
import "../viewer/retouch-boxes";
import type { Stage, Visible } from "../viewer/stage";
import { WindowElement } from "../viewer/window-element";
import { windowLooks } from "../viewer/window-looks";

const FORMER = 0;
const LATTER = 1;
const MAP = 2;
const WHOLE = [0, 1] as const;
/** How much of the picture shows under a difference map. */
const PALE = 0.3;
const STEP = 0.02;

/** Events: `view-changed` {view}, `window-moved` {scale}. */
@customElement("retouch-overlaid")
export class RetouchOverlaid extends WindowElement {
  static override styles = [
    windowLooks,
    css`
      .sheet { position: absolute; background: #fff; }
      .handle { position: absolute; inset-block: 0; left: 50%; width: 32px; margin-inline-start: -16px; cursor: ew-resize;
        touch-action: none; outline: none; }
      .handle::before { content: ""; position: absolute; inset-block: 0; left: 15px; width: 2px; background: #fff;
        box-shadow: 0 0 0 1px #0009; }
      .grip { position: absolute; top: 50%; left: 0; width: 32px; height: 32px; margin-top: -16px; border-radius: 50%;
        background: #fff; box-shadow: 0 0 0 1px #0009, 0 2px 8px #0006; }
      .grip svg { width: 32px; height: 32px; display: block; stroke: #1f1c18; fill: none; stroke-width: 2; }
      .handle:focus-visible .grip { outline: 3px solid var(--accent); outline-offset: 2px; }
      .name { position: absolute; top: 8px; padding: 1px 8px; border-radius: 99px; background: #1f1c18cc; color: #fff;
        font-size: var(--size-s); pointer-events: none; max-width: 40%; overflow: hidden; text-overflow: ellipsis;
        white-space: nowrap; }
      .name.former { left: 8px; }
      .name.latter { right: 8px; }
      @media (pointer: coarse) { .handle { width: 48px; margin-inline-start: -24px; }
        .handle::before { left: 23px; } .grip { left: 8px; } }
    `,
  ];

  @property() former: string | null = null;
  @property() latter: string | null = null;
  @property() mode: Mode = "slider";
  /** The box that the outside is outside of. */
  @property({ attribute: false }) box: Box | null = null;
  @property() boxLabel = "";

  @state() private flipped = false;
  @state() private mapless = false;
  @query(".handle") private readonly handle!: HTMLElement | null;
  @query(".sheet") private readonly sheet!: HTMLElement;
  @query("retouch-boxes") private readonly overlay!: RetouchBoxes;
  #shown = "";
  #map = "";
  #span: readonly [number, number] = [0, 0];

  /** The first of the two instead of the second, as long as `on`. */
  showOther(on: boolean): void {
    if (this.mode !== "flip" && this.mode !== "slider") return;
    this.flipped = on;
    if (this.mode === "flip") this.said = this.words.compare.shown(this.#name());
  }

  override render() {
    const { compare } = this.words;
    const boxes: StepBox[] = this.box
      ? [{ version: "", box: this.box, label: this.boxLabel, outcome: null, pending: false }]
      : [];
    return html`
      <div class="window" tabindex="0" role="application" aria-roledescription=${this.words.viewer.window}
        aria-label=${compare.label(compare.before, compare.after)} aria-describedby="keys" @keydown=${this.keyed}
        @keyup=${this.#released} @pointermove=${this.hovered} @pointerleave=${this.left} @pointerdown=${this.#pressed}>
        <div class="sheet"></div>
        <div class="stage"></div>
        <retouch-boxes .boxes=${this.mode === "outside" ? boxes : []}></retouch-boxes>
        ${this.mapless ? html`<p class="instead">${compare.noMap}</p>` : nothing}
        ${this.#names()}
        ${this.mode === "slider" ? this.#slider() : nothing}
      </div>
      <p id="keys" class="unseen">${this.mode === "flip" ? compare.flipKeys : this.words.viewer.keys}</p>
      <p class="unseen" role="status">${this.said}</p>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    this.#load();
    if (changed.has("view")) this.#part(this.look.split);
    this.#compose();
  }

  protected override drawn(visible: Visible): void {
    this.overlay.place(visible);
    this.#lay(visible);
    if (this.mode === "slider") this.#clip(visible);
  }

  protected override key(event: KeyboardEvent, stage: Stage): boolean {
    if (event.key.toLowerCase() === "o" && !event.ctrlKey) {
      if (!event.repeat) this.showOther(true);
      return true;
    }
    return super.key(event, stage);
  }

  #names() {
    const { compare } = this.words;
    if (this.mode === "flip" || this.flipped) return html`<span class="name former">${this.#name()}</span>`;
    if (this.mode !== "slider") return nothing;
    return html`<span class="name former">${compare.before}</span><span class="name latter">${compare.after}</span>`;
  }

  #name(): string {
    return this.flipped ? this.words.compare.before : this.words.compare.after;
  }

  #slider() {
    const { compare } = this.words;
    const { split } = this.look;
    return html`<div class="handle" role="slider" tabindex="0" aria-label=${compare.handle} aria-orientation="horizontal"
      aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(split * 100)} aria-valuetext=${compare.part(split)}
      aria-description=${compare.handleKeys} @keydown=${this.#slideKey} @pointerdown=${this.#grasped} @pointermove=${this.#slid}
      .style=${`left: ${split * 100}%`}><span class="grip"><svg viewBox="0 0 32 32" aria-hidden="true"><path
      d="M13 10 7 16l6 6M19 10l6 6-6 6"></path></svg></span></div>`;
  }

  #load(): void {
    const { source, doc, former, latter } = this;
    if (!source || !doc || !former || !latter) return;
    this.open(doc.key, doc);
    const shown = `${doc.key} ${former} ${latter}`;
    if (shown !== this.#shown || !this.stage) {
      this.#shown = shown;
      this.#map = "";
      this.#show(FORMER, former);
      this.#show(LATTER, latter);
    }
    this.#loadMap();
  }

  #show(layer: number, version: string): void {
    const { source, doc, stage } = this;
    const pyramid = doc && source?.pyramid(doc.key, version, doc.width, doc.height);
    if (pyramid) void stage?.show(layer, pyramid);
    else stage?.drop(layer);
  }

  #loadMap(): void {
    const { source, doc, former, latter, stage } = this;
    const mapped = this.mode === "difference" || this.mode === "outside";
    if (!mapped) this.mapless = false;
    if (!mapped || !source || !doc || !former || !latter || !stage) return;
    const outside = this.mode === "outside";
    const wanted = `${this.#shown} ${outside}`;
    if (wanted === this.#map) return;
    this.#map = wanted;
    const map = source.differencePyramid(doc.key, former, latter, outside, doc.width, doc.height);
    this.mapless = !map;
    if (map) void stage.show(MAP, map);
    else stage.drop(MAP);
  }

  /** Make the layers what the mode wants them to be. */
  #compose(): void {
    const { stage, mode } = this;
    if (!stage) return;
    const mapped = mode === "difference" || mode === "outside";
    stage.fade(MAP, mapped ? 1 : 0);
    stage.fade(FORMER, mode === "slider" || (mode === "flip" && this.flipped) ? 1 : 0);
    stage.fade(LATTER, mapped ? PALE : mode === "flip" && this.flipped ? 0 : 1);
    this.#span = [0, 0];
    if (mode === "slider" && !this.flipped) this.#clip(stage.visible);
    else {
      stage.clip(FORMER, WHOLE);
      stage.clip(LATTER, mode === "slider" ? [1, 1] : WHOLE);
    }
  }

  /** White under the picture, so that a pale one is pale on a dark page, too. */
  #lay({ x, y, width, height }: Visible): void {
    if (!this.doc) return;
    const { style } = this.sheet;
    style.left = `${(-100 * x) / width}%`;
    style.top = `${(-100 * y) / height}%`;
    style.width = `${(100 * this.doc.width) / width}%`;
    style.height = `${(100 * this.doc.height) / height}%`;
  }

  /** Each version on its side of the handle: pictures with an alpha channel must not show through. */
  #clip(visible: Visible): void {
    if (this.flipped || !this.doc) return;
    const at = (visible.x + this.look.split * visible.width) / this.doc.width;
    const held = Math.min(Math.max(at, 0), 1);
    if (this.#span[1] === held) return;
    this.#span = [0, held];
    this.stage?.clip(FORMER, [0, held]);
    this.stage?.clip(LATTER, [held, 1]);
  }

  /** Move the handle without drawing the element anew: this happens with every move of a finger. */
  #part(split: number): void {
    this.look = { ...this.look, split: Math.min(Math.max(split, 0), 1) };
    const { handle, stage } = this;
    if (!handle || !stage) return;
    handle.style.left = `${this.look.split * 100}%`;
    handle.ariaValueNow = String(Math.round(this.look.split * 100));
    handle.ariaValueText = this.words.compare.part(this.look.split);
    this.#clip(stage.visible);
    this.tellLook();
  }

  readonly #pressed = (event: PointerEvent): void => {
    if (!event.composedPath().includes(this.handle as EventTarget)) this.focus();
  };

  readonly #grasped = (event: PointerEvent): void => {
    event.stopPropagation();
    this.handle?.setPointerCapture(event.pointerId);
    this.handle?.focus({ preventScroll: true });
  };

  readonly #slid = (event: PointerEvent): void => {
    if (!this.handle?.hasPointerCapture(event.pointerId)) return;
    this.#part(this.within(event).x / this.clientWidth);
  };

  readonly #slideKey = (event: KeyboardEvent): void => {
    const { split } = this.look;
    const step = event.shiftKey ? STEP * 5 : STEP;
    const ways: Readonly<Record<string, number>> = {
      ArrowLeft: split - step,
      ArrowDown: split - step,
      ArrowRight: split + step,
      ArrowUp: split + step,
      PageDown: split - STEP * 5,
      PageUp: split + STEP * 5,
      Home: 0,
      End: 1,
    };
    const way = ways[event.key];
    if (way === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.#part(way);
  };

  readonly #released = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() === "o") this.showOther(false);
  };
}
