// The look of a window on a picture, whatever it shows.

import { css } from "lit";

export const windowLooks = css`
  :host { display: block; position: relative; min-height: 0; min-width: 0; contain: strict; }
  .window { position: absolute; inset: 0; overflow: hidden; touch-action: none; outline: none;
    background: var(--bench); }
  .window:focus-visible { outline: 3px solid var(--accent); outline-offset: -3px; }
  .stage, .first { position: absolute; inset: 0; width: 100%; height: 100%; }
  .first { object-fit: contain; }
  .instead { position: absolute; inset: 0; display: grid; place-content: center; margin: 0; padding: 1rem;
    color: var(--soft); text-align: center; }
  .unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%);
    white-space: nowrap; }
`;
