// The bar above the canvas: name, saved state, undo, what is published, runs, menu, Run. The page renders it; here it works.

import { later } from "../../commands/later";
import { h, icon } from "../../lib/dom";
import type { Editor, EditorEvents } from "../../editor/context";
import { mountPublished } from "./published";
import { mountRun } from "./runbutton";
import { mountRuns } from "./runs";
import { mountUnsaved } from "./unsaved";
import { t } from "../../lib/words";

export function mountHeader(editor: Editor): void {
  const at = <T extends HTMLElement>(selector: string, mount: (element: T) => void) => {
    const element = document.querySelector<T>(selector);
    if (element) mount(element);
  };
  at<HTMLInputElement>("#workflow-name", (input) => mountName(editor, input));
  at("#saved", (element) => {
    mountSaved(editor, element);
    mountUnsaved(editor, element);
  });
  at("#run-button", (button) => mountRun(editor, button));
  at("[data-testid=runs-link]", (link) => mountRuns(editor, link));
  at("#published", (state) => mountPublished(editor, state));
  at<HTMLButtonElement>("#undo", (button) => button.addEventListener("click", () => editor.undo()));
  at<HTMLButtonElement>("#redo", (button) => button.addEventListener("click", () => editor.redo()));
  mountHistory(editor);
  mountMenu(editor);
}

function mountName(editor: Editor, input: HTMLInputElement): void {
  const show = () => {
    if (document.activeElement !== input) input.value = editor.doc.name;
    document.title = `${editor.doc.name} · Atelier`;
  };
  const save = () => {
    const name = input.value.trim();
    if (!name) input.value = editor.doc.name;
    else if (name !== editor.doc.name) editor.apply([{ op: "settings.set", path: "name", value: name }], t("Named the workflow {name}", { name }));
  };
  input.addEventListener("change", save);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") input.value = editor.doc.name;
    if (event.key === "Enter" || event.key === "Escape") document.getElementById("canvas")?.focus();
  });
  editor.on("change", show);
}

function mountSaved(editor: Editor, element: HTMLElement): void {
  if (editor.readonly) return;
  const looks = { saved: ["check", t("Saved")], saving: ["refresh-cw", t("Saving…")], offline: ["triangle-alert", t("Offline: edits are kept here")], signedout: ["lock", t("Signed out: edits are kept here")], refused: ["circle-alert", t("Not saved")] } as const;
  let timer = 0;
  const show = ({ state, text }: EditorEvents["saved"]) => {
    const [name, word] = looks[state];
    element.dataset.state = state;
    element.title = text ?? "";
    const signIn = state === "signedout" ? h("a", { class: "button small", href: `/signin?next=${encodeURIComponent(location.pathname)}`, target: "_blank", "data-testid": "sign-in-again" }, t("Sign in")) : null;
    element.replaceChildren(icon(name), h("span", {}, word), ...(signIn ? [signIn] : []));
  };
  editor.on("saved", (detail) => {
    clearTimeout(timer);
    // A save that is quick is not worth a flicker.
    if (detail.state === "saving") timer = window.setTimeout(() => show(detail), 300);
    else show(detail);
  });
}

function mountHistory(editor: Editor): void {
  const undo = document.querySelector<HTMLButtonElement>("#undo");
  const redo = document.querySelector<HTMLButtonElement>("#redo");
  const history = (editor as Editor & { history?: { canUndo: boolean; canRedo: boolean } }).history;
  const show = () => {
    if (undo) undo.disabled = history ? !history.canUndo : false;
    if (redo) redo.disabled = history ? !history.canRedo : false;
  };
  editor.on("change", show);
  show();
}

function mountMenu(editor: Editor): void {
  const actions: { [name: string]: () => void } = {
    settings: () => void later(import("./settingsdialog"), ({ openSettings }) => openSettings(editor)),
    tests: () => editor.commands.run("studio.tests"),
    export: () => editor.commands.run("studio.export"),
    shortcuts: () => editor.commands.run("studio.keys"),
    palette: () => editor.commands.run("studio.palette"),
    layout: () => document.querySelector<HTMLElement>("#editor .canvas-frame [data-action=tidy]")?.click(),
  };
  document.getElementById("editor-menu")?.addEventListener("click", (event) => {
    const { action, press } = (event.target as Element).closest<HTMLElement>("[data-action], [data-press]")?.dataset ?? {};
    if (action) actions[action]?.();
    if (press) document.getElementById(press)?.click(); // a button for which the bar has no room
  });
}
