// The second line of a node: what it does, from the parameters that say most.

import type { Json, Kind, WorkflowNode } from "../types";
import { t } from "../lib/words";

const workflowId = /^[a-z2-7]{20}$/; // says nothing to people
const longest = 80; // characters; the card cuts what does not fit

/** A few words on a node's work; the kind's title when its parameters say nothing. */
export function summary(node: WorkflowNode, kind: Kind | undefined): string {
  if (!kind) return node.kind;
  const text = told(kind, node.params).replace(/\s+/g, " ").trim();
  return text ? text.slice(0, longest) : kind.title === node.name ? kind.summary : kind.title;
}

type Params = { [key: string]: Json };

function told(kind: Kind, params: Params): string {
  const text = (name: string) => plain(params[name]);
  // A choice as the form names it.
  const choice = (name: string) => kind.params.find((param) => param.name === name)?.options?.find(({ value }) => value === params[name])?.label ?? text(name);
  switch (kind.name) {
    case "trigger.webhook": return text("path") && `${text("method") || "POST"} /hooks/${text("path")}`;
    case "trigger.chat": return text("path") && `/chat/${text("path")}`;
    case "trigger.schedule": return [text("cron"), text("timezone")].filter(Boolean).join(" · ");
    case "http.request": return text("url") && `${text("method") || "GET"} ${text("url").replace(/^https?:\/\//, "")}`;
    case "flow.if":
    case "data.filter": return text("condition");
    case "flow.switch": return text("value");
    case "flow.merge": return choice("mode");
    case "flow.loop": return text("batch_size") && t("{batch_size} at a time", { batch_size: text("batch_size") });
    case "flow.wait": return text("mode") === "until" ? t("until {until}", { until: text("until") }) : text("amount") && `${text("amount")} ${choice("unit") || t("seconds")}`;
    case "flow.call": return workflowId.test(text("workflow")) ? "" : text("workflow");
    case "flow.stop": return text("message");
    case "data.set": return names(params["fields"], "name");
    case "data.rename": return names(params["fields"], "from");
    case "data.sort": return text("by") && t("by {field}", { field: text("by") });
    case "data.limit": return text("count") && (text("from") === "last" ? t("last {count}", { count: text("count") }) : t("first {count}", { count: text("count") }));
    case "data.summarize": return list(params["group_by"]) && t("by {field}", { field: list(params["group_by"]) });
    case "data.dedupe": return list(params["fields"]) && t("by {field}", { field: list(params["fields"]) });
    case "data.split":
    case "data.aggregate": return text("field");
    case "data.template": return text("template");
    case "data.hash": return text("algorithm");
    case "data.datetime": return [choice("operation"), text("value")].filter(Boolean).join(" ");
    case "file.list": return [text("path"), text("pattern")].filter(Boolean).join("/");
    case "code.javascript":
    case "code.python": return firstLine(params["code"]);
    case "sql.query": return text("query");
    case "mail.send": return text("to") && t("to {people}", { people: text("to") });
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

function names(fields: Json | undefined, key: string): string {
  if (!Array.isArray(fields)) return "";
  return fields.map((field) => (field && typeof field === "object" && !Array.isArray(field) ? plain(field[key]) : "")).filter(Boolean).join(", ");
}

function list(values: Json | undefined): string {
  return Array.isArray(values) ? values.map(plain).filter(Boolean).join(", ") : plain(values);
}

function firstLine(code: Json | undefined): string {
  if (typeof code !== "string") return "";
  return code.split("\n").map((line) => line.trim()).find((line) => line && !line.startsWith("//") && !line.startsWith("#")) ?? "";
}
