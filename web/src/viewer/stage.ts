// The window on a picture: OpenSeadragon with our settings, spoken to in picture pixels.

import OpenSeadragon from "openseadragon";
import type { Pyramid } from "../source";
import { tileSource } from "./pyramid-source";
import { LARGEST, type View } from "./view";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What part of the picture the window shows, in picture pixels; `scale`: pixels of the screen for one of them. */
export interface Visible {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The parts of the width at which a layer begins and ends, 0 to 1. */
export type Span = readonly [from: number, to: number];

const STYLED = "data-openseadragon-mobile-css";

/**
 * OpenSeadragon adds a style element unless it finds its own, and a strict content policy refuses that. An element of
 * that name in no known language is found as well, and does nothing.
 */
function withoutInlineStyle(): void {
  if (document.querySelector(`style[${STYLED}]`)) return;
  const mark = document.createElementNS("urn:retouch", "style");
  mark.setAttribute(STYLED, "");
  document.head.append(mark);
}

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export class Stage {
  readonly viewer: OpenSeadragon.Viewer;
  readonly #size: Point;
  readonly #layers: (OpenSeadragon.TiledImage | null)[] = [];
  /** Which call filled a layer last: an earlier one that comes later is dropped. */
  readonly #turns: number[] = [];
  /** How layers are to be drawn, also those that are still coming. */
  readonly #opacities: number[] = [];
  readonly #spans: Span[] = [];
  #smooth = true;
  #fitted = true;
  #wanted: View | null = null;
  /** The view when the window was last in sight, and whether it is out of sight: behind a tab it has no size. */
  #last: View | null = null;
  #hidden = false;

  /** `drawn` is called whenever what is visible has changed. */
  constructor(element: HTMLElement, size: Point, drawn: (visible: Visible) => void) {
    withoutInlineStyle();
    this.#size = size;
    this.viewer = new OpenSeadragon.Viewer(settings(element));
    this.#hidden = element.clientWidth <= 1;
    this.viewer.addHandler("resize", () => {
      if (!this.inSight) this.#hidden = true;
      else if (this.#fitted) this.viewer.viewport.goHome(true);
    });
    this.viewer.addHandler("update-viewport", () => {
      if (!this.inSight) return;
      if (this.#hidden) this.#comeBack();
      this.#fitted = this.fitted;
      this.#last = this.view;
      this.#crisp();
      drawn(this.visible);
    });
    this.viewer.addHandler("animation-finish", () => drawn(this.visible));
  }

  /** Fill a layer, the lowest being 0. What was there stays until the new picture is drawn. */
  async show(layer: number, pyramid: Pyramid): Promise<void> {
    const turn = (this.#turns[layer] ?? 0) + 1;
    this.#turns[layer] = turn;
    const added = await this.#add(pyramid);
    if (this.#turns[layer] !== turn) {
      this.#remove(added);
      return;
    }
    const old = this.#layers[layer];
    this.#layers[layer] = added;
    added.setOpacity(this.#opacities[layer] ?? 1);
    this.clip(layer, this.#spans[layer] ?? [0, 1]);
    this.#order();
    if (!old) return;
    await loaded(added);
    this.#remove(old);
  }

  drop(layer: number): void {
    this.#turns[layer] = (this.#turns[layer] ?? 0) + 1;
    const old = this.#layers[layer];
    this.#layers[layer] = null;
    if (old) this.#remove(old);
  }

  /** Which part of a layer's width is drawn. */
  clip(layer: number, span: Span): void {
    this.#spans[layer] = span;
    const image = this.#layers[layer];
    if (image) image.setClip(span[0] === 0 && span[1] === 1 ? null : clipped(image, span));
  }

  fade(layer: number, opacity: number): void {
    this.#opacities[layer] = opacity;
    const image = this.#layers[layer];
    if (image && image.getOpacity() !== opacity) image.setOpacity(opacity);
  }

  get visible(): Visible {
    const bounds = this.viewer.viewport.getBounds(true);
    const wide = this.#size.x;
    const scale = this.#devicePixels() / (bounds.width * wide);
    return { x: bounds.x * wide, y: bounds.y * wide, width: bounds.width * wide, height: bounds.height * wide, scale };
  }

  /** The window in parts of the picture's width, by which windows on pictures of different sizes can agree. */
  get frame(): Frame {
    return this.viewer.viewport.getBounds(true);
  }

  set frame({ x, y, width, height }: Frame) {
    const now = this.frame;
    if (Math.abs(now.x - x) + Math.abs(now.y - y) + Math.abs(now.width - width) < 1e-9) return;
    this.viewer.viewport.fitBounds(new OpenSeadragon.Rect(x, y, width, height), true);
  }

  get view(): View {
    const centre = this.viewer.viewport.getCenter(false);
    const scale = this.#devicePixels() / (this.viewer.viewport.getBounds(false).width * this.#size.x);
    return { x: centre.x * this.#size.x, y: centre.y * this.#size.x, scale };
  }

  /** Move there at once; before the picture is open, it opens there. */
  set view(view: View) {
    this.#wanted = view;
    if (this.viewer.world.getItemCount() > 0) this.#go(view, true);
  }

  /** False behind a tab, where nothing can be told of what is seen. */
  get inSight(): boolean {
    return this.viewer.viewport.getContainerSize().x > 1;
  }

  get fitted(): boolean {
    const { viewport } = this.viewer;
    return Math.abs(viewport.getZoom(false) / viewport.getHomeZoom() - 1) < 0.01;
  }

  fit(): void {
    this.#wanted = null;
    this.viewer.viewport.goHome(still());
  }

  /** One picture pixel on one of the screen, the given point (of the picture) staying where it is. */
  full(at?: Point): void {
    this.zoom(1 / this.view.scale, at);
  }

  /** Larger by `factor`, `at` (of the picture) staying where it is; without it, the middle. */
  zoom(factor: number, at?: Point): void {
    const { viewport } = this.viewer;
    const point = at ? new OpenSeadragon.Point(at.x / this.#size.x, at.y / this.#size.x) : undefined;
    viewport.zoomBy(factor, point, still());
    viewport.applyConstraints(still());
  }

  /** Move the window by parts of its own width and height. */
  pan(right: number, down: number): void {
    const { viewport } = this.viewer;
    const bounds = viewport.getBounds(false);
    viewport.panBy(new OpenSeadragon.Point(right * bounds.width, down * bounds.height), still());
    viewport.applyConstraints(still());
  }

  /** Make a box visible, with as much round it as the box is large; nothing moves if it is well in sight. */
  reveal(box: readonly [number, number, number, number]): void {
    const [x, y, width, height] = box;
    const seen = this.visible;
    const inside = x >= seen.x && y >= seen.y && x + width <= seen.x + seen.width && y + height <= seen.y + seen.height;
    if (inside) return;
    const wide = this.#size.x;
    const centre = new OpenSeadragon.Point((x + width / 2) / wide, (y + height / 2) / wide);
    this.viewer.viewport.panTo(centre, still());
    if (width * 1.5 > seen.width || height * 1.5 > seen.height) {
      const rect = new OpenSeadragon.Rect(
        (x - width / 2) / wide,
        (y - height / 2) / wide,
        (2 * width) / wide,
        (2 * height) / wide,
      );
      this.viewer.viewport.fitBounds(rect, still());
    }
  }

  /** The picture's point under a point of the window (in CSS pixels from its left top). */
  under(point: Point): Point {
    const seen = this.visible;
    const container = this.viewer.viewport.getContainerSize();
    return { x: seen.x + (point.x / container.x) * seen.width, y: seen.y + (point.y / container.y) * seen.height };
  }

  destroy(): void {
    this.viewer.destroy();
  }

  /** As it was when it was last seen, or as it was to be opened. */
  #comeBack(): void {
    this.#hidden = false;
    const view = this.#last ?? this.#wanted;
    if (view && !(this.#last && this.#fitted)) this.#go(view, true);
    else this.viewer.viewport.goHome(true);
  }

  #devicePixels(): number {
    return this.viewer.viewport.getContainerSize().x * devicePixelRatio;
  }

  #go(view: View, immediately: boolean): void {
    const width = this.#devicePixels() / (view.scale * this.#size.x);
    const height = (width * this.viewer.viewport.getContainerSize().y) / this.viewer.viewport.getContainerSize().x;
    const [x, y] = [view.x / this.#size.x, view.y / this.#size.x];
    this.viewer.viewport.fitBounds(new OpenSeadragon.Rect(x - width / 2, y - height / 2, width, height), immediately);
  }

  #remove(image: OpenSeadragon.TiledImage): void {
    if (!this.viewer.isDestroyed()) this.viewer.world.removeItem(image);
  }

  #add(pyramid: Pyramid): Promise<OpenSeadragon.TiledImage> {
    return new Promise((resolve, reject) => {
      this.viewer.addTiledImage({
        tileSource: tileSource(pyramid),
        width: 1,
        preload: true,
        // Until it is known how it is to be drawn.
        opacity: 0,
        success: (event: unknown) => {
          const { item } = event as { item: OpenSeadragon.TiledImage };
          if (this.viewer.world.getItemCount() === 1 && this.#wanted) this.#go(this.#wanted, true);
          resolve(item);
        },
        error: (event: unknown) => reject(new Error(String((event as { message?: string }).message ?? event))),
      } as OpenSeadragon.TileSourceSpecifier);
    });
  }

  /** Layers lie in the order of their numbers, whichever came first; what is to be dropped lies lowest. */
  #order(): void {
    const { world } = this.viewer;
    for (const image of this.#layers) if (image) world.setItemIndex(image, world.getItemCount() - 1);
  }

  /** From 100 % on, pixels have edges. */
  #crisp(): void {
    const smooth = this.visible.scale < 0.999;
    if (smooth === this.#smooth) return;
    this.#smooth = smooth;
    this.viewer.drawer.setImageSmoothingEnabled(smooth);
  }
}

function settings(element: HTMLElement): OpenSeadragon.Options {
  const gestures = { clickToZoom: false, dblClickToZoom: true, flickEnabled: false, pinchRotate: false };
  return {
    element,
    // WebGL costs five times as much where it is drawn by the processor (178 ms against 33 ms for a move of the slider).
    drawer: "canvas",
    tabIndex: -1,
    keyboardNavEnabled: false,
    showNavigationControl: false,
    gestureSettingsMouse: gestures,
    gestureSettingsPen: gestures,
    gestureSettingsTouch: { ...gestures, flickEnabled: true },
    animationTime: still() ? 0 : 0.3,
    springStiffness: 8,
    zoomPerScroll: 1.25,
    minZoomImageRatio: 0.5,
    maxZoomPixelRatio: LARGEST,
    visibilityRatio: 0.2,
    // Compositing tiles once more above 100 % gains nothing where pixels are not smoothed.
    smoothTileEdgesMinZoom: Number.POSITIVE_INFINITY,
    maxImageCacheCount: 400,
    // A browser opens six connections to a server; records and events want some of them.
    imageLoaderLimit: 4,
    // As many are asked for in one frame: where frames are slow, one at a time would leave the connections idle.
    maxTilesPerFrame: 4,
    // Tiles that are too coarse are not fetched first: the thumbnail, or the version before, shows until the right ones come.
    immediateRender: true,
    silenceMultiImageWarnings: true,
  };
}

function clipped(image: OpenSeadragon.TiledImage, [from, to]: Span): OpenSeadragon.Rect {
  const { x, y } = image.getContentSize();
  return new OpenSeadragon.Rect(from * x, 0, (to - from) * x, y);
}

function loaded(image: OpenSeadragon.TiledImage): Promise<void> {
  if (image.getFullyLoaded()) return Promise.resolve();
  return new Promise((resolve) => {
    const full = (event: { fullyLoaded?: boolean }) => {
      if (!event.fullyLoaded) return;
      image.removeHandler("fully-loaded-change", full as never);
      resolve();
    };
    image.addHandler("fully-loaded-change", full as never);
  });
}
