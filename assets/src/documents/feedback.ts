// What the person who asked thinks of an answer: up or down, why, and in their own words. Nothing is told before they send it.

import { say } from "../lib/announce";
import { api } from "../lib/api";
import { h, icon } from "../lib/dom";
import { t } from "../lib/words";
import { textOf } from "../panels/words";
import type { Feedback, Message } from "./types";

type Verdict = Feedback["verdict"];

const reasons: { [verdict in Verdict]: readonly string[] } = {
  up: ["right", "complete", "good_sources"],
  down: ["wrong", "incomplete", "wrong_sources", "not_found", "outdated", "unclear"],
};

/** A reason in words. */
export function reasonText(reason: string): string {
  switch (reason) {
    case "right": return t("Right");
    case "complete": return t("Complete");
    case "good_sources": return t("Good sources");
    case "wrong": return t("Wrong");
    case "incomplete": return t("Incomplete");
    case "wrong_sources": return t("Wrong sources");
    case "not_found": return t("The documents do have an answer");
    case "outdated": return t("Outdated");
    case "unclear": return t("Hard to understand");
    default: return reason;
  }
}

let count = 0;

/** The two buttons of an answer, and the box under it in which one says why. */
export function feedbackView(address: string, message: Message, changed: () => void): { buttons: HTMLElement[]; box: HTMLElement } {
  const box = h("div", { class: "feedback", hidden: true, "data-testid": "feedback" });
  box.id = `feedback-${++count}`;
  const button = (verdict: Verdict, label: string, name: string) =>
    h("button", { type: "button", class: "button quiet small icon-only verdict-button", "aria-label": label, "aria-expanded": "false", "aria-controls": box.id, "data-testid": `feedback-${verdict}`, onclick: () => open(verdict) }, icon(name));
  const up = button("up", t("Good answer"), "thumbs-up");
  const down = button("down", t("Bad answer"), "thumbs-down");
  let shown: Verdict | undefined;

  const mark = () => {
    for (const [one, verdict] of [[up, "up"], [down, "down"]] as const) {
      one.setAttribute("aria-expanded", String(shown === verdict));
      one.classList.toggle("is-chosen", message.feedback?.verdict === verdict);
    }
  };
  const close = () => {
    shown = undefined;
    if (message.feedback) tell(message.feedback);
    else box.hidden = true;
    mark();
  };
  const open = (verdict: Verdict) => {
    if (shown === verdict) return close();
    shown = verdict;
    ask(verdict);
    mark();
  };

  async function send(what: Partial<Feedback> | undefined, opener: HTMLElement): Promise<void> {
    try {
      if (what) message.feedback = await api.post<Feedback>(address, what);
      else {
        await api.delete(address);
        delete message.feedback;
      }
      close();
      say(what ? t("Sent. Thank you.") : t("Taken back."));
      opener.focus();
      changed();
    } catch (error) {
      box.querySelector(".alert")?.remove();
      box.append(h("div", { class: "alert bad", role: "alert" }, icon("circle-alert"), h("div", {}, textOf(error))));
    }
  }

  function ask(verdict: Verdict): void {
    const before = message.feedback?.verdict === verdict ? message.feedback : undefined;
    const checks = reasons[verdict].map((reason) => {
      const field = h("input", { type: "checkbox", name: "reason", value: reason });
      field.checked = before?.reasons.includes(reason) ?? false;
      return h("label", { class: "check" }, field, reasonText(reason));
    });
    const remark = h("textarea", { rows: 2, maxlength: 2000, placeholder: verdict === "up" ? t("What was good about it?") : t("What should it have said?") });
    remark.value = before?.remark ?? "";
    const form = h("form", { class: "feedback-form" },
      h("fieldset", { class: "feedback-reasons" }, h("legend", {}, verdict === "up" ? t("What is good about this answer?") : t("What is wrong with this answer?")), h("div", { class: "feedback-checks" }, ...checks)),
      h("label", { class: "feedback-remark" }, h("span", {}, t("In your own words")), remark),
      h("p", { class: "help" }, t("Those who look after this collection see the question, the answer, what was asked before it, and what you say here. Nothing is changed by it until one of them does so.")),
      h("div", { class: "actions" }, h("button", { type: "submit", class: "button primary small", "data-testid": "send-feedback" }, t("Send")), h("button", { type: "button", class: "button small", onclick: () => { close(); (verdict === "up" ? up : down).focus(); } }, t("Cancel"))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = [...form.querySelectorAll<HTMLInputElement>("input:checked")].map((field) => field.value);
      void send({ verdict, reasons: chosen, remark: remark.value.trim() }, verdict === "up" ? up : down);
    });
    box.replaceChildren(form);
    box.hidden = false;
    form.querySelector("input")?.focus();
  }

  function tell(feedback: Feedback): void {
    box.replaceChildren(h("p", { class: "feedback-told small-text", "data-testid": "feedback-told" },
      icon(feedback.verdict === "up" ? "thumbs-up" : "thumbs-down"),
      h("span", {}, told(feedback)),
      h("button", { type: "button", class: "button quiet small", "data-testid": "take-back", onclick: () => void send(undefined, feedback.verdict === "up" ? up : down) }, t("Take back"))));
    box.hidden = false;
  }

  if (message.feedback) tell(message.feedback);
  mark();
  return { buttons: [up, down], box };
}

/** Feedback in one line. */
export function told(feedback: Feedback): string {
  return [feedback.verdict === "up" ? t("You found it good") : t("You found it bad"), ...feedback.reasons.map(reasonText), feedback.remark ?? ""].filter(Boolean).join(" · ");
}
