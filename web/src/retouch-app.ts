// The page: history on the left, the picture in the middle, evidence on the right.

import { html } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { type Address, NOWHERE } from "./address";
import { RetouchElement } from "./element";
import "./evidence/retouch-evidence";
import type { DocumentFacts } from "./records";
import type { Source } from "./source";
import "./viewer/retouch-viewer";

@customElement("retouch-app")
export class RetouchApp extends RetouchElement {
  @property({ attribute: false }) source: Source | null = null;
  @property({ attribute: false }) address: Address = NOWHERE;
  @state() private doc: DocumentFacts | null = null;

  override render() {
    const { version, compared, mode, view } = this.address;
    return html`
      <aside aria-label=${this.words.app.history}></aside>
      <main aria-label=${this.words.app.picture}>
        <retouch-viewer .source=${this.source} .doc=${this.doc} .version=${version} .compared=${compared}
          .mode=${mode} .view=${view}></retouch-viewer>
      </main>
      <aside aria-label=${this.words.app.evidence}>
        <retouch-evidence .source=${this.source} .doc=${this.doc} .version=${version}></retouch-evidence>
      </aside>`;
  }
}
