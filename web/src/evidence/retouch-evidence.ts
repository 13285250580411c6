// The right of the page: what was wanted, what was read, every rung that was tried.

import { html, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { RetouchElement } from "../element";
import { locale } from "../language";
import { controls } from "../looks";
import type { Attempt, Box, DocumentFacts, VersionFacts } from "../records";
import { type Source, SourceError } from "../source";
import { outcomeMark } from "../viewer/outcome-mark";
import { claim } from "./claim";
import { evidenceStyle } from "./evidence-style";
import type { Context } from "./kinds/context";
import { origins } from "./origins";
import { parameters } from "./parameters";
import { remarks } from "./remarks";
import "./retouch-raw";
import { tries } from "./tries";
import { verdictCard } from "./verdict-card";

/** Events: `select-version` {version}, `compare-with` {version}. Load again when `revision` changes. */
@customElement("retouch-evidence")
export class RetouchEvidence extends RetouchElement {
  static override styles = [controls, ...evidenceStyle];

  @property({ attribute: false }) source: Source | null = null;
  @property({ attribute: false }) doc: DocumentFacts | null = null;
  @property() version: string | null = null;
  @property() revision = "";

  @state() private facts: VersionFacts | null = null;
  @state() private failure = "";
  #asked = "";

  override render() {
    const { evidence } = this.words;
    if (this.failure) return html`<p role="alert">${evidence.failed(this.failure)}</p>`;
    if (!this.version) return html`<p class="soft">${evidence.nothing}</p>`;
    const { facts } = this;
    if (facts?.id !== this.version) return html`<p class="soft">${evidence.loading}</p>`;
    return html`${this.#heading(facts)} ${this.#place(facts)} ${claim(facts, this.words)} ${this.#verdicts(facts)}
      ${this.#tries(facts)} ${parameters(facts, this.words)} ${origins(facts, this.words, (version) => this.#show(version))}
      ${remarks(facts, this.words)} <retouch-raw .facts=${facts}></retouch-raw>`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("source") || changed.has("doc") || changed.has("version") || changed.has("revision"))
      void this.#load();
  }

  #heading(facts: VersionFacts) {
    const { words } = this;
    const { evidence } = words;
    const status = facts.evidence?.status;
    return html`<h2>${facts.message || evidence.unnamed}</h2>
      <p class="alike">${facts.outcome ? html`<span class="state ${facts.outcome}">${outcomeMark(facts.outcome)} ${words.outcome[facts.outcome]}</span>` : nothing}
        <span>${words.kind[facts.kind] ?? facts.kind}</span>
        ${facts.step ? html`<span>${evidence.step(facts.step)}${status ? `: ${words.status[status] ?? status}` : ""}</span>` : nothing}</p>
      <p class="soft">${evidence.by(facts.author, when(facts.created))};
        ${facts.contained_in.length ? evidence.onBranches(facts.contained_in.join(", ")) : evidence.onNoBranch}; <code>${facts.id.slice(0, 12)}</code></p>
      ${facts.evidence?.goal ? html`<p class="soft">${evidence.goal}: ${facts.evidence.goal}</p>` : nothing}
      ${facts.evidence?.reason ? html`<p class="soft">${evidence.status(facts.evidence.reason)}</p>` : nothing}`;
  }

  /** The same place before and after, at full size. */
  #place(facts: VersionFacts) {
    const { evidence } = this.words;
    const [parent] = facts.parents;
    if (!facts.box || !parent) return nothing;
    const [before, after] = [this.#crop(parent, facts.box), this.#crop(facts.id, facts.box)];
    return html`<h3>${evidence.place}</h3>
      <div class="crops">
        ${before ? html`<figure><img src=${before} alt=${evidence.before}><figcaption>${evidence.before}</figcaption></figure>` : nothing}
        ${after ? html`<figure><img src=${after} alt=${evidence.after}><figcaption>${evidence.after}</figcaption></figure>` : nothing}
      </div>
      <p class="soft">${evidence.at(facts.box)}</p>
      <p><button @click=${() => this.#compare(parent)}>${evidence.compareBefore}</button></p>`;
  }

  #verdicts(facts: VersionFacts) {
    const { evidence } = this.words;
    const verdicts = facts.record.verdicts ?? [];
    if (!verdicts.length)
      return facts.evidence ? html`<h3>${evidence.verdicts}</h3><p class="soft">${evidence.noVerdicts}</p>` : nothing;
    const context: Context = {
      words: this.words,
      box: facts.box,
      crop: (box) => this.#crop(facts.id, box, 4),
    };
    return html`<h3>${evidence.verdicts}</h3>${verdicts.map((verdict) => verdictCard(verdict, context))}`;
  }

  #tries(facts: VersionFacts) {
    const { evidence } = facts;
    if (!evidence?.attempts.length) return nothing;
    const { words } = this;
    const list = tries(evidence.attempts, {
      words,
      version: facts.id,
      picture: (attempt) => this.#attemptCrop(evidence.run, attempt, evidence.step?.id ?? facts.step),
      show: (version) => this.#show(version),
      compare: (version) => this.#compare(version),
    });
    return html`<h3>${words.evidence.tries} (${evidence.attempts.length})</h3>${list}`;
  }

  #crop(version: string, box: Box, margin = Math.round(Math.max(box[2], box[3]) / 4)): string | null {
    return this.doc && this.source ? this.source.crop(this.doc.key, version, box, margin) : null;
  }

  #attemptCrop(run: string, attempt: Attempt, step: string | null): string | null {
    return this.doc && this.source && step ? this.source.attemptCrop(this.doc.key, run, step, attempt.number) : null;
  }

  #show(version: string): void {
    this.tell("select-version", { version });
  }

  #compare(version: string): void {
    this.tell("compare-with", { version });
  }

  async #load(): Promise<void> {
    const { source, doc, version, revision } = this;
    const wanted = `${doc?.key} ${version} ${revision}`;
    if (!source || !doc || !version || wanted === this.#asked) return;
    this.#asked = wanted;
    try {
      const facts = await source.version(doc.key, version);
      if (wanted !== this.#asked) return;
      this.failure = "";
      this.facts = facts;
    } catch (error) {
      if (wanted !== this.#asked) return;
      const problem = error instanceof SourceError ? error.problem : null;
      this.failure = problem?.detail || problem?.title || String(error);
    }
  }
}

function when(created: string): string {
  const date = new Date(created);
  return Number.isNaN(date.valueOf())
    ? created
    : date.toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" });
}
