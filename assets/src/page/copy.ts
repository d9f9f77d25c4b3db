// Copy buttons: data-copy="text", or data-copy alone beside the element whose text is meant.

import { toast } from "../lib/announce";
import { t } from "../lib/words";

/** Puts a text on the clipboard and says so. */
export async function copyText(text: string, what = t("Copied")): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(what);
  } catch {
    toast(t("The browser did not allow copying. Select the text and copy it by hand."), { error: true });
  }
}

export function watchCopyButtons(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-copy]");
    if (!button) return;
    const text = button.dataset.copy || button.previousElementSibling?.textContent?.trim() || "";
    void copyText(text);
  });
}
