// Styles that several elements share; colours and sizes come from `app.css`.

import { css } from "lit";

export const controls = css`
  :host { box-sizing: border-box; }
  *, *::before, *::after { box-sizing: border-box; }
  button, select, input, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
  button, select, input:not([type="checkbox"], [type="radio"], [type="range"]), textarea {
    min-height: 30px; padding: 4px 10px; border: 1px solid var(--edge); border-radius: var(--radius);
    background: var(--surface);
  }
  select { padding-inline: 6px; max-width: 100%; text-overflow: ellipsis; }
  textarea { resize: vertical; line-height: 1.4; }
  ::placeholder { color: var(--soft); opacity: 1; }
  button { cursor: pointer; white-space: nowrap; transition: background-color var(--swift); }
  button:hover:not(:disabled) { background: var(--wash); }
  button:disabled { opacity: 1; color: var(--soft); border-color: var(--line); cursor: default; }
  button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
  button.main:hover:not(:disabled) { background: color-mix(in srgb, var(--accent) 86%, var(--ink)); }
  button.main:disabled { background: var(--sunken); border-color: var(--line); color: var(--soft); }
  button.quiet { background: transparent; border-color: transparent; }
  button.quiet:hover:not(:disabled) { background: var(--sunken); }
  button[aria-pressed="true"] { background: var(--wash); border-color: var(--accent); color: var(--accent); }
  a { color: var(--accent); }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  kbd {
    font: 600 10.5px/1 var(--mono); padding: 1px 4px; border: 1px solid var(--line); border-radius: 3px;
    background: var(--sunken); color: var(--soft); vertical-align: 1px;
  }
  button.main kbd { background: transparent; border-color: currentColor; color: inherit; }
  .chip {
    display: inline-flex; align-items: center; gap: 4px; padding: 0 7px; border-radius: 99px;
    border: 1px solid var(--line); font-size: var(--size-s); line-height: 18px; background: var(--surface);
    max-width: 16ch; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
  }
  .unseen {
    position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; overflow: hidden; clip-path: inset(50%);
    white-space: nowrap; border: 0;
  }
  @media (pointer: coarse) { button, select, input { min-height: 40px; } }
`;
