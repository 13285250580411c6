// What the drawing of one verdict's evidence needs beside the evidence itself.

import type { TemplateResult } from "lit";
import type { Box, Facts } from "../../records";
import type { Words } from "../../words/en";

export interface Context {
  readonly words: Words;
  /** A place of the judged version at full size, as an address; null where it is not at hand. */
  crop(box: Box): string | null;
  /** The step's box. */
  readonly box: Box | null;
}

export type Drawn = (facts: Facts, context: Context) => TemplateResult;
