// The editor page.

import { mountCanvas } from "./canvas/mount";
import { Studio } from "./editor/studio";
import { pageData } from "./lib/dom";
import { mountPanels } from "./panels/index";
import type { EditorData } from "./types";

const main = document.getElementById("editor");
if (main) {
  const studio = new Studio(pageData<EditorData>("editor-data"), main.dataset["role"] === "viewer");
  mountCanvas(studio);
  mountPanels(studio);
  void studio.connect().then(() => main.setAttribute("data-ready", ""));
}
