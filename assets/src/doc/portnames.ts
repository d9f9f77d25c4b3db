// What people read where a file has the name of a port.

import { t } from "../lib/words";
import type { Port } from "../types";

/** What people call a port: its label, and for one without the word for its name. Files keep the name. */
export function portText(port: Port | string): string {
  if (typeof port !== "string" && port.label) return port.label;
  const name = typeof port === "string" ? port : port.name;
  const number = /^case_(\d+)$/.exec(name)?.[1];
  if (number) return t("case {number}", { number });
  switch (name) {
    case "error": return t("error");
    case "default": return t("default");
    case "true": return t("true");
    case "false": return t("false");
    case "loop": return t("loop");
    case "done": return t("done");
    default: return name;
  }
}
