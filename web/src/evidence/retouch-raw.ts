// Everything about a version as JSON, folded, to be read or copied.

import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { RetouchElement } from "../element";
import { controls } from "../looks";
import type { VersionFacts } from "../records";

@customElement("retouch-raw")
export class RetouchRaw extends RetouchElement {
  static override styles = [
    controls,
    css`
      :host { display: block; margin-block-start: var(--space-5); }
      summary { cursor: pointer; color: var(--soft); }
      pre { overflow: auto; max-height: 24rem; background: var(--sunken); padding: var(--space-2); border-radius: var(--radius);
        font: 12px/1.45 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; }
    `,
  ];

  @property({ attribute: false }) facts: VersionFacts | null = null;
  @state() private open = false;
  @state() private said = "";

  override render() {
    const { evidence } = this.words;
    return html`<details @toggle=${this.#toggled}><summary>${evidence.raw}</summary>
      ${
        this.open
          ? html`<p><button @click=${this.#copy}>${evidence.copy}</button> <span role="status">${this.said}</span></p>
        <pre tabindex="0" aria-label=${evidence.raw}>${this.#json()}</pre>`
          : nothing
      }</details>`;
  }

  /** Written only when it is looked at. */
  readonly #toggled = (event: Event): void => {
    this.open = (event.target as HTMLDetailsElement).open;
    this.said = "";
  };

  readonly #copy = async (): Promise<void> => {
    const { evidence } = this.words;
    try {
      await navigator.clipboard.writeText(this.#json());
      this.said = evidence.copied;
    } catch {
      this.said = evidence.uncopied;
    }
  };

  #json(): string {
    return JSON.stringify(this.facts, null, 2);
  }
}
