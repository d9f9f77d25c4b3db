// What is drawn is put in order, searched, taken apart into workflows, and brought in from elsewhere.
import { Api, chain } from "../api";
import { Drawing } from "../drawing";
import { expect, setUp, test } from "../studio";

test("nodes are lined up, found, replaced and collapsed", async ({ page, studio }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const doc = chain("Arrange", ["trigger.manual", "Start"], ["data.set", "Shape", { fields: [{ name: "city", value: "Uppsala" }] }], ["data.filter", "Keep", { condition: "={{ $json.city }}" }], ["data.limit", "Few", { count: 3 }]);
  doc.nodes.forEach((node, i) => (node.at = [80 + 280 * i, 100 + 37 * i]));
  const id = await api.create(doc);
  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  const stored = async () => (await api.get<{ doc: typeof doc & { groups: { collapsed?: boolean; name: string }[] } }>(`/workflows/${id}`)).doc;

  await test.step("on one line, and back", async () => {
    await d.canvas.focus();
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.press("Alt+w");
    await d.saved();
    await expect.poll(async () => (await stored()).nodes.map((node) => node.at[1])).toEqual([100, 100, 100, 100]);
    await page.keyboard.press("ControlOrMeta+z");
    await expect.poll(async () => (await stored()).nodes.map((node) => node.at[1])).toEqual([100, 137, 174, 211]);
  });

  await test.step("found by a parameter, gone through, and marked", async () => {
    // The bar comes when it is first used; what is typed until then is meant for it.
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    await page.route("**/chunk-*.js", async (route) => {
      await held;
      await route.continue();
    });
    await page.keyboard.press("ControlOrMeta+f");
    await page.keyboard.type("citu");
    await page.keyboard.press("Backspace");
    await page.keyboard.type("y");
    letGo(); // the bar may have come already, when its code was in a chunk that is there
    await expect(page.getByTestId("find-field")).toHaveValue("city");
    await page.unrouteAll({ behavior: "wait" });
    await expect(page.getByTestId("find-count")).toHaveText("1 of 2");
    await expect(page.getByTestId("find")).toContainText("Shape, in Fields");
    await page.keyboard.press("Enter");
    await expect(d.node("Keep")).toHaveClass(/is-found-now/);
    await page.keyboard.press("Escape");
    await expect(d.node("Keep")).toBeFocused();
    await expect(d.node("Keep")).not.toHaveClass(/is-found/);
  });

  await test.step("another kind in its place keeps the edges", async () => {
    await page.keyboard.press("r");
    await d.pick("sort");
    await expect(d.node("Keep")).toHaveAttribute("data-kind", "data.sort");
    await expect(await d.edge("Shape", "Keep")).toBeAttached();
    await expect(await d.edge("Keep", "Few")).toBeAttached();
    await expect(page.getByTestId("toast").filter({ hasText: "Not taken over" })).toContainText("Keep items for which");
    await page.getByTestId("toast").getByRole("button", { name: "Undo" }).click();
    await expect(d.node("Keep")).toHaveAttribute("data-kind", "data.filter");
  });

  await test.step("a collapsed group is one box with the outer edges", async () => {
    await d.select("Shape");
    await d.node("Keep").locator(".node-icon").click({ modifiers: ["Shift"] });
    await page.keyboard.press("ControlOrMeta+g");
    await page.keyboard.type("Middle");
    await page.keyboard.press("Enter");
    await d.canvas.focus();
    await page.keyboard.press("k");
    const group = page.locator(".group.is-collapsed");
    await expect(group).toContainText("Middle");
    await expect(group).toContainText("2 nodes");
    await expect(d.node("Shape")).toBeHidden();
    await expect(await d.edge("Shape", "Keep")).toBeHidden();
    await expect(await d.edge("Start", "Shape")).toBeVisible();
    await d.saved();
    await expect.poll(async () => (await stored()).groups[0]?.collapsed).toBe(true);
    await page.reload();
    await d.ready();
    await expect(d.node("Shape")).toBeHidden();
    await page.screenshot({ path: test.info().outputPath("collapsed.png") });
    await group.getByRole("button", { name: "Expand the group" }).click();
    await expect(d.node("Shape")).toBeVisible();
  });
});

