// The commands that change nothing: opening, selecting, going somewhere, looking closer, running.

import { reach } from "../doc/graph";
import { t } from "../lib/words";
import type { Hands } from "./drawing";
import { keyAhead } from "./keyahead";
import { later } from "./later";
import * as choose from "./select";
import type { Command } from "./table";
import { called, goBack, goInto, noWayBack } from "./way";

export function lookingCommands({ canvas, commands, keyboard }: Hands): Command[] {
  const { studio } = canvas;
  const [node, select, go, view, run, studioGroup] = [t("Node"), t("Select"), t("Go to"), t("View"), t("Run"), t("Workflow")];
  const one = () => keyboard.current();
  const noNode = () => (one() ? "" : t("Select a node first"));
  const edges = new choose.EdgeWalk(studio);
  const find = (by: 0 | 1 | -1) => keyAhead(later(import("./find"), ({ openFind }) => openFind(canvas, by)));
  const here = { where: "canvas" } as const;
  const tool = (name: string) => canvas.shell.querySelector<HTMLElement>(`[data-action="${name}"]`)?.click();
  const also = (...ways: ("up" | "down")[]) => () => choose.nodes(studio, [...studio.selected, ...studio.selected.flatMap((id) => ways.flatMap((way) => reach(studio.doc, id, way)))]);
  const underWay = () => ["queued", "running", "waiting"].includes(studio.runView.status ?? "");
  return [
    { id: "node.open", title: t("Open"), group: node, icon: "settings-2", keys: ["Enter"], ...here, run: (event) => keyboard.open(event) },
    { id: "node.output", title: t("Show output"), group: node, icon: "table", keys: ["Shift+Enter"], ...here, off: noNode, run: () => studio.open(one()!, "output") },

    { id: "select.all", title: t("Select all"), group: select, icon: "scan", keys: ["Mod+A"], ...here, run: () => commands.selectAll() },
    { id: "select.none", title: t("Select nothing"), group: select, keys: ["Escape"], ...here, silent: true, run: () => { studio.choose({}); canvas.root.focus({ preventScroll: true }); } },
    { id: "select.invert", title: t("Invert the selection"), group: select, icon: "combine", keys: ["Shift+I"], ...here, run: () => choose.invert(studio) },
    { id: "select.connected", title: t("Select everything connected"), group: select, icon: "waypoints", keys: ["Shift+C"], ...here, off: noNode, run: () => choose.nodes(studio, choose.connected(studio)) },
    { id: "select.upstream", title: t("Select what comes before"), group: select, icon: "skip-back", keys: ["["], ...here, off: noNode, run: also("up") },
    { id: "select.downstream", title: t("Select what comes after"), group: select, icon: "skip-forward", keys: ["]"], ...here, off: noNode, run: also("down") },
    { id: "select.group", title: t("Select the whole group"), group: select, icon: "group", keys: ["Shift+G"], ...here, off: () => choose.noGroup(studio), run: () => choose.nodes(studio, choose.groupOf(studio)!.nodes) },
    { id: "edge.next", title: t("Select the next edge of the node"), group: select, icon: "arrow-right", keys: ["E"], ...here, off: () => edges.none(), run: () => edges.step(1) },
    { id: "edge.previous", title: t("Select the previous edge of the node"), group: select, icon: "arrow-left", keys: ["Shift+E"], ...here, off: () => edges.none(), run: () => edges.step(-1) },

    { id: "go.left", title: t("Go to the node before"), group: go, icon: "arrow-left", keys: ["Mod+ArrowLeft", "Alt+ArrowLeft"], ...here, run: () => keyboard.walk("left") },
    { id: "go.right", title: t("Go to the node after"), group: go, icon: "arrow-right", keys: ["Mod+ArrowRight", "Alt+ArrowRight"], ...here, run: () => keyboard.walk("right") },
    { id: "go.up", title: t("Go to the node above"), group: go, icon: "arrow-up", keys: ["Mod+ArrowUp", "Alt+ArrowUp"], ...here, run: () => keyboard.walk("up") },
    { id: "go.down", title: t("Go to the node below"), group: go, icon: "arrow-down", keys: ["Mod+ArrowDown", "Alt+ArrowDown"], ...here, run: () => keyboard.walk("down") },
    { id: "go.first", title: t("Go to the first node"), group: go, icon: "skip-back", keys: ["Home"], ...here, run: () => keyboard.end("first") },
    { id: "go.last", title: t("Go to the last node"), group: go, icon: "skip-forward", keys: ["End"], ...here, run: () => keyboard.end("last") },

    { id: "go.part", title: t("Go to the next part of the page"), group: go, icon: "panel-right", keys: ["F6"], where: "always", run: () => keyboard.part(1) },
    { id: "go.part.before", title: t("Go to the part of the page before"), group: go, icon: "panel-left", keys: ["Shift+F6"], where: "always", run: () => keyboard.part(-1) },
    { id: "go.find", title: t("Find in the workflow"), group: go, icon: "search", keys: ["Mod+F"], run: () => find(0) },
    { id: "go.find.next", title: t("Find the next place"), group: go, icon: "chevron-down", keys: ["F3"], run: () => find(1) },
    { id: "go.find.previous", title: t("Find the place before"), group: go, icon: "chevron-up", keys: ["Shift+F3"], run: () => find(-1) },
    { id: "go.into", title: t("Open the called workflow"), group: go, icon: "workflow", keys: ["G"], ...here, menu: ["node"], off: () => (called(studio, one()) ? "" : t("Select a node that calls a workflow")), run: () => goInto(studio, one()!) },
    { id: "go.back", title: t("Back to the calling workflow"), group: go, icon: "corner-up-left", keys: ["B"], ...here, off: () => noWayBack(studio), run: () => goBack(studio) },

    { id: "view.closer", title: t("Zoom in"), group: view, icon: "zoom-in", keys: ["+", "="], ...here, run: () => canvas.camera.zoomBy(1.2) },
    { id: "view.farther", title: t("Zoom out"), group: view, icon: "zoom-out", keys: ["-"], ...here, run: () => canvas.camera.zoomBy(1 / 1.2) },
    { id: "view.natural", title: t("Natural size"), group: view, icon: "square", keys: ["0"], ...here, run: () => canvas.resetZoom() },
    { id: "view.all", title: t("Show everything"), group: view, icon: "maximize", keys: ["1"], ...here, run: () => canvas.fitAll() },
    { id: "view.selection", title: t("Show the selection"), group: view, icon: "scan", keys: ["2"], ...here, run: () => canvas.fitSelection() },
    { id: "view.outline", title: t("Outline"), group: view, icon: "list-tree", keys: ["O"], ...here, run: () => canvas.outline.toggle() },
    { id: "view.map", title: t("Show or hide the map"), group: view, icon: "map", keys: ["M"], ...here, run: () => tool("minimap") },

    ...(!document.getElementById("run-button") ? [] : [
      { id: "run.all", title: t("Run the workflow"), group: run, icon: "play", keys: ["Mod+Enter"], run: () => studio.run() },
      { id: "run.node", title: t("Run this node"), group: run, icon: "circle-play", keys: ["Mod+Shift+Enter"], off: noNode, run: () => studio.run({ only: one()! }) },
      { id: "run.from", title: t("Run from here"), group: run, icon: "step-forward", keys: ["Alt+Shift+Enter"], off: noNode, run: () => studio.run({ from: one()! }) },
      { id: "run.cancel", title: t("Cancel the run"), group: run, icon: "circle-stop", keys: ["Mod+."], off: () => (underWay() ? "" : t("No run is under way")), run: () => studio.cancelRun() },
    ]),

    { id: "studio.palette", title: t("Find a command, a node or a workflow"), group: studioGroup, icon: "search", keys: ["Mod+K"], where: "always", silent: true, run: () => keyAhead(later(import("./palette"), ({ openPalette }) => openPalette(studio))) },
    { id: "studio.tests", title: t("Tests of this workflow"), group: studioGroup, icon: "circle-check", run: () => later(import("../tests/dialog"), ({ openTests }) => openTests(studio)) },
    { id: "studio.export", title: t("Export as a file"), group: studioGroup, icon: "download", run: () => later(import("./export"), ({ openExport }) => openExport(studio)) },
    { id: "studio.keys", title: t("Keyboard"), group: studioGroup, icon: "keyboard", keys: ["?"], run: () => later(import("./sheet"), ({ openSheet }) => openSheet(studio.commands)) },
  ];
}
