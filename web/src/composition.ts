// Pictures put together of others, as one image that the browser draws when it is shown: an SVG whose parts are data URIs.

import type { Box } from "./records";

export interface Layer {
  /** Where it lies, in pixels of the whole. */
  readonly box: Box;
  readonly url: string;
  /** Its pixels keep their edges. */
  readonly crisp?: boolean;
}

/** Pixels of the longer side of what is put together: enough for a screen, and for the memory of a telephone. */
const LONGEST = 4096;

/** Layers over one another, the lowest first. */
export function composed(layers: readonly Layer[], { width, height }: { width: number; height: number }): string {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const size = `width="${Math.round(width * scale)}" height="${Math.round(height * scale)}"`;
  return drawing(`${size} viewBox="0 0 ${width} ${height}"`, layers);
}

/** The part of a layer round `box`, as far as the layer reaches. */
export function windowed(layer: Layer, [x, y, width, height]: Box, margin: number): string {
  const [left, top] = [Math.max(layer.box[0], x - margin), Math.max(layer.box[1], y - margin)];
  const right = Math.min(layer.box[0] + layer.box[2], x + width + margin);
  const bottom = Math.min(layer.box[1] + layer.box[3], y + height + margin);
  const [wide, high] = [right - left, bottom - top];
  return drawing(`width="${wide}" height="${high}" viewBox="${left} ${top} ${wide} ${high}"`, [layer]);
}

function drawing(frame: string, layers: readonly Layer[]): string {
  const images = layers.map(({ box: [x, y, width, height], url, crisp }) => {
    const edges = crisp ? ' image-rendering="pixelated"' : "";
    const place = `x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none"${edges}`;
    // A data URI of base64 needs no escaping.
    return `${encodeURIComponent(`<image ${place} href="`)}${url}${encodeURIComponent('"/>')}`;
  });
  const open = encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" ${frame}>`);
  return `data:image/svg+xml,${open}${images.join("")}${encodeURIComponent("</svg>")}`;
}
