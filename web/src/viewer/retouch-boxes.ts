// The boxes of steps over a picture, in register with it however it is moved.

import { css, html, LitElement, type SVGTemplateResult, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Box, Outcome } from "../records";
import { outcomeLooks, outcomeShape } from "./outcome-mark";
import type { Point, Visible } from "./stage";

/** A step's box over the picture. */
export interface StepBox {
  readonly version: string;
  readonly box: Box;
  readonly label: string;
  readonly outcome: Outcome | null;
  /** True for a candidate: it is not part of the picture that is shown. */
  readonly pending: boolean;
}

/** The box under a point of the picture; of several the smallest, which would else be out of reach. */
export function boxAt(boxes: readonly StepBox[], point: Point): StepBox | null {
  const under = boxes.filter(({ box: [x, y, width, height] }) => {
    return point.x >= x && point.y >= y && point.x < x + width && point.y < y + height;
  });
  return under.sort((a, b) => a.box[2] * a.box[3] - b.box[2] * b.box[3])[0] ?? null;
}

/** From so many on, only the selected box has mark and label: all of them would hide the picture, and slow each frame. */
const CROWD = 100;

/** Only a drawing: what it shows is said elsewhere, and the picture below gets every event. */
@customElement("retouch-boxes")
export class RetouchBoxes extends LitElement {
  static override styles = [
    outcomeLooks,
    css`
      :host { position: absolute; inset: 0; pointer-events: none; }
      svg.all { position: absolute; inset: 0; width: 100%; height: 100%; overflow: hidden; }
      .edge { fill: none; vector-effect: non-scaling-stroke; stroke-width: 2; stroke: var(--accent); }
      .halo { fill: none; vector-effect: non-scaling-stroke; stroke-width: 4; stroke: var(--paper); opacity: 0.7; }
      .pass .edge { stroke: var(--pass); }
      .fail .edge { stroke: var(--fail); }
      .unsure .edge { stroke: var(--unsure); }
      .pending .edge { stroke-dasharray: 6 4; }
      .selected .edge { stroke-width: 4; }
      .selected .halo { stroke-width: 8; opacity: 0.9; }
      .sized { transform: scale(var(--pixel, 1)); }
      text { font: 600 12px system-ui, sans-serif; fill: var(--ink); paint-order: stroke; stroke: var(--paper);
        stroke-width: 4px; stroke-linejoin: round; }
      .draft .edge { stroke: var(--accent); stroke-dasharray: 5 3; stroke-width: 2.5; }
      .draft rect.fill { fill: var(--accent); opacity: 0.12; }
      @media (forced-colors: active) { .edge { stroke: Highlight; } }
    `,
  ];

  @property({ attribute: false }) boxes: readonly StepBox[] = [];
  @property() selected: string | null = null;
  @property({ type: Number }) opacity = 1;
  /** The box that is being drawn by hand. */
  @property({ attribute: false }) draft: Box | null = null;

  /** Follow the picture; called with every frame that moves it. */
  place(visible: Visible): void {
    const all = this.renderRoot.querySelector<SVGElement>("svg.all");
    if (!all) return;
    const { x, y, width, height } = visible;
    all.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    all.style.setProperty("--pixel", String(devicePixelRatio / visible.scale));
  }

  override render() {
    const selected = this.boxes.filter((each) => each.version === this.selected);
    const others = this.boxes.filter((each) => each.version !== this.selected);
    const drawn = others.length < CROWD ? others.map((each) => this.#box(each)) : crowd(others);
    return html`<svg class="all" preserveAspectRatio="none" aria-hidden="true">
      <g opacity=${this.opacity}>${drawn}${selected.map((each) => this.#box(each))}</g>
      ${this.draft ? drafted(this.draft) : null}
    </svg>`;
  }

  #box({ version, box, label, outcome, pending }: StepBox): SVGTemplateResult {
    const [x, y, width, height] = box;
    return svg`<g class="${looks(outcome, pending)} ${version === this.selected ? "selected" : ""}">
      <rect class="halo" x=${x} y=${y} width=${width} height=${height}></rect>
      <rect class="edge" x=${x} y=${y} width=${width} height=${height}></rect>
      <g transform="translate(${x} ${y})"><g class="sized">
        ${outcome ? svg`<g transform="translate(-8 -8)">${outcomeShape(outcome)}</g>` : null}
        <text x="12" y="-5">${label}</text>
      </g></g>
    </g>`;
  }
}

function looks(outcome: StepBox["outcome"], pending: boolean): string {
  return `${outcome ?? ""} ${pending ? "pending" : ""}`;
}

/** All boxes that look alike as one path. */
function crowd(boxes: readonly StepBox[]): readonly SVGTemplateResult[] {
  const paths = new Map<string, string>();
  for (const {
    box: [x, y, width, height],
    outcome,
    pending,
  } of boxes) {
    const name = looks(outcome, pending);
    paths.set(name, `${paths.get(name) ?? ""}M${x} ${y}h${width}v${height}h${-width}z`);
  }
  return [...paths].map(
    ([name, path]) => svg`<g class=${name}><path class="halo" d=${path} /><path class="edge" d=${path} /></g>`,
  );
}

function drafted([x, y, width, height]: Box): SVGTemplateResult {
  return svg`<g class="draft">
    <rect class="fill" x=${x} y=${y} width=${width} height=${height}></rect>
    <rect class="halo" x=${x} y=${y} width=${width} height=${height}></rect>
    <rect class="edge" x=${x} y=${y} width=${width} height=${height}></rect>
  </g>`;
}
