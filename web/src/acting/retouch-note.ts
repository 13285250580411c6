// One line to write: the name of a branch or a tag, or a comment.

import { html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { ActForm } from "./act-form";

export type Note = "branch" | "tag" | "comment";

@customElement("retouch-note")
export class RetouchNote extends ActForm {
  @property() note: Note = "comment";

  protected override async submit(): Promise<void> {
    const { desk } = this;
    const version = desk?.address.version;
    const text = this.value("text");
    if (!desk || !version || !text) return;
    const doc = desk.address.doc ?? "";
    const { acts } = this.words;
    const done = { branch: acts.branched(text), tag: acts.tagged(text), comment: acts.commented }[this.note];
    const answer = await desk.act(done, (server) => {
      if (this.note === "branch") return server.createBranch(doc, text, version);
      return this.note === "tag" ? server.createTag(doc, text, version) : server.comment(doc, version, text);
    });
    if (!answer) return;
    if (this.note === "branch") desk.go({ branch: text });
    this.close();
  }

  override render() {
    const { form } = this.words;
    const name = { branch: form.branchName, tag: form.tagName, comment: form.comment }[this.note];
    const go = { branch: form.makeBranch, tag: form.makeTag, comment: form.keepComment }[this.note];
    const field =
      this.note === "comment"
        ? html`<textarea name="text" rows="2" required></textarea>`
        : html`<input name="text" required autocomplete="off" spellcheck="false" .value=${this.#proposed()}>`;
    return this.form(go, html`<label><span>${name}</span>${field}</label>${this.#standing()}`, go);
  }

  /** The names of this kind that stand here can be taken away. */
  #standing() {
    const { acts } = this.words;
    const { version, doc } = this.desk ?? {};
    const branches = (doc?.branches.length ?? 0) > 1 ? (version?.branches ?? []) : [];
    const names = { branch: branches, tag: version?.tags ?? [], comment: [] }[this.note];
    return html`<div class="place">${names.map(
      (name) => html`<button type="button" @click=${() => this.#drop(name)}>${acts.drop(name)}</button>`,
    )}</div>`;
  }

  async #drop(name: string): Promise<void> {
    const { desk } = this;
    const { doc, version } = desk?.address ?? {};
    if (!desk || !doc || !version) return;
    this.close();
    await desk.act(this.words.acts.dropped(name), (server) =>
      this.note === "branch" ? server.deleteBranch(doc, { branch: name, head: version }) : server.deleteTag(doc, name),
    );
  }

  /** A name that no branch has yet. */
  #proposed(): string {
    if (this.note !== "branch") return "";
    const taken = new Set(this.desk?.doc?.branches.map((branch) => branch.name));
    const stem = this.desk?.version?.step ?? "try";
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? `try-${stem}`.replace("try-try", "try") : `try-${stem}-${number}`;
      if (!taken.has(name)) return name;
    }
  }
}
