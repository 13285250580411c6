// The look of the evidence.

import { css } from "lit";
import { outcomeLooks } from "../viewer/outcome-mark";

export const evidenceStyle = [
  outcomeLooks,
  css`
    :host { display: block; padding: var(--space-3) var(--space-4) var(--space-6); overflow-wrap: anywhere; }
    h2 { font-size: var(--size-l); margin: 0; line-height: 1.3; }
    h3 { font-size: var(--size-s); margin: var(--space-5) 0 var(--space-2); color: var(--soft); font-weight: 600;
      letter-spacing: 0.02em; }
    h4 { font-size: var(--size-m); margin: 0; }
    h5 { font-size: var(--size-s); margin: var(--space-2) 0 0; color: var(--soft); font-weight: 600; }
    p { margin: var(--space-1) 0; }
    ul { margin: var(--space-1) 0; padding-inline-start: 1.2em; }
    .soft { color: var(--soft); font-size: var(--size-s); }
    .pass { color: var(--pass); }
    .fail { color: var(--fail); }
    .unsure { color: var(--unsure); }
    .state { font-weight: 600; }
    .alike { display: flex; gap: var(--space-2); flex-wrap: wrap; align-items: center; }
    .crops { display: flex; gap: var(--space-2); flex-wrap: wrap; }
    figure { margin: 0; }
    figcaption { font-size: var(--size-s); color: var(--soft); }
    .crops figure { flex: 1 1 120px; max-width: 220px; }
    .crops img { width: 100%; max-height: 260px; object-fit: contain; object-position: left; display: block;
      background: var(--bench); border-radius: var(--radius); }
    .texts dl, .figures { margin: 0; }
    .texts dl > div { display: grid; grid-template-columns: 5.5em 1fr; align-items: baseline; }
    dt { color: var(--soft); font-size: var(--size-s); }
    dd { margin: 0; }
    .line { font: 24px/1.35 var(--serif); letter-spacing: 0.04em; }
    mark { background: none; color: inherit; border-radius: 3px; padding: 0 1px; }
    mark.missing { background: var(--fail-wash); color: var(--fail); text-decoration: underline 2px; }
    mark.extra { background: var(--unsure-wash); color: var(--unsure); text-decoration: underline wavy 2px; }
    .figures { display: flex; flex-wrap: wrap; gap: 0 var(--space-4); }
    .figures dd { font-variant-numeric: tabular-nums; }
    details.verdict { border: 1px solid var(--line); border-inline-start: 4px solid var(--line); border-radius: var(--radius);
      background: var(--surface); padding: var(--space-2) var(--space-3); margin-block: var(--space-2); color: var(--ink); }
    details.verdict.pass { border-inline-start-color: var(--pass); }
    details.verdict.fail { border-inline-start-color: var(--fail); }
    details.verdict.unsure { border-inline-start-color: var(--unsure); }
    summary { cursor: pointer; }
    .score { white-space: nowrap; color: var(--soft); font-size: var(--size-s); }
    .reason { font-style: normal; }
    .nested { padding-inline-start: var(--space-2); }
    .character { display: grid; grid-template-columns: 96px 1fr; gap: var(--space-3); margin-block: var(--space-2); }
    .character .pictures:empty { display: none; }
    .character .pictures:empty + div { grid-column: 1 / -1; }
    .crop, .map { width: 96px; max-height: 120px; object-fit: contain; border-radius: 4px; background: var(--bench); display: block; }
    .map { fill: #a8321f; background: #fff; margin-block-start: 4px; border: 1px solid var(--line); box-sizing: border-box; }
    .pair { display: flex; gap: var(--space-2); align-items: baseline; color: var(--soft); font-size: var(--size-s); margin: 0; }
    .glyph { font: 30px/1 var(--serif); color: var(--ink); }
    .glyph.other { color: var(--fail); text-decoration: underline wavy 2px; }
    table { border-collapse: collapse; width: 100%; font-size: var(--size-s); }
    .facts th, .facts td { text-align: start; vertical-align: top; padding: 3px 8px 3px 0; border-block-end: 1px solid var(--line); }
    .facts th { color: var(--soft); font-weight: 500; }
    .facts:not(.wide) th { width: 40%; }
    .answers { margin: var(--space-1) 0; padding-inline-start: 1.5em; }
    .answers .quoted { display: block; }
    .quoted { font-family: var(--serif); }
    .chances { width: auto; min-width: 12em; margin-block: var(--space-1); }
    .chances th { font: 16px/1.2 var(--serif); width: 1.8em; text-align: start; }
    .chances .number { white-space: nowrap; text-align: end; font-variant-numeric: tabular-nums; padding-inline-start: 8px; }
    .bar { width: 100%; min-width: 6em; height: 8px; display: block; }
    .bar .all, .range .all { fill: var(--sunken); }
    .bar .part { fill: var(--soft); }
    .right .bar .part { fill: var(--pass); }
    .measures { list-style: none; padding: 0; font-size: var(--size-s); }
    .measures li { display: grid; grid-template-columns: 9em 5em 1fr; gap: 0 var(--space-2); align-items: center; margin-block: 3px; }
    .measures li > .soft { grid-column: 3; }
    .range { width: 100%; height: 10px; display: block; }
    .range .band { fill: var(--pass); opacity: 0.35; }
    .range .tick { fill: var(--ink); }
    .swatches { display: flex; gap: var(--space-4); flex-wrap: wrap; }
    .swatch svg { width: 24px; height: 16px; vertical-align: -3px; }
    ol.tries { list-style: none; padding: 0; margin: 0; }
    ol.tries > li { border-block-start: 1px solid var(--line); padding-block: var(--space-3); display: grid;
      grid-template-columns: 96px 1fr; gap: var(--space-3); }
    ol.tries > li.bare { grid-template-columns: 1fr; }
    ol.tries img { width: 96px; max-height: 120px; object-fit: contain; object-position: top; background: var(--bench);
      border-radius: 4px; display: block; }
    ol.tries .why { margin: var(--space-1) 0; padding: 0; list-style: none; }
    .here { border-radius: 99px; padding: 0 8px; background: var(--wash); color: var(--accent); font-size: var(--size-s); }
    blockquote { margin: var(--space-1) 0; padding-inline-start: var(--space-3); border-inline-start: 3px solid var(--line);
      white-space: pre-wrap; }
    pre { overflow: auto; max-height: 24rem; background: var(--sunken); padding: var(--space-2); border-radius: var(--radius);
      font: 12px/1.45 var(--mono); white-space: pre-wrap; }
    code { font-family: var(--mono); }
    @media (max-width: 480px) { :host { padding-inline: var(--space-3); } .measures li { grid-template-columns: 1fr 5em; }
      .measures li > svg, .measures li > .soft { grid-column: 1 / -1; } }
  `,
];
