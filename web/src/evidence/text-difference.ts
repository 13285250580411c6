// Two texts laid beside each other, character by character.

/** A run of characters that both have, that only the wanted text has, or only what was read. */
export interface Piece {
  readonly kind: "same" | "missing" | "extra";
  readonly text: string;
}

/** Longer texts are not aligned: what would be seen of it is only that they differ. */
const LONGEST = 2000;

/** The shortest way from what was wanted to what was read. */
export function differences(wanted: string, read: string): readonly Piece[] {
  const [from, to] = [[...wanted], [...read]];
  if (from.length * to.length > LONGEST * LONGEST) return joined([piece("missing", wanted), piece("extra", read)]);
  const common = lengths(from, to);
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    const [a, b] = [from[i], to[j]];
    if (a !== undefined && a === b) {
      pieces.push(piece("same", a));
      i += 1;
      j += 1;
    } else if (a !== undefined && (b === undefined || at(common, i + 1, j) >= at(common, i, j + 1))) {
      pieces.push(piece("missing", a));
      i += 1;
    } else if (b !== undefined) {
      pieces.push(piece("extra", b));
      j += 1;
    }
  }
  return joined(pieces);
}

/** How many characters of both agree, in their order. */
export function agreement(wanted: string, read: string): number {
  const same = differences(wanted, read).filter((each) => each.kind === "same");
  return same.reduce((sum, each) => sum + [...each.text].length, 0);
}

/** The reading that comes nearest to what was wanted, first. */
export function nearestFirst<T>(wanted: string, looks: readonly T[], text: (look: T) => string): readonly T[] {
  const off = (look: T) => [...text(look)].length - 2 * agreement(wanted, text(look));
  return [...looks].sort((a, b) => off(a) - off(b));
}

/** How many characters the rests of both texts have in common, from every pair of places on. */
function lengths(from: readonly string[], to: readonly string[]): readonly Uint16Array[] {
  const rows = Array.from({ length: from.length + 1 }, () => new Uint16Array(to.length + 1));
  for (let i = from.length - 1; i >= 0; i -= 1) {
    const row = rows[i];
    if (!row) continue;
    for (let j = to.length - 1; j >= 0; j -= 1) {
      row[j] = from[i] === to[j] ? at(rows, i + 1, j + 1) + 1 : Math.max(at(rows, i + 1, j), at(rows, i, j + 1));
    }
  }
  return rows;
}

const at = (rows: readonly Uint16Array[], i: number, j: number) => rows[i]?.[j] ?? 0;
const piece = (kind: Piece["kind"], text: string): Piece => ({ kind, text });

function joined(pieces: readonly Piece[]): readonly Piece[] {
  const out: Piece[] = [];
  for (const each of pieces) {
    const last = out.at(-1);
    if (last?.kind === each.kind) out[out.length - 1] = piece(each.kind, last.text + each.text);
    else if (each.text) out.push(each);
  }
  return out;
}
