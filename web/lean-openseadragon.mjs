// OpenSeadragon comes as one script. What the page never uses of it is left out: a quarter of the script.

/** By the titles that its parts have in their headers. */
const UNUSED = [
  "WebGLDrawer",
  "HTMLDrawer",
  "Navigator",
  "ReferenceStrip",
  "DisplayRect",
  "DziTileSource",
  "IIIFTileSource",
  "LegacyTileSource",
  "OsmTileSource",
  "TmsTileSource",
];
const HEADER = /(?=\/\*\r?\n \* OpenSeadragon - )/;
const TITLE = /^\/\*\r?\n \* OpenSeadragon - (.*)/;

/** A plugin for Vite. It fails where a part is not found, so that another version of the library is looked at. */
export function leanOpenSeadragon() {
  return {
    name: "lean-openseadragon",
    transform(code, id) {
      if (!id.endsWith("/openseadragon/openseadragon.js")) return null;
      const parts = code.split(HEADER);
      const titles = parts.map((part) => TITLE.exec(part)?.[1]?.trim());
      const missing = UNUSED.filter((title) => !titles.includes(title));
      if (missing.length) throw new Error(`openseadragon.js has no part ${missing.join(", ")}; look at it again`);
      return { code: parts.filter((_, at) => !UNUSED.includes(titles[at])).join(""), map: null };
    },
  };
}
