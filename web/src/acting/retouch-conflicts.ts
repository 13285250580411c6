// The places that both sides changed: base, ours and theirs of each as pictures, and one choice a place.

import { css, html } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Conflict } from "../conflict";
import type { Desk } from "../desk";
import { RetouchElement } from "../element";
import { controls } from "../looks";
import type { Box, Settled } from "../records";

type Side = Settled["side"];
const SIDES: readonly Side[] = ["ours", "theirs", "base"];

@customElement("retouch-conflicts")
export class RetouchConflicts extends RetouchElement {
  static override styles = [
    controls,
    css`
      dialog {
        width: min(64rem, calc(100vw - 2rem)); max-height: calc(100vh - 2rem); padding: 0; border: 1px solid var(--line);
        border-radius: 10px; background: var(--paper); color: var(--ink); box-shadow: var(--shade);
      }
      dialog::backdrop { background: rgb(10 8 5 / 55%); }
      form { display: grid; grid-template-rows: auto 1fr auto; max-height: calc(100vh - 2rem); margin: 0; }
      .head, .foot { padding: var(--space-4) var(--space-5); display: flex; gap: var(--space-2); align-items: center; flex-wrap: wrap; }
      .head { display: block; border-bottom: 1px solid var(--line); }
      .foot { border-top: 1px solid var(--line); }
      .foot .left { margin-right: auto; color: var(--soft); }
      h2 { font: 600 20px/1.3 var(--serif); margin: 0; }
      p { margin: 4px 0 0; color: var(--soft); }
      .places { overflow: auto; padding: 0 var(--space-5); }
      fieldset { border: 0; padding: var(--space-4) 0; margin: 0; border-bottom: 1px solid var(--line); min-width: 0; }
      legend { float: left; width: 100%; padding: 0 0 var(--space-2); font-size: var(--size-s); color: var(--soft); }
      .sides { clear: both; display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: var(--space-3); }
      label { display: grid; gap: var(--space-2); padding: var(--space-2); border: 2px solid var(--line); border-radius: 8px;
        background: var(--surface); cursor: pointer; }
      label:has(:checked) { border-color: var(--accent); background: var(--wash); }
      label:focus-within { outline: 2px solid var(--accent); outline-offset: 2px; }
      input { accent-color: var(--accent); margin: 0 6px 0 0; }
      img { width: 100%; height: 180px; object-fit: contain; background: var(--bench); border-radius: 4px; display: block; }
      @media (max-width: 640px) { .sides { grid-template-columns: 1fr; } }
    `,
  ];

  @property({ attribute: false }) desk: Desk | null = null;
  @property({ attribute: false }) conflict: Conflict | null = null;
  @state() private chosen: ReadonlyMap<number, Side> = new Map();
  @state() private working = false;
  @query("dialog") private readonly dialog!: HTMLDialogElement;

  override firstUpdated(): void {
    this.dialog.showModal();
  }

  get #places(): readonly Box[] {
    return this.conflict?.report.conflicts ?? [];
  }

  #choose(index: number, side: Side): void {
    this.chosen = new Map(this.chosen).set(index, side);
  }

  #all(side: Side): void {
    this.chosen = new Map(this.#places.map((_, index) => [index, side]));
  }

  async #finish(event: Event): Promise<void> {
    event.preventDefault();
    const { conflict, desk } = this;
    if (!conflict || !desk || this.chosen.size < this.#places.length) return;
    const settle = this.#places.map((box, index) => ({ box, side: this.chosen.get(index) ?? "ours" }) as const);
    this.working = true;
    this.dialog.close();
    desk.settle();
    await desk.combine(conflict.title, conflict.again, settle);
  }

  #giveUp(): void {
    if (!this.working) this.desk?.settle();
  }

  override render() {
    const { merge, app } = this.words;
    const open = this.#places.length - this.chosen.size;
    return html`<dialog aria-labelledby="title" @close=${this.#giveUp}><form @submit=${this.#finish}>
      <div class="head"><h2 id="title">${merge.title}</h2><p>${merge.intro}</p></div>
      <div class="places">${this.#places.map((box, index) => this.#place(box, index))}</div>
      <div class="foot">
        <span class="left" role="status">${open ? merge.left(open) : ""}</span>
        ${
          this.#places.length > 1
            ? html`<button type="button" @click=${() => this.#all("ours")}>${merge.allOurs}</button>
          <button type="button" @click=${() => this.#all("theirs")}>${merge.allTheirs}</button>`
            : ""
        }
        <button type="button" class="quiet" @click=${() => this.dialog.close()}>${app.cancel}</button>
        <button class="main" ?disabled=${open > 0}>${merge.finish}</button>
      </div>
    </form></dialog>`;
  }

  #place(box: Box, index: number) {
    const { merge } = this.words;
    const { desk, conflict } = this;
    const doc = desk?.address.doc ?? "";
    const margin = Math.round(Math.max(box[2], box[3]) / 3);
    const side = (name: Side) => {
      const version = conflict?.report.sides?.[name];
      const src = version ? desk?.source.crop(doc, version, box, margin) : null;
      return html`<label>
        ${src ? html`<img src=${src} alt="">` : ""}
        <span><input type="radio" name="place-${index}" value=${name} ?checked=${this.chosen.get(index) === name}
          @change=${() => this.#choose(index, name)}>${merge[name]}</span></label>`;
    };
    return html`<fieldset><legend>${merge.place(index + 1, this.#places.length)} · ${box.join(", ")}</legend>
      <div class="sides">${SIDES.map(side)}</div></fieldset>`;
  }
}
