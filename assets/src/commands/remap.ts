// A person's own keys: a list of all commands; a key is set by pressing it.

import { h, icon } from "../lib/dom";
import { toast } from "../lib/announce";
import { t, tn } from "../lib/words";
import { confirm, openDialog } from "../page/dialog";
import { keysPressed } from "./keys";
import { caps } from "./sheet";
import type { Command, CommandTable } from "./table";

const ofBrowser = new Set(["Mod+W", "Mod+T", "Mod+N", "Mod+Shift+T", "Mod+Shift+N", "Mod+Shift+W", "Mod+R", "Mod+L", "Tab", "F5", "F11", "F12"]);

export function openRemap(table: CommandTable): void {
  new Remap(table);
}

class Remap {
  private readonly field = h("input", { type: "search", placeholder: t("Search"), "aria-label": t("Search the commands"), autocomplete: "off", spellcheck: "false", "data-testid": "remap-search" });
  private readonly rows = h("div", { class: "remap-rows" });
  private readonly told = h("p", { class: "muted", role: "status" });
  private readonly file = h("input", { type: "file", accept: "application/json,.json", class: "visually-hidden", tabindex: -1, "aria-label": t("File of keys") });
  private listening: HTMLButtonElement | undefined;

  constructor(private readonly table: CommandTable) {
    const { dialog, body, foot, close } = openDialog(t("Change keys"), { size: "large" });
    dialog.classList.add("remap");
    body.append(h("div", { class: "search" }, icon("search"), this.field), this.told, this.rows);
    foot.append(this.file,
      h("button", { type: "button", class: "button quiet", onclick: () => this.file.click() }, icon("upload"), t("Import…")),
      h("button", { type: "button", class: "button quiet", onclick: () => this.save(), "data-testid": "remap-export" }, icon("download"), t("Export")),
      h("button", { type: "button", class: "button", onclick: () => void this.resetAll(), "data-testid": "remap-reset" }, t("Reset all")),
      h("button", { type: "button", class: "button primary", onclick: close }, t("Done")));
    this.field.addEventListener("input", () => this.draw());
    this.file.addEventListener("change", () => void this.load());
    this.draw();
    this.field.focus();
  }

  private draw(): void {
    const words = this.field.value.trim().toLowerCase();
    const found = this.table.all().filter((command) => `${command.group} ${this.table.title(command)}`.toLowerCase().includes(words));
    const groups = Map.groupBy(found, (command) => command.group);
    this.rows.replaceChildren(...[...groups].map(([title, commands]) => h("section", { "aria-label": title }, h("h3", {}, title), ...commands.map((command) => this.row(command)))));
    const own = this.table.keymap.size;
    this.told.textContent = found.length === 0 ? t("No command is called that.") : own === 0 ? t("Keys are kept in this browser. Press a key's button, then the new keys.") : tn(own, "{n} command has keys of your own", "{n} commands have keys of your own");
  }

  private row(command: Command): HTMLElement {
    const { table } = this;
    const title = table.title(command);
    const keys = table.keys(command);
    const own = table.keymap.of(command.id) !== undefined;
    const clash = keys.flatMap((one) => table.takenBy(one, command.id)).map((other) => table.title(other));
    const set = h("button", { type: "button", class: "button small remap-keys", "data-testid": `remap-${command.id}`, disabled: command.fixed ?? false }, h("span", { class: "visually-hidden" }, `${keys.length > 0 ? t("Change the keys of {name}", { name: title }) : t("Set keys for {name}", { name: title })} `),
      ...(keys.length > 0 ? caps(keys) : [h("span", { class: "muted" }, t("none"))]));
    set.addEventListener("click", () => this.listen(set, command));
    return h("div", { class: "remap-row" },
      h("span", { class: "remap-name" }, title, clash.length > 0 ? h("span", { class: "remap-clash" }, icon("triangle-alert"), t("also: {names}", { names: clash.join(", ") })) : null),
      set,
      h("button", { type: "button", class: "button quiet small icon-only", "aria-label": t("Give {name} its keys back", { name: title }), disabled: !own, onclick: () => this.change(command, undefined) }, icon("rotate-ccw")),
      h("button", { type: "button", class: "button quiet small icon-only", "aria-label": t("Take the keys of {name} away", { name: title }), disabled: keys.length === 0 || (command.fixed ?? false), onclick: () => this.change(command, []) }, icon("x")));
  }

  /** Waits for the keys that a person presses; Escape and leaving the button give up. */
  private listen(button: HTMLButtonElement, command: Command): void {
    if (this.listening) return;
    this.listening = button;
    button.replaceChildren(t("Press the keys…"));
    button.classList.add("is-listening");
    const over = new AbortController();
    const stop = () => {
      over.abort();
      this.listening = undefined;
      this.draw();
      this.rows.querySelector<HTMLElement>(`[data-testid="remap-${CSS.escape(command.id)}"]`)?.focus();
    };
    button.addEventListener("blur", stop, { signal: over.signal });
    button.addEventListener("keydown", (event) => {
      const [keys] = keysPressed(event);
      event.stopPropagation();
      event.preventDefault();
      if (!keys) return;
      stop();
      if (keys !== "Escape") void this.take(command, keys);
    }, { signal: over.signal });
  }

  private async take(command: Command, keys: string): Promise<void> {
    const { table } = this;
    if (ofBrowser.has(keys)) return toast(t("The browser keeps these keys for itself. Choose others."), { error: true });
    const others = table.takenBy(keys, command.id);
    if (others.some((other) => other.fixed)) return toast(t("These keys belong to the clipboard. Choose others."), { error: true });
    if (others.length > 0) {
      const names = others.map((other) => table.title(other)).join(", ");
      const yes = await confirm({ title: t("These keys are taken"), text: t("They do this now: {names}. Shall they be taken from there?", { names }), yes: t("Take them") });
      if (!yes) return;
      for (const other of others) table.setKeys(other.id, table.keys(other).filter((one) => one !== keys));
    }
    this.change(command, [keys]);
  }

  private change(command: Command, keys: string[] | undefined): void {
    if (!this.table.setKeys(command.id, keys)) toast(t("This browser keeps nothing: your keys last as long as the page."));
    this.draw();
    this.rows.querySelector<HTMLElement>(`[data-testid="remap-${CSS.escape(command.id)}"]`)?.focus();
  }

  private async resetAll(): Promise<void> {
    if (this.table.keymap.size === 0) return toast(t("All keys are the studio's already."));
    if (!(await confirm({ title: t("Reset all keys?"), text: t("Your own keys are forgotten. Export them first to keep them."), yes: t("Reset all"), danger: true }))) return;
    this.table.keymap.clear();
    this.table.changed();
    this.draw();
  }

  private save(): void {
    const address = URL.createObjectURL(new Blob([this.table.keymap.save()], { type: "application/json" }));
    h("a", { href: address, download: "atelier-keys.json" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  private async load(): Promise<void> {
    const [file] = this.file.files ?? [];
    this.file.value = "";
    if (!file) return;
    const done = file.size < 100_000 ? this.table.keymap.load(await file.text()) : undefined;
    if (!done) return toast(t("This is not a file of keys. Export makes one."), { error: true });
    this.table.changed();
    this.draw();
    toast(tn(done.taken, "Took the keys of {n} command", "Took the keys of {n} commands") + (done.left > 0 ? ` ${tn(done.left, "{n} entry made no sense and was left out.", "{n} entries made no sense and were left out.")}` : ""));
  }
}
