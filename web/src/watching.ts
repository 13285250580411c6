// Elements that watch a desk.

import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Desk } from "./desk";

/** Draws an element again whenever its desk changes. */
export class Watching implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly desk: Desk | null };
  #ends: (() => void) | null = null;
  #watched: Desk | null = null;

  constructor(host: ReactiveControllerHost & { readonly desk: Desk | null }) {
    this.#host = host;
    host.addController(this);
  }

  hostUpdate(): void {
    if (this.#watched === this.#host.desk) return;
    this.hostDisconnected();
    this.#watched = this.#host.desk;
    this.#ends = this.#watched?.watch(() => this.#host.requestUpdate()) ?? null;
  }

  hostConnected(): void {
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#ends?.();
    this.#ends = null;
    this.#watched = null;
  }
}
