// `npm run build [-- FOLDER]`: both scripts, the style sheet, the page and the licences, with the same bytes each time.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { leanOpenSeadragon } from "./lean-openseadragon.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const bundle = resolve(process.argv[2] ?? join(here, "../retouch/interfaces/web/bundle"));
const SHIPPED = ["lit", "lit-element", "lit-html", "@lit/reactive-element", "openseadragon"];
const LIMIT = 150_000;

/** What comes with the bundle, each with its licence in full. */
function licences() {
  return SHIPPED.map((name) => {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    if (!file) throw new Error(`${name}: no licence file in ${folder}`);
    const text = readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  }).join(`\n${"-".repeat(80)}\n\n`);
}

/** One classic script an entry, so that the report can hold it inline; nothing is shared between the two. */
function built(entry) {
  return build({
    root: here,
    configFile: false,
    logLevel: "warn",
    plugins: [leanOpenSeadragon()],
    build: {
      target: "es2022",
      outDir: bundle,
      emptyOutDir: false,
      reportCompressedSize: false,
      lib: {
        entry: join(here, `src/${entry}.ts`),
        formats: ["iife"],
        name: "retouch",
        fileName: () => `${entry}.js`,
        cssFileName: "app",
      },
    },
  });
}

mkdirSync(bundle, { recursive: true });
await built("app");
await built("report");
copyFileSync(join(here, "index.html"), join(bundle, "index.html"));
writeFileSync(join(bundle, "licences.txt"), licences());

const packed = (name) => gzipSync(readFileSync(join(bundle, name)), { level: 9 }).length;
for (const name of ["app.js", "report.js", "app.css"]) {
  if (!existsSync(join(bundle, name))) throw new Error(`${name} was not built`);
  process.stdout.write(`${name.padEnd(10)} ${(packed(name) / 1000).toFixed(1).padStart(6)} kB gzip\n`);
}
// Inline in a report, such a tag would end the script.
if (/<\/script/i.test(readFileSync(join(bundle, "report.js"), "utf8"))) throw new Error("report.js holds </script");
const page = packed("app.js") + packed("app.css");
if (page > LIMIT) throw new Error(`the page is ${page} bytes gzip; at most ${LIMIT}`);
