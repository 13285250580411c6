// Each character by itself: what it reads as, how surely, and how its strokes lie.

import { html, nothing, svg } from "lit";
import type { Box, Facts, Json } from "../../records";
import { factsTable, figures } from "../facts-table";
import { figure, isFacts, listAt, numberAt, percent, recordsAt, textAt, without } from "../reading";
import type { Context, Drawn } from "./context";

const ROW = /^(?:[0-9a-f]{2}){1,64}$/;
const LARGEST = 64;
/** Less of a difference is the grain of the paper. */
const FAINT = 0.08;
const KNOWN = ["character", "read", "probability", "wanted", "top", "shape", "sharpness", "reason", "box", "map"];

export const character: Drawn = (facts, context) => {
  const { evidence } = context.words;
  const all = recordsAt(facts, "characters");
  return html`
    ${all.map((each) => one(each, context, all.length === 1))}
    ${facts.strokes_judged === false ? html`<p class="soft">${evidence.noStrokes}</p>` : nothing}
    ${gate(facts.gate, context)}
    ${factsTable(without(facts, "characters", "strokes_judged", "gate"))}`;
};

function one(facts: Facts, context: Context, alone: boolean) {
  const { evidence } = context.words;
  const wanted = textAt(facts, "character") ?? "";
  const read = textAt(facts, "read") ?? "";
  const shape = numberAt(facts, "shape");
  const sharpness = numberAt(facts, "sharpness");
  return html`<div class="character">
    ${picture(facts, context, alone)}
    <div>
      <p class="pair"><span class="glyph" lang="zh-Hant">${wanted || "–"}</span>
        <span>${evidence.readAs}</span>
        <span class="glyph ${read === wanted ? "" : "other"}" lang="zh-Hant">${read || "–"}</span></p>
      ${alone ? nothing : html`<p class="soft">${textAt(facts, "reason")}</p>`}
      ${chances(facts, wanted, context)}
      ${figures([
        [evidence.shape, shape === null ? null : figure(shape)],
        [evidence.sharpness, sharpness === null ? null : figure(sharpness)],
      ])}
      ${factsTable(without(facts, ...KNOWN))}
    </div>
  </div>`;
}

/** The place of the character, and over it, where there is a map, where its strokes differ. */
function picture(facts: Facts, context: Context, alone: boolean) {
  const { evidence } = context.words;
  const box = boxOf(facts.box) ?? (alone ? context.box : null);
  const url = box ? context.crop(box) : null;
  const map = isFacts(facts.map) ? facts.map : null;
  const wanted = textAt(facts, "character") ?? "";
  return html`<div class="pictures">
    ${url ? html`<img class="crop" src=${url} alt=${`${evidence.crop}: ${wanted}`}>` : nothing}
    ${map ? shapeMap(map, wanted, context) : nothing}
  </div>`;
}

/** Rows of two hexadecimal digits a cell: 00 where strokes are as they should be, ff where they are not at all. */
function shapeMap(map: Facts, wanted: string, { words }: Context) {
  const { evidence } = words;
  const rows = listAt(map, "rows").filter((row): row is string => typeof row === "string" && ROW.test(row));
  const width = (rows[0]?.length ?? 0) / 2;
  if (!width || rows.length > LARGEST) return nothing;
  const cells = rows.flatMap((row, y) =>
    (row.match(/../g) ?? []).map((cell, x) => [x, y, Number.parseInt(cell, 16) / 255] as const),
  );
  const shown = cells.filter(([, , weight]) => weight > FAINT);
  const name = shown.length ? evidence.shapeMap : evidence.nowhere;
  return html`<figure><svg class="map" viewBox="0 0 ${width} ${rows.length}" role="img" aria-label=${`${name}: ${wanted}`}
    shape-rendering="crispEdges">${shown.map(
      ([x, y, weight]) => svg`<rect x=${x} y=${y} width="1" height="1" opacity=${Math.sqrt(weight)}></rect>`,
    )}</svg><figcaption>${name}</figcaption></figure>`;
}

function chances(facts: Facts, wanted: string, { words }: Context) {
  const top = listAt(facts, "top").flatMap((each): (readonly [string, number])[] => {
    const [char, chance] = Array.isArray(each) ? each : [];
    return typeof char === "string" && typeof chance === "number" ? [[char, chance]] : [];
  });
  const own = numberAt(facts, "wanted");
  const listed = own !== null && !top.some(([char]) => char === wanted) ? [...top, [wanted, own] as const] : top;
  if (!listed.length) return nothing;
  return html`<table class="chances"><caption class="unseen">${words.evidence.probability}</caption><tbody>${listed.map(
    ([char, chance]) => html`<tr class=${char === wanted ? "right" : ""}>
      <th scope="row" lang="zh-Hant">${char}</th>
      <td><svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="all" width="100" height="8"></rect><rect class="part" width=${chance * 100} height="8"></rect></svg></td>
      <td class="number">${percent(chance)}</td></tr>`,
  )}</tbody></table>`;
}

function gate(found: Json | undefined, { words }: Context) {
  const { evidence } = words;
  if (!isFacts(found)) return nothing;
  const [accepted, most, rejected] = ["false_accept", "false_accept_at_most", "false_reject"].map((name) =>
    numberAt(found, name),
  );
  if (accepted == null || most == null || rejected == null) return factsTable(found);
  const by = textAt(found, "measured_by");
  return html`<p class="soft" title=${by ? evidence.measuredBy(by) : nothing}>${evidence.gate(percent(accepted), percent(most), percent(rejected))}</p>`;
}

export function boxOf(value: Json | undefined): Box | null {
  if (!Array.isArray(value) || value.length !== 4 || !value.every((each) => Number.isInteger(each))) return null;
  return value as unknown as Box;
}
