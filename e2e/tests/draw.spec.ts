// The log digest, drawn on an empty canvas with mouse and keyboard, run, and looked into.
import { expect, setUp, test } from "../studio";
import { Api, chain } from "../api";
import { Drawing } from "../drawing";
import { digest, insert, kept, normalise, quiet, table, writeLogs } from "../samples";

// Columns and rows of the canvas, in pixels, that nodes are put to.
const at = (column: number, row: number) => ({ x: 130 + 175 * column, y: 120 + 130 * row });

test("draw, run and inspect the log digest", async ({ page, studio, outside }) => {
  writeLogs(studio.files);
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  await page.getByTestId("new-blank").click();
  const d = new Drawing(page);
  await d.ready();
  await page.getByTestId("workflow-name").fill("Log digest");
  await page.getByTestId("workflow-name").press("Enter");
  const id = /\/workflows\/([^/?]+)/.exec(page.url())![1]!;

  await test.step("a trigger is dragged from the palette", async () => {
    for (let i = 0; i < 3; i++) await page.getByTestId("canvas-zoom-out").click();
    await d.fromPalette("trigger.manual", at(0, 0));
    await expect(d.node("Manual start")).toBeVisible();
    await d.rename("Manual start", "Start");
  });

  await test.step("an edge that is dropped on the empty canvas asks for a node", async () => {
    await d.pullTo("Start", at(1, 0));
    await d.pick("list files");
    await expect(await d.edge("Start", "List files")).toBeAttached();
    await d.param("path").fill("logs");
    await d.param("pattern").fill("*.jsonl");
  });

  await test.step("a double click adds at the cursor, and an edge is pulled there", async () => {
    const { x, y } = await d.point(at(3, 0));
    await page.mouse.dblclick(x, y);
    await d.pick("read file");
    await d.connect("List files", "Read file");
    await d.select("Read file");
    await d.expression("path", "{{ $json.path }}");
    await d.param("as").selectOption("json_lines");
  });

  await test.step("Tab adds at the cursor, and C connects without a mouse", async () => {
    const { x, y } = await d.point(at(1, 1));
    await page.mouse.click(x, y);
    await page.keyboard.press("Tab");
    await d.pick("filter");
    await d.node("Read file").focus();
    await page.keyboard.press("c");
    await page.keyboard.press("Enter");
    await expect(await d.edge("Read file", "Filter")).toBeAttached();
    await d.select("Filter");
    await d.param("condition-0-left").fill("level");
    await d.param("condition-0-right").fill("error");
    await d.param("condition-add").click();
    await d.param("condition-join").selectOption("or");
    await d.param("condition-1-left").fill("duration_ms");
    await d.param("condition-1-op").selectOption(">");
    await d.param("condition-1-right").fill("1000");
  });

  await test.step("what is there runs, so that expressions have data", async () => {
    await d.run();
    await expect(d.status("Filter")).toContainText(`${kept} items`);
  });

  await test.step("a press on an output adds beside; the expression shows its value while it is typed", async () => {
    await d.handle("Filter", "out").click();
    await d.pick("set fields");
    await expect(await d.edge("Filter", "Set fields")).toBeAttached();
    await d.param("fields-add").click();
    await d.param("fields-0-name").fill("message");
    await page.getByTestId("param-fields-0-value-fx").click();
    const editor = await d.editor("fields-0-value");
    const preview = d.panel.locator("[data-param=value]").getByTestId("preview");
    await editor.pressSequentially("{{ $json.message");
    await expect(preview).toContainText("order 1001 failed: no stock");
    await d.replace(normalise);
    await expect(preview).toContainText(digest[0]!.message);
    await page.getByRole("button", { name: "Next item" }).click();
    await expect(page.getByTestId("preview-index")).toHaveText(`2 of ${kept}`);
    await editor.click();
    await d.replace("{{ $json.message.noSuch() }}");
    await expect(preview).toHaveClass(/failed/);
    await d.replace(normalise);
    await expect(preview).not.toHaveClass(/failed/);
  });

  await test.step("counting, sorting, and a database from the dialog", async () => {
    await d.pullTo("Set fields", at(3, 1));
    await d.pick("summarize");
    await d.entry("group_by", 0);
    await d.param("group_by-0").fill("message");
    await d.param("operations-0-into").fill("count");
    await d.pullTo("Summarize", at(0, 2));
    await d.pick("sort");
    await d.param("by").fill("count");
    await d.param("order").selectOption("descending");
    await d.pullTo("Sort", at(3, 2));
    await d.pick("sql query");
    await d.param("credential-new").click();
    await page.getByTestId("credential-name").fill("Reports");
    await page.getByTestId("credential-type").selectOption("sql.sqlite");
    await page.getByTestId("credential-file").fill("reports.db");
    await page.getByTestId("credential-save").click();
    await expect(d.param("credential")).toHaveValue("Reports");
    await d.write("query", insert);
    await d.entry("args", 0);
    await d.expression("args-0", "{{ $json.message }}");
    await d.entry("args", 1);
    await d.expression("args-1", "{{ $json.count }}");
  });

  await test.step("a node that lies about is dropped on an edge", async () => {
    const { x, y } = await d.point(at(1, 3));
    await page.mouse.click(x, y);
    await page.keyboard.press("n");
    await d.pick("limit");
    await d.param("count").fill("10");
    await d.dropOnEdge("Limit", "Sort", "SQL query");
    await expect(await d.edge("Sort", "Limit")).toBeAttached();
    await expect(await d.edge("Limit", "SQL query")).toBeAttached();
    await page.keyboard.press("ControlOrMeta+z");
    await expect(await d.edge("Sort", "SQL query")).toBeAttached();
    await page.keyboard.press("ControlOrMeta+Shift+z");
    await expect(await d.edge("Sort", "Limit")).toBeAttached();
    await d.rename("SQL query", "Save to the table");
  });

  await test.step("a kind of the palette is dropped on an edge", async () => {
    const from = (await d.handle("Start", "out").boundingBox())!, to = (await d.handle("List files", "in").boundingBox())!;
    const canvas = (await d.canvas.boundingBox())!;
    await d.fromPalette("sql.query", { x: (from.x + to.x + to.width) / 2 - canvas.x, y: from.y + from.height / 2 - canvas.y });
    await expect(await d.edge("Start", "SQL query")).toBeAttached();
    await expect(await d.edge("SQL query", "List files")).toBeAttached();
    await d.rename("SQL query", "Make the table");
    await d.select("Make the table");
    await d.param("credential").selectOption("Reports");
    await d.write("query", table);
  });

  await test.step("the summary goes to a webhook", async () => {
    await d.pullTo("Limit", at(0, 3));
    await d.pick("aggregate");
    await d.param("into").fill("patterns");
    await d.pullTo("Aggregate", at(3, 3));
    await d.pick("http request");
    await d.param("method").selectOption("POST");
    await d.param("url").fill(`${outside.url}/digest`);
    await d.expression("body", "{{ $json }}");
    await d.saved();
  });

  await test.step("Run shows what happens at every node and edge", async () => {
    await d.run();
    const counts: Record<string, number> = {
      "List files": 2, "Read file": kept + quiet, Filter: kept, "Set fields": kept, Summarize: 12, Sort: 12, Limit: 10, Aggregate: 1, "HTTP request": 1,
    };
    for (const [name, count] of Object.entries(counts)) {
      await expect(d.node(name)).toHaveAttribute("data-status", "done");
      await expect(d.status(name)).toHaveText(new RegExp(`^\\s*${count} items? · (<1|[\\d.]+) (ms|s)\\s*$`));
    }
    await expect(d.node("Save to the table")).toHaveAttribute("data-status", "done");
    await expect(await d.edge("Filter", "Set fields")).toHaveClass(/is-passed/);
    const labels = await page.locator(".edge-label").allTextContents();
    for (const count of ["2", String(kept + quiet), String(kept), "12", "10"]) expect(labels).toContain(count);
    expect(outside.received).toHaveLength(1);
    expect(outside.received[0]!.method).toBe("POST");
    expect(JSON.parse(outside.received[0]!.body)).toEqual({ patterns: digest });
  });

  await test.step("the output is a table, JSON or a schema", async () => {
    await d.select("Limit");
    await d.tab("output");
    const data = page.getByTestId("data-output");
    await page.getByTestId("view-table").click();
    await expect(data.getByTestId("item-count")).toHaveText("10 items");
    await expect(data.getByText(digest[0]!.message)).toBeVisible();
    await page.getByTestId("view-json").click();
    await expect(data.getByText(digest[0]!.message).first()).toBeVisible();
    await page.getByTestId("view-schema").click();
    await expect(data.getByText("message", { exact: true })).toBeVisible();
    await expect(data.getByText("number").first()).toBeVisible();
    await page.getByTestId("view-table").click();
    await d.tab("input");
    await expect(page.getByTestId("data-input").getByTestId("item-count")).toHaveText("12 items");
  });

  await test.step("one node runs alone on its last input", async () => {
    await d.select("Limit");
    await d.tab("form");
    await d.param("count").fill("3");
    await d.saved();
    await d.tab("output");
    await page.getByTestId("run-node").click();
    await d.toast(/^The run finished/);
    await expect(page.getByTestId("data-output").getByTestId("item-count")).toHaveText("3 items");
    expect(outside.received, "nothing after it ran").toHaveLength(1);
  });

  await test.step("an output is pinned, and the run goes on from there", async () => {
    await page.getByTestId("pin").click();
    await expect(d.node("Limit")).toHaveClass(/is-pinned/);
    await d.saved();
    await d.select("Aggregate");
    await d.tab("output");
    await page.getByTestId("run-from").click();
    await d.toast(/^The run finished/);
    await expect.poll(() => outside.received.length).toBe(2);
    expect(JSON.parse(outside.received[1]!.body)).toEqual({ patterns: digest.slice(0, 3) });
    await d.select("Limit");
    await page.getByTestId("unpin").click();
    await expect(d.node("Limit")).not.toHaveClass(/is-pinned/);
  });

  await test.step("the table has the rows of the one whole run", async () => {
    const reader = await api.create(chain("Rows", ["trigger.manual", "Start"], ["sql.query", "Read", { credential: "Reports", query: "select message, count from digest order by count desc" }]));
    const { output } = await api.run(reader);
    expect(output.map(({ json }) => json)).toEqual(digest);
  });

  await test.step("everything is there after a reload", async () => {
    await d.saved();
    await page.reload();
    await d.ready();
    await expect(page.getByTestId("workflow-name")).toHaveValue("Log digest");
    await expect(page.locator(".node")).toHaveCount(12);
    expect((await api.runs(id)).length).toBeGreaterThanOrEqual(4);
  });
});
