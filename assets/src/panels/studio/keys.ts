// The sheet of keys, opened by "?".

import { h } from "../../lib/dom";
import { isTyping } from "../../lib/dom";
import { openDialog } from "../../page/dialog";

const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);
const mod = mac ? "⌘" : "Ctrl";

const sheets: [string, [string, string][]][] = [
  ["Nodes", [["Tab", "Add a node"], ["Enter", "Open the selected node"], ["Arrow keys", "Go to the next node"], [`${mac ? "⌥" : "Alt"} Arrow keys`, "Move the selection"], ["C", "Connect the node: choose a port, then a target"], ["D", "Disable or enable"], ["P", "Pin or unpin the output"], ["R", "Run this node"], ["F2", "Rename"], ["Delete", "Remove"]]],
  ["Drawing", [[`${mod} Z`, "Undo"], [`${mod} Shift Z`, "Redo"], [`${mod} C`, "Copy"], [`${mod} V`, "Paste"], [`${mod} D`, "Duplicate"], [`${mod} A`, "Select all"], ["N", "Add a note"], ["G", "Group the selection"]]],
  ["View", [["1", "See everything"], ["0", "Full size"], ["+", "Closer"], ["-", "Farther"], ["Space drag", "Move the view"], ["M", "Show or hide the map"], ["?", "This sheet"]]],
  ["Runs and fields", [[`${mod} Enter`, "Run the workflow"], ["Escape", "Back to the canvas"], [`${mod} Space`, "Complete in an expression"]]],
];

export function openKeys(): void {
  const { body, foot, close } = openDialog("Keyboard", { size: "large" });
  const sections = sheets.map(([title, keys]) => h("section", {}, h("h3", {}, title), h("dl", { class: "keys" }, ...keys.flatMap(([key, what]) => [h("dt", {}, ...key.split(" ").flatMap((part, i) => (i > 0 ? [" ", h("kbd", {}, part)] : [h("kbd", {}, part)]))), h("dd", {}, what)]))));
  body.append(h("div", { class: "key-sheets" }, ...sections));
  const done = h("button", { type: "button", class: "button primary", onclick: close }, "Close");
  foot.append(done);
  done.focus();
}

export function mountKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.defaultPrevented || isTyping(event.target) || document.querySelector("dialog[open], [popover]:popover-open:not(.tip)")) return;
    event.preventDefault();
    openKeys();
  });
}
