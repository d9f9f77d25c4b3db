// Tabs as ARIA describes them: one stop for Tab, arrow keys between them.

import { h } from "../lib/dom";

export interface TabList { element: HTMLElement; show(name: string): void }

export function tabList(label: string, tabs: [name: string, text: string][], panel: HTMLElement, chosen: (name: string) => void): TabList {
  panel.setAttribute("role", "tabpanel");
  const buttons = tabs.map(([name, text]) => h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": panel.id, "data-tab": name, "data-testid": `tab-${name}`, onclick: () => chosen(name) }, text));
  const element = h("div", { class: "tabs", role: "tablist", "aria-label": label }, ...buttons);
  element.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const next = { ArrowRight: buttons[(at + 1) % buttons.length], ArrowLeft: buttons.at(at - 1), Home: buttons[0], End: buttons.at(-1) }[event.key];
    if (at < 0 || !next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
    chosen(next.dataset.tab!);
  });
  return {
    element,
    show(name) {
      for (const button of buttons) {
        const on = button.dataset.tab === name;
        button.setAttribute("aria-selected", String(on));
        button.tabIndex = on ? 0 : -1;
      }
      panel.setAttribute("aria-labelledby", `tab-${name}`);
    },
  };
}
