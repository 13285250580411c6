// A picture as OpenSeadragon takes it: tiles in the Deep Zoom convention, or one whole picture out of a report.

import type OpenSeadragon from "openseadragon";
import type { Pyramid } from "../source";

/** Level at which a picture of this side is shown at full size; each level below halves it. */
export function fullLevel(width: number, height: number): number {
  return Math.ceil(Math.log2(Math.max(width, height, 1)));
}

export function tileSource(pyramid: Pyramid): OpenSeadragon.TileSourceSpecifier["tileSource"] {
  if (pyramid.kind === "image") return { type: "image", url: pyramid.url, crossOriginPolicy: false } as never;
  const { width, height, tileSize } = pyramid;
  const maxLevel = fullLevel(width, height);
  // Levels that fit into one tile several times over would only be fetched to be covered at once.
  const minLevel = Math.min(maxLevel, Math.log2(tileSize));
  const getTileUrl = (level: number, x: number, y: number) => pyramid.tile(level, x, y);
  return { width, height, tileSize, tileOverlap: 0, minLevel, maxLevel, getTileUrl } as never;
}
