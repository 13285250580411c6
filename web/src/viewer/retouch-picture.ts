// One version's picture: to be looked at from afar and at its pixels, with boxes over it, and to draw a box on.

import { css, html, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Box } from "../records";
import { centred, keyed, type Size, spanned } from "./box-drawing";
import { boxAt, type RetouchBoxes, type StepBox } from "./retouch-boxes";
import "./retouch-boxes";
import type { Frame, Point, Stage, Visible } from "./stage";
import { sizeOf } from "./version-size";
import { WindowElement } from "./window-element";
import { windowLooks } from "./window-looks";

const SHOWN = 0;
const ORIGINAL = 1;

/** Events: `select-version` {version}, `view-changed` {view}, `box-drawn` {box}, `drawing-ended` {}. */
@customElement("retouch-picture")
export class RetouchPicture extends WindowElement {
  static override styles = [
    windowLooks,
    css`
      .window.drawing { cursor: crosshair; }
      .window.over-box { cursor: pointer; }
    `,
  ];

  @property() version: string | null = null;
  /** The version that is shown while O is held. */
  @property() original: string | null = null;
  @property({ attribute: false }) boxes: readonly StepBox[] = [];
  @property() selected: string | null = null;
  /** How strongly boxes are drawn, 0 to 1. */
  @property({ type: Number }) strength = 1;
  @property({ type: Boolean }) drawing = false;

  /** What is seen here, where it is not the document alone: one of two versions. */
  @property({ attribute: false }) caption = "";
  /** Called with every frame that moves the picture. */
  @property({ attribute: false }) follow: (() => void) | null = null;

  @state() private draft: Box | null = null;
  /** True until the first tile is drawn; the thumbnail stands in for it. */
  @state() private bare = true;
  @state() private missing = false;
  @query("retouch-boxes") private readonly overlay!: RetouchBoxes;
  #shown = "";
  #corner: Point | null = null;
  #size: Size = { width: 1, height: 1 };
  readonly #originals = new WeakMap<Stage, string>();

  /** The first version instead of this one, as long as `on`. */
  showOriginal(on: boolean): void {
    if (!this.original) return;
    if (on) this.#loadOriginal();
    this.stage?.fade(ORIGINAL, on ? 1 : 0);
    this.said = on ? this.words.viewer.original : "";
  }

  /** The part of the picture that is shown, in parts of its width. */
  get frame(): Frame | null {
    return this.stage?.frame ?? null;
  }

  set frame(frame: Frame | null) {
    if (this.stage && frame) this.stage.frame = frame;
  }

