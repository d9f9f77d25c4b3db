// Data in the editor: fields made of it, pinned and made-up items, files that are looked into, and the page of a run.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Api, chain, type Doc } from "../api";
import { Drawing } from "../drawing";
import { Screens } from "../screens";
import { expect, setUp, test } from "../studio";

const orders = [{ id: 7, customer: { name: "Ada" }, total: 120 }, { id: 8, customer: { name: "Grace" }, total: 40 }, { id: 9, customer: null, total: 5 }];

/** Start (with pinned orders) → Shape. */
function shaping(): Doc {
  const doc = chain("Shaping", ["trigger.manual", "Start"], ["data.template", "Greet", { template: "Hello", into: "text" }]);
  doc.nodes[0]!["pinned"] = orders.map((json) => ({ json }));
  return doc;
}

test("fields are made of data by dragging and by keyboard, with a value for every item", async ({ page, studio }) => {
  await setUp(page, studio);
  const id = await new Api(page, studio.url).create(shaping());
  await page.goto(`${studio.url}/workflows/${id}`);
  const drawing = new Drawing(page);
  await drawing.ready();
  await drawing.select("Greet");
  const use = page.getByTestId("data-use");

  await test.step("by keyboard: the field that was left last takes it", async () => {
    await drawing.param("template").click();
    await use.locator(":scope > summary").focus();
    await page.keyboard.press("Enter");
    await expect(use.getByText("it goes into “Template”")).toBeVisible();
    await expect(page.getByTestId("use-$json.customer.name")).toContainText("Ada");
    await new Screens(page, "light").look("data-to-use");
    await page.getByTestId("data-use-search").fill("name");
    await expect(page.getByTestId("use-$json.total")).toHaveCount(0);
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await expect(page.getByTestId("use-$json.customer.name")).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.locator('.cm-content[data-testid="param-template"]')).toContainText("{{ $json.customer.name }}");
    await page.getByTestId("data-use-search").fill("");
  });

  await test.step("by dragging", async () => {
    await page.getByTestId("use-$json.total").dragTo(page.locator("[data-param=template]"));
    await expect(page.locator('.cm-content[data-testid="param-template"]')).toContainText("$json.total");
  });

  await test.step("the value of each item, and mistakes in words", async () => {
    await drawing.saved();
    const value = page.getByTestId("preview");
    await expect(value).toContainText("Ada");
    await page.getByRole("button", { name: "Next item" }).click();
    await expect(page.getByTestId("preview-index")).toHaveText("2 of 3");
    await expect(value).toContainText("Grace");
    await expect(page.getByTestId("use-$json.total")).toContainText("40");
    await page.getByRole("button", { name: "Next item" }).click();
    await expect(value).toContainText("$json.customer is empty, so .name cannot be read");
  });

  await test.step("completion knows the real fields", async () => {
    await drawing.editor("template");
    await drawing.replace("{{ $json.");
    await page.keyboard.press("Control+Space");
    await expect(page.locator(".cm-tooltip-autocomplete")).toContainText("customer");
  });
});

test("a field of the data goes into the row it is dropped on, a list makes a row of it, and names stay names", async ({ page, studio }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const doc = chain("Rows", ["trigger.manual", "Start"], ["data.set", "Shape", { fields: [{ name: "who", value: "" }] }]);
  doc.nodes[0]!["pinned"] = orders.map((json) => ({ json }));
  const id = await api.create(doc);
  await page.goto(`${studio.url}/workflows/${id}`);
  const drawing = new Drawing(page);
  await drawing.ready();
  await drawing.select("Shape");
  await page.getByTestId("data-use").locator(":scope > summary").click();
  await page.getByTestId("use-$json.customer.name").dragTo(page.getByTestId("param-fields-0-value"));
  await expect(page.locator('.cm-content[data-testid="param-fields-0-value"]')).toContainText("{{ $json.customer.name }}");
  await page.getByTestId("use-$json.total").dragTo(page.getByTestId("param-fields-add"));
  await expect(page.getByTestId("param-fields-1-name")).toHaveValue("total");
  await page.getByTestId("param-remove-add").focus();
  await page.getByTestId("use-$json.customer.name").click();
  await expect(page.getByTestId("param-remove-0")).toHaveValue("customer.name");
  await drawing.saved();
  const { doc: stored } = await api.get<{ doc: Doc }>(`/workflows/${id}`);
  expect(stored.nodes[1]!.params).toEqual({ fields: [{ name: "who", value: "={{ $json.customer.name }}" }, { name: "total", value: "={{ $json.total }}" }], remove: ["customer.name"] });
});

