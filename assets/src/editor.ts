// The editor page.

import { mountCanvas } from "./canvas/mount";
import { mountComments } from "./comments/mount";
import { mountRole } from "./editor/role";
import { Studio } from "./editor/studio";
import { behind, painted } from "./lib/behind";
import { pageData } from "./lib/dom";
import { mountPanels } from "./panels/index";
import type { EditorData } from "./types";

const main = document.getElementById("editor");
if (main) {
  const studio = new Studio(pageData<EditorData>("editor-data"), main.dataset["role"] === "viewer");
  const canvas = mountCanvas(studio);
  mountPanels(studio);
  mountRole(studio, main, canvas.shell);
  mountComments(canvas);
  void painted().then(() => behind(import("./presence/mount"))).then(({ mountPresence }) => mountPresence(studio, canvas), () => undefined); // goes without
  void studio.connect().then(() => main.setAttribute("data-ready", ""));
}
