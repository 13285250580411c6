// The words of the evidence in Chinese (traditional characters).

import type * as en from "./evidence-en";

export const evidence: typeof en.evidence = {};
