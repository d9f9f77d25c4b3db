// A cron line as a sentence, for the lines that people write. Where there is no short sentence it says nothing: the
// next times are shown anyway.

import { t } from "../../lib/words";

const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]; // as cron lines write them
const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const dayNames = [t("Sunday"), t("Monday"), t("Tuesday"), t("Wednesday"), t("Thursday"), t("Friday"), t("Saturday")];
const monthNames = [t("January"), t("February"), t("March"), t("April"), t("May"), t("June"), t("July"), t("August"), t("September"), t("October"), t("November"), t("December")];
const macros: { [name: string]: string } = { "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *" };

/** "0 9 * * 1-5" is "At 09:00, Monday to Friday". Empty when the line has no short form or is not one. */
export function cronSentence(line: string): string {
  const text = line.trim().toLowerCase();
  const plain = /^@every\s+(\d+)(s|m|h)$/.exec(text);
  if (plain) return every(Number(plain[1]), plain[2] as Unit);
  const parts = (macros[text] ?? text).split(/\s+/);
  if (parts.length !== 5) return "";
  const [minute, hour, day, month, weekday] = parts as [string, string, string, string, string];
  const time = timeWords(minute, hour);
  const date = dateWords(day, month, weekday);
  return time && date !== null ? time + date : "";
}

type Unit = "s" | "m" | "h";

function every(n: number, unit: Unit): string {
  if (unit === "s") return n === 1 ? t("Every second") : t("Every {n} seconds", { n });
  if (unit === "m") return n === 1 ? t("Every minute") : t("Every {n} minutes", { n });
  return n === 1 ? t("Every hour") : t("Every {n} hours", { n });
}

const two = (text: string): string => text.padStart(2, "0");
const isNumber = (text: string, max: number): boolean => /^\d{1,2}$/.test(text) && Number(text) <= max;

function timeWords(minute: string, hour: string): string {
  const step = /^\*\/(\d{1,2})$/;
  if (minute === "*" && hour === "*") return t("Every minute");
  const minutes = step.exec(minute);
  if (minutes && hour === "*") return every(Number(minutes[1]), "m");
  const span = /^(\d{1,2})-(\d{1,2})$/.exec(hour);
  if (minutes && span) return t("{every} between {from}:00 and {to}:59", { every: every(Number(minutes[1]), "m"), from: two(span[1]!), to: two(span[2]!) });
  if (!isNumber(minute, 59)) return "";
  if (hour === "*") return minute === "0" ? t("Every hour, on the hour") : t("Every hour, at minute {minute}", { minute: Number(minute) });
  const hours = step.exec(hour);
  if (hours) return t("{every}, at minute {minute}", { every: every(Number(hours[1]), "h"), minute: Number(minute) });
  if (span) return t("Every hour from {from}:{minute} to {to}:{minute}", { from: two(span[1]!), minute: two(minute), to: two(span[2]!) });
  const list = hour.split(",");
  if (!list.every((entry) => isNumber(entry, 23))) return "";
  return t("At {times}", { times: joined(list.map((entry) => `${two(entry)}:${two(minute)}`)) });
}

function joined(words: string[]): string {
  return words.length < 2 ? (words[0] ?? "") : t("{most} and {last}", { most: words.slice(0, -1).join(", "), last: words.at(-1)! });
}

/** The days, "" for every one, null where there is no short form. */
function dateWords(day: string, month: string, weekday: string): string | null {
  const inMonth = month === "*" ? "" : namesOf(month, months, monthNames, 1);
  const onDay = weekday === "*" || weekday === "?" ? "" : namesOf(weekday, days, dayNames, 0);
  if (inMonth === null || onDay === null) return null;
  const days31 = day === "*" || day === "?" ? "" : day.split(",").every((entry) => isNumber(entry, 31)) ? t("on day {days}", { days: joined(day.split(",").map((entry) => String(Number(entry)))) }) : null;
  if (days31 === null || (days31 && onDay)) return null;
  const parts: string[] = [];
  if (onDay) parts.push(`, ${onDay}`);
  if (days31) parts.push(inMonth ? `, ${days31}` : `, ${t("{days} of the month", { days: days31 })}`);
  if (inMonth) parts.push(days31 ? ` ${t("of {month}", { month: inMonth })}` : `, ${t("in {month}", { month: inMonth })}`);
  return parts.join("");
}

function namesOf(field: string, short: string[], names: string[], first: number): string | null {
  const name = (entry: string): string | null => {
    const byName = short.indexOf(entry);
    const index = byName >= 0 ? byName : /^\d{1,2}$/.test(entry) ? (Number(entry) - first) % (first === 0 ? 7 : 100) : -1;
    return names[index] ?? null;
  };
  const span = /^([a-z]{3}|\d{1,2})-([a-z]{3}|\d{1,2})$/.exec(field);
  if (span) {
    const from = name(span[1]!);
    const to = name(span[2]!);
    return from && to ? t("{from} to {to}", { from, to }) : null;
  }
  const list = field.split(",").map(name);
  return list.every((entry) => entry !== null) ? joined(list) : null;
}
