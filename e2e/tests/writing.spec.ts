// Two pages at one workflow that write into the same texts, take their own letters back, and come back from being
// offline with edits of which one no longer applies.
import type { Page } from "@playwright/test";
import { Api, chain } from "../api";
import { Drawing } from "../drawing";
import { violations } from "../screens";
import { expect, setUp, test, watchConsole } from "../studio";

async function open(page: Page, url: string): Promise<Drawing> {
  await page.goto(url);
  const drawing = new Drawing(page);
  await drawing.ready();
  await expect(page.locator("#editor")).toHaveAttribute("data-ready", "");
  return drawing;
}

const code = (page: Page) => page.locator('.cm-content[data-testid="param-code"]');

test("two pages write into one text", async ({ page, studio, browser }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const doc = chain("Written together", ["trigger.manual", "Start"], ["code.javascript", "Code", { code: "return $input.all();" }], ["data.limit", "Last", { count: 3 }]);
  const id = await api.create({ ...doc, notes: [{ id: "why", at: [80, 320], size: [240, 120], text: "Why" }] });
  const other = await (await browser.newContext({ storageState: await page.context().storageState() })).newPage();
  const mistakes = watchConsole(other);
  const url = `${studio.url}/workflows/${id}`;
  const [a, b] = [await open(page, url), await open(other, url)];
  const stored = async () => (await api.get<{ doc: { nodes: { params: Record<string, unknown> }[]; notes: { text: string }[] } }>(`/workflows/${id}`)).doc;

  await test.step("letters of both stay, and so do their cursors", async () => {
    await a.select("Code");
    await b.select("Code");
    await code(page).click();
    await page.keyboard.press("Control+Home");
    await code(other).click();
    await other.keyboard.press("Control+End");
    await Promise.all([page.keyboard.type("// from the first page\n", { delay: 30 }), other.keyboard.type(" // from the second", { delay: 30 })]);
    const both = "// from the first page\nreturn $input.all(); // from the second";
    await expect.poll(async () => (await stored()).nodes[1]!.params["code"]).toBe(both);
    for (const each of [page, other]) await expect(code(each)).toHaveText(both.split("\n").join(""), { useInnerText: false });
    await other.keyboard.type("!");
    await expect.poll(async () => (await stored()).nodes[1]!.params["code"]).toBe(both + "!");
  });

  await test.step("undo takes back the own letters alone", async () => {
    await a.canvas.focus();
    await expect(async () => {
      await page.keyboard.press("Control+z");
      expect(String((await stored()).nodes[1]!.params["code"])).not.toMatch(/first|page/);
    }).toPass();
    await expect.poll(async () => (await stored()).nodes[1]!.params["code"]).toBe("return $input.all(); // from the second!");
    await expect(code(other)).toHaveText("return $input.all(); // from the second!");
  });

  await test.step("a note", async () => {
    for (const each of [page, other]) {
      await each.getByTestId("note-why").dblclick();
      await expect(each.locator(".note-field")).toBeFocused();
    }
    await page.keyboard.press("Control+Home");
    await other.keyboard.press("Control+End");
    await Promise.all([page.keyboard.type("So: ", { delay: 40 }), other.keyboard.type(" not?", { delay: 40 })]);
    await expect.poll(async () => (await stored()).notes[0]!.text).toBe("So: Why not?");
    for (const each of [page, other]) await expect(each.locator(".note-field")).toHaveValue("So: Why not?");
    for (const each of [page, other]) await each.keyboard.press("Escape");
  });
  expect(mistakes).toEqual([]);
  await other.context().close();
});

test("thirty edits made offline come back, and what no longer applies is listed", async ({ page, studio, browser, mistakes }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const id = await api.create(chain("Far away", ["trigger.manual", "Start"], ["data.limit", "Stays", { count: 3 }], ["data.limit", "Goes", { count: 3 }]));
  const other = await (await browser.newContext({ storageState: await page.context().storageState() })).newPage();
  const url = `${studio.url}/workflows/${id}`;
  const [a, b] = [await open(page, url), await open(other, url)];
  await a.select("Goes");
  await page.context().setOffline(true);
  await page.keyboard.press("ArrowRight");
  await a.select("Stays");
  for (let i = 0; i < 29; i++) await page.keyboard.press("ArrowDown");
  await expect(page.getByTestId("saved")).toHaveAttribute("data-state", "offline");
  await b.select("Goes");
  await other.keyboard.press("Delete");
  await expect(other.getByTestId("saved")).toHaveAttribute("data-state", "saved");

  await page.context().setOffline(false);
  await expect(page.getByTestId("unsaved")).toContainText("1 edit not saved");
  await expect(a.node("Goes")).toHaveCount(0);
  const at = async (each: Page) => each.locator('.node[data-id="n1"]').evaluate((node) => (node as HTMLElement).style.transform);
  await expect.poll(() => at(other)).toBe(await at(page));
  await expect(page.getByTestId("saved")).toHaveAttribute("data-state", "saved");

  await page.getByTestId("unsaved").click();
  const list = page.getByTestId("unsaved-list");
  await expect(list).toContainText(/no longer there|any more/);
  await page.screenshot({ path: test.info().outputPath("unsaved.png") });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page), colorScheme).toEqual([]);
  }
  await list.getByTestId("unsaved-again").click();
  await expect(list).toContainText("It still does not apply");
  await page.reload();
  await a.ready();
  await page.getByTestId("unsaved").click();
  await page.getByTestId("unsaved-discard").click();
  await expect(list).toContainText("Everything is saved");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("unsaved")).toBeHidden();
  // The browser notes each request that found no network, and the one that was refused.
  expect(mistakes.splice(0).filter((line) => !line.startsWith("Failed to load resource"))).toEqual([]);
  await other.context().close();
});
