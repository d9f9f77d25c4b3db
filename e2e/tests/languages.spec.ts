// The studio in people's languages: by the browser's wish, or by choice.
import { Api, chain } from "../api";
import { Drawing } from "../drawing";
import { expect, setUp, test } from "../studio";

test("a browser's language is spoken, and another can be chosen", async ({ page, studio, browser }) => {
  await setUp(page, studio);
  const id = await new Api(page, studio.url).create(chain("Daily", ["trigger.manual", "Start"], ["data.limit", "First", { count: 3 }]));
  await expect(page.locator("html")).toHaveAttribute("lang", "en");

  const stranger = await (await browser.newContext({ locale: "es-MX" })).newPage();
  await stranger.goto(`${studio.url}/signin`);
  await expect(stranger.locator("html")).toHaveAttribute("lang", "es");
  await expect(stranger.getByTestId("sign-in")).toHaveText("Iniciar sesión");
  await stranger.getByTestId("language-fr").click();
  await expect(stranger.locator("html")).toHaveAttribute("lang", "fr");
  await expect(stranger).toHaveURL(/\/signin/);
  await stranger.context().close();

  const context = await browser.newContext({ locale: "de-DE", storageState: await page.context().storageState() });
  const german = await context.newPage();
  await german.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(german);
  await d.ready();
  await expect(german.getByTestId("run-button")).toHaveText("Ausführen");
  await expect(german.locator("#palette summary").first()).toContainText("Auslöser");
  await d.select("First");
  await expect(german.locator("#panel")).toContainText("Wie viele");
  // What was chosen holds against the browser's wish, also after a reload, and the page stays where it was.
  await german.getByTestId("editor-menu").click();
  await german.getByTestId("language-zh-Hans").click();
  await expect(german.locator("html")).toHaveAttribute("lang", "zh-Hans");
  await d.ready();
  await expect(german).toHaveURL(new RegExp(id));
  await german.reload();
  await d.ready();
  await expect(german.getByTestId("run-button")).toHaveText("运行");
  await expect(german.getByRole("heading", { name: "工作流" })).toBeVisible();
  await context.close();
});
