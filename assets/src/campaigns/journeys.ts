// Journeys in the form of a campaign: what the studio reads of them, or what is wrong, beside the text.

import { ApiError, api } from "../lib/api";
import { part } from "../lib/dom";
import { t, tn } from "../lib/words";

interface Read { journeys: { name: string }[] }

export function openJourneys(root: HTMLElement): void {
  const field = root.querySelector<HTMLTextAreaElement>("#field-journeys")!;
  const file = part<HTMLInputElement>(root, "journeys-file");
  const said = part(root, "journeys-said");
  part(root, "journeys-import").hidden = false;
  part(root, "journeys-pick").addEventListener("click", () => file.click());
  file.addEventListener("change", () => void load());
  field.addEventListener("change", () => void look());
  let asked = 0;
  if (field.value.trim() && field.getAttribute("aria-invalid") !== "true") void look();

  async function load(): Promise<void> {
    const chosen = file.files?.[0];
    if (!chosen) return;
    field.value = await chosen.text();
    file.value = "";
    await look();
  }

  async function look(): Promise<void> {
    const mine = ++asked;
    tell("", false);
    if (!field.value.trim()) return;
    try {
      const read = await api.post<Read>("/campaign-journeys", { text: field.value });
      if (mine !== asked) return;
      tell(tn(read.journeys.length, "{n} journey: {names}", "{n} journeys: {names}", { names: read.journeys.map((one) => one.name).join(", ") }), false);
    } catch (error) {
      if (mine === asked) tell(error instanceof ApiError ? error.message : t("The studio cannot be reached"), true);
    }
  }

  function tell(text: string, wrong: boolean): void {
    said.textContent = text;
    said.className = wrong ? "bad-text" : "ok-text";
    field.toggleAttribute("aria-invalid", false);
    if (wrong) field.setAttribute("aria-invalid", "true");
  }
}
