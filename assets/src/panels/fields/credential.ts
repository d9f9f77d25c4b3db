// Which credential a node uses: one of the workspace's of a fitting type, or a new one.

import { h, icon } from "../../lib/dom";
import type { Credential, Json } from "../../types";
import type { Control, ControlOptions } from "./control";
import { newCredential } from "./credentialdialog";
import { t } from "../../lib/words";

export function credentialControl(o: ControlOptions): Control {
  const { editor } = o.host;
  const types = o.param.credentials ?? o.host.credentials;
  const select = h("select", { id: o.id, "aria-describedby": o.describedBy, "data-testid": o.testid, disabled: o.host.readonly });
  const fitting = (credential: Credential) => types.length === 0 || types.includes(credential.type);
  const titleOf = (type: string) => editor.credentialTypes.find((known) => known.name === type)?.title ?? type;
  const fill = (value: Json | undefined) => {
    const chosen = typeof value === "string" ? value : "";
    const list = editor.credentials.filter(fitting);
    const entries = [h("option", { value: "" }, o.param.required ? t("Choose…") : t("None"))];
    for (const credential of list) entries.push(h("option", { value: credential.name }, `${credential.name} (${titleOf(credential.type)})`));
    if (chosen && !list.some((credential) => credential.name === chosen)) entries.push(h("option", { value: chosen }, t("{chosen} (missing here)", { chosen })));
    select.replaceChildren(...entries);
    select.value = chosen;
    const missing = chosen !== "" && !list.some((credential) => credential.name === chosen);
    make.lastChild!.textContent = missing ? t("Make “{chosen}”", { chosen }) : t("New");
    wanted = missing ? chosen : "";
    o.invalid(missing ? t("There is no credential “{chosen}” in this workspace. Make it, or choose another.", { chosen }) : "");
  };
  let wanted = "";
  const make = h("button", { type: "button", class: "button", "data-testid": `${o.testid}-new`, onclick: () => open() }, icon("plus"), t("New"));
  const open = () =>
    newCredential(editor, types, (made) => {
      editor.addCredential(made);
      o.change(made.name, false);
      fill(made.name);
      select.focus();
    }, { name: wanted });
  fill(o.value);
  select.addEventListener("change", () => {
    o.change(select.value || undefined, false);
    fill(select.value);
  });
  const stop = editor.on("credentials", () => fill(select.value));
  return { element: h("div", { class: "with-button" }, select, o.host.readonly ? null : make), set: fill, focus: () => select.focus(), stop };
}
