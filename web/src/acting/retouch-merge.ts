// Which branch is brought in to the one that is looked at.

import { html } from "lit";
import { customElement } from "lit/decorators.js";
import { ActForm } from "./act-form";

@customElement("retouch-merge")
export class RetouchMerge extends ActForm {
  protected override async submit(): Promise<void> {
    const { desk } = this;
    const held = desk?.held;
    const from = this.value("from");
    if (!desk || !held || !from) return;
    const doc = desk.address.doc ?? "";
    const title = this.words.acts.merged(from, held.branch);
    this.close();
    await desk.combine(title, (settle) => desk.acting.merge(doc, held, from, "", settle));
  }

  override render() {
    const { form, acts } = this.words;
    const branch = this.desk?.branch;
    const others = this.desk?.doc?.branches.filter((each) => each.name !== branch?.name) ?? [];
    if (!others.length) return this.form(acts.merge, html`<p class="name">${form.noOther}</p>`, null);
    const chosen = this.desk?.version?.branches.find((name) => name !== branch?.name);
    const fields = html`<label><span>${form.mergeFrom}</span><select name="from">
      ${others.map((each) => html`<option value=${each.name} ?selected=${each.name === chosen}>${each.name}</option>`)}
    </select></label>`;
    return this.form(acts.merge, fields, form.mergeInto(branch?.name ?? ""));
  }
}
