// The same step once more in another way: other words, another editor, another seed, another box.

import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Box, Part, WaitingStep } from "../records";
import type { Again } from "../source";
import { ActForm } from "./act-form";

@customElement("retouch-again")
export class RetouchAgain extends ActForm {
  /** The step that waits for an answer, where this is one; else the step of the shown version is done again. */
  @property({ attribute: false }) waiting: WaitingStep | null = null;
  @state() private instruction: string | null = null;
  @state() private editors: readonly Part[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  async #load(): Promise<void> {
    const { desk } = this;
    const { doc, version } = desk?.address ?? {};
    const parts = await desk?.loadParts();
    this.editors = parts?.editors ?? [];
    if (this.waiting) this.instruction = this.waiting.step.instruction;
    else if (desk && doc && version) {
      const facts = await desk.source.version(doc, version).catch(() => null);
      const asked = facts?.record.request?.instruction;
      this.instruction = facts?.evidence?.step?.instruction ?? (typeof asked === "string" ? asked : "");
    }
    await this.updateComplete;
    // What a quick hand wrote while this was asked for stays.
    const field = this.renderRoot.querySelector("textarea");
    if (field && !field.value) field.value = this.instruction ?? "";
  }

  get #box(): Box | null {
    return this.drawn ?? this.waiting?.step.box ?? this.desk?.version?.box ?? null;
  }

  protected override async submit(): Promise<void> {
    const { desk } = this;
    const doc = desk?.address.doc;
    if (!desk || !doc) return;
    const started = await desk.begin(this.words.form.started, (acts) => {
      const seed = this.value("seed") ? Number(this.value("seed")) : undefined;
      const editor = this.value("editor");
      if (this.waiting && !this.drawn) {
        const { run, step } = this.waiting;
        return acts.edit(doc, run, step.id, this.value("instruction"), editor ? [editor] : [], seed);
      }
      const here = this.checked("here") ? desk.held : null;
      return acts.again(doc, this.#again(editor, seed, here?.branch), here);
    });
    if (started) this.close();
  }

  #again(editor: string, seed: number | undefined, branch: string | undefined): Again {
    const instruction = this.value("instruction");
    return {
      version: this.waiting?.best ?? this.waiting?.candidates[0] ?? this.desk?.address.version ?? "",
      ...(instruction && instruction !== this.instruction ? { instruction } : {}),
      ...(editor ? { editor } : {}),
      ...(seed === undefined ? {} : { seed }),
      ...(this.drawn ? { box: this.drawn } : {}),
      ...(branch ? { branch } : {}),
    };
  }

  override render() {
    const { form, acts } = this.words;
    const box = this.#box;
    const fields = html`
      <label><span>${form.instruction}</span>
        <textarea name="instruction" rows="2"></textarea></label>
      <div class="fields">
        <label><span>${form.editor}</span><select name="editor">
          <option value="">${form.sameEditor}</option>${this.editors.map((part) => option(part, form.unusable))}
        </select></label>
        <label><span>${form.seed}</span><input name="seed" type="number" min="0" max="4294967295" step="1"
          placeholder=${form.seedHint}></label>
        <div><span class="name">${form.box}</span><div class="place">
          <code>${box ? box.join(", ") : form.wholePicture}</code>
          <button type="button" aria-pressed=${this.drawing ? "true" : "false"}
            @click=${() => this.draw(!this.drawing)}>${form.drawAgain}</button></div></div>
      </div>
      ${this.drawing ? html`<p class="hint" role="status">${form.drawing}</p>` : nothing}
      ${this.waiting ? nothing : this.#where()}`;
    return this.form(acts.again, fields, form.start);
  }

  #where() {
    const { form } = this.words;
    const branch = this.desk?.branch?.name;
    return html`<fieldset><legend>${form.where}</legend>
      <label class="check"><input type="radio" name="to" checked><span>${form.newBranch}</span></label>
      ${branch ? html`<label class="check"><input type="radio" name="to" id="here"><span>${form.thisBranch(branch)}</span></label>` : nothing}
    </fieldset>`;
  }

  protected override checked(name: string): boolean {
    return this.renderRoot.querySelector<HTMLInputElement>(`#${name}`)?.checked ?? false;
  }
}

/** A part to choose; one that cannot be used here says why. */
export function option(part: Part, unusable: string) {
  const said = part.usable ? part.name : `${part.name} (${part.why || unusable})`;
  return html`<option value=${part.name} ?disabled=${!part.usable}>${said}</option>`;
}
