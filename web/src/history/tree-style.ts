// How the tree looks.

import { css } from "lit";

export const treeStyle = css`
  :host { display: flex; min-height: 0; }
  .overview { flex: none; width: 14px; height: 100%; cursor: pointer; border-left: 1px solid var(--line); touch-action: none; }
  .overview path { stroke-width: 1; fill: none; }
  .overview .fail { stroke: var(--fail); }
  .overview .unsure { stroke: var(--unsure); }
  .overview .named { stroke: var(--accent); stroke-width: 1.6; }
  .ground { fill: var(--sunken); }
  .window { fill: var(--edge); fill-opacity: .35; }
  .overview .active { fill: var(--ink); }
  .tree { flex: 1; min-width: 0; height: 100%; overflow: auto; position: relative; contain: strict; scrollbar-gutter: stable; }
  .lines { position: relative; }
  .line {
    position: absolute; inset: 0 0 auto; height: 52px; display: flex; align-items: center; gap: var(--space-2);
    padding-right: var(--space-2); color: var(--ink); text-decoration: none; cursor: pointer; contain: layout paint style;
  }
  .line:hover { background: var(--sunken); }
  .line.selected { background: var(--wash); box-shadow: inset 3px 0 0 var(--accent); }
  .line.compared { box-shadow: inset 3px 0 0 var(--pending); background: var(--pending-wash); }
  .line:focus-visible { outline-offset: -2px; border-radius: var(--radius); }
  .line.off .message { color: var(--soft); }
  .lanes { flex: none; display: block; }
  .thumb {
    flex: none; width: 40px; height: 40px; border-radius: 4px; overflow: hidden; background: var(--bench);
    border: 1px solid var(--line); display: grid; place-items: center;
  }
  .thumb img { width: 100%; height: 100%; object-fit: cover; display: block; }
  .text { flex: 1; min-width: 0; display: flex; flex-direction: column; gap: 1px; }
  .first, .second { display: flex; align-items: center; gap: 6px; min-width: 0; white-space: nowrap; overflow: hidden; }
  .message { overflow: hidden; text-overflow: ellipsis; flex: 0 1 auto; min-width: 4ch; }
  .selected .message { font-weight: 600; }
  .second { font-size: var(--size-s); color: var(--soft); font-variant-numeric: tabular-nums; }
  .second > * + *::before { content: "·"; margin-right: 6px; color: var(--soft); }
  .step { font-family: var(--mono); }
  .verdict.pass { color: var(--pass); }
  .verdict.fail { color: var(--fail); }
  .verdict.unsure { color: var(--unsure); }
  .pending { color: var(--pending); }
  .line.selected .second, .line.selected .message { color: var(--ink); }
  .chip { flex: 0 0 auto; }
  .chip.branch { color: var(--accent); border-color: var(--accent); background: var(--surface); }
  .chip.branch.current { background: var(--accent); color: var(--on-accent); font-weight: 600; }
  .chip.tag { border-style: dashed; border-color: var(--edge); border-radius: 4px; }
  .twist { width: 16px; margin-left: -2px; text-align: center; color: var(--soft); flex: none; }
  .none { padding: var(--space-5); color: var(--soft); margin: 0; }

  .way { fill: none; stroke-width: 2; stroke: var(--lane-0); }
  .way.lane-1 { stroke: var(--lane-1); }
  .way.lane-2 { stroke: var(--lane-2); }
  .way.lane-3 { stroke: var(--lane-3); }
  .way.lane-4 { stroke: var(--lane-4); }
  .way.lane-5 { stroke: var(--lane-5); }
  .twig { stroke-width: 1.25; stroke-dasharray: 2 2; }
  .elided { stroke-dasharray: 1 4; stroke-linecap: round; }
  .mark { color: var(--ink); }
  .mark.pass { color: var(--pass); }
  .mark.fail { color: var(--fail); }
  .mark.unsure { color: var(--unsure); }
  .mark.rejected { color: var(--soft); }
  .body { fill: currentColor; stroke: var(--paper); stroke-width: 2; paint-order: stroke; }
  .sign { fill: none; stroke: var(--paper); stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
  .ring { fill: none; stroke: currentColor; stroke-width: 1.5; }
  .mark.pending .body { fill: var(--paper); stroke: currentColor; stroke-width: 1.4; stroke-dasharray: 2.4 1.6; paint-order: fill; }
  .mark.pending .sign { stroke: currentColor; stroke-width: 1.4; }
  .heap { fill: var(--paper); stroke: var(--edge); stroke-width: 1; }
`;