test("a selection becomes a workflow, and a way leads there and back", async ({ page, studio }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const id = await api.create(chain("Long one", ["trigger.manual", "Start", { items: [{ n: 1 }, { n: 2 }] }], ["data.set", "Double", { fields: [{ name: "twice", value: "={{ $json.n * 2 }}" }], keep_others: true }], ["data.filter", "Big", { condition: "={{ $json.twice > 2 }}" }], ["data.limit", "Few", { count: 3 }]));
  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  await d.select("Start");
  await d.node("Double").locator(".node-icon").click({ modifiers: ["Shift"] });
  await page.keyboard.press("x");
  await d.toast(/Start starts this workflow/);
  await d.select("Double");
  await d.node("Big").locator(".node-icon").click({ modifiers: ["Shift"] });
  await page.keyboard.press("x");
  await page.getByTestId("extract-name").fill("Only the big ones");
  await page.getByTestId("extract-yes").click();
  await expect(d.node("Only the big ones")).toBeVisible();
  await expect(await d.edge("Start", "Only the big ones")).toBeAttached();
  await expect(await d.edge("Only the big ones", "Few")).toBeAttached();
  await d.saved();
  await d.run();
  await expect(d.status("Few")).toContainText("1 item");

  await d.node("Only the big ones").focus();
  await page.keyboard.press("g");
  await expect(page.getByTestId("workflow-name")).toHaveValue("Only the big ones");
  await d.ready();
  await expect(d.node("Double")).toBeVisible();
  await expect(await d.edge("Manual start", "Double")).toBeAttached();
  await page.getByTestId("way").getByRole("link", { name: "Long one" }).click();
  await d.ready();
  await expect(page.getByTestId("workflow-name")).toHaveValue("Long one");
  await expect(d.node("Only the big ones")).toHaveClass(/is-selected/);
  await expect(page.getByTestId("way")).toHaveCount(0);
});

test("what an extraction made may go when it is undone, and comes back", async ({ page, studio }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const id = await api.create(chain("Whole", ["trigger.manual", "Start"], ["flow.noop", "One"], ["flow.noop", "Two"]));
  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  const extract = async () => {
    await d.select("One");
    await page.keyboard.press("x");
    await page.getByTestId("extract-name").fill("Part");
    await page.getByTestId("extract-yes").click();
    await expect(d.node("Part")).toBeVisible();
    await d.saved();
    const { workflows } = await api.get<{ workflows: { id: string; name: string }[] }>("/workflows");
    return workflows.find(({ name }) => name === "Part")!.id;
  };
  const part = await extract();
  const offer = page.getByTestId("toast").filter({ hasText: "is still there" });
  await page.keyboard.press("ControlOrMeta+z");
  await offer.getByRole("button", { name: "Delete it" }).click();
  await expect(page.getByTestId("toast").filter({ hasText: "Part is deleted" })).toBeVisible();
  expect((await page.request.get(`${studio.url}/api/v1/workflows/${part}`)).status()).toBe(404);
  await page.keyboard.press("ControlOrMeta+Shift+z");
  await page.getByTestId("toast").getByRole("button", { name: "Restore it" }).click();
  await d.toast(/Part is back/);
  await d.saved();

  // Taken up elsewhere meanwhile, it stays, and nothing is offered.
  await page.keyboard.press("ControlOrMeta+z");
  await expect(offer).toBeVisible();
  await api.create(chain("Other", ["trigger.manual", "Start"], ["flow.call", "Call", { workflow: part }]));
  await offer.getByRole("button", { name: "Delete it" }).click();
  await d.toast(/in use meanwhile/);
  expect((await page.request.get(`${studio.url}/api/v1/workflows/${part}`)).status()).toBe(200);
});

test("a workflow of n8n is pasted", async ({ page, studio }) => {
  await setUp(page, studio);
  const id = await new Api(page, studio.url).create({ name: "Paste", nodes: [], edges: [] });
  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  const paste = (text: string) => page.evaluate((json) => {
    document.getElementById("canvas")!.focus();
    const data = new DataTransfer();
    data.setData("text/plain", json);
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
  }, text);
  const node = (name: string, type: string, x: number, parameters = {}) => ({ id: name, name, type: `n8n-nodes-base.${type}`, typeVersion: 1, position: [x, 0], parameters });
  await paste(JSON.stringify({ nodes: [node("Go", "manualTrigger", 0), node("Ask", "httpRequest", 240, { url: "https://example.org" })], connections: { Go: { main: [[{ node: "Ask", type: "main", index: 0 }]] } } }));
  await expect(await d.edge("Go", "Ask")).toBeAttached();
  await expect(d.node("Ask")).toHaveAttribute("data-kind", "http.request");
  await d.toast(/Pasted 2 nodes from n8n/);
  await page.keyboard.press("ControlOrMeta+z");
  await expect(page.locator(".node")).toHaveCount(0);
});
