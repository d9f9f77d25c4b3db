// When a schedule fires: a cron line with common ones to choose from, said as a sentence, with its next five times.

import { api } from "../../lib/api";
import { h } from "../../lib/dom";
import { ago } from "../../page/times";
import type { Json } from "../../types";
import { textOf } from "../words";
import { cronSentence } from "./cronwords";
import { isExpression, type Control, type ControlOptions } from "./control";
import { language, t } from "../../lib/words";

const common: [string, string][] = [
  ["*/5 * * * *", t("Every 5 minutes")],
  ["*/15 * * * *", t("Every 15 minutes")],
  ["0 * * * *", t("Every hour")],
  ["0 9 * * *", t("Every day at 09:00")],
  ["0 9 * * 1-5", t("Working days at 09:00")],
  ["0 9 * * 1", t("Mondays at 09:00")],
  ["0 0 1 * *", t("First day of the month")],
];
const pause = 300; // milliseconds

export interface NextTimes { next?: string[]; error?: string }

export function nextTimes(cron: string, timezone: string): Promise<NextTimes> {
  return api.post<NextTimes>("/schedule/preview", { cron, timezone });
}

export function cronControl(o: ControlOptions): Control {
  const input = h("input", { type: "text", id: o.id, class: "mono", "aria-describedby": o.describedBy, "data-testid": o.testid, placeholder: "0 9 * * 1-5", readonly: o.host.readonly, autocomplete: "off", spellcheck: "false" });
  const choose = h("select", { "aria-label": t("Common schedules"), disabled: o.host.readonly }, h("option", { value: "" }, t("Common…")), ...common.map(([line, label]) => h("option", { value: line }, label)));
  const said = h("p", { class: "cron-said" });
  const times = h("ol", { class: "cron-times", "aria-label": t("Next five times") });
  let timer = 0;
  let turn = 0;

  const show = () => {
    const line = input.value.trim();
    said.textContent = cronSentence(line);
    choose.value = common.some(([known]) => known === line) ? line : "";
    clearTimeout(timer);
    const mine = ++turn;
    if (line === "" || isExpression(line)) {
      times.replaceChildren();
      return;
    }
    timer = window.setTimeout(() => {
      const zone = o.host.siblings().timezone;
      nextTimes(line, typeof zone === "string" && zone ? zone : zoneOf(o)).then(
        (answer) => mine === turn && draw(answer, typeof zone === "string" && zone ? zone : zoneOf(o)),
        (error: unknown) => mine === turn && o.invalid(textOf(error)),
      );
    }, pause);
  };
  const draw = (answer: NextTimes, zone: string) => {
    o.invalid(answer.error ?? "");
    times.replaceChildren(...(answer.next ?? []).map((text) => {
      const date = new Date(text);
      return h("li", {}, h("time", { datetime: text }, inZone(date, zone)), h("span", { class: "muted" }, ago(date)));
    }));
  };
  const set = (value: Json | undefined) => {
    const text = typeof value === "string" ? value : String(o.param.default ?? "");
    if (input.value !== text) input.value = text;
    show();
  };
  input.addEventListener("input", () => {
    o.change(input.value, true);
    show();
  });
  choose.addEventListener("change", () => {
    if (!choose.value) return;
    input.value = choose.value;
    o.change(input.value, false);
    show();
  });
  set(o.value);
  return {
    element: h("div", { class: "cron" }, h("div", { class: "cron-line" }, input, choose), said, times),
    set,
    focus: () => input.focus(),
    refresh: show,
    stop() {
      clearTimeout(timer);
      turn++;
    },
  };
}

function zoneOf(o: ControlOptions): string {
  const { timezone } = o.host.editor.doc.settings;
  return typeof timezone === "string" && timezone ? timezone : o.host.editor.data.timezone;
}

export function inZone(date: Date, zone: string): string {
  const shape: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  try {
    return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { ...shape, timeZone: zone }).format(date);
  } catch {
    return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, shape).format(date);
  }
}
