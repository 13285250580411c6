// What all elements of the page share: the words of the chosen language, and events that leave their shadow.

import { LitElement } from "lit";
import { onLanguage, words } from "./language";
import type { Words } from "./words/en";

export class RetouchElement extends LitElement {
  #forget: (() => void) | null = null;

  /** The words of the chosen language; the element is drawn again when the language changes. */
  protected get words(): Words {
    return words();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#forget = onLanguage(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#forget?.();
  }

  /** Tell those around this element, also across shadow borders. */
  protected tell<T>(name: string, detail: T): void {
    this.dispatchEvent(new CustomEvent<T>(name, { detail, bubbles: true, composed: true }));
  }
}
