// How the forms of the acts look: a sheet below the bar, not a window over the picture.

import { css } from "lit";

export const formStyle = css`
  form { display: grid; gap: var(--space-3); padding: var(--space-3) var(--space-4); margin: 0; max-width: 46rem; }
  .fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: var(--space-3); align-items: start; }
  label, fieldset { display: grid; gap: 3px; border: 0; padding: 0; margin: 0; min-width: 0; }
  label > span, legend, .name { font-size: var(--size-s); color: var(--soft); padding: 0; }
  label.check { grid-auto-flow: column; justify-content: start; align-items: center; gap: var(--space-2); }
  label.check > span { color: inherit; font-size: inherit; }
  .place { display: flex; gap: var(--space-2); align-items: center; flex-wrap: wrap; }
  .place code { font: var(--size-s) var(--mono); }
  .hint { color: var(--pending); font-size: var(--size-s); margin: 0; }
  .foot { display: flex; gap: var(--space-2); flex-wrap: wrap; }
  ul { list-style: none; margin: 0; padding: 0; display: grid; gap: var(--space-2); }
  ul.row { display: flex; flex-wrap: wrap; }
  ul.row a { display: inline-block; padding: 5px 12px; border: 1px solid var(--edge); border-radius: var(--radius);
    text-decoration: none; background: var(--surface); }
  ul.row a:hover { background: var(--wash); }
  input, select, textarea { width: 100%; }
  label.check input { width: auto; accent-color: var(--accent); }
`;
