// What opens over the editor and before it, in light and dark: nothing that axe objects to.
import { Api, chain } from "../api";
import { Drawing } from "../drawing";
import { Screens } from "../screens";
import { expect, setUp, test } from "../studio";

for (const theme of ["light", "dark"] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });

    test("dialogs and bars of the editor, and the gallery", async ({ page, studio }) => {
      const screens = new Screens(page, theme);
      await setUp(page, studio);
      await page.goto(`${studio.url}/workflows/new`);
      await screens.look("gallery");
      await page.locator("a[href*='/workflows/new/']").first().click();
      await screens.look("template");

      const id = await new Api(page, studio.url).create(chain("Looked at", ["trigger.manual", "Start"], ["data.limit", "First", { count: 3 }]));
      await page.goto(`${studio.url}/workflows/${id}`);
      const d = new Drawing(page);
      await d.ready();
      await d.canvas.focus();
      await page.keyboard.press("ControlOrMeta+k");
      await expect(page.getByTestId("palette-field")).toBeFocused();
      await screens.look("command-palette");
      await page.keyboard.press("Escape");

      await d.canvas.focus();
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog")).toBeVisible();
      await screens.look("keys");
      await page.getByTestId("change-keys").click();
      await expect(page.getByTestId("remap-search")).toBeVisible();
      await screens.look("keys-changed");
      await page.keyboard.press("Escape");

      await d.canvas.focus();
      await page.keyboard.press("ControlOrMeta+f");
      await page.keyboard.type("fir");
      await screens.look("find");
      await page.keyboard.press("Escape");

      await page.getByTestId("publish").click();
      await expect(page.getByTestId("publish-confirm")).toBeVisible();
      await screens.look("publish");
    });
  });
}

test("a phone opens with the outline, and leads to the canvas", async ({ page, studio }) => {
  await setUp(page, studio);
  const id = await new Api(page, studio.url).create(chain("Carried", ["trigger.manual", "Start"], ["data.limit", "First", { count: 3 }]));
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await expect(d.canvas).toHaveAttribute("data-hands", "");
  const outline = page.getByTestId("outline");
  const first = outline.locator("[data-row^=node]").filter({ hasText: "First" });
  await expect(first).toBeVisible();
  await new Screens(page, "light").look("phone-outline");
  await page.getByTestId("outline-leave").click();
  await expect(outline).toBeHidden();
  await expect(d.canvas).toBeFocused();
  await page.getByTestId("canvas-outline").click();
  await first.click();
  await expect(page.locator("#panel")).toContainText("How many");
});
