// What a vision-language model was asked, in which orders, and what it said each time.

import { html, nothing } from "lit";
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
      <div class="scrolled" tabindex="0" role="group" aria-label=${evidence.answer}><table class="facts wide"><thead><tr>${[
        evidence.order,
        evidence.wording,
        evidence.answer,
        evidence.reason,
      ].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${answers.map((each) => {
        const order = textAt(each, "order") ?? "";
        const said = textAt(each, "answer") ?? "";
        const wording = numberAt(each, "wording");
        return html`<tr><td>${evidence.orders[order] ?? order}</td><td>${wording === null ? "–" : figure(wording)}</td>
          <td><strong class=${said === textAt(facts, "wanted") ? "pass" : "fail"}>${said}</strong></td>
          <td class="quoted">${textAt(each, "reason")}</td></tr>`;
      })}</tbody></table></div>`
        : nothing
    }
    ${factsTable(without(facts, "question", "wanted", "model", "answers", "addressed"))}`;
};
