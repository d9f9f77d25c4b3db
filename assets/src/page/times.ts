// Times as people say them. <time datetime="…" data-relative> shows "5 minutes ago", with the full time as its title,
// and is renewed while the page stands. <time datetime="…" data-day> shows the day: "20 Feb 2027".

import { decimal, language, t } from "../lib/words";

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const full = new Intl.DateTimeFormat(language === "en" ? undefined : language, { dateStyle: "medium", timeStyle: "medium" });

const day = new Intl.DateTimeFormat(language === "en" ? undefined : language, { dateStyle: "medium" });

/** "in 3 minutes", "yesterday", "just now". */
export function ago(date: Date, now = Date.now()): string {
  const seconds = (date.getTime() - now) / 1000;
  for (const [unit, size] of steps) {
    if (unit === "day" && Math.abs(seconds) >= size) return relative.format(days(date, new Date(now)), unit);
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return seconds > 10 ? t("in a moment") : t("just now");
}

/** Days of the calendar between two times: "tomorrow" is what begins at midnight. */
function days(date: Date, now: Date): number {
  const midnight = (of: Date) => Date.UTC(of.getFullYear(), of.getMonth(), of.getDate());
  return Math.round((midnight(date) - midnight(now)) / 86_400_000);
}

export function fullTime(date: Date): string {
  return full.format(date);
}

/** A length of time in microseconds, as short as it can be said: "420 µs", "38 ms", "1.4 s", "2 min 5 s". */
export function duration(micro: number): string {
  if (micro < 1_000) return `${Math.round(micro)} µs`;
  if (micro < 1_000_000) return `${Math.round(micro / 1_000)} ms`;
  const seconds = micro / 1_000_000;
  if (seconds < 60) return `${seconds < 10 ? decimal(seconds, 1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t("{m} min {s} s", { m: minutes, s: Math.floor(seconds % 60) });
  return t("{h} h {m} min", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

function renew(root: ParentNode = document): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-relative]")) {
    const date = new Date(element.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    const text = ago(date);
    if (element.textContent !== text) element.textContent = text;
    if (!element.title) element.title = full.format(date);
  }
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-day]")) {
    const date = new Date(element.dateTime);
    if (Number.isNaN(date.getTime()) || element.title) continue;
    element.textContent = day.format(date);
    element.title = full.format(date);
  }
}

export function watchTimes(): void {
  renew();
  setInterval(renew, 30_000);
  document.addEventListener("htmx:after:swap", () => renew());
  document.addEventListener("visibilitychange", () => document.hidden || renew());
}