  override render() {
    const { viewer } = this.words;
    const { source, doc, version } = this;
    const first =
      source && doc && version && this.bare && !this.look.view ? source.thumbnail(doc.key, version, 256) : null;
    return html`
      <div class="window ${this.drawing ? "drawing" : ""}" tabindex="0" role="application" aria-label=${[doc?.name, this.caption].filter(Boolean).join(": ")}
        aria-roledescription=${viewer.window} aria-describedby="keys" @keydown=${this.keyed} @keyup=${this.#released}
        @pointermove=${this.#pointed} @pointerleave=${this.left} @pointerdown=${() => this.focus()}>
        ${first ? html`<img class="first" fetchpriority="high" src=${first} alt="">` : null}
        <div class="stage"></div>
        ${this.missing ? html`<p class="instead">${viewer.noPicture}</p>` : null}
        <retouch-boxes .boxes=${this.boxes} .selected=${this.selected} .opacity=${this.strength}
          .draft=${this.draft}></retouch-boxes>
      </div>
      <p id="keys" class="unseen">${this.drawing ? viewer.drawingKeys : viewer.keys}</p>
      <p class="unseen" role="status">${this.said}</p>`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (changed.has("drawing")) this.draft = null;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("source") || changed.has("doc") || changed.has("version")) void this.#load();
    if (changed.has("selected")) this.#revealSelected();
    if (changed.has("drawing") && this.drawing) this.said = this.words.viewer.drawingKeys;
  }

  protected override drawn(visible: Visible): void {
    this.overlay.place(visible);
    this.follow?.();
  }

  protected override begun(): void {
    this.bare = false;
    this.#revealSelected();
  }

  protected override key(event: KeyboardEvent, stage: Stage): boolean {
    if (this.drawing) return this.#drawingKey(event, stage) || super.key(event, stage);
    if (event.key.toLowerCase() === "o" && !event.ctrlKey) {
      if (!event.repeat) this.showOriginal(true);
      return true;
    }
    if (event.key === "[" || event.key === "]") return this.#next(event.key === "]" ? 1 : -1);
    return super.key(event, stage);
  }

  async #load(): Promise<void> {
    const { source, doc, version } = this;
    const shown = `${doc?.key}/${version}`;
    if (!source || !doc || !version || (shown === this.#shown && this.stage)) return;
    this.#shown = shown;
    this.#show(doc);
    const size = await sizeOf(source, doc, version);
    if (shown === this.#shown && (size.width !== doc.width || size.height !== doc.height)) this.#show(size);
  }

  #show(size: Size): void {
    const { source, doc, version } = this;
    if (!source || !doc || !version) return;
    if (this.open(doc.key, size)) this.#prepare(size);
    const pyramid = source.pyramid(doc.key, version, size.width, size.height);
    this.missing = !pyramid;
    if (pyramid) void this.stage?.show(SHOWN, pyramid);
    else this.stage?.drop(SHOWN);
  }

  /** Fetched when it is first asked for: most visits do not. */
  #loadOriginal(): void {
    const { source, doc, original, stage } = this;
    if (!source || !doc || !original || !stage || this.#originals.get(stage) === original) return;
    this.#originals.set(stage, original);
    const pyramid = source.pyramid(doc.key, original, doc.width, doc.height);
    if (pyramid) void stage.show(ORIGINAL, pyramid);
    else stage.drop(ORIGINAL);
  }

  /** What the pointer does on a new stage, beside moving the picture. */
  #prepare(size: Size): void {
    const { stage } = this;
    if (!stage) return;
    this.bare = true;
    this.#size = size;
    stage.viewer.addHandler("canvas-click", (event) => {
      if (event.quick && !this.drawing) this.#choose(boxAt(this.boxes, stage.under(event.position)));
    });
    stage.viewer.addHandler("canvas-press", (event) => {
      this.#corner = this.drawing ? stage.under(event.position) : null;
    });
    stage.viewer.addHandler("canvas-drag", (event) => {
      if (!this.#corner) return;
      event.preventDefaultAction = true;
      this.draft = spanned(this.#corner, stage.under(event.position), size);
    });
    stage.viewer.addHandler("canvas-pinch", () => {
      if (this.#corner) this.draft = null;
      this.#corner = null;
    });
    stage.viewer.addHandler("canvas-release", () => {
      if (this.#corner && this.draft) this.#finish(this.draft);
      this.#corner = null;
    });
  }

  #revealSelected(): void {
    const found = this.boxes.find((each) => each.version === this.selected);
    if (found && this.stage && !this.stage.fitted) this.stage.reveal(found.box);
  }

  #choose(found: StepBox | null): void {
    if (!found) return;
    this.said = found.label;
    this.tell("select-version", { version: found.version });
  }

  readonly #pointed = (event: PointerEvent): void => {
    this.hovered(event);
    const over = !this.drawing && this.pointer && boxAt(this.boxes, this.pointer);
    this.window.classList.toggle("over-box", Boolean(over));
  };

  readonly #released = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() === "o") this.showOriginal(false);
  };

  /** The box before or after the selected one, in the order of the steps. */
  #next(way: 1 | -1): boolean {
    const at = this.boxes.findIndex((each) => each.version === this.selected);
    const count = this.boxes.length;
    const start = way > 0 ? 0 : count - 1;
    this.#choose(this.boxes[at < 0 ? start : (at + way + count) % count] ?? null);
    return count > 0;
  }

  #drawingKey(event: KeyboardEvent, stage: Stage): boolean {
    if (event.key === "Escape") {
      this.draft = null;
      this.tell("drawing-ended", {});
      return true;
    }
    const box = this.draft ?? centred(stage.visible, this.#size);
    if (event.key === "Enter" || event.key === " ") {
      this.#finish(box);
      return true;
    }
    const changed = keyed(box, event, this.#size, stage.visible);
    if (!changed) return false;
    this.draft = changed;
    stage.reveal(changed);
    this.said = this.words.viewer.box(changed);
    return true;
  }

  #finish(box: Box): void {
    this.draft = box;
    this.said = this.words.viewer.boxDrawn(box);
    this.tell("box-drawn", { box });
  }
}
