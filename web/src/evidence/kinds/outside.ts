// What holds for every step: nothing outside its region differs, no marker is left, what was kept is as it was.

import { html, nothing } from "lit";
import type { Facts } from "../../records";
import { factsTable, figures } from "../facts-table";
import { figure, isFacts, listAt, numberAt, without } from "../reading";
import type { Context, Drawn } from "./context";

/** Grey levels of mean difference on the ring from which on the guard refuses (`orchestrator.guard`). */
const MOST_RESIDUAL = 12;

export const outside: Drawn = (facts, context) => {
  const { evidence } = context.words;
  const said = (name: string) => {
    const value = numberAt(facts, name);
    return value === null ? null : figure(value);
  };
  const residual = said("ring_residual");
  const found = facts.registration;
  return html`
    ${figures([
      [evidence.changed, said("changed_pixels")],
      [evidence.marker, said("marker_pixels")],
      [evidence.ring, residual === null ? null : evidence.ringUnit(residual, MOST_RESIDUAL)],
    ])}
    ${facts.unchanged === true ? html`<p class="fail">${evidence.unchanged}</p>` : nothing}
    ${isFacts(found) ? registration(found, context) : nothing}
    ${factsTable(without(facts, "changed_pixels", "marker_pixels", "marker_left", "ring_residual", "unchanged", "registered", "registration"))}`;
};

function registration(found: Facts, { words }: Context) {
  const { evidence } = words;
  const with_ = (name: string, unit: (value: string) => string) => {
    const value = numberAt(found, name);
    return value === null ? null : unit(figure(value));
  };
  const shift = listAt(found, "shift").filter((each): each is number => typeof each === "number");
  const zoom = numberAt(found, "zoom");
  return html`<h5>${evidence.registration}</h5>
    ${figures([
      [evidence.moved, shift.length === 2 ? evidence.pixels(shift.map(figure).join(", ")) : null],
      [evidence.zoomed, zoom === null ? null : `${zoom.toFixed(4)} ×`],
      [evidence.left, with_("shift_left", evidence.pixels)],
      [evidence.bent, with_("bend_left", evidence.pixels)],
      [evidence.tint, with_("tint_left", evidence.levels)],
    ])}
    ${found.structured === false ? html`<p class="soft">${evidence.structureless}</p>` : nothing}
    ${factsTable(without(found, "shift", "zoom", "shift_left", "bend_left", "tint_left", "structured"))}`;
}
