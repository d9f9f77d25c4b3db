// What people set for themselves: text at twice its size (WCAG 1.4.10, 1.4.12), forced colours, less motion.
import { Api, chain } from "../api";
import { settled, violations } from "../screens";
import type { Page } from "@playwright/test";
import { expect, setUp, type Studio, test } from "../studio";

/** How much wider than the window the page is. */
const wider = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** What is cut: text in a box that neither scrolls nor says by an ellipsis that there is more, and controls outside the window. */
const cut = (page: Page) => page.evaluate(() => [...document.querySelectorAll<HTMLElement>("button, a, h1, h2, h3, p, label, td, th, summary")].filter((element) => {
  if (!element.checkVisibility() || element.closest(".canvas, .visually-hidden, .skip-link, [popover], .canvas-frame")) return false;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  if (box.width === 0 || box.width <= 1) return false;
  const hidden = style.overflowX === "hidden" && style.textOverflow !== "ellipsis" && element.scrollWidth > element.clientWidth + 1;
  let scrolls = false;
  for (let up = element.parentElement; up; up = up.parentElement) scrolls ||= /auto|scroll/.test(getComputedStyle(up).overflowX) && up.scrollWidth > up.clientWidth;
  return hidden || (!scrolls && (box.right > innerWidth + 1 || box.left < -1) && style.position !== "absolute");
}).map((element) => `${element.tagName} ${element.id || element.className}: ${element.textContent?.trim().slice(0, 40)}`));

/** Looks at the pages of a studio with a workflow in it, the editor last. */
async function pages(page: Page, studio: Studio, look: (name: string) => Promise<void>): Promise<void> {
  await setUp(page, studio);
  const base = studio.url;
  const api = new Api(page, base);
  const id = await api.create(chain("Looked at", ["trigger.manual", "Start"], ["data.limit", "First", { count: 3 }], ["sql.query", "Store", { credential: "Warehouse", query: "select 1" }]));
  for (const path of ["/workflows", "/workflows/new", `/workflows/${id}/details`, `/workflows/${id}/history`, "/runs", "/credentials", "/settings", "/settings/members", `/workflows/${id}`]) {
    await page.goto(base + path);
    await settled(page);
    await look(path.replace(id, "id"));
  }
}

test.describe("a window of 320 pixels, which is 400 % of 1280", () => {
  test.use({ viewport: { width: 320, height: 640 } });

  test("no page scrolls sideways, nothing is cut", async ({ page, studio }) => {
    await pages(page, studio, async (name) => {
      expect.soft(await wider(page), `${name} is wider than the window`).toBeLessThanOrEqual(0);
      expect.soft(await cut(page), `${name}: cut`).toEqual([]);
    });
  });
});

test("with wider spaces between lines, words and letters nothing is cut", async ({ page, studio }) => {
  await pages(page, studio, async (name) => {
    // Constructed: the page's policy forbids style elements.
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }");
      document.adoptedStyleSheets.push(sheet);
    });
    await settled(page);
    expect.soft(await wider(page), `${name} is wider than the window`).toBeLessThanOrEqual(0);
    expect.soft(await cut(page), `${name}: cut`).toEqual([]);
  });
});

test.describe("forced colours and less motion", () => {
  test.use({ contextOptions: { forcedColors: "active", reducedMotion: "reduce" } });

  test("what is selected, pressed and connected can be told, and nothing moves", async ({ page, studio }) => {
    await pages(page, studio, async (name) => {
      await page.screenshot({ path: test.info().outputPath(`forced${name.replaceAll("/", "-")}.png`) });
      const moving = await page.evaluate(() => document.getAnimations().filter((animation) => Number(animation.effect?.getComputedTiming().duration) > 1).length);
      expect.soft(moving, `${name}: moves`).toBe(0);
    });
    await page.locator(".node").filter({ hasText: "First" }).locator(".node-icon").click();
    const selected = page.locator(".node.is-selected > .node-card");
    const other = page.locator(".node:not(.is-selected) > .node-card").first();
    const line = (element: Element) => `${getComputedStyle(element).outlineStyle} ${getComputedStyle(element).outlineColor}`;
    expect(await selected.evaluate(line)).not.toBe(await other.evaluate(line));
    await page.screenshot({ path: test.info().outputPath("forced-selected.png") });
    expect(await violations(page)).toEqual([]);
  });
});
