// The middle of the page: one version's picture with the boxes of its steps, or two versions compared.

import { html } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Mode } from "../address";
import { RetouchElement } from "../element";
import type { Box, DocumentFacts, Outcome } from "../records";
import type { Source } from "../source";

/** A step's box over the picture. */
export interface StepBox {
  readonly version: string;
  readonly box: Box;
  readonly label: string;
  readonly outcome: Outcome | null;
  /** True for a candidate: it is not part of the picture that is shown. */
  readonly pending: boolean;
}

/**
 * Events: `select-version` {version}, `mode-changed` {mode}, `compare-with` {version | null}, `view-changed` {view},
 * `box-drawn` {box}, `drawing-ended` {} (given up with Escape).
 */
@customElement("retouch-viewer")
export class RetouchViewer extends RetouchElement {
  @property({ attribute: false }) source: Source | null = null;
  @property({ attribute: false }) doc: DocumentFacts | null = null;
  @property() version: string | null = null;
  @property() compared: string | null = null;
  @property() mode: Mode = "picture";
  @property() view = "";
  @property({ attribute: false }) boxes: readonly StepBox[] = [];
  /** While true, a drag (or the arrow keys) draws a box; each new one is told by `box-drawn`. */
  @property({ type: Boolean }) drawing = false;

  /** Z: fit the window, or 100 %, by turns. */
  toggleFit(): void {}

  /** O, as long as it is held: the first version. */
  showOriginal(_on: boolean): void {}

  override render() {
    return html`<p>${this.version}</p>`;
  }
}
