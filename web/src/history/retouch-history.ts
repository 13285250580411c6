// The left of the page: search, filters, the branch that is looked at, and the tree.

import { css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Desk } from "../desk";
import { RetouchElement } from "../element";
import { controls } from "../looks";
import { Watching } from "../watching";
import { type Field, formattedQuery, isEmpty, matches, parsedQuery, type Query } from "./query";
import "./retouch-tree";
import type { RetouchTree } from "./retouch-tree";

@customElement("retouch-history")
export class RetouchHistory extends RetouchElement {
  static override styles = [
    controls,
    css`
      :host { display: flex; flex-direction: column; min-height: 0; min-width: 0; }
      .search { padding: var(--space-3); border-bottom: 1px solid var(--line); display: grid; gap: var(--space-2); }
      .words { display: flex; gap: var(--space-2); }
      input[type="search"] { flex: 1; min-width: 0; }
      .fields { display: grid; grid-template-columns: 1fr 1fr; gap: var(--space-2); font-size: var(--size-s); }
      .fields[hidden] { display: none; }
      .fields label { display: grid; gap: 2px; min-width: 0; color: var(--soft); }
      .fields select, .fields input { width: 100%; min-width: 0; color: var(--ink); }
      .count { display: flex; align-items: center; gap: var(--space-2); color: var(--soft); font-size: var(--size-s); }
      .count span { flex: 1; }
      .count button { min-height: 24px; padding: 0 6px; color: var(--accent); }
      retouch-tree { flex: 1; }
    `,
  ];

  @property({ attribute: false }) desk: Desk | null = null;
  @state() private filtering = false;
  @query("input[type=search]") private readonly input!: HTMLInputElement;
  @query("retouch-tree") private readonly tree!: RetouchTree;
  protected readonly watching = new Watching(this);

  search(): void {
    this.input.focus();
    this.input.select();
  }

  step(by: number): void {
    this.tree.step(by);
  }

  /** The focus comes to the tree. */
  enter(): void {
    this.tree.enter();
  }

  #change(change: Partial<Query["fields"]> & { text?: string }): void {
    const { text, ...fields } = change;
    const now = this.#query;
    const next = { text: text ?? now.text, fields: { ...now.fields, ...fields } };
    this.desk?.go({ query: formattedQuery(next) }, true);
  }

  get #query(): Query {
    return parsedQuery(this.desk?.address.query ?? "");
  }

  override render() {
    const { history, outcome } = this.words;
    const query = this.#query;
    const all = [...(this.desk?.versions.values() ?? [])];
    const editors = [...new Set(all.map((version) => version.editor).filter((each) => each !== null))].sort();
    const empty = isEmpty(query);
    const found = empty ? all.length : all.filter((version) => matches(version, query)).length;
    const open = this.filtering || Object.keys(query.fields).length > 0;
    const verdicts: readonly (readonly [string, string])[] = [
      ["pass", outcome.pass],
      ["fail", outcome.fail],
      ["unsure", outcome.unsure],
      ["accepted", history.accepted],
      ["rejected", history.rejected],
      ["none", history.unjudged],
    ];
    return html`
      <div class="search" role="search">
        <div class="words">
          <input type="search" aria-label=${history.search} placeholder=${history.searchHint} .value=${this.#shown(query.text)}
            autocomplete="off" spellcheck="false" @input=${this.#typed} @keydown=${this.#escape}>
        </div>
        <div class="count">
          <span role="status">${empty ? history.versions(found) : history.found(found, all.length)}</span>
          ${empty ? nothing : html`<button class="quiet" @click=${() => this.desk?.go({ query: "" }, true)}>${history.showAll}</button>`}
          <button class="quiet filter" aria-expanded=${open ? "true" : "false"} aria-controls="fields"
            @click=${this.#toggleFilter}>${history.filter}</button>
        </div>
        <div class="fields" id="fields" ?hidden=${!open}>
          ${this.#choice("verdict", history.verdict, verdicts)}
          ${this.#choice(
            "editor",
            history.editor,
            editors.map((name) => [name, name]),
          )}
          ${this.#day("since", history.since)}${this.#day("until", history.until)}
        </div>
      </div>
      <retouch-tree .desk=${this.desk}></retouch-tree>`;
  }

  /** What stands in the field, spaces and all, as long as it means the same. */
  #shown(text: string): string {
    const typed = this.input?.value ?? "";
    return typed.split(/\s+/).filter(Boolean).join(" ") === text ? typed : text;
  }

  #choice(field: Field, name: string, values: readonly (readonly [string, string])[]) {
    const chosen = this.#query.fields[field] ?? "";
    return html`<label>${name}<select @change=${(event: Event) => this.#chose(field, event)}>
      <option value="" ?selected=${!chosen}>${this.words.history.any}</option>
      ${values.map(([value, said]) => html`<option value=${value} ?selected=${value === chosen}>${said}</option>`)}
    </select></label>`;
  }

  #day(field: Field, name: string) {
    return html`<label>${name}<input type="date" .value=${this.#query.fields[field] ?? ""}
      @change=${(event: Event) => this.#chose(field, event)}></label>`;
  }

  #chose(field: Field, event: Event): void {
    this.#change({ [field]: (event.target as HTMLInputElement | HTMLSelectElement).value });
  }

  #toggleFilter(): void {
    this.filtering = !this.filtering;
  }

  #typed(event: Event): void {
    this.#change({ text: (event.target as HTMLInputElement).value });
  }

  #escape(event: KeyboardEvent): void {
    if (event.key === "Escape") this.#change({ text: "" });
    else if (event.key === "ArrowDown" || event.key === "Enter") this.tree.enter();
    else return;
    event.preventDefault();
  }
}
