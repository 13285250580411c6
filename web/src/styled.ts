// Styles of one element set through the CSSOM: a `style` attribute would be refused by the page's security policy.

import { nothing } from "lit";
import { Directive, directive, type ElementPart } from "lit/directive.js";

type Styles = { readonly [property: string]: string };

class Styled extends Directive {
  render(_styles: Styles) {
    return nothing;
  }

  override update(part: ElementPart, [styles]: [Styles]) {
    const { style } = part.element as HTMLElement;
    for (const [property, value] of Object.entries(styles)) style.setProperty(property, value);
    return nothing;
  }
}

/** `<div ${styled({ height: "10px" })}>` */
export const styled = directive(Styled);
