// A JSON schema as the fields of a form.

import type { Json, Param } from "../../types";

const isObject = (value: unknown): value is { [name: string]: Json } => typeof value === "object" && value !== null && !Array.isArray(value);

/** The fields of a form that an object's schema describes; undefined: it does not say which there are. */
export function fieldsOf(schema: Json | undefined): Param[] | undefined {
  if (!isObject(schema) || (!isObject(schema.properties) && schema.additionalProperties !== false)) return undefined;
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = strings(schema.required);
  const list = Object.entries(properties).slice(0, 60).map(([name, one]) => fieldOf(name, isObject(one) ? one : {}, required.includes(name)));
  return list.sort((a, b) => Number(b.required ?? false) - Number(a.required ?? false));
}

function fieldOf(name: string, one: { [name: string]: Json }, required: boolean): Param {
  const help = typeof one.description === "string" ? one.description.slice(0, 300) : undefined;
  const base = { name, label: typeof one.title === "string" && one.title ? one.title : name, help, required };
  const choices = strings(one.enum);
  const type = Array.isArray(one.type) ? one.type.find((word) => word !== "null") : one.type;
  if (choices.length > 0) return { ...base, type: "string", widget: "select", options: choices.map((choice) => ({ value: choice, label: choice })) };
  switch (type) {
    case "string": return { ...base, type: "string", widget: "text" };
    case "number":
    case "integer": return { ...base, type, widget: "number" };
    case "boolean": return { ...base, type: "boolean", widget: "toggle" };
    default: return { ...base, type: "any", widget: "json", lang: "json" };
  }
}

export function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}
