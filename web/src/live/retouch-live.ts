// Runs that are going on or paused, and the steps that wait for a person's answer, answered in place.

import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Desk } from "../desk";
import { RetouchElement } from "../element";
import { controls } from "../looks";
import type { Job, RunSummary, WaitingStep } from "../records";
import { Watching } from "../watching";

/** Events: `redo` {step} when a waiting step is to be done another way. */
@customElement("retouch-live")
export class RetouchLive extends RetouchElement {
  static override styles = [
    controls,
    css`
      :host { display: block; overflow: auto; max-height: 52vh; flex: none; }
      section { padding: var(--space-2) var(--space-3) var(--space-3); border-bottom: 1px solid var(--line);
        background: var(--surface); display: grid; gap: 6px; }
      section.asks { background: var(--pending-wash); }
      h2 { font: 600 var(--size-m)/1.3 var(--font); margin: 0; overflow-wrap: anywhere; }
      .asks h2 { color: var(--pending); }
      article { display: grid; gap: 4px; }
      article + article { border-top: 1px solid var(--line); padding-top: var(--space-2); }
      details { border-top: 1px solid color-mix(in srgb, var(--pending) 25%, transparent); padding-top: 6px; }
      details > * + * { margin-top: 6px; }
      summary { font-weight: 600; cursor: pointer; overflow-wrap: anywhere; }
      p { margin: 0; font-size: var(--size-s); color: var(--ink); overflow-wrap: anywhere; }
      .row { display: flex; gap: 6px; flex-wrap: wrap; }
      .candidates { display: grid; grid-template-columns: repeat(auto-fill, minmax(76px, 104px)); gap: 6px; }
      .candidates a { display: grid; gap: 2px; text-decoration: none; color: var(--ink); font-size: var(--size-s); }
      .candidates img { width: 100%; aspect-ratio: 1; object-fit: contain; background: var(--bench); border: 2px dashed var(--pending);
        border-radius: var(--radius); box-sizing: border-box; }
      .candidates a[aria-current="true"] img { border-style: solid; border-color: var(--accent); }
      progress { width: 100%; height: 6px; accent-color: var(--accent); }
      button { padding: 2px 9px; }
    `,
  ];

  @property({ attribute: false }) desk: Desk | null = null;
  protected readonly watching = new Watching(this);

  override render() {
    const { desk } = this;
    if (!desk) return nothing;
    const runs = desk.runs.filter((run) => run.state === "running" || run.state === "interrupted");
    const { waiting, live } = this.words;
    const asked = html`<section class="asks" aria-label=${waiting.title(desk.waiting.length)}>
      <h2>${waiting.title(desk.waiting.length)}</h2>
      ${desk.waiting.map((step, index) => this.#asked(desk, step, index === 0))}</section>`;
    const known = new Set(desk.runs.map((run) => run.id));
    const coming = [...desk.jobs.values()].filter((job) => isComing(job, known));
    const going = html`<section aria-label=${live.runs}>
      ${coming.map(() => html`<article><h2>${live.coming}</h2><progress aria-label=${live.coming}></progress></article>`)}${runs.map((run) => this.#run(desk, run))}</section>`;
    return html`${runs.length + coming.length ? going : nothing}${desk.waiting.length ? asked : nothing}`;
  }

  #asked(desk: Desk, step: WaitingStep, first: boolean) {
    const { waiting } = this.words;
    const shown = step.candidates.find((id) => id === desk.address.version) ?? step.best ?? step.candidates[0];
    return html`<details name="asked" ?open=${first}>
      <summary>${step.step.id} · ${step.step.instruction || step.step.target || ""}</summary>
      <p>${step.reason}</p>
      ${
        step.candidates.length
          ? html`<div class="candidates">${step.candidates.map((id, index) => this.#candidate(desk, step, id, index))}</div>`
          : html`<p>${waiting.noCandidate}</p>`
      }
      ${
        desk.source.acts
          ? html`<div class="row">
        ${shown ? html`<button class="main" @click=${() => desk.accept(shown)}>${waiting.accept}</button>` : nothing}
        <button @click=${() => desk.leave(step)}>${step.candidates.length ? waiting.none : waiting.leave}</button>
        <button @click=${() => this.tell("redo", { step })}>${waiting.edit}</button>
      </div>`
          : nothing
      }
    </details>`;
  }

  #candidate(desk: Desk, step: WaitingStep, id: string, index: number) {
    const { waiting } = this.words;
    const doc = desk.address.doc ?? "";
    const { box } = step.step;
    const margin = box ? Math.round(Math.max(box[2], box[3]) / 3) : 0;
    const src = box ? desk.source.crop(doc, id, box, margin) : desk.source.thumbnail(doc, id, 128);
    const said = waiting.candidate(index + 1, step.candidates.length);
    const open = (event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      desk.go({ version: id });
    };
    return html`<a href=${desk.href({ version: id })} aria-current=${desk.address.version === id ? "true" : "false"} @click=${open}>
      ${src ? html`<img src=${src} alt="" loading="lazy">` : nothing}
      <span>${said}${id === step.best && step.candidates.length > 1 ? html`<br>${waiting.best}` : nothing}</span></a>`;
  }

  #run(desk: Desk, run: RunSummary) {
    const { live, form } = this.words;
    const doc = desk.address.doc ?? "";
    const counts = Object.values(run.steps);
    const all = counts.reduce((sum, count) => sum + count, 0);
    const done = all - (run.steps.pending ?? 0) - (run.steps.running ?? 0);
    return html`<article>
      <h2>${run.goal || form.goal}</h2>
      <p>${live[run.state]} · ${run.branch}${all ? html` · ${live.progress(done, all)}` : nothing}${run.mine || run.state !== "running" ? nothing : html` · ${live.elsewhere}`}</p>
      ${run.state === "running" ? html`<progress aria-label=${run.goal} .max=${Math.max(all, 1)} .value=${done}></progress>` : nothing}
      ${desk.progress.get(run.id) ? html`<p>${desk.progress.get(run.id)}</p>` : nothing}
      ${desk.source.acts ? html`<div class="row">${this.#controls(desk, doc, run)}</div>` : nothing}
    </article>`;
  }

  #controls(desk: Desk, doc: string, run: RunSummary) {
    const { live } = this.words;
    const pause = () => desk.act(live.paused, (acts) => acts.pause(doc, run.id));
    const resume = () => desk.begin(live.resumed, (acts) => acts.resume(doc, run.id));
    const cancel = () => desk.act(live.cancelled, (acts) => acts.cancel(doc, run.id));
    const going = run.state === "running" && run.mine;
    return html`
      ${going ? html`<button @click=${pause}>${live.pause}</button>` : nothing}
      ${run.state === "interrupted" ? html`<button class="main" @click=${resume}>${live.resume}</button>` : nothing}
      ${going || run.state === "interrupted" ? html`<button @click=${cancel}>${live.cancel}</button>` : nothing}`;
  }
}

/** True for work that was asked for and has not begun a run yet. */
function isComing(job: Job, runs: ReadonlySet<string>): boolean {
  return (job.state === "waiting" || job.state === "running") && !(job.run && runs.has(job.run));
}
