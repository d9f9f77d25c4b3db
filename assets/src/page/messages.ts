// Messages in the corner. A server says one with the header HX-Trigger {"toast": {"text": "…", "error": false, "undo":
// "/address"}}, or renders an element with data-toast="…" (and data-toast-error, data-toast-undo="/address"): undo is
// posted there and the page loaded again.

import { toast } from "../lib/announce";
import { t } from "../lib/words";

interface Message { text: string; error?: boolean; undo?: string }

function show(message: Message): void {
  const { undo } = message;
  toast(message.text, { error: message.error, action: undo ? { label: t("Undo"), run: () => void post(undo) } : undefined });
}

async function post(address: string): Promise<void> {
  const response = await fetch(address, { method: "POST", credentials: "same-origin" }).catch(() => null);
  if (response?.ok) location.reload();
  else toast(t("That could not be undone. Load the page again to see how things stand."), { error: true });
}

function showRendered(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-toast]")) {
    const { toast: text, toastUndo } = element.dataset;
    if (text) show({ text, error: element.hasAttribute("data-toast-error"), undo: toastUndo });
    element.remove();
  }
}

export function watchMessages(): void {
  showRendered(document);
  document.addEventListener("htmx:after:swap", () => showRendered(document));
  document.addEventListener("toast", (event) => {
    const message = (event as CustomEvent<Message & { value?: string }>).detail;
    const text = message.text ?? message.value;
    if (text) show({ ...message, text });
  });
  document.addEventListener("htmx:error", () => toast(t("The studio cannot be reached. Check the connection and try again."), { error: true }));
}
