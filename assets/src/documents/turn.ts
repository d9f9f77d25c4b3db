// A question of a conversation with what came of it.

import { api, segment } from "../lib/api";
import { h, icon } from "../lib/dom";
import { t } from "../lib/words";
import { copyText } from "../page/copy";
import { openDialog } from "../page/dialog";
import { textOf } from "../panels/words";
import { answerView } from "./answerview";
import { feedbackView } from "./feedback";
import type { SourcePanel } from "./source";
import { stageTable } from "./stages";
import type { Message, Search } from "./types";

/** What a turn does beyond itself. */
export interface TurnHost { collection: string; panel: SourcePanel; again(message: Message): void; changed(message: Message): void }

export function turnView(host: TurnHost, message: Message): HTMLLIElement {
  const answer = h("div", { class: "answer card", "data-testid": "answer", "data-state": message.state });
  fillAnswer(answer, host, message);
  return h("li", { class: "turn", "data-message": message.id }, h("p", { class: "question" }, message.question), answer);
}

/** Shows in a box what came of a question. */
export function fillAnswer(box: HTMLElement, host: TurnHost, message: Message): void {
  box.dataset["state"] = message.state;
  box.replaceChildren();
  if (message.answer) {
    const now = new Map(message.cited.map((one) => [one.document, one.now]));
    box.append(answerView(message.answer, (hit, mark, opener) => void host.panel.show(hit, mark, opener, now.get(hit.document)), message.cited));
  } else if (message.text) box.append(h("p", { class: "answer-text" }, message.text));
  const again = () => h("button", { type: "button", class: "button small", "data-testid": "ask-again", onclick: () => host.again(message) }, icon("rotate-ccw"), t("Ask again"));
  switch (message.state) {
    case "answering":
      box.append(h("p", { class: "muted answer-waiting" }, icon("loader-circle"), t("This question is being answered in another window …")));
      return;
    case "stopped":
      box.append(h("div", { class: "turn-end" }, h("p", { class: "muted", "data-testid": "stopped" }, icon("circle-stop"), t("Stopped.")), again()));
      return;
    case "failed":
      box.append(h("div", { class: "alert bad", role: "alert" }, icon("circle-alert"), h("div", {}, message.error || t("There is no answer.")), again()));
      return;
    case "answered": box.append(footer(host, message));
  }
}

function footer(host: TurnHost, message: Message): HTMLElement {
  const root = `/collections/${segment(host.collection)}/conversations/${segment(message.conversation)}/messages/${segment(message.id)}`;
  const tools = h("div", { class: "turn-tools" });
  const form = feedbackView(`${root}/feedback`, message, () => host.changed(message));
  tools.append(...form.buttons, h("span", { class: "grow" }));
  if (message.text) tools.append(h("button", { type: "button", class: "button quiet small icon-only", "aria-label": t("Copy the answer"), onclick: () => void copyText(message.text) }, icon("copy")));
  tools.append(h("button", { type: "button", class: "button quiet small", "data-testid": "show-trace", onclick: () => void showTrace(`${root}/trace`, host.collection) }, icon("search"), t("How it was found")));
  return h("div", { class: "turn-foot" }, tools, form.box);
}

/** Opens the stages of the search that an answer rests on. */
export async function showTrace(address: string, collection: string): Promise<void> {
  const { body, dialog } = openDialog(t("How it was found"), { size: "large" });
  dialog.classList.add("trace-dialog");
  body.append(h("p", { class: "skeleton" }, "…"));
  try {
    body.replaceChildren(stageTable(await api.get<Search>(address), collection, undefined));
  } catch (error) {
    body.replaceChildren(h("div", { class: "alert warn", role: "alert" }, icon("triangle-alert"), h("div", {}, textOf(error))));
  }
}
