// Tips: what a button without text does, shown when the pointer rests on it or it is reached by keyboard. The text is
// data-tip, or the label of an .icon-only button. Escape hides it.

import { h } from "../lib/dom";
import { placeBeside } from "./menu";

const rest = 450; // milliseconds

export function watchTips(): void {
  const tip = h("div", { class: "tip", popover: "manual", "aria-hidden": "true" });
  document.body.append(tip);
  let shownFor: Element | null = null;
  let timer = 0;

  const hide = () => {
    clearTimeout(timer);
    shownFor = null;
    if (tip.matches(":popover-open")) tip.hidePopover();
  };
  const show = (element: HTMLElement, text: string) => {
    if (!element.isConnected) return;
    // A tip that was opened before a dialog would lie under it.
    hide();
    shownFor = element;
    tip.textContent = text;
    tip.showPopover();
    if (element.dataset.tipSide === "right") placeRight(tip, element.getBoundingClientRect());
    else placeBeside(tip, element.getBoundingClientRect());
  };
  const consider = (target: EventTarget | null, wait: number) => {
    const element = (target as Element).closest?.<HTMLElement>("[data-tip], .icon-only[aria-label]");
    if (element === shownFor) return;
    hide();
    const text = element?.dataset.tip ?? element?.getAttribute("aria-label");
    if (element && text && element.getAttribute("aria-expanded") !== "true") timer = window.setTimeout(() => show(element, text), wait);
  };

  document.addEventListener("pointerover", (event) => event.pointerType === "mouse" && consider(event.target, rest));
  document.addEventListener("focusin", (event) => {
    if ((event.target as Element).matches?.(":focus-visible")) consider(event.target, 0);
    else hide();
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("pointerdown", hide, true);
  document.addEventListener("scroll", hide, true);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide(), true);
}

/** Beside the entry of a list, so that the entry below stays readable. */
function placeRight(tip: HTMLElement, box: DOMRect): void {
  const top = box.top + (box.height - tip.offsetHeight) / 2;
  tip.style.left = `${box.right + 10}px`;
  tip.style.top = `${Math.max(8, Math.min(top, innerHeight - tip.offsetHeight - 8))}px`;
}
