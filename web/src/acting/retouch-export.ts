// Where the version and its history can be taken along.

import { html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import type { ExportFormat } from "../source";
import { ActForm } from "./act-form";

const FORMATS: readonly ExportFormat[] = ["png", "webp", "jpeg", "tiff"];

@customElement("retouch-export")
export class RetouchExport extends ActForm {
  protected override submit(): void {
    this.close();
  }

  override render() {
    const { form, acts } = this.words;
    const { source, address } = this.desk ?? {};
    const doc = address?.doc ?? "";
    const version = address?.version ?? "";
    const formats = FORMATS.map((format) => [format.toUpperCase(), source?.exported(doc, version, format)] as const);
    const whole = [
      [form.report, source?.report(doc)],
      [form.animation, source?.animation(doc)],
    ] as const;
    const link = ([name, href]: readonly [string, string | null | undefined]) =>
      href ? html`<li><a href=${href} download>${name}</a></li>` : nothing;
    return this.form(
      acts.export,
      html`<div><span class="name">${form.format}</span><ul class="row">${formats.map(link)}</ul></div>
        <ul class="row">${whole.map(link)}</ul>`,
      null,
    );
  }
}
