// What was just done or went wrong, at the foot of the page; where a branch moved, with Undo.

import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Desk } from "./desk";
import { RetouchElement } from "./element";
import { controls } from "./looks";
import type { Notice } from "./notice";
import { Watching } from "./watching";

/** A notice without an error goes after so many milliseconds, unless the pointer or the focus is on it. */
const STAYS = 12_000;

@customElement("retouch-notice")
export class RetouchNotice extends RetouchElement {
  static override styles = [
    controls,
    css`
      :host { position: fixed; inset: auto 0 var(--space-4); display: grid; justify-items: center; pointer-events: none; z-index: 5; }
      .notice {
        pointer-events: auto; display: flex; align-items: center; gap: var(--space-3); max-width: min(46rem, calc(100vw - 2rem));
        padding: var(--space-2) var(--space-2) var(--space-2) var(--space-4); border-radius: 8px; background: var(--ink); color: var(--paper);
        box-shadow: var(--shade);
      }
      .notice.failed { background: var(--fail-wash); color: var(--ink); border: 1px solid var(--fail); }
      p { margin: 0; overflow-wrap: anywhere; }
      small { display: block; font-size: var(--size-s); }
      .notice.done button { background: transparent; color: inherit; border-color: currentColor; }
      .notice.done button:hover { background: color-mix(in srgb, var(--paper) 18%, transparent); }
      .notice.done :focus-visible { outline-color: var(--paper); }
      .undo { font-weight: 600; }
    `,
  ];

  @property({ attribute: false }) desk: Desk | null = null;
  protected readonly watching = new Watching(this);
  #seen: Notice | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  protected override updated(): void {
    const notice = this.desk?.notice ?? null;
    if (notice === this.#seen) return;
    this.#seen = notice;
    this.#hold();
    if (notice?.tone === "done") this.#release();
  }

  #hold(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }

  #release(): void {
    this.#hold();
    if (this.#seen?.tone === "done") this.#timer = setTimeout(() => this.desk?.dismiss(), STAYS);
  }

  override render() {
    const notice = this.desk?.notice;
    const { acts, app } = this.words;
    return html`<div role=${notice?.tone === "failed" ? "alert" : "status"}>${
      notice
        ? html`<div class="notice ${notice.tone}" @pointerenter=${this.#hold} @pointerleave=${this.#release}
            @focusin=${this.#hold} @focusout=${this.#release}>
            <p>${notice.text}${notice.hint ? html`<small>${notice.hint}</small>` : nothing}</p>
            ${notice.move ? html`<button class="undo" @click=${this.#undo}>${acts.undoThis}</button>` : nothing}
            ${notice.show ? html`<button class="undo" @click=${() => this.desk?.show(notice.show ?? "")}>${acts.show}</button>` : nothing}
            <button @click=${() => this.desk?.dismiss()}>${app.close}</button>
          </div>`
        : nothing
    }</div>`;
  }

  #undo(): void {
    const move = this.desk?.notice?.move;
    if (move) void this.desk?.undoMove(move);
  }
}
