// Brings comments to the page once the drawing stands: they are loaded behind the first paint.

import type { Canvas } from "../canvas/canvas";
import type { Point } from "../canvas/geometry";
import { behind } from "../lib/behind";
import { t } from "../lib/words";
import type { Discussion } from "./discussion";

export function mountComments(canvas: Canvas): void {
  const { studio } = canvas;
  const button = document.querySelector<HTMLButtonElement>("#comments-button");
  let ready: Discussion | undefined;
  const coming = new Promise<Discussion>((resolve, reject) => {
    const load = () => void behind(import("./discussion")).then(({ Discussion }) => resolve((ready = new Discussion(canvas, button))), reject);
    if (document.readyState === "complete") setTimeout(load);
    else addEventListener("load", () => setTimeout(load), { once: true });
  });
  coming.catch(() => studio.toast(t("Comments could not be loaded. Load the page again when the studio can be reached."), { error: true }));
  const use = (run: (discussion: Discussion) => void) => void coming.then(run, () => undefined);
  button?.addEventListener("click", () => use((discussion) => discussion.toggleList()));
  const point = askedPoint(canvas);
  const mayNot = () => (ready && ready.book.failure === "" && !ready.book.may ? t("You may read comments here, not write them.") : "");
  studio.commands.add(
    { id: "comment.add", title: t("Comment"), group: t("Comments"), icon: "message-square", keys: ["T"], where: "canvas", menu: ["node", "note", "canvas"], off: mayNot, run: (event) => { const at = event ? undefined : point(); use((discussion) => discussion.discuss(at)); } },
    { id: "comment.list", title: t("Show the comments"), group: t("Comments"), icon: "message-square", keys: ["Shift+T"], run: () => use((discussion) => discussion.toggleList()) },
  );
}

/** Where on the empty canvas its menu was asked for, as long as the menu is what the person is at. */
function askedPoint(canvas: Canvas): () => Point | undefined {
  let at: Point | undefined;
  canvas.root.addEventListener("contextmenu", (event) => {
    at = (event.target as Element).closest(".node, .note") ? undefined : canvas.camera.local(event);
  }, true);
  addEventListener("pointerdown", (event) => !(event.target as Element).closest(".canvas-menu") && (at = undefined), true);
  addEventListener("keydown", (event) => !(event.target as Element).closest(".canvas-menu") && (at = undefined), true);
  return () => at;
}
