// What a vision-language model was asked, in which orders, and what it said each time.

import { html, nothing } from "lit";
import type { Facts } from "../../records";
import type { Words } from "../../words/en";
import { factsTable, figures } from "../facts-table";
import { figure, listAt, numberAt, recordsAt, textAt, without } from "../reading";
import type { Drawn } from "./context";

export const vision: Drawn = (facts, { words }) => {
  const { evidence } = words;
  const answers = recordsAt(facts, "answers");
  const orders = new Set(answers.map((each) => textAt(each, "order")));
  const addressed = listAt(facts, "addressed").filter((each): each is string => typeof each === "string");
  return html`
    <p><strong>${evidence.question}:</strong> ${textAt(facts, "question")}</p>
    ${figures([
      [evidence.rightAnswer, textAt(facts, "wanted")],
      [evidence.model, textAt(facts, "model")],
    ])}
    ${
      addressed.length
        ? html`<p class="fail">${evidence.addressed}</p><ul>${addressed.map((line) => html`<li class="quoted">${line}</li>`)}</ul>`
        : nothing
    }
    ${
      answers.length
        ? html`<p class="soft">${orders.size > 1 ? evidence.bothOrders : evidence.oneOrder}</p>
      <ol class="answers">${answers.map((each) => answer(each, textAt(facts, "wanted"), words))}</ol>`
        : nothing
    }
    ${factsTable(without(facts, "question", "wanted", "model", "answers", "addressed"))}`;
};

function answer(each: Facts, wanted: string | null, { evidence }: Words) {
  const order = textAt(each, "order") ?? "";
  const said = textAt(each, "answer") ?? "";
  const wording = numberAt(each, "wording");
  return html`<li><strong class=${said === wanted ? "pass" : "fail"}>${said}</strong>
    <span class="soft">${evidence.orders[order] ?? order}${wording === null ? "" : `; ${evidence.wording} ${figure(wording)}`}</span>
    <span class="quoted">${textAt(each, "reason")}</span></li>`;
}
