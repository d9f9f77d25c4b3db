// What the editor tells people: spoken lines for screen readers, and toasts for everybody.

import { h, icon } from "./dom";
import { t } from "./words";

/** Speaks a line through the page's live region. */
export function say(text: string): void {
  const region = document.getElementById("live");
  if (!region) return;
  region.append(h("p", {}, text));
  while (region.childElementCount > 20) region.firstElementChild?.remove();
}

export interface ToastOptions { error?: boolean; action?: { label: string; run(): void } }

/** Shows a message in the corner: six seconds, errors until they are dismissed (at most four at a time). */
export function toast(text: string, options: ToastOptions = {}): void {
  notice(text, options);
}

/** Shows a message that can be taken away again, by what is returned. */
export function notice(text: string, options: ToastOptions = {}): () => void {
  let region = document.getElementById("toasts");
  if (!region) {
    region = h("div", { id: "toasts", class: "toasts", role: "status", "aria-live": "polite" });
    document.body.append(region);
  }
  const box = h("div", { class: options.error ? "toast toast-error" : "toast", "data-testid": "toast" }, icon(options.error ? "circle-alert" : "info"), h("p", {}, text));
  const close = () => box.remove();
  if (options.action) {
    const { label, run } = options.action;
    box.append(h("button", { type: "button", class: "button small", onclick: () => { close(); run(); } }, label));
  }
  box.append(h("button", { type: "button", class: "toast-close", "aria-label": t("Dismiss"), onclick: close }, icon("x")));
  region.append(box);
  while (region.childElementCount > 4) region.firstElementChild?.remove();
  if (options.error) return close;
  let timer = setTimeout(close, 6_000);
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", () => (timer = setTimeout(close, 2_000)));
  return close;
}
