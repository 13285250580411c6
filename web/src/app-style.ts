// How the page is laid out.

import { css } from "lit";

export const appStyle = css`
  :host { display: grid; grid-template-rows: auto auto minmax(0, 1fr); height: 100dvh; overflow: hidden; }
  header {
    grid-row: 1; display: flex; align-items: center; gap: var(--space-3); padding: 0 var(--space-4); min-height: 48px;
    border-bottom: 1px solid var(--line); background: var(--surface); min-width: 0;
  }
  .mark { font: 700 18px/1 var(--serif); letter-spacing: .01em; }
  .mark::after { content: ""; display: inline-block; width: 7px; height: 7px; margin-left: 3px; background: var(--fail); border-radius: 1px; }
  h1 { font: 600 var(--size-m)/1.3 var(--font); margin: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 4ch; }
  .branch { display: flex; align-items: center; gap: 6px; min-width: 0; }
  .branch span { font-size: var(--size-s); color: var(--soft); }
  .branch select { max-width: 14rem; min-width: 0; }
  .back { font-size: var(--size-s); white-space: nowrap; }
  .gap { flex: 1; }
  .general { display: flex; gap: 6px; }
  .general button { padding: 3px 9px; }
  .link { font-size: var(--size-s); color: var(--soft); white-space: nowrap; display: inline-flex; align-items: center; gap: 6px; }
  .link::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--pass); }
  .made { font-size: var(--size-s); color: var(--soft); }
  .link.off { color: var(--fail); }
  .link.off::before { background: transparent; border: 2px solid var(--fail); border-radius: 0; transform: rotate(45deg); }
  .skip:focus { position: fixed; top: 8px; left: 8px; width: auto; height: auto; margin: 0; padding: 8px 12px; clip-path: none; z-index: 9;
    background: var(--surface); border: 1px solid var(--accent); border-radius: var(--radius); }
  .failure { grid-row: 2; display: flex; gap: var(--space-3); align-items: center; padding: var(--space-2) var(--space-4);
    background: var(--fail-wash); border-bottom: 1px solid var(--fail); }
  .failure p { margin: 0; }
  .tabs { display: none; }
  .list { grid-row: 3; min-height: 0; overflow: auto; }
  .areas { grid-row: 3; display: grid; min-height: 0; min-width: 0;
    grid-template-columns: minmax(290px, 23rem) minmax(0, 1fr) minmax(280px, 22rem); }
  .areas > * { display: flex; flex-direction: column; min-height: 0; min-width: 0; overflow: hidden; }
  .busy { cursor: progress; }
  .busy retouch-acts { border-bottom-color: var(--accent); }
  .history { border-right: 1px solid var(--line); background: var(--paper); }
  .history retouch-history { flex: 1; }
  .picture { background: var(--bench); }
  .picture retouch-viewer { flex: 1; min-height: 0; }
  .picture.pending retouch-viewer { border: 3px dashed var(--pending); }
  .evidence { border-left: 1px solid var(--line); overflow: auto; background: var(--paper); }

  @media (max-width: 1180px) {
    .areas { grid-template-columns: minmax(270px, 20rem) minmax(0, 1fr); grid-template-rows: minmax(0, 1fr) minmax(0, 38%); }
    .history { grid-row: 1 / 3; }
    .evidence { grid-column: 2; border-left: 0; border-top: 1px solid var(--line); }
  }
  @media (max-width: 900px) {
    :host { grid-template-rows: auto auto auto minmax(0, 1fr); }
    header { padding-inline: var(--space-3); gap: var(--space-2); flex-wrap: wrap; padding-block: 4px; }
    header kbd, .branch span, header:has(h1) .mark { display: none; }
    .general, .back { order: 2; }
    .general { flex: 1 1 auto; }
    header > button { padding-inline: 6px; }
    header > button:last-child { order: 3; }
    .branch { flex: 0 1 auto; }
    .failure { grid-row: 2; }
    .tabs { grid-row: 3; display: flex; border-bottom: 1px solid var(--line); background: var(--surface); }
    .tabs button { flex: 1; border-radius: 0; min-height: 44px; border: 0; }
    .tabs button[aria-pressed="true"] { box-shadow: inset 0 -3px 0 var(--accent); background: transparent; font-weight: 600; }
    .areas, .list { grid-row: 4; }
    .areas { display: block; }
    .areas > * { display: none; height: 100%; border: 0; }
    .areas[data-area="history"] .history, .areas[data-area="picture"] .picture, .areas[data-area="evidence"] .evidence { display: flex; }
  }
`;
