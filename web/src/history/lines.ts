// The rows of the tree as the page shows them: tries folded or not, side branches collapsed or not, filtered or not.

import type { Tree, TreeRow, TreeVersion } from "../records";

/** A stretch of one lane, from where it forks off to its last version; 0 is where a history begins. */
interface Stem {
  readonly id: number;
  readonly from: Stem | null;
  readonly first: { row: number };
  versions: number;
}

/** A vertical or curved piece in a lane. `elided`: versions on it are not shown. */
export interface Strand {
  readonly lane: number;
  readonly elided: boolean;
}

export interface Line {
  /** The version's id, or `tries:` and the first try's id for a folded group. */
  readonly key: string;
  readonly version: TreeVersion;
  /** All tries of a folded group; empty for a line of one version. */
  readonly tries: readonly TreeVersion[];
  /** Null where there is nothing to open or close. */
  readonly open: boolean | null;
  /** Versions of the side branch that begins here, where one does. */
  readonly stem: number;
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  readonly lane: number;
  readonly sprouts: number | null;
  readonly above: boolean;
  readonly below: boolean;
  readonly joins: readonly Strand[];
  readonly forks: readonly Strand[];
  readonly passing: readonly Strand[];
}

export interface Folding {
  /** Keys of groups of tries that are open. */
  readonly opened: ReadonlySet<string>;
  /** First versions of side branches that are closed. */
  readonly closed: ReadonlySet<string>;
}

interface Placed {
  readonly row: TreeRow;
  readonly stem: Stem;
  readonly starts: boolean;
  readonly lanes: ReadonlyMap<number, Stem>;
}

export function lines(tree: Tree, folding: Folding): readonly Line[] {
  const placed = stems(tree.rows);
  const closed = new Set(
    placed.filter((one) => one.starts && folding.closed.has(one.row.version.id)).map((one) => one.stem),
  );
  const drafts = placed.flatMap((one, index) => drafted(one, index, closed, folding));
  return numbered(drafts);
}

/** Only what fits, without lines between. */
export function filtered(tree: Tree, fits: (version: TreeVersion) => boolean): readonly Line[] {
  const found = tree.rows.flatMap((row) => (row.folded.length ? row.folded : [row.version])).filter(fits);
  return found.map((version, index) => ({
    ...bare(version, 1),
    position: index + 1,
    siblings: found.length,
  }));
}

function bare(version: TreeVersion, level: number): Line {
  return {
    key: version.id,
    version,
    tries: [],
    open: null,
    stem: 0,
    level,
    position: 1,
    siblings: 1,
    lane: 0,
    sprouts: null,
    above: false,
    below: false,
    joins: [],
    forks: [],
    passing: [],
  };
}

function stems(rows: readonly TreeRow[]): readonly Placed[] {
  const lanes = new Map<number, Stem>();
  let count = 0;
  const begun = (from: Stem | null): Stem => ({ id: count++, from, first: { row: -1 }, versions: 0 });
  return rows.map((row, index) => {
    const own = row.sprouts ?? row.lane;
    const root = row.sprouts === null && !row.above;
    const stem = (root ? null : lanes.get(own)) ?? begun(null);
    const before = new Map(lanes);
    const starts = row.sprouts === null && stem.first.row < 0;
    if (starts) stem.first.row = index;
    if (row.sprouts !== null) return { row, stem, starts, lanes: before };
    stem.versions += 1;
    for (const lane of row.joins) lanes.delete(lane);
    for (const lane of row.forks) lanes.set(lane, begun(stem));
    lanes.set(own, stem);
    const after = new Map([...before, ...row.forks.map((lane) => [lane, lanes.get(lane) ?? stem] as const)]);
    return { row, stem, starts, lanes: after };
  });
}

function drafted(one: Placed, index: number, closed: ReadonlySet<Stem>, folding: Folding): readonly Line[] {
  const { row, stem } = one;
  const head = stem.first.row === index;
  if (hidden(stem, closed) || (closed.has(stem) && !head)) return [];
  const gone = (lane: number) => {
    const passing = one.lanes.get(lane);
    return passing ? hidden(passing, closed) : false;
  };
  const strands = (lanes: readonly number[]): readonly Strand[] =>
    lanes.filter((lane) => !gone(lane)).map((lane) => ({ lane, elided: isClosed(one.lanes.get(lane), closed) }));
  const side = one.starts && stem.from !== null && stem.versions > 1;
  const line: Line = {
    ...bare(row.version, row.sprouts === null ? 1 : 2),
    open: side ? !closed.has(stem) : null,
    stem: side ? stem.versions : 0,
    lane: row.lane,
    sprouts: row.sprouts,
    above: row.above,
    below: row.below,
    joins: strands(row.joins),
    forks: strands(row.forks),
    passing: strands(row.passing),
  };
  return row.folded.length ? group(line, row, folding) : [line];
}

function group(line: Line, row: TreeRow, folding: Folding): readonly Line[] {
  const key = `tries:${row.version.id}`;
  const open = folding.opened.has(key);
  const below = open ? true : line.below;
  const head: Line = { ...line, key, tries: row.folded, open, below };
  if (!open) return [head];
  const tries = row.folded.map((version, index) => {
    const last = index === row.folded.length - 1;
    return { ...line, key: version.id, version, level: 3, below: last ? line.below : true };
  });
  return [head, ...tries];
}

const isClosed = (stem: Stem | undefined, closed: ReadonlySet<Stem>) => stem !== undefined && closed.has(stem);

/** True where a stem grows from a closed one. */
function hidden(stem: Stem, closed: ReadonlySet<Stem>): boolean {
  for (let from = stem.from; from; from = from.from) if (closed.has(from)) return true;
  return false;
}

/** Place and number of siblings: those of one level up to the next line of a lower one. */
function numbered(drafts: readonly Line[]): readonly Line[] {
  const groups: number[][] = [];
  const open = new Map<number, number[]>();
  drafts.forEach((line, index) => {
    for (const level of [...open.keys()]) if (level > line.level) open.delete(level);
    const siblings = open.get(line.level) ?? [];
    if (!open.has(line.level)) {
      open.set(line.level, siblings);
      groups.push(siblings);
    }
    siblings.push(index);
  });
  const placed = new Map<number, readonly [number, number]>();
  for (const siblings of groups)
    for (const [at, index] of siblings.entries()) placed.set(index, [at + 1, siblings.length]);
  return drafts.map((line, index) => {
    const [position, siblings] = placed.get(index) ?? [1, 1];
    return { ...line, position, siblings };
  });
}
