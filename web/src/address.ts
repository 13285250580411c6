// The address of the page is its state: /d/{doc}/v/{version}?cmp=…&mode=…&branch=…&q=…&z=…

export const MODES = ["picture", "slider", "beside", "flip", "difference", "outside"] as const;
export type Mode = (typeof MODES)[number];

export interface Address {
  readonly doc: string | null;
  readonly version: string | null;
  /** The version that the shown one is compared with. */
  readonly compared: string | null;
  readonly mode: Mode;
  readonly branch: string | null;
  /** The words searched for in the history, with its filters, as one line. */
  readonly query: string;
  /** What part of the picture is shown, in the viewer's own words. */
  readonly view: string;
}

export const NOWHERE: Address = {
  doc: null,
  version: null,
  compared: null,
  mode: "picture",
  branch: null,
  query: "",
  view: "",
};

export function parsed(path: string, search: string): Address {
  const found = /^\/d\/([0-9]{1,3}-[0-9]{1,9})(?:\/v\/([0-9a-f]{64}))?\/?$/.exec(path);
  const asked = new URLSearchParams(search);
  const compared = asked.get("cmp");
  const mode = MODES.find((each) => each === asked.get("mode"));
  return {
    doc: found?.[1] ?? null,
    version: found?.[2] ?? null,
    compared: compared && /^[0-9a-f]{64}$/.test(compared) ? compared : null,
    mode: mode ?? "picture",
    branch: asked.get("branch"),
    query: asked.get("q") ?? "",
    view: asked.get("z") ?? "",
  };
}

export function formatted(address: Address): string {
  const path = address.doc ? `/d/${address.doc}${address.version ? `/v/${address.version}` : ""}` : "/";
  const said = new URLSearchParams();
  if (address.compared) said.set("cmp", address.compared);
  if (address.mode !== "picture") said.set("mode", address.mode);
  if (address.branch) said.set("branch", address.branch);
  if (address.query) said.set("q", address.query);
  if (address.view) said.set("z", address.view);
  const query = said.toString();
  return query ? `${path}?${query}` : path;
}
