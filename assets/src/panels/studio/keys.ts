// The sheet of keys, opened by "?".

import { h } from "../../lib/dom";
import { openDialog } from "../../page/dialog";

const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);
const mod = mac ? "⌘" : "Ctrl";

const alt = mac ? "⌥" : "Alt";

/** Keys by where they act. A space parts keys that are held together. */
const sheets: [string, [string, string][]][] = [
  ["Nodes", [["N", "Add a node"], ["Enter", "Open the node"], ["C", "Connect it: choose with the arrows, then Enter"], ["D", "Disable or enable"], ["P", "Pin or unpin the output"], ["F2", "Rename"], ["Delete", "Remove"], ["Shift Delete", "Remove and close the gap"], [`${mod} D`, "Duplicate"], ["Shift F10", "Menu"]]],
  ["Moving about", [["Tab", "Next node"], [`${mod} →`, "Along an edge, to every side"], ["→", "Move the selection"], ["Shift →", "Move it farther"], [`${mod} A`, "Select everything"], [`${mod} G`, "Group the selection"], ["O", "Outline"], ["Escape", "Select nothing; back to the canvas"]]],
  ["View and drawing", [["1", "See everything"], ["2", "See the selection"], ["0", "Natural size"], ["+", "Closer"], ["−", "Farther"], ["Space", "Held: drag moves the view"], ["Shift S", "Add a note"], [`Shift ${alt} T`, "Tidy up"]]],
  ["Everywhere", [[`${mod} Enter`, "Run the workflow"], [`${mod} Shift Enter`, "Run the selected node"], [`${mod} Z`, "Undo"], [`${mod} Shift Z`, "Redo"], [`${mod} Space`, "Complete, in an expression or code"], ["?", "This sheet"]]],
];

export function openKeys(): void {
  const { body, foot, close } = openDialog("Keyboard", { size: "large" });
  const sections = sheets.map(([title, keys]) => h("section", {}, h("h3", {}, title), h("dl", { class: "keys" }, ...keys.flatMap(([key, what]) => [h("dt", {}, ...key.split(" ").flatMap((part, i) => (i > 0 ? [" ", h("kbd", {}, part)] : [h("kbd", {}, part)]))), h("dd", {}, what)]))));
  body.append(h("div", { class: "key-sheets" }, ...sections));
  const done = h("button", { type: "button", class: "button primary", onclick: close }, "Close");
  foot.append(done);
  done.focus();
}
