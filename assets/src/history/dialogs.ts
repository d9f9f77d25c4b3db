// Asks for what people say of a version, and whether to go back to one.

import { h } from "../lib/dom";
import { t } from "../lib/words";
import { openDialog } from "../page/dialog";
import { textOf } from "../panels/words";

export const noteField = (value = ""): HTMLTextAreaElement => {
  const field = h("textarea", { rows: 3, maxlength: 2000, "data-testid": "version-note" });
  field.value = value;
  return field;
};

export function labelled(label: string, field: HTMLElement, help = ""): HTMLElement {
  return h("label", { class: "field" }, h("span", { class: "label" }, label), field, help ? h("span", { class: "help" }, help) : null);
}

/** Asks for a name and a note; save may fail, and then says why in the dialog. */
export function askVersion(title: string, now: { name: string; note: string; nameless?: boolean }, save: (name: string, note: string) => Promise<void>): void {
  const { body, foot, close } = openDialog(title, { size: "small" });
  const name = h("input", { type: "text", maxlength: 100, required: !now.nameless, autocomplete: "off", "data-testid": "version-name" });
  name.value = now.name;
  const note = noteField(now.note);
  const wrong = h("p", { class: "field-error", role: "alert", hidden: true });
  const go = h("button", { type: "submit", class: "button primary", form: "version-form", "data-testid": "version-save" }, t("Save"));
  const submit = async (event: Event) => {
    event.preventDefault();
    go.disabled = true;
    try {
      await save(name.value, note.value);
      close();
    } catch (error) {
      wrong.hidden = false;
      wrong.textContent = textOf(error);
      go.disabled = false;
      name.focus();
    }
  };
  body.append(h("form", { id: "version-form", class: "form", onsubmit: submit }, labelled(t("Name"), name), labelled(t("Note"), note, t("What this version is for. Optional.")), wrong));
  foot.append(h("button", { type: "button", class: "button", onclick: close }, t("Cancel")), go);
  name.focus();
}
