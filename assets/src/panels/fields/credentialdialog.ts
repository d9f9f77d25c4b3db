// The dialog that makes a credential. What is secret is sent once and never comes back.

import { api, ApiError } from "../../lib/api";
import { h, icon } from "../../lib/dom";
import type { Editor } from "../../editor/context";
import { openDialog } from "../../page/dialog";
import type { Credential, CredentialType, Json } from "../../types";
import { textOf } from "../words";
import type { FormHost } from "./control";
import { Field } from "./field";
import { withDefaults } from "./list";
import { t } from "../../lib/words";

/** What a dialog is filled in with, and what is said in it. */
export interface Draft { name?: string; values?: { [field: string]: Json }; title?: string; note?: string }

/** Opens the dialog for one of the given types (all when there is none) and hands out what was made. */
export function newCredential(editor: Editor, names: string[], made: (credential: Credential) => void, draft: Draft = {}): void {
  const types = editor.credentialTypes.filter((type) => names.length === 0 || names.includes(type.name));
  const { dialog, body, foot, close } = openDialog(draft.title ?? t("New credential"), { keep: true });
  const called = draft.name ?? "";
  const name = h("input", { type: "text", id: "credential-name", required: true, autocomplete: "off", "data-testid": "credential-name", value: called });
  const choose = h("select", { id: "credential-type", "data-testid": "credential-type" }, ...types.map((type) => h("option", { value: type.name }, type.title)));
  const rest = h("div", { class: "fields" });
  const about = h("p", { class: "help" });
  const error = h("p", { class: "error", role: "alert", hidden: true });
  let fields: Field[] = [];
  let values: { [field: string]: Json } = {};

  const draw = () => {
    const type = types.find((known) => known.name === choose.value);
    fields.forEach((field) => field.stop());
    values = draft.values ? { ...draft.values } : called && type?.name === "sql.sqlite" ? { file: `${called.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.db` } : {};
    fields = type ? fieldsOf(editor, type, () => values, (field, value) => (values = { ...values, [field]: value })) : [];
    about.textContent = type?.help ?? "";
    rest.replaceChildren(...fields.map((field) => field.element));
    if (type && !name.value) name.placeholder = t("My {type}", { type: type.title });
  };
  const save = async () => {
    error.hidden = true;
    if (!name.value.trim()) {
      name.focus();
      return fail(t("Give it a name, so that you find it again."));
    }
    const wrong = fields.map((field) => field.check()).find(Boolean);
    if (wrong) return;
    button.disabled = true;
    try {
      made(await api.post<Credential>("/credentials", { name: name.value.trim(), type: choose.value, values: asTexts(values) }));
      close();
    } catch (problem) {
      fail(problem instanceof ApiError && problem.status === 403 ? t("Your role does not allow making credentials. Ask an owner of the workspace.") : textOf(problem));
    } finally {
      button.disabled = false;
    }
  };
  const fail = (text: string) => {
    error.textContent = text;
    error.hidden = false;
  };
  const button = h("button", { type: "submit", form: "credential-form", class: "button primary", "data-testid": "credential-save" }, t("Save"));
  const form = h("form", { id: "credential-form", onsubmit: (event: SubmitEvent) => { event.preventDefault(); void save(); } });
  form.append(h("div", { class: "field" }, h("label", { for: name.id }, t("Name")), name), h("div", { class: "field" }, h("label", { for: choose.id }, t("Type")), choose, about), rest, error);
  if (draft.note) body.append(h("div", { class: "alert" }, icon("info"), h("p", {}, draft.note)));
  body.append(form);
  form.className = "form";
  foot.append(h("button", { type: "button", class: "button", onclick: close }, t("Cancel")), button);
  dialog.addEventListener("close", () => fields.forEach((field) => field.stop()));
  choose.addEventListener("change", draw);
  if (called && types.some((type) => type.name === "sql.sqlite")) choose.value = "sql.sqlite"; // needs nothing but a file
  draw();
  if (draft.values) button.focus();
  else if (called) (rest.querySelector<HTMLElement>("input, select, textarea") ?? choose).focus();
  else name.focus();
}

function fieldsOf(editor: Editor, type: CredentialType, values: () => { [field: string]: Json }, set: (field: string, value: Json) => void): Field[] {
  const host: FormHost = { editor, node: "", readonly: false, samples: null, preview: null, credentials: [], siblings: () => withDefaults(type.fields, values()) };
  const fields: Field[] = type.fields.map((param) => {
    const secret = (type.secret ?? []).includes(param.name) && param.widget !== "textarea";
    return new Field({
      param: { ...param, no_expression: true, widget: secret ? "secret" : param.widget }, value: values()[param.name], id: `credential-${param.name}`, testid: `credential-${param.name}`, host,
      change(value) {
        set(param.name, value ?? "");
        fields.forEach((field) => field.refresh());
      },
    });
  });
  fields.forEach((field) => field.refresh());
  return fields;
}

function asTexts(values: { [field: string]: Json }): { [field: string]: string } {
  return Object.fromEntries(Object.entries(values).map(([field, value]) => [field, typeof value === "string" ? value : JSON.stringify(value)]));
}
