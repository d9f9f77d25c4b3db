// The commands that change the drawing.

import type { Canvas } from "../canvas/canvas";
import type { Clipboard } from "../canvas/clipboard";
import type { Commands } from "../canvas/commands";
import { grid } from "../canvas/geometry";
import type { Keyboard } from "../canvas/keyboard";
import { insertHere, type Menu } from "../canvas/menu";
import type { Way } from "../canvas/walk";
import type { Line } from "../doc/align";
import { edgeKey } from "../editor/selection";
import { t, tn } from "../lib/words";
import { keyAhead } from "./keyahead";
import { later } from "./later";
import * as select from "./select";
import type { Command } from "./table";

export interface Hands { canvas: Canvas; commands: Commands; clipboard: Clipboard; menu: Menu; keyboard: Keyboard }

export function drawingCommands({ canvas, commands, clipboard, menu, keyboard }: Hands): Command[] {
  const { studio } = canvas;
  const [node, edit, arrange] = [t("Node"), t("Edit"), t("Arrange")];
  const one = () => keyboard.current();
  const noNode = () => (one() ? "" : t("Select a node first"));
  const nothing = () => (studio.selection.size > 0 ? "" : t("Nothing is selected"));
  const onCanvas = { where: "canvas", edits: true } as const;
  const chosen = () => (one() ? studio.node(one()!) : undefined);
  const edge = () => studio.doc.edges.find((other) => studio.selection.edges.has(edgeKey(other)));
  // Arrow keys that have nothing to move go to the next node.
  const nudge = (x: number, y: number, way: Way) => () => (!studio.readonly && commands.nudge(x * grid, y * grid)) || keyboard.walk(way);
  const few = (least: number) => (studio.selection.nodes.size + studio.selection.notes.size >= least ? "" : tn(least, "Select {n} node or note first", "Select {n} nodes or notes first"));
  const lines: [Line, string, string, string][] = [
    ["left", t("Align left"), "align-start-vertical", "Alt+A"], ["center", t("Align the centres"), "align-center-vertical", "Alt+H"], ["right", t("Align right"), "align-end-vertical", "Alt+D"],
    ["top", t("Align at the top"), "align-start-horizontal", "Alt+W"], ["middle", t("Align the middles"), "align-center-horizontal", "Alt+V"], ["bottom", t("Align at the bottom"), "align-end-horizontal", "Alt+S"],
  ];
  return [
    { id: "node.add", title: t("Add a node"), group: node, icon: "plus", keys: ["N"], ...onCanvas, run: () => canvas.quickAdd() },
    { id: "node.after", title: t("Add a node after this one"), group: node, icon: "step-forward", keys: ["A"], ...onCanvas, off: noNode, run: () => commands.addBeside(one()!, "out") },
    { id: "node.before", title: t("Add a node before this one"), group: node, icon: "step-back", keys: ["Shift+A"], ...onCanvas, off: noNode, run: () => commands.addBeside(one()!, "in") },
    { id: "node.tab", title: t("Add a node where the pointer is"), group: node, keys: ["Tab"], ...onCanvas, silent: true, run: () => keyboard.pointing && canvas.quickAdd() },
    { id: "node.connect", title: t("Connect to…"), group: node, icon: "link", keys: ["C"], ...onCanvas, off: () => (one() ? "" : t("Select a node to connect it")), run: () => (canvas.outline.within ? void later(import("../outline/connect"), (module) => module.connectFrom(studio, one()!)) : (canvas.focus(one()!), keyboard.wiring.begin(one()!))) },
    { id: "node.rename", title: t("Rename"), group: node, icon: "pencil", keys: ["F2"], ...onCanvas, off: noNode, run: () => commands.rename(one()) },
    { id: "node.replace", title: t("Replace by another kind…"), group: node, icon: "replace", keys: ["R"], ...onCanvas, off: noNode, run: () => keyAhead(later(import("./replace"), ({ replaceKind }) => replaceKind(canvas, one()!))) },
    { id: "node.disable", title: () => (chosen()?.disabled ? t("Enable") : t("Disable")), group: node, icon: "power", keys: ["D"], ...onCanvas, off: noNode, run: () => commands.disable() },
    { id: "node.pin", title: () => (chosen()?.pinned ? t("Take the pin off") : t("Pin the output")), group: node, icon: "pin", keys: ["P"], ...onCanvas, off: noNode, run: () => commands.pin() },
    { id: "node.menu", title: t("Menu"), group: node, keys: ["Shift+F10", "ContextMenu"], where: "canvas", silent: true, run: () => menu.openHere(one()) },

    { id: "edit.undo", title: t("Undo"), group: edit, icon: "undo-2", keys: ["Mod+Z"], edits: true, off: () => (studio.history.canUndo ? "" : t("Nothing to undo")), run: () => studio.undo() },
    { id: "edit.redo", title: t("Redo"), group: edit, icon: "redo-2", keys: ["Mod+Shift+Z", "Mod+Y"], edits: true, off: () => (studio.history.canRedo ? "" : t("Nothing to redo")), run: () => studio.redo() },
    { id: "edit.copy", title: t("Copy"), group: edit, icon: "copy", keys: ["Mod+C"], where: "canvas", fixed: true, off: nothing, run: () => clipboard.copy() },
    { id: "edit.cut", title: t("Cut"), group: edit, icon: "copy-minus", keys: ["Mod+X"], ...onCanvas, fixed: true, off: nothing, run: () => clipboard.cut() },
    { id: "edit.paste", title: t("Paste"), group: edit, icon: "file-plus", keys: ["Mod+V"], ...onCanvas, fixed: true, run: () => clipboard.paste() },
    { id: "edit.duplicate", title: t("Duplicate"), group: edit, icon: "copy", keys: ["Mod+D"], ...onCanvas, off: nothing, run: () => commands.duplicate() },
    { id: "edit.delete", title: t("Delete"), group: edit, icon: "trash-2", keys: ["Delete", "Backspace"], ...onCanvas, off: nothing, run: () => commands.remove() },
    { id: "edit.join", title: t("Delete and join"), group: edit, icon: "unlink", keys: ["Shift+Delete", "Shift+Backspace"], ...onCanvas, off: nothing, run: () => commands.remove(true) },
    { id: "edge.insert", title: t("Add a node on the edge"), group: edit, icon: "corner-down-right", keys: ["I"], ...onCanvas, off: () => (edge() ? "" : t("Select an edge first: E goes through the edges of a node")), run: () => insertHere(canvas, edge()!) },
    { id: "edge.follow", title: t("Go to where the edge leads"), group: edit, icon: "arrow-right", keys: [], where: "canvas", off: () => (edge() ? "" : t("Select an edge first: E goes through the edges of a node")), run: () => canvas.outline.follow(edge()!.to) || (studio.select([edge()!.to]), canvas.focus(edge()!.to)) },
    { id: "note.add", title: t("Add a note"), group: edit, icon: "sticky-note", keys: ["Shift+S"], ...onCanvas, run: () => canvas.addNote() },
    { id: "note.wider", title: t("Make the note wider"), group: edit, keys: ["Alt+Shift+ArrowRight"], ...onCanvas, off: () => select.noNote(studio), run: () => commands.resizeNotes(grid, 0) },
    { id: "note.narrower", title: t("Make the note narrower"), group: edit, keys: ["Alt+Shift+ArrowLeft"], ...onCanvas, off: () => select.noNote(studio), run: () => commands.resizeNotes(-grid, 0) },
    { id: "note.taller", title: t("Make the note taller"), group: edit, keys: ["Alt+Shift+ArrowDown"], ...onCanvas, off: () => select.noNote(studio), run: () => commands.resizeNotes(0, grid) },
    { id: "note.lower", title: t("Make the note less tall"), group: edit, keys: ["Alt+Shift+ArrowUp"], ...onCanvas, off: () => select.noNote(studio), run: () => commands.resizeNotes(0, -grid) },

    { id: "move.left", title: t("Move the selection left"), group: arrange, keys: ["ArrowLeft"], where: "canvas", silent: true, run: nudge(-1, 0, "left") },
    { id: "move.right", title: t("Move the selection right"), group: arrange, keys: ["ArrowRight"], where: "canvas", silent: true, run: nudge(1, 0, "right") },
    { id: "move.up", title: t("Move the selection up"), group: arrange, keys: ["ArrowUp"], where: "canvas", silent: true, run: nudge(0, -1, "up") },
    { id: "move.down", title: t("Move the selection down"), group: arrange, keys: ["ArrowDown"], where: "canvas", silent: true, run: nudge(0, 1, "down") },
    { id: "move.left.far", title: t("Move the selection far left"), group: arrange, keys: ["Shift+ArrowLeft"], where: "canvas", silent: true, run: nudge(-5, 0, "left") },
    { id: "move.right.far", title: t("Move the selection far right"), group: arrange, keys: ["Shift+ArrowRight"], where: "canvas", silent: true, run: nudge(5, 0, "right") },
    { id: "move.up.far", title: t("Move the selection far up"), group: arrange, keys: ["Shift+ArrowUp"], where: "canvas", silent: true, run: nudge(0, -5, "up") },
    { id: "move.down.far", title: t("Move the selection far down"), group: arrange, keys: ["Shift+ArrowDown"], where: "canvas", silent: true, run: nudge(0, 5, "down") },
    ...lines.map(([id, title, icon, keys]): Command => ({ id: `align.${id}`, title, group: arrange, icon, keys: [keys], ...onCanvas, off: () => few(2), run: () => later(import("./arrange"), (module) => module.arrange(canvas, id)) })),
    { id: "distribute.across", title: t("Spread evenly across"), group: arrange, icon: "align-horizontal-distribute-center", keys: ["Alt+Shift+H"], ...onCanvas, off: () => few(3), run: () => later(import("./arrange"), (module) => module.arrange(canvas, "across")) },
    { id: "distribute.down", title: t("Spread evenly down"), group: arrange, icon: "align-vertical-distribute-center", keys: ["Alt+Shift+V"], ...onCanvas, off: () => few(3), run: () => later(import("./arrange"), (module) => module.arrange(canvas, "down")) },
    { id: "arrange.tidy", title: () => (studio.selection.nodes.size > 1 ? t("Tidy up the selection") : t("Tidy up")), group: arrange, icon: "layout-grid", keys: ["Alt+Shift+T"], edits: true, run: () => canvas.tidy() },
    { id: "group.add", title: t("Group"), group: arrange, icon: "group", keys: ["Mod+G"], ...onCanvas, off: () => (studio.selection.nodes.size > 0 ? "" : t("Select nodes to group them")), run: () => canvas.groups.add() },
    { id: "group.into", title: t("Put into a group…"), group: arrange, icon: "folder-input", keys: [], ...onCanvas, off: () => (studio.selection.nodes.size > 0 && studio.doc.groups.length > 0 ? "" : t("There is no group yet")), run: () => later(import("../outline/grouping"), (module) => module.putIntoGroup(studio)) },
    { id: "group.remove", title: t("Ungroup"), group: arrange, icon: "ungroup", keys: ["Mod+Shift+G"], ...onCanvas, off: () => select.noGroup(studio), run: () => canvas.groups.remove() },
    { id: "group.extract", title: t("Extract into a workflow…"), group: arrange, icon: "workflow", keys: ["X"], ...onCanvas, off: () => (studio.selection.nodes.size > 0 ? "" : t("Select the nodes to extract")), run: () => later(import("./extract"), (module) => module.extract(canvas)) },
    { id: "group.collapse", title: () => (select.groupOf(studio)?.collapsed ? t("Expand the group") : t("Collapse the group")), group: arrange, icon: "shrink", keys: ["K"], ...onCanvas, off: () => select.noGroup(studio), run: () => canvas.groups.fold(select.groupOf(studio)!.id) },
    { id: "group.rename", title: t("Rename the group"), group: arrange, icon: "text-cursor-input", keys: ["Shift+F2"], ...onCanvas, off: () => select.noGroup(studio), run: () => canvas.groups.rename(select.groupOf(studio)!.id) },
  ];
}
