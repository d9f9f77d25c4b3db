// Copy, cut and paste through the system's clipboard, as JSON that another studio can read.

import { later } from "../commands/later";
import { parseClip } from "../doc/clip";
import { isTyping } from "../lib/dom";
import type { Canvas } from "./canvas";
import type { Commands } from "./commands";
import { t } from "../lib/words";
import { keyText } from "../commands/keys";

const foreign = /^\s*\{[\s\S]*"connections"\s*:/; // of n8n

export class Clipboard {
  constructor(private readonly canvas: Canvas, private readonly commands: Commands) {
    document.addEventListener("copy", (event) => this.take(event, false));
    document.addEventListener("cut", (event) => this.take(event, true));
    document.addEventListener("paste", (event) => this.put(event));
  }

  /** True when the clipboard's keys mean the canvas, and not a field or a text that is marked. */
  private here(): boolean {
    const active = document.activeElement;
    if (isTyping(active) || !getSelection()?.isCollapsed) return false;
    return active === document.body || this.canvas.shell.contains(active);
  }

  private take(event: ClipboardEvent, cut: boolean): void {
    if (!this.here()) return;
    const clip = this.commands.clip();
    const count = clip.nodes.length + clip.notes.length;
    if (count === 0 || !event.clipboardData) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", JSON.stringify(clip, null, 2));
    if (cut && !this.canvas.studio.readonly) this.commands.remove();
    else this.canvas.studio.say(count === 1 ? t("Copied") : t("Copied {count}", { count }));
  }

  private put(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!this.here() || this.canvas.studio.readonly || !text) return;
    const clip = parseClip(text);
    if (clip) {
      event.preventDefault();
      this.commands.paste(clip, this.canvas.pointer && this.canvas.toDrawing(this.canvas.pointer));
    } else if (foreign.test(text)) {
      event.preventDefault();
      void this.convert(text);
    }
  }

  private async convert(text: string): Promise<void> {
    const at = this.canvas.pointer && this.canvas.toDrawing(this.canvas.pointer);
    await later(import("../commands/foreign"), async ({ convert }) => {
      const clip = await convert(this.canvas.studio, text);
      if (clip) this.commands.paste(clip, at);
    });
  }

  /** Copies from a menu, where no clipboard event comes. */
  async copy(): Promise<boolean> {
    try {
      await navigator.clipboard.writeText(JSON.stringify(this.commands.clip(), null, 2));
      this.canvas.studio.say(t("Copied"));
      return true;
    } catch {
      this.canvas.studio.toast(t("The browser does not allow this. Press {keys} instead.", { keys: keyText("Mod+C") }));
      return false;
    }
  }

  async cut(): Promise<void> {
    if (await this.copy()) this.commands.remove();
  }

  async paste(): Promise<void> {
    try {
      const text = await navigator.clipboard.readText();
      const clip = parseClip(text);
      if (!clip && foreign.test(text)) await this.convert(text);
      else if (clip) this.commands.paste(clip, this.canvas.pointer && this.canvas.toDrawing(this.canvas.pointer));
      else this.canvas.studio.toast(t("There is nothing to paste: copy nodes first."));
    } catch {
      this.canvas.studio.toast(t("The browser does not allow this. Press {keys} instead.", { keys: keyText("Mod+V") }));
    }
  }
}
