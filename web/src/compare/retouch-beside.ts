// Two versions beside each other, moved and zoomed together.

import { css, html, type PropertyValues } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { RetouchElement } from "../element";
import type { DocumentFacts } from "../records";
import type { Source } from "../source";
import "../viewer/retouch-picture";
import type { RetouchPicture } from "../viewer/retouch-picture";

/** Events: `view-changed` {view}, `window-moved` {scale}. */
@customElement("retouch-beside")
export class RetouchBeside extends RetouchElement {
  static override styles = css`
    :host { display: grid; grid-template-columns: 1fr 1fr; gap: 2px; min-height: 0; background: var(--line); }
    figure { margin: 0; display: flex; flex-direction: column; min-height: 0; min-width: 0; background: var(--surface); }
    figcaption { padding: 2px var(--space-2); font-size: var(--size-s); color: var(--soft); }
    retouch-picture { flex: 1; }
    @media (max-width: 700px) { :host { grid-template: 1fr 1fr / auto; } }
  `;

  @property({ attribute: false }) source: Source | null = null;
  @property({ attribute: false }) doc: DocumentFacts | null = null;
  @property() former: string | null = null;
  @property() latter: string | null = null;
  @property() view = "";
  @query(".former") private readonly one!: RetouchPicture;
  @query(".latter") private readonly other!: RetouchPicture;
  /** Which of the two was moved last; the other one follows. */
  #leads: "one" | "other" = "one";

  toggleFit(): void {
    this.#leader().toggleFit();
  }

  zoom(factor: number): void {
    this.#leader().zoom(factor);
  }

  override focus(): void {
    this.#leader().focus();
  }

  override render() {
    const { compare } = this.words;
    return html`${this.#side("one", "former", this.former, compare.before)}${this.#side("other", "latter", this.latter, compare.after)}`;
  }

  protected override firstUpdated(_changed: PropertyValues<this>): void {
    this.one.follow = () => this.#moved("one");
    this.other.follow = () => this.#moved("other");
  }

  #side(side: "one" | "other", name: string, version: string | null, title: string) {
    const lead = () => {
      this.#leads = side;
    };
    return html`<figure>
      <figcaption>${title}</figcaption>
      <retouch-picture class=${name} .source=${this.source} .doc=${this.doc} .version=${version} .view=${this.view} .caption=${title}
        @pointerdown=${lead} @wheel=${{ handleEvent: lead, capture: true, passive: true }} @keydown=${{ handleEvent: lead, capture: true }}
        @view-changed=${(event: Event) => this.#told(event, side)} @window-moved=${(event: Event) => this.#told(event, side)}></retouch-picture>
    </figure>`;
  }

  #leader(): RetouchPicture {
    return this.#leads === "one" ? this.one : this.other;
  }

  #moved(side: "one" | "other"): void {
    if (side !== this.#leads) return;
    const [from, to] = side === "one" ? [this.one, this.other] : [this.other, this.one];
    to.frame = from.frame;
  }

  /** Only the one that leads tells where both are. */
  #told(event: Event, side: "one" | "other"): void {
    if (side !== this.#leads) event.stopPropagation();
  }
}
