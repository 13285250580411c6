// A version's mark: the shape says how it was judged, filled or hollow whether it counts.

import { nothing, svg } from "lit";
import type { TreeVersion } from "../records";

/** The mark of a version round `x`, `y` (SVG). Hollow and dashed: a candidate that nobody accepted. */
export function mark(version: TreeVersion, x: number, y: number) {
  const pending = version.kind === "candidate" && version.branches.length === 0;
  const tone = version.opinion === "rejected" ? "rejected" : (version.outcome ?? "plain");
  return svg`<g class="mark ${tone} ${pending ? "pending" : "applied"}" transform="translate(${x} ${y})">
    ${shape(version)}${version.kind === "merge" ? svg`<circle class="ring" r="9.5"/>` : nothing}
  </g>`;
}

function shape(version: TreeVersion) {
  if (version.kind === "import") return svg`<path class="body" d="M0 -7 7 0 0 7 -7 0Z"/>`;
  if (version.outcome === "fail") {
    return svg`<rect class="body" x="-6" y="-6" width="12" height="12" rx="1"/><path class="sign" d="M-2.6 -2.6 2.6 2.6M2.6 -2.6 -2.6 2.6"/>`;
  }
  if (version.outcome === "unsure") {
    return svg`<path class="body" d="M0 -7.5 7.5 6 -7.5 6Z"/><path class="sign" d="M0 -3V1.6M0 3.7V4"/>`;
  }
  if (version.outcome === "pass") {
    return svg`<circle class="body" r="6.5"/><path class="sign" d="M-3 .2 -.8 2.5 3.1 -2.3"/>`;
  }
  return svg`<circle class="body" r="5"/>`;
}
