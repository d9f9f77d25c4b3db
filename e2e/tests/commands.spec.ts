// Everything that can be done is found by its name, has keys that a person may change, and says why it cannot be done now.
import { Api } from "../api";
import { Drawing } from "../drawing";
import { expect, setUp, test } from "../studio";

test("the palette finds commands, nodes, workflows and pages", async ({ page, studio }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  await api.create({ name: "Invoices of the month", nodes: [], edges: [] });
  const id = await api.create({ name: "Commands", nodes: [], edges: [] });
  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  const field = page.getByTestId("palette-field");
  const open = async (text: string) => {
    await page.keyboard.press("ControlOrMeta+k");
    await expect(field).toBeFocused();
    await page.keyboard.type(text);
  };

  await test.step("Escape calls off a palette that is still to come, and the letters before it are no commands", async () => {
    const came = page.evaluate(() => new Promise<void>((resolve) => new MutationObserver((records) => {
      if (records.some(({ addedNodes }) => [...addedNodes].some((node) => node instanceof HTMLDialogElement))) resolve();
    }).observe(document.body, { childList: true })));
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    await page.route("**/chunk-*.js", async (route) => {
      await held;
      await route.continue();
    });
    await page.keyboard.press("ControlOrMeta+k");
    await page.keyboard.type("an");
    await page.keyboard.press("Escape");
    letGo();
    await came;
    await page.unrouteAll({ behavior: "wait" });
    await expect(page.getByTestId("command-palette")).toHaveCount(0);
    await expect(page.getByTestId("quickadd")).toHaveCount(0);
  });

  await open("manual start");
  await page.keyboard.press("Enter");
  await expect(d.node("Manual start")).toBeVisible();
  await d.canvas.focus();
  await open("limit");
  await page.keyboard.press("Enter");
  await expect(await d.edge("Manual start", "Limit")).toBeAttached();

  await test.step("a command that cannot be done now says why", async () => {
    await d.canvas.focus();
    await page.keyboard.press("Escape");
    await open(">rename");
    await expect(page.getByTestId("command-node.rename")).toContainText("Select a node first");
    await page.keyboard.press("Enter");
    await expect(field).toBeVisible();
    await page.keyboard.press("Escape");
  });

  await test.step("a node of the drawing, in the middle of the view", async () => {
    await open("@manual");
    await page.keyboard.press("Enter");
    await expect(d.node("Manual start")).toHaveClass(/is-selected/);
  });

  await test.step("another workflow", async () => {
    await open("invoices");
    await expect(page.getByRole("option", { name: "Invoices of the month" })).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("workflow-name")).toHaveValue("Invoices of the month");
    await d.ready();
    await open("/credentials");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/credentials$/);
  });
});

test("the sheet shows all keys, and a person changes them", async ({ page, studio }) => {
  await setUp(page, studio);
  const id = await new Api(page, studio.url).create({ name: "Keys", nodes: [], edges: [] });
  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  await d.canvas.focus();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard" });
  await expect(sheet).toBeVisible();
  expect(await sheet.locator("dt").count()).toBeGreaterThanOrEqual(50);
  await page.getByTestId("change-keys").click();
  await page.getByTestId("remap-search").fill("outline");
  await page.getByTestId("remap-view.outline").click();
  await page.keyboard.press("n");
  await expect(page.getByText("Add a node", { exact: false }).last()).toBeVisible();
  await page.getByTestId("confirm-yes").click();
  await page.getByTestId("remap-view.outline").click();
  await page.keyboard.press("Alt+Shift+o");
  await page.getByRole("button", { name: "Done" }).click();

  await page.reload();
  await d.ready();
  await d.canvas.focus();
  await page.keyboard.press("n");
  await expect(page.getByTestId("quickadd")).toHaveCount(0);
  await page.keyboard.press("Alt+Shift+o");
  await expect(page.getByTestId("outline")).toBeVisible();
});
