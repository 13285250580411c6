// How large a version's picture is: nearly always as large as its document's, but a person may commit another.

import type { DocumentFacts } from "../records";
import type { Source } from "../source";
import type { Size } from "./box-drawing";

const known = new Map<string, Promise<Size>>();

/** A version never changes, so each is asked for once. */
export function sizeOf(source: Source, doc: DocumentFacts, version: string): Promise<Size> {
  const name = `${doc.key}/${version}`;
  const size = known.get(name) ?? asked(source, doc, version);
  known.set(name, size);
  return size;
}

async function asked(source: Source, doc: DocumentFacts, version: string): Promise<Size> {
  try {
    const { width, height } = await source.version(doc.key, version);
    return { width: width ?? doc.width, height: height ?? doc.height };
  } catch {
    // Whoever shows the version's facts tells why they cannot be read.
    return doc;
  }
}
