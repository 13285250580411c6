// Styles that several elements share; colours and sizes come from `app.css`.

import { css } from "lit";

export const controls = css`
  button, select, input, textarea { font: inherit; color: inherit; }
`;
