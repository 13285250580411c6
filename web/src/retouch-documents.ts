// The first page where a server has several documents.

import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Desk } from "./desk";
import { RetouchElement } from "./element";
import { controls } from "./looks";
import type { DocumentSummary } from "./records";
import { Watching } from "./watching";

@customElement("retouch-documents")
export class RetouchDocuments extends RetouchElement {
  static override styles = [
    controls,
    css`
      :host { display: block; overflow: auto; padding: var(--space-5); }
      .top { display: flex; align-items: baseline; gap: var(--space-4); max-width: 72rem; margin: 0 auto var(--space-4); flex-wrap: wrap; }
      h1 { font: 600 24px/1.3 var(--serif); margin: 0; }
      .open { position: relative; display: inline-block; }
      ul { list-style: none; margin: 0 auto; padding: 0; max-width: 72rem; display: grid; gap: var(--space-4);
        grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); }
      a { display: grid; grid-template-rows: 180px auto; color: inherit; text-decoration: none; background: var(--surface);
        border: 1px solid var(--line); border-radius: 10px; overflow: hidden; height: 100%; }
      a:hover { border-color: var(--accent); }
      .thumb { background: var(--bench); display: grid; place-items: center; overflow: hidden; padding: var(--space-3); min-height: 0; }
      img { max-width: 100%; max-height: 100%; min-height: 0; object-fit: contain; box-shadow: var(--shade); }
      .said { padding: var(--space-3); display: grid; gap: 2px; align-content: start; }
      strong { font: 600 var(--size-l)/1.3 var(--serif); overflow-wrap: anywhere; }
      span { font-size: var(--size-s); color: var(--soft); }
      .asks { color: var(--pending); font-weight: 600; }
      .runs { color: var(--accent); }
    `,
  ];

  @property({ attribute: false }) desk: Desk | null = null;
  protected readonly watching = new Watching(this);

  override render() {
    const { documents } = this.words;
    const all = this.desk?.documents ?? [];
    return html`
      <div class="top"><h1>${documents.title}</h1>
        ${
          this.desk?.source.acts
            ? html`<button @click=${this.#choose}>${documents.open}</button>
          <input type="file" hidden accept="image/png,image/jpeg,image/webp,image/tiff" @change=${this.#chosen}>`
            : nothing
        }</div>
      ${all.length ? html`<ul>${all.map((one) => this.#document(one))}</ul>` : this.desk?.documents ? html`<p>${documents.none}</p>` : nothing}`;
  }

  #document(one: DocumentSummary) {
    const { documents, history } = this.words;
    const { desk } = this;
    const to = { ...GONE, doc: one.key };
    const open = (event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      desk?.go(to);
    };
    const src = desk?.source.thumbnail(one.key, one.head, 256);
    return html`<li><a href=${desk?.href(to) ?? "#"} @click=${open}>
      <div class="thumb">${src ? html`<img src=${src} alt="" loading="lazy">` : nothing}</div>
      <div class="said"><strong>${one.name}</strong><span>${one.project} · ${documents.size(one.width, one.height)}</span>
        <span>${history.versions(one.versions)}</span>
        ${one.waiting ? html`<span class="asks">${documents.waiting(one.waiting)}</span>` : nothing}
        ${one.running ? html`<span class="runs">${documents.running}</span>` : nothing}</div></a></li>`;
  }

  #choose(): void {
    this.renderRoot.querySelector<HTMLInputElement>("input[type=file]")?.click();
  }

  async #chosen(event: Event): Promise<void> {
    const file = (event.target as HTMLInputElement).files?.[0];
    if (file) await this.desk?.upload(file);
  }
}

const GONE = { version: null, compared: null, mode: "picture", branch: null, query: "", view: "" } as const;
