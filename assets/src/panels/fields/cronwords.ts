// A cron line as a sentence, for the lines that people write. Where there is no short sentence it says nothing: the
// next times are shown anyway.

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const macros: { [name: string]: string } = { "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *" };

/** "0 9 * * 1-5" is "At 09:00, Monday to Friday". Empty when the line has no short form or is not one. */
export function cronSentence(line: string): string {
  const text = line.trim().toLowerCase();
  const every = /^@every\s+(\d+)(s|m|h)$/.exec(text);
  if (every) return `Every ${amount(Number(every[1]), { s: "second", m: "minute", h: "hour" }[every[2] as "s" | "m" | "h"])}`;
  const parts = (macros[text] ?? text).split(/\s+/);
  if (parts.length !== 5) return "";
  const [minute, hour, day, month, weekday] = parts as [string, string, string, string, string];
  const time = timeWords(minute, hour);
  const date = dateWords(day, month, weekday);
  return time && date !== null ? time + date : "";
}

const amount = (n: number, unit: string): string => (n === 1 ? unit : `${n} ${unit}s`);
const two = (text: string): string => text.padStart(2, "0");
const isNumber = (text: string, max: number): boolean => /^\d{1,2}$/.test(text) && Number(text) <= max;

function timeWords(minute: string, hour: string): string {
  const step = /^\*\/(\d{1,2})$/;
  if (minute === "*" && hour === "*") return "Every minute";
  const minutes = step.exec(minute);
  if (minutes && hour === "*") return `Every ${amount(Number(minutes[1]), "minute")}`;
  const span = /^(\d{1,2})-(\d{1,2})$/.exec(hour);
  if (minutes && span) return `Every ${amount(Number(minutes[1]), "minute")} between ${two(span[1]!)}:00 and ${two(span[2]!)}:59`;
  if (!isNumber(minute, 59)) return "";
  if (hour === "*") return minute === "0" ? "Every hour, on the hour" : `Every hour, at minute ${Number(minute)}`;
  const hours = step.exec(hour);
  if (hours) return `Every ${amount(Number(hours[1]), "hour")}, at minute ${Number(minute)}`;
  if (span) return `Every hour from ${two(span[1]!)}:${two(minute)} to ${two(span[2]!)}:${two(minute)}`;
  const list = hour.split(",");
  if (!list.every((entry) => isNumber(entry, 23))) return "";
  return "At " + joined(list.map((entry) => `${two(entry)}:${two(minute)}`));
}

function joined(words: string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)!}`;
}

/** The days, "" for every one, null where there is no short form. */
function dateWords(day: string, month: string, weekday: string): string | null {
  const inMonth = month === "*" ? "" : namesOf(month, months, 1);
  const onDay = weekday === "*" || weekday === "?" ? "" : namesOf(weekday, days, 0);
  if (inMonth === null || onDay === null) return null;
  const days31 = day === "*" || day === "?" ? "" : day.split(",").every((entry) => isNumber(entry, 31)) ? `on day ${joined(day.split(",").map((entry) => String(Number(entry))))}` : null;
  if (days31 === null || (days31 && onDay)) return null;
  const parts: string[] = [];
  if (onDay) parts.push(`, ${onDay}`);
  if (days31) parts.push(`, ${days31}${inMonth ? "" : " of the month"}`);
  if (inMonth) parts.push(days31 ? ` of ${inMonth}` : `, in ${inMonth}`);
  return parts.join("");
}

function namesOf(field: string, names: string[], first: number): string | null {
  const name = (entry: string): string | null => {
    const byName = names.findIndex((full) => full.slice(0, 3).toLowerCase() === entry);
    const index = byName >= 0 ? byName : /^\d{1,2}$/.test(entry) ? (Number(entry) - first) % (first === 0 ? 7 : 100) : -1;
    return names[index] ?? null;
  };
  const span = /^([a-z]{3}|\d{1,2})-([a-z]{3}|\d{1,2})$/.exec(field);
  if (span) {
    const from = name(span[1]!);
    const to = name(span[2]!);
    return from && to ? `${from} to ${to}` : null;
  }
  const list = field.split(",").map(name);
  return list.every((entry) => entry !== null) ? joined(list) : null;
}
