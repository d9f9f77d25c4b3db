// Questions before what cannot be taken back: data-confirm="text" on a button, link or form, with data-confirm-title,
// data-confirm-yes and data-confirm-danger; and hx-confirm of htmx, asked the same way.

import { confirm } from "./dialog";
import { t } from "../lib/words";

const agreed = new WeakSet<Element>();

async function ask(element: HTMLElement, text: string): Promise<boolean> {
  const { confirmTitle, confirmYes } = element.dataset;
  return confirm({
    title: confirmTitle ?? t("Are you sure?"),
    text,
    yes: confirmYes,
    danger: element.hasAttribute("data-confirm-danger") || element.classList.contains("danger"),
  });
}

/** Stops an event until the person agreed, then lets it happen again. */
function hold(event: Event, element: HTMLElement, again: () => void): void {
  if (agreed.delete(element)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  void ask(element, element.dataset.confirm ?? "").then((yes) => {
    if (!yes) return;
    agreed.add(element);
    again();
  });
}

export function watchConfirmations(): void {
  document.addEventListener(
    "click",
    (event) => {
      const element = (event.target as Element).closest<HTMLElement>("[data-confirm]:not(form)");
      if (element) hold(event, element, () => element.click());
    },
    true,
  );
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-confirm")) return;
      const submitter = event.submitter;
      hold(event, form, () => form.requestSubmit(submitter));
    },
    true,
  );
  document.addEventListener("htmx:confirm", (event) => {
    const detail = (event as CustomEvent<{ ctx: { confirm: string; sourceElement: HTMLElement }; issueRequest(): void; dropRequest(): void }>).detail;
    event.preventDefault();
    void ask(detail.ctx.sourceElement, detail.ctx.confirm).then((yes) => (yes ? detail.issueRequest() : detail.dropRequest()));
  });
}
