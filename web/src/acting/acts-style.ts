// How the bar over the picture looks.

import { css } from "lit";

export const actsStyle = css`
  :host { display: block; background: var(--surface); border-bottom: 1px solid var(--line); }
  .what { display: flex; align-items: center; gap: var(--space-2); padding: var(--space-2) var(--space-4) 0; min-width: 0; }
  .what svg { flex: none; }
  h2 { font: 600 var(--size-l)/1.3 var(--serif); margin: 0; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .standing { flex: none; font-size: var(--size-s); padding: 1px 8px; border-radius: 99px; border: 1px solid transparent; }
  .standing.applied { background: var(--pass-wash); color: var(--pass); }
  .standing.pending { color: var(--pending); border: 1px dashed var(--pending); }
  .standing.elsewhere { color: var(--soft); border-color: var(--line); }
  .bar { display: flex; flex-wrap: wrap; gap: 4px 6px; padding: var(--space-2) var(--space-4); }
  .bar button { padding: 3px 9px; }
  .bar button[aria-expanded="true"] { background: var(--wash); border-color: var(--accent); }
  .bar kbd { margin-left: 2px; }
  .bar button.quiet { padding-inline: 6px; color: var(--accent); }
  .sheet { border-top: 1px solid var(--line); background: var(--paper); max-height: 55vh; overflow: auto; }
  .mark { color: var(--ink); }
  .mark.pass { color: var(--pass); }
  .mark.fail { color: var(--fail); }
  .mark.unsure { color: var(--unsure); }
  .mark.rejected { color: var(--soft); }
  .body { fill: currentColor; }
  .sign { fill: none; stroke: var(--surface); stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
  .ring { fill: none; stroke: currentColor; stroke-width: 1.5; }
  .mark.pending .body { fill: var(--surface); stroke: currentColor; stroke-width: 1.4; stroke-dasharray: 2.4 1.6; }
  .mark.pending .sign { stroke: currentColor; stroke-width: 1.4; }
  @media (pointer: coarse) { kbd { display: none; } }
  @media (max-width: 900px) {
    .bar { flex-wrap: nowrap; overflow-x: auto; padding-inline: var(--space-3); }
    .bar kbd { display: none; }
    .what { padding-inline: var(--space-3); flex-wrap: wrap; }
  }
`;