test("output is pinned as a table, as JSON or made up, and says so", async ({ page, studio }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const id = await api.create(shaping());
  await page.goto(`${studio.url}/workflows/${id}`);
  const drawing = new Drawing(page);
  await drawing.ready();
  await drawing.select("Start");
  await drawing.tab("output");

  await test.step("a cell is edited and keeps its type", async () => {
    await page.getByTestId("edit-pinned").click();
    await page.getByTestId("cell-1-total").fill("41.5");
    await page.getByTestId("cell-0-customer").fill("{ \"name\": ");
    await expect(page.getByTestId("cell-0-customer")).toHaveAttribute("aria-invalid", "true");
    await page.getByTestId("cell-0-customer").fill("{ \"name\": \"Ada L.\" }");
    await page.getByTestId("cell-0-id").focus();
    await page.keyboard.press("ArrowDown");
    await expect(page.getByTestId("cell-1-id")).toBeFocused();
    await page.getByTestId("grid-field").fill("paid");
    await page.keyboard.press("Enter");
    await page.getByTestId("cell-0-paid").fill("yes");
    await new Screens(page, "light").look("pinned-table");
    await page.getByTestId("pin-json").click();
    await expect(page.locator("dialog .cm-content")).toContainText("41.5");
    await page.getByTestId("pinned-save").click();
    await expect(page.getByTestId("badge-made-up")).toHaveCount(0);
    await drawing.saved();
    const { doc } = await api.get<{ doc: Doc }>(`/workflows/${id}`);
    expect(doc.nodes[0]!["pinned"]).toEqual([{ json: { id: 7, customer: { name: "Ada L." }, total: 120, paid: "yes" } }, { json: { id: 8, customer: { name: "Grace" }, total: 41.5, paid: "" } }, { json: { id: 9, customer: null, total: 5, paid: "" } }]);
  });

  await test.step("made-up items look like the real ones and are marked", async () => {
    await page.getByTestId("edit-pinned").click();
    await page.getByTestId("invent-count").fill("12");
    await page.getByTestId("invent").click();
    await expect(page.getByTestId("made-up")).toBeVisible();
    await expect(page.getByTestId("cell-11-id")).toHaveValue("18");
    await page.emulateMedia({ colorScheme: "dark" });
    await new Screens(page, "dark").look("made-up");
    await page.emulateMedia({ colorScheme: "light" });
    await page.getByTestId("pinned-save").click();
    await expect(page.getByTestId("badge-made-up")).toBeVisible();
    await expect(drawing.node("Start").locator(".node-mark.is-madeup")).toBeVisible();
    await expect(page.getByTestId("item-count")).toHaveText("12 items");
    await drawing.run();
    await expect(drawing.status("Greet")).toContainText("12");
  });

  await test.step("undone, they are gone", async () => {
    await drawing.canvas.focus();
    await page.keyboard.press("ControlOrMeta+z");
    await expect(page.getByTestId("badge-made-up")).toHaveCount(0);
    await expect(page.getByTestId("item-count")).toHaveText("3 items");
  });

  await test.step("a pin that came while the dialog was open is not lost unseen", async () => {
    const stored = async () => api.get<{ revision: number; doc: Doc }>(`/workflows/${id}`);
    await page.getByTestId("edit-pinned").click();
    const { revision } = await stored();
    await api.post(`/workflows/${id}/ops`, { base: revision, ops: [{ op: "node.set", id: (await stored()).doc.nodes[0]!.id, path: "pinned", value: [{ json: { id: "theirs" } }] }] });
    await expect(page.getByTestId("item-count")).toHaveText("1 item");
    await page.getByTestId("pinned-save").click();
    await expect(page.locator("dialog").getByRole("alert")).toContainText("A colleague has pinned other items meanwhile");
    expect((await stored()).doc.nodes[0]!["pinned"]).toEqual([{ json: { id: "theirs" } }]);
    await page.getByTestId("pinned-save").click();
    await expect(page.locator("dialog")).toHaveCount(0);
    await expect(page.getByTestId("item-count")).toHaveText("3 items");
    await drawing.canvas.focus();
    await page.keyboard.press("ControlOrMeta+z");
    await expect(page.getByTestId("item-count")).toHaveText("1 item");
  });
});

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const pages = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj
4 0 obj<</Length 44>>stream
BT /F1 24 Tf 40 100 Td (Hello, page) Tj ET
endstream endobj
trailer<</Root 1 0 R>>`;

test("files are looked into, and the run's page leaves the drawing room", async ({ page, studio }) => {
  await setUp(page, studio);
  const files: [string, string | Buffer][] = [
    ["a.png", Buffer.from(pixel, "base64")], ["b.pdf", pages], ["c.csv", "name;total\nAda;\"1;2\"\nGrace;3\n"], ["d.json", "[{\"id\":1},{\"id\":2}]"],
    ["e.html", "<script>window.acted = true</script><b>bold</b>"], ["f.bin", "\0\x01"], ["g.png", "no picture"],
  ];
  for (const [name, content] of files) writeFileSync(join(studio.files, name), content);
  const doc = chain("Files", ["trigger.manual", "Start"], ["file.list", "List", { path: "." }], ["data.sort", "Sort", { by: "name" }], ["file.read", "Read", { path: "={{ $json.path }}", as: "file" }]);
  const api = new Api(page, studio.url);
  const id = await api.create(doc);
  await page.goto(`${studio.url}/workflows/${id}`);
  const drawing = new Drawing(page);
  await drawing.ready();
  await drawing.run();
  await drawing.select("Read");
  await drawing.tab("output");
  await page.locator(".data-files > summary").click();
  await page.locator(".file-open").first().click();
  const view = page.getByTestId("file-view");
  const next = async (name: string) => {
    await page.getByTestId("file-next").click();
    await expect(page.getByRole("dialog", { name })).toBeVisible();
  };
  await expect(view.locator("canvas")).toBeVisible();
  await expect(view).toContainText("1 × 1 pixels");
  await next("b.pdf");
  await expect(view.locator("iframe")).toHaveAttribute("src", /view=pdf/);
  await page.screenshot({ path: join(test.info().project.outputDir, "screens", "pdf.png") });
  await next("c.csv");
  await expect(view.locator("tbody")).toContainText(["", "1;2", ""]);
  await new Screens(page, "light").look("file-csv");
  await next("d.json");
  await expect(view.getByRole("tree")).toBeVisible();
  await next("e.html");
  await expect(view.locator("pre")).toContainText("<script>window.acted = true</script><b>bold</b>");
  expect(await page.evaluate(() => "acted" in window)).toBe(false);
  await next("f.bin");
  await expect(view).toContainText("no preview");
  await next("g.png");
  await expect(view).toContainText("no picture that the browser can read");
  await page.keyboard.press("Escape");

  await test.step("events, input and output open below a canvas that can be read", async () => {
    const [run] = await api.runs(id);
    await page.goto(`${studio.url}/runs/${run!.id}`);
    await drawing.ready();
    await page.locator("#run-words > summary").click();
    expect((await drawing.canvas.boundingBox())!.height).toBeGreaterThan(340);
    await expect(page.getByTestId("run-events")).toBeInViewport();
    await expect(page.locator(".canvas-minimap")).toBeHidden();
    await new Screens(page, "light").look("run-in-words");
  });
});
