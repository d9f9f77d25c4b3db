// Looks at a page: what axe finds wrong with it, and a picture of it.
import { expect, type Page, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

interface Violation { id: string; help: string; nodes: { target: string[]; failureSummary: string }[] }

/** Waits until nothing is loaded any more and what moves by itself has arrived. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("load");
  await page.evaluate(async () => {
    await document.fonts.ready;
    // What turns for ever (a running step) is not waited for.
    const ends = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity);
    // Nor one that never comes to an end because the browser does not draw what it belongs to: the longest takes 1.8 seconds.
    const late = new Promise((resolve) => setTimeout(resolve, 3000));
    await Promise.race([Promise.allSettled(ends.map((animation) => animation.finished)), late]);
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
}

/** The rules that a page breaks, each with the elements that break it. */
export async function violations(page: Page): Promise<string[]> {
  await settled(page); // colours on their way from one theme to the other are those of neither
  // Evaluated from outside: the page's own policy forbids scripts that do not come from it.
  await page.evaluate(axe);
  const found = await page.evaluate(async (values) => {
    const { axe } = window as unknown as { axe: { run(on: Document, options: unknown): Promise<{ violations: Violation[] }> } };
    return (await axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"], preload: false })).violations;
  }, tags);
  return found.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id} (${help}): ${node.target.join(" ")}\n    ${node.failureSummary.replace(/\s+/g, " ")}`));
}

/** Takes pictures of pages and tells what is wrong with them. */
export class Screens {
  constructor(private readonly page: Page, private readonly theme: string) {}

  async look(name: string): Promise<void> {
    await settled(this.page);
    await this.page.screenshot({ path: join(test.info().project.outputDir, "screens", `${this.theme}-${name}.png`) });
    expect.soft(await violations(this.page), `what axe objects to: ${name}, ${this.theme}`).toEqual([]);
  }
}
