// The sheet of all keys.

import { css, html } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { RetouchElement } from "./element";
import { controls } from "./looks";

type Row = readonly [keys: readonly string[], said: string];

@customElement("retouch-keys")
export class RetouchKeys extends RetouchElement {
  static override styles = [
    controls,
    css`
      dialog { border: 1px solid var(--line); border-radius: 10px; background: var(--surface); color: var(--ink);
        box-shadow: var(--shade); padding: var(--space-5); max-width: min(44rem, calc(100vw - 2rem)); }
      dialog::backdrop { background: rgb(10 8 5 / 55%); }
      h2 { font: 600 20px/1.3 var(--serif); margin: 0 0 4px; }
      p { margin: 0 0 var(--space-4); color: var(--soft); }
      dl { display: grid; grid-template-columns: repeat(2, auto 1fr); gap: 8px var(--space-3); margin: 0 0 var(--space-4); align-items: baseline; }
      dt { text-align: right; white-space: nowrap; }
      dd { margin: 0; }
      @media (max-width: 640px) { dl { grid-template-columns: auto 1fr; } }
    `,
  ];

  /** False where the page can only be read. */
  @property({ type: Boolean }) acting = false;
  @query("dialog") private readonly dialog!: HTMLDialogElement;

  show(): void {
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }

  override render() {
    const { keys, app } = this.words;
    const rows: readonly Row[] = [
      [["J", "K"], keys.next],
      [["↑", "↓", "←", "→"], keys.within],
      ...(this.acting ? this.#acts() : []),
      [["C"], keys.compare],
      [["Alt"], keys.compareWith],
      [["O"], keys.original],
      [["Z"], keys.fit],
      [["H"], keys.boxes],
      [["[", "]"], keys.boxStep],
      [["+", "−", "↑", "↓", "←", "→"], keys.window],
      [["/"], keys.search],
      [["?"], keys.sheet],
      [["Esc"], keys.close],
    ];
    return html`<dialog aria-labelledby="title"><h2 id="title">${keys.title}</h2><p>${keys.intro}</p>
      <dl>${rows.map(([names, said]) => html`<dt>${names.map((name) => html`<kbd>${name}</kbd> `)}</dt><dd>${said}</dd>`)}</dl>
      <button @click=${() => this.dialog.close()}>${app.close}</button></dialog>`;
  }

  #acts(): readonly Row[] {
    const { keys } = this.words;
    return [
      [["P"], keys.accept],
      [["X"], keys.reject],
      [["U"], keys.undo],
      [["V"], keys.revert],
      [["A"], keys.again],
      [["R"], keys.rollback],
      [["B"], keys.branch],
      [["T"], keys.tag],
      [["M"], keys.comment],
      [["E"], keys.export],
      [["N"], keys.goal],
    ];
  }
}
