// The bar over the picture: what the shown version is, whether it is applied, and all that can be done with it, in words.

import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Desk } from "../desk";
import { RetouchElement } from "../element";
import { mark } from "../history/marks";
import { controls } from "../looks";
import type { Box, TreeVersion, WaitingStep } from "../records";
import { Watching } from "../watching";
import "./retouch-again";
import "./retouch-export";
import "./retouch-goal";
import "./retouch-merge";
import "./retouch-note";
import { actsStyle } from "./acts-style";
import { type ActName, general, offered } from "./offer";

const FORMS = ["again", "branch", "tag", "comment", "export", "merge", "goal"] as const;
type FormName = (typeof FORMS)[number];

/** The key of each act, as the keyboard map has it. */
export const KEYS: Readonly<Partial<Record<ActName, string>>> = {
  accept: "P",
  takeOver: "P",
  reject: "X",
  undo: "U",
  rollback: "R",
  revert: "V",
  again: "A",
  branch: "B",
  tag: "T",
  comment: "M",
  export: "E",
  goal: "N",
  compare: "C",
};

/** Acts that change no picture. */
const ASIDE: ReadonlySet<ActName> = new Set(["branch", "tag", "comment", "export"]);

@customElement("retouch-acts")
export class RetouchActs extends RetouchElement {
  static override styles = [controls, actsStyle];

  @property({ attribute: false }) desk: Desk | null = null;
  @property({ attribute: false }) drawn: Box | null = null;
  @property({ type: Boolean }) drawing = false;
  @state() private open: FormName | null = null;
  @state() private asked: WaitingStep | null = null;
  protected readonly watching = new Watching(this);

  /** Do what a button of this name does, if it is there and can be done. */
  do(name: ActName): void {
    const version = this.desk?.version;
    if (!version || !this.desk) return;
    const accept = name === "accept" && !this.desk.asks(version.id) ? "takeOver" : name;
    if ([...offered(this.desk, version), ...general(this.desk)].includes(accept)) this.#do(accept);
  }

  /** Open the form that does a waiting step another way. */
  redo(step: WaitingStep): void {
    this.asked = step;
    this.open = "again";
  }

  #do(name: ActName): void {
    const form = FORMS.find((each) => each === name);
    if (form) {
      this.asked = null;
      this.open = this.open === form ? null : form;
      return;
    }
    this.open = null;
    const { desk } = this;
    const version = desk?.version;
    if (desk && version) void this.#act(desk, version, name).then(() => this.#refocus());
  }

  /** Where the pressed button is gone with what it did, the focus goes to the name of what is shown now. */
  async #refocus(): Promise<void> {
    await this.updateComplete;
    if (document.activeElement === document.body) this.renderRoot.querySelector<HTMLElement>("h2")?.focus();
  }

  async #act(desk: Desk, version: TreeVersion, name: ActName): Promise<void> {
    const doc = desk.address.doc ?? "";
    const said = called(version);
    const { held } = desk;
    const { acts } = this.words;
    const parent = version.parents[0];
    if (name === "compare" && parent) desk.go({ compared: parent, mode: "slider" });
    else if (name === "accept") await desk.accept(version.id);
    else if (name === "reject") await desk.reject(version.id);
    else if (!held) return;
    else if (name === "undo") await desk.act(acts.undone(held.branch), (server) => server.undo(doc, held, false));
    else if (name === "rollback") {
      await desk.act(acts.rolledBack(held.branch, said), (server) => server.rollback(doc, held, version.id));
    } else if (name === "revert") {
      await desk.combine(acts.reverted(said), (settle) => desk.acting.revert(doc, held, version.id, "", settle));
    } else if (name === "takeOver") {
      await desk.combine(acts.tookOver(said, held.branch), (settle) =>
        desk.acting.pick(doc, held, version.id, "", settle),
      );
    }
  }

  override render() {
    const { desk } = this;
    const version = desk?.version;
    if (!desk || !version) return nothing;
    const names = desk.source.acts ? offered(desk, version) : (["compare"] as const);
    const first = names.find((name) => name === "accept" || name === "takeOver");
    return html`
      <div class="what">
        <svg width="24" height="24" aria-hidden="true">${mark(version, 12, 12)}</svg>
        <h2 tabindex="-1">${version.message || this.words.kind[version.kind]}</h2>
        ${this.#standing(desk, version)}
      </div>
      <div class="bar" role="group" aria-label=${this.words.acts.name}>
        ${repeat(
          names,
          (name) => name,
          (name) => this.#button(desk, version, name, name === first),
        )}
      </div>
      ${this.open ? html`<div class="sheet" @form-closed=${this.#closed}>${this.#form(this.open)}</div>` : nothing}`;
  }

  #button(desk: Desk, version: TreeVersion, name: ActName, main: boolean) {
    const { acts } = this.words;
    const form = FORMS.some((each) => each === name);
    const forward = name === "rollback" && !desk.history(desk.branch?.head ?? "").has(version.id);
    const said = forward ? acts.forward(desk.branch?.name ?? "") : acts[name];
    const key = KEYS[name];
    return html`<button class=${main ? "main" : ASIDE.has(name) ? "quiet" : ""} data-act=${name} aria-keyshortcuts=${key ?? nothing}
      aria-expanded=${form ? (this.open === name ? "true" : "false") : nothing}
      @click=${() => this.#do(name)}>${said}${key && !ASIDE.has(name) ? html` <kbd aria-hidden="true">${key}</kbd>` : nothing}</button>`;
  }

  #standing(desk: Desk, version: TreeVersion): TemplateResult {
    const { acts } = this.words;
    const branch = desk.branch?.name ?? "";
    if (version.opinion === "rejected") return html`<span class="standing elsewhere">${acts.wasRejected}</span>`;
    if (desk.branch?.head === version.id) return html`<span class="standing applied">${acts.isHead(branch)}</span>`;
    if (desk.history(desk.branch?.head ?? "").has(version.id)) {
      return html`<span class="standing applied">${acts.applied(branch)}</span>`;
    }
    if (version.kind === "candidate") return html`<span class="standing pending">${acts.pending}</span>`;
    return html`<span class="standing elsewhere">${acts.elsewhere(branch)}</span>`;
  }

  #form(name: FormName): TemplateResult {
    const { desk, drawn, drawing } = this;
    if (name === "again") {
      return html`<retouch-again .desk=${desk} .drawn=${drawn} .drawing=${drawing} .waiting=${this.asked}></retouch-again>`;
    }
    if (name === "goal") return html`<retouch-goal .desk=${desk} .drawn=${drawn} .drawing=${drawing}></retouch-goal>`;
    if (name === "export") return html`<retouch-export .desk=${desk}></retouch-export>`;
    if (name === "merge") return html`<retouch-merge .desk=${desk}></retouch-merge>`;
    return html`<retouch-note .desk=${desk} .note=${name}></retouch-note>`;
  }

  #closed(): void {
    const was = this.open;
    this.open = null;
    this.asked = null;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`[data-act="${was}"]`)?.focus());
  }
}

/** A version's short name in a sentence. */
export function called(version: TreeVersion): string {
  return version.step ?? version.id.slice(0, 8);
}
