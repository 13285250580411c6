// What the forms of the acts share: the first field gets the focus, Escape and Cancel give up, and boxes are drawn by hand.

import { html, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { Desk } from "../desk";
import { RetouchElement } from "../element";
import { controls } from "../looks";
import type { Box } from "../records";
import { formStyle } from "./form-style";

/** Events: `form-closed` {}, `drawing-wanted` {on} when a box is to be drawn on the picture. */
export abstract class ActForm extends RetouchElement {
  static override styles = [controls, formStyle];

  @property({ attribute: false }) desk: Desk | null = null;
  /** The box that was drawn last; set from outside while this form asked for one. */
  @property({ attribute: false }) drawn: Box | null = null;
  @property({ type: Boolean }) drawing = false;

  override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLElement>("input, textarea, select, a, button")?.focus();
  }

  /** A box is drawn, or given up: the focus, which was on the picture, comes back. */
  protected override updated(changed: PropertyValues<this>): void {
    if (changed.get("drawing") !== true || this.drawing) return;
    this.renderRoot.querySelector<HTMLElement>("button[aria-pressed]")?.focus();
  }

  protected close(): void {
    this.draw(false);
    this.tell("form-closed", {});
  }

  protected draw(on: boolean): void {
    this.tell("drawing-wanted", { on });
  }

  protected value(name: string): string {
    const field = this.renderRoot.querySelector<HTMLInputElement>(`[name="${name}"]`);
    return field?.value.trim() ?? "";
  }

  protected checked(name: string): boolean {
    return this.renderRoot.querySelector<HTMLInputElement>(`[name="${name}"]`)?.checked ?? false;
  }

  protected abstract submit(): Promise<void> | void;

  protected form(name: string, fields: TemplateResult, go: string | null) {
    return html`<form aria-label=${name} @submit=${this.#submitted} @keydown=${this.#keyed}>
      ${fields}
      <div class="foot">
        ${go ? html`<button class="main">${go}</button>` : ""}
        <button type="button" class="quiet" @click=${() => this.close()}>${go ? this.words.app.cancel : this.words.app.close}</button>
      </div>
    </form>`;
  }

  #submitted(event: Event): void {
    event.preventDefault();
    void this.submit();
  }

  #keyed(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.close();
  }
}
