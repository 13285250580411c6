// What every window on a picture does: it opens, moves, zooms, tells what it shows, and takes the keys for it.

import type { PropertyValues } from "lit";
import { property, query, state } from "lit/decorators.js";
import { RetouchElement } from "../element";
import type { Box, DocumentFacts } from "../records";
import type { Source } from "../source";
import type { Size } from "./box-drawing";
import { type Point, Stage, type Visible } from "./stage";
import { formattedLook, type Look, parsedLook } from "./view";
import { navigated } from "./window-keys";

/** Events: `view-changed` {view, scale}. */
export abstract class WindowElement extends RetouchElement {
  @property({ attribute: false }) source: Source | null = null;
  @property({ attribute: false }) doc: DocumentFacts | null = null;
  @property() view = "";

  @state() protected said = "";
  @query(".stage") private readonly mount!: HTMLElement;
  @query(".window") protected readonly window!: HTMLElement;

  protected stage: Stage | null = null;
  protected pointer: Point | null = null;
  protected look: Look = parsedLook("");
  #opened = "";
  #told = "";
  #telling = 0;

  /** Fit the window, or 100 % round the pointer, by turns. */
  toggleFit(): void {
    const { stage } = this;
    if (!stage) return;
    if (stage.fitted) stage.full(this.pointer ?? undefined);
    else stage.fit();
  }

  zoom(factor: number): void {
    this.stage?.zoom(factor);
  }

  reveal(box: Box): void {
    this.stage?.reveal(box);
  }

  override focus(): void {
    this.window.focus({ preventScroll: true });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.requestUpdate("doc", null);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#telling);
    this.stage?.destroy();
    this.stage = null;
    this.#opened = "";
  }

  /** A stage for a picture of this size; true if it is a new one, on which nothing is shown yet. */
  protected open(key: string, size: Size): boolean {
    const wanted = `${key} ${size.width} ${size.height}`;
    if (wanted === this.#opened) return false;
    this.#opened = wanted;
    this.stage?.destroy();
    const stage = new Stage(this.mount, { x: size.width, y: size.height }, (visible) => this.#moved(visible));
    this.stage = stage;
    if (this.look.view) stage.view = this.look.view;
    stage.viewer.addOnceHandler("tile-drawn", () => this.begun(stage));
    return true;
  }

  /** Called with every frame that moves the picture. */
  protected abstract drawn(visible: Visible): void;

  /** Called when the first tile of a new stage is drawn. */
  protected begun(_stage: Stage): void {}

  /** True if the key was meant for this window. */
  protected key(event: KeyboardEvent, stage: Stage): boolean {
    if (event.key.toLowerCase() === "z" && !event.ctrlKey) {
      this.toggleFit();
      return true;
    }
    return navigated(event, stage);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("view") && this.view !== this.#told) this.#look();
  }

  protected readonly keyed = (event: KeyboardEvent): void => {
    if (!this.stage || event.altKey || event.metaKey || !this.key(event, this.stage)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  protected readonly hovered = (event: PointerEvent): void => {
    this.pointer = this.stage ? this.stage.under(this.within(event)) : null;
  };

  protected readonly left = (): void => {
    this.pointer = null;
  };

  /** A point of the screen as one of this window. */
  protected within(event: { readonly clientX: number; readonly clientY: number }): Point {
    const frame = this.mount.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  }

  /** Tell where the window stands, when it has come to rest. */
  protected tellLook(): void {
    clearTimeout(this.#telling);
    this.#telling = window.setTimeout(() => this.#tell(), 250);
  }

  #moved(visible: Visible): void {
    this.drawn(visible);
    this.tellLook();
  }

  #tell(): void {
    const { stage } = this;
    if (!stage?.inSight) return;
    this.look = this.#now(stage);
    const view = formattedLook(this.look);
    this.tell("window-moved", { scale: stage.view.scale });
    if (view === this.#told) return;
    this.#told = view;
    this.tell("view-changed", { view });
  }

  #now(stage: Stage): Look {
    return { ...this.look, view: stage.fitted ? null : stage.view };
  }

  #look(): void {
    this.#told = this.view;
    this.look = parsedLook(this.view);
    // An address is rounded: where the window stands there already, it is left as it is.
    if (!this.stage || formattedLook(this.#now(this.stage)) === this.view) return;
    if (this.look.view) this.stage.view = this.look.view;
    else this.stage.fit();
  }
}
