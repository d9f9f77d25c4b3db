// When a field is shown, and what is wrong with its value.

import type { Json, Param } from "../../types";
import { isExpression } from "./control";
import { t } from "../../lib/words";

/** Whether a condition like "mode=all|each" holds for the fields beside it; several are joined by a comma or &. */
export function shownBy(condition: string | undefined, siblings: { [name: string]: Json | undefined }): boolean {
  if (!condition) return true;
  return condition.split(/[,&]/).every((part) => {
    const unequal = part.includes("!=");
    const [name = "", values = ""] = part.split(unequal ? "!=" : "=");
    const value = siblings[name.trim()];
    // An expression may become any of them.
    if (isExpression(value)) return true;
    const has = values.split("|").map((text) => text.trim()).includes(String(value ?? ""));
    return has !== unequal;
  });
}

/** What is wrong with a fixed value, in words; "" for nothing. Expressions are judged when they run. */
export function problemOf(param: Param, value: Json | undefined): string {
  const actual = value ?? param.default;
  if (isExpression(value)) return value.trim() === "=" && param.required ? t("{label} is needed.", { label: param.label }) : "";
  if (param.required && (actual === undefined || actual === null || actual === "" || (Array.isArray(actual) && actual.length === 0))) return t("{label} is needed.", { label: param.label });
  if (typeof actual === "number") {
    if (param.min !== undefined && actual < param.min) return t("At least {min}.", { min: param.min });
    if (param.max !== undefined && actual > param.max) return t("At most {max}.", { max: param.max });
  }
  return "";
}
