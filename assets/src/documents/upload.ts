// Sends files in several requests, shows how far it is, and lists what was left out and why.

import { h, icon } from "../lib/dom";
import { language, t, tn } from "../lib/words";
import { openDialog } from "../page/dialog";
import { textOf } from "../panels/words";
import { batches } from "./batch";
import type { Offered } from "./drop";
import { isHidden, refusal } from "./readable";
import type { Uploaded } from "./types";

interface Left { path: string; why: string }

const shownLeft = 200; // files that are listed as left out

export class Upload {
  private running = false;
  private stopped: AbortController | undefined;

  constructor(private readonly collection: string, private readonly box: HTMLElement, private readonly changed: () => void) {
    addEventListener("beforeunload", (event) => {
      if (this.running) event.preventDefault();
    });
  }

  /** Shows what would be sent and what not, and sends it once the person agrees. */
  async offer(all: Offered[]): Promise<void> {
    if (this.running || document.querySelector("dialog[open]")) return;
    const seen = all.filter((one) => !isHidden(one.path));
    const left: Left[] = [];
    const files: Offered[] = [];
    for (const one of seen) {
      const why = refusal(one.path, one.file.size);
      if (why) left.push({ path: one.path, why });
      else files.push(one);
    }
    if (seen.length === 0) return void this.report(t("There is no file in it that can be read."), left, "circle-alert");
    const tags = await this.ask(files, left);
    if (tags !== undefined) await this.send(files, left, tags);
  }

  private ask(files: Offered[], left: Left[]): Promise<string | undefined> {
    return new Promise((resolve) => {
      let answer: string | undefined;
      const { body, foot, close } = openDialog(t("Add documents"), { onclose: () => resolve(answer) });
      const size = files.reduce((sum, one) => sum + one.file.size, 0);
      body.classList.add("form");
      body.append(h("p", {}, tn(files.length, "{n} file, {size}", "{n} files, {size}", { size: sizeText(size) })));
      const tags = h("input", { id: "upload-tags", type: "text", autocomplete: "off", maxlength: 400, placeholder: t("handbook, 2026") });
      if (files.length > 0) {
        body.append(h("div", { class: "field" }, h("label", { for: "upload-tags" }, t("Tags")), tags, h("p", { class: "help" }, t("Parted by commas. Files of the same name are replaced."))));
      }
      if (left.length > 0) body.append(leftOut(left));
      const go = h("button", { type: "button", class: "button primary", disabled: files.length === 0, "data-testid": "send-files", onclick: () => { answer = tags.value; close(); } }, t("Add"));
      tags.addEventListener("keydown", (event) => { if (event.key === "Enter") go.click(); });
      foot.append(h("button", { type: "button", class: "button", onclick: close }, t("Cancel")), go);
      go.focus();
    });
  }

  private async send(files: Offered[], left: Left[], tags: string): Promise<void> {
    this.running = true;
    this.stopped = new AbortController();
    const total = files.reduce((sum, one) => sum + one.file.size, 0);
    const bar = h("progress", { max: Math.max(total, 1), value: 0, "aria-label": t("Upload") });
    const text = h("span", {}, "");
    const stop = h("button", { type: "button", class: "button small", onclick: () => this.stopped?.abort() }, t("Stop"));
    this.box.hidden = false;
    this.box.replaceChildren(h("div", { class: "card upload" }, h("div", { class: "row" }, icon("upload"), text, h("span", { class: "grow" }), stop), bar));
    let [sent, count, known] = [0, 0, 0];
    let failure = "";
    try {
      for (const batch of batches(files)) {
        text.textContent = t("Sending {done} of {total}", { done: count, total: files.length });
        for (const one of await this.post(batch, tags)) {
          count++;
          if (one.error) left.push({ path: one.name, why: one.error });
          else if (!one.fresh) known++;
        }
        sent += batch.reduce((sum, one) => sum + one.file.size, 0);
        bar.value = sent;
        this.changed();
      }
    } catch (error) {
      failure = this.stopped.signal.aborted ? t("Stopped after {done} of {total} files.", { done: count, total: files.length }) : t("Sent {done} of {total} files, then: {error}", { done: count, total: files.length, error: textOf(error) });
    } finally {
      this.running = false;
      this.changed();
    }
    const lines = [failure || tn(count, "{n} file was sent.", "{n} files were sent."), known > 0 ? tn(known, "{n} was there already, unchanged.", "{n} were there already, unchanged.") : ""];
    this.report(lines.filter(Boolean).join(" "), left, failure ? "circle-alert" : "circle-check");
  }

  private async post(batch: Offered[], tags: string): Promise<Uploaded[]> {
    const form = new FormData();
    form.append("tags", tags); // before the files: the server reads the parts in their order
    for (const { path, file } of batch) form.append(`file/${path}`, file);
    const response = await fetch(`/api/v1/collections/${this.collection}/documents`, { method: "POST", body: form, credentials: "same-origin", headers: { Accept: "application/json" }, signal: this.stopped?.signal });
    const answer = (await response.json().catch(() => ({}))) as { files?: Uploaded[]; title?: string; detail?: string };
    if (!response.ok) throw new Error(answer.detail || answer.title || t("The studio answered {status}", { status: response.status }));
    return answer.files ?? [];
  }

  private report(text: string, left: Left[], sign: string): void {
    const close = h("button", { type: "button", class: "button quiet small icon-only", "aria-label": t("Dismiss"), onclick: () => { this.box.hidden = true; } }, icon("x"));
    const bad = sign === "circle-alert";
    this.box.hidden = false;
    this.box.replaceChildren(h("div", { class: bad ? "alert bad" : left.length > 0 ? "alert warn" : "alert ok", role: bad ? "alert" : "status", "data-testid": "upload-report" }, icon(sign), h("div", {}, h("p", {}, text), left.length > 0 && leftOut(left)), close));
  }
}

function leftOut(left: Left[]): HTMLElement {
  const list = h("ul", { class: "left-out" });
  for (const { path, why } of left.slice(0, shownLeft)) list.append(h("li", {}, h("b", {}, path), " ", h("span", { class: "muted" }, why)));
  if (left.length > shownLeft) list.append(h("li", {}, tn(left.length - shownLeft, "and {n} more", "and {n} more")));
  return h("details", { open: left.length <= 5 }, h("summary", {}, tn(left.length, "{n} file is left out", "{n} files are left out")), list);
}

function sizeText(bytes: number): string {
  const [unit, size] = bytes < 1 << 20 ? ["kilobyte", 1 << 10] : ["megabyte", 1 << 20];
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }).format(bytes / (size as number));
}
