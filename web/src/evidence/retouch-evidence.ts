// The right of the page: what was wanted, what was read, every rung that was tried.

import { html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { RetouchElement } from "../element";
import type { DocumentFacts } from "../records";
import type { Source } from "../source";

/** Events: `select-version` {version}, `compare-with` {version}. Load again when `revision` changes. */
@customElement("retouch-evidence")
export class RetouchEvidence extends RetouchElement {
  @property({ attribute: false }) source: Source | null = null;
  @property({ attribute: false }) doc: DocumentFacts | null = null;
  @property() version: string | null = null;
  @property() revision = "";

  override render() {
    return html`<p>${this.version}</p>`;
  }
}
