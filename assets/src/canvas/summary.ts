// The second line of a node: what it does, from the parameters that say most.

import type { Json, Kind, WorkflowNode } from "../types";

const longest = 80; // characters; the card cuts what does not fit

/** A few words on a node's work; the kind's title when its parameters say nothing. */
export function summary(node: WorkflowNode, kind: Kind | undefined): string {
  if (!kind) return node.kind;
  const text = told(node.kind, node.params).replace(/\s+/g, " ").trim();
  return text ? text.slice(0, longest) : kind.title === node.name ? kind.summary : kind.title;
}

type Params = { [key: string]: Json };

function told(kind: string, params: Params): string {
  const text = (name: string) => plain(params[name]);
  switch (kind) {
    case "trigger.webhook": return text("path") && `${text("method") || "POST"} /hooks/${text("path")}`;
    case "trigger.schedule": return [text("cron"), text("timezone")].filter(Boolean).join(" · ");
    case "http.request": return text("url") && `${text("method") || "GET"} ${text("url").replace(/^https?:\/\//, "")}`;
    case "flow.if":
    case "data.filter": return text("condition");
    case "flow.switch": return text("value");
    case "flow.wait": return text("until") || (text("amount") && `${text("amount")} ${text("unit")}`);
    case "flow.call": return text("workflow");
    case "data.set": return names(params["fields"]);
    case "data.sort": return text("by") && `by ${text("by")}`;
    case "data.limit": return text("count") && `first ${text("count")}`;
    case "data.split":
    case "data.aggregate": return text("field");
    case "code.javascript":
    case "code.python": return firstLine(params["code"]);
    case "sql.query": return text("query");
    case "mail.send": return text("to") && `to ${text("to")}`;
    default: return text("path") || text("url") || text("field") || text("operation");
  }
}

/** A value as people wrote it, without the signs that make it an expression. */
function plain(value: Json | undefined): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return "";
  if (!value.startsWith("=")) return value;
  const lone = /^=\s*\{\{([\s\S]*)\}\}\s*$/.exec(value);
  return lone && !lone[1]!.includes("{{") ? lone[1]! : value.slice(1);
}

function names(fields: Json | undefined): string {
  if (!Array.isArray(fields)) return "";
  return fields.map((field) => (field && typeof field === "object" && !Array.isArray(field) ? plain(field["name"]) : "")).filter(Boolean).join(", ");
}

function firstLine(code: Json | undefined): string {
  if (typeof code !== "string") return "";
  return code.split("\n").map((line) => line.trim()).find((line) => line && !line.startsWith("//") && !line.startsWith("#")) ?? "";
}
