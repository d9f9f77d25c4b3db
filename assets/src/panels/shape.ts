// The sizes of the panels: how wide they are, whether they are there, and that on narrow screens they lie over the canvas.

import { h, icon } from "../lib/dom";
import { keep, kept } from "./keep";
import { t } from "../lib/words";

const narrow = matchMedia("(width < 900px)");
const limits = { least: 300, most: 900, start: 380 };

type Side = "palette" | "panel";

/** Shows or hides a panel; remembered, but for narrow screens. */
export function setPanel(side: Side, open: boolean, remember = true): void {
  document.body.dataset[side] = open ? "open" : "closed";
  if (remember && !narrow.matches) keep(side, open ? "open" : "closed");
  for (const button of document.querySelectorAll(`[data-panel-toggle="${side}"]`)) button.setAttribute("aria-expanded", String(open));
}

export const isOpen = (side: Side): boolean => document.body.dataset[side] !== "closed";

export function mountDrawers(): void {
  const restore = () => {
    setPanel("palette", !narrow.matches && kept("palette") !== "closed", false);
    setPanel("panel", !narrow.matches && kept("panel") !== "closed", false);
  };
  restore();
  narrow.addEventListener("change", restore);
  mountToggle("palette", "panel-left", t("Kinds of nodes"));
  mountToggle("panel", "panel-right", t("Selected node"));
}

/** A button at the edge of the canvas that shows and hides a panel. */
function mountToggle(side: Side, name: string, label: string): void {
  const panel = document.getElementById(side);
  const canvas = document.getElementById("canvas")?.parentElement;
  if (!panel || !canvas) return;
  const button = h("button", { type: "button", class: `button small icon-only panel-toggle ${side}-toggle`, "aria-label": label, "aria-expanded": String(isOpen(side)), "aria-controls": side, "data-panel-toggle": side, "data-testid": `${side}-toggle` }, icon(name));
  button.addEventListener("click", () => {
    setPanel(side, !isOpen(side));
    if (isOpen(side)) panel.querySelector<HTMLElement>("input, button, [tabindex='0']")?.focus();
  });
  panel.after(button);
}

/** The border that drags the right panel wider, also with the arrow keys. */
export function resizer(panel: HTMLElement): HTMLElement {
  const bar = h("div", { class: "panel-resize", role: "separator", tabindex: 0, "aria-orientation": "vertical", "aria-label": t("Width of the panel"), "aria-valuemin": limits.least, "aria-valuemax": limits.most });
  const set = (width: number, remember: boolean) => {
    const fit = Math.round(Math.max(limits.least, Math.min(limits.most, innerWidth - 320, width)));
    panel.parentElement?.style.setProperty("--panel-width", `${fit}px`);
    bar.setAttribute("aria-valuenow", String(fit));
    if (remember) keep("panel-width", String(fit));
  };
  set(Number(kept("panel-width")) || limits.start, false);
  bar.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    bar.setPointerCapture(event.pointerId);
    const edge = panel.getBoundingClientRect().right;
    const move = (at: PointerEvent) => set(edge - at.clientX, true);
    bar.addEventListener("pointermove", move);
    bar.addEventListener("lostpointercapture", () => bar.removeEventListener("pointermove", move), { once: true });
  });
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: 24, ArrowRight: -24 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    set(panel.offsetWidth + by, true);
  });
  bar.addEventListener("dblclick", () => set(limits.start, true));
  return bar;
}
