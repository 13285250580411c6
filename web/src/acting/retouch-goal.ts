// A new goal: words, the text it should read, boxes drawn by hand, and who may do it.

import { html, nothing, type PropertyValues } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { Box, Parts } from "../records";
import type { Goal } from "../source";
import { ActForm } from "./act-form";
import { option } from "./retouch-again";

interface Wish {
  readonly box: Box;
  readonly instruction: string;
}

@customElement("retouch-goal")
export class RetouchGoal extends ActForm {
  @state() private wishes: readonly Wish[] = [];
  @state() private parts: Parts | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.desk?.loadParts().then((parts) => {
      this.parts = parts;
    });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("drawn") || !this.drawn) return;
    this.wishes = [...this.wishes, { box: this.drawn, instruction: "" }];
    void this.updateComplete.then(() => {
      this.renderRoot.querySelector<HTMLElement>(`[data-wish="${this.wishes.length - 1}"]`)?.focus();
    });
  }

  protected override async submit(): Promise<void> {
    const { desk } = this;
    const doc = desk?.address.doc;
    if (!desk || !doc) return;
    if (await desk.begin(this.words.form.started, (acts) => acts.start(doc, this.#goal()))) this.close();
  }

  #goal(): Goal {
    const [said, text, editor, planner] = ["goal", "text", "editor", "planner"].map((name) => this.value(name));
    const goal = said || (text ? this.words.form.textGoal : "");
    const version = this.desk?.address.version;
    const aside = this.checked("aside") && version;
    return {
      ...(goal ? { goal } : {}),
      ...(text ? { text } : {}),
      ...(planner ? { planner } : {}),
      boxes: this.wishes.map((wish) => ({ ...wish, mode: "crop" })),
      editors: editor ? [editor] : [],
      verifiers: [],
      branch: aside ? this.#fresh() : (this.desk?.branch?.name ?? "main"),
      ...(aside ? { at: version } : {}),
      review: this.checked("review"),
      offline: this.checked("offline"),
    };
  }

  #fresh(): string {
    const taken = new Set(this.desk?.doc?.branches.map((branch) => branch.name));
    let number = 1;
    while (taken.has(`goal-${number}`)) number += 1;
    return `goal-${number}`;
  }

  override render() {
    const { form, acts } = this.words;
    const branch = this.desk?.branch?.name ?? "main";
    const fields = html`
      <label><span>${form.goal}</span><textarea name="goal" rows="2" placeholder=${form.goalHint}></textarea></label>
      <label><span>${form.text}</span><textarea name="text" rows="2" placeholder=${form.textHint}></textarea></label>
      <div><ul>${this.wishes.map((wish, index) => this.#wish(wish, index))}</ul>
        <div class="place"><button type="button" aria-pressed=${this.drawing ? "true" : "false"}
          @click=${() => this.draw(!this.drawing)}>${form.addBox}</button></div></div>
      ${this.drawing ? html`<p class="hint" role="status">${form.drawing}</p>` : nothing}
      <div class="fields">
        <label><span>${form.planner}</span><select name="planner"><option value="">${form.anyPlanner}</option>
          ${this.parts?.planners.map((part) => option(part, form.unusable))}</select></label>
        <label><span>${form.editor}</span><select name="editor"><option value="">${form.anyEditor}</option>
          ${this.parts?.editors.map((part) => option(part, form.unusable))}</select></label>
        <label><span>${form.where}</span><select name="to">
          <option>${form.thisBranch(branch)}</option><option value="aside">${form.newBranch}</option></select></label>
      </div>
      <label class="check"><input type="checkbox" name="review"><span>${form.review}</span></label>
      <label class="check"><input type="checkbox" name="offline"><span>${form.offline}</span></label>`;
    return this.form(acts.goal, fields, form.start);
  }

  protected override checked(name: string): boolean {
    return name === "aside" ? this.value("to") === "aside" : super.checked(name);
  }

  #wish(wish: Wish, index: number) {
    const { form } = this.words;
    const written = (event: Event) => {
      const instruction = (event.target as HTMLInputElement).value;
      this.wishes = this.wishes.map((each, at) => (at === index ? { ...each, instruction } : each));
    };
    return html`<li class="place"><code>${wish.box.join(", ")}</code>
      <label><span>${form.boxWish}</span><input .value=${wish.instruction} required data-wish=${index} @input=${written}></label>
      <button type="button" class="quiet" @click=${() => this.#drop(index)}>${form.removeBox}</button></li>`;
  }

  #drop(index: number): void {
    this.wishes = this.wishes.filter((_, at) => at !== index);
  }
}
