// The log digest, drawn on an empty canvas and run, with the keyboard only: no pointer is used anywhere.
import { Keys } from "../keys";
import { digest, insert, kept, normalise, table, writeLogs } from "../samples";
import { expect, setUp, test } from "../studio";

test("the log digest by keyboard, from an empty canvas to running", async ({ page, studio, outside }) => {
  test.setTimeout(240_000);
  writeLogs(studio.files);
  await setUp(page, studio);
  await page.getByTestId("new-blank").focus();
  await page.keyboard.press("Enter");
  const k = new Keys(page);
  const { d } = k;
  await d.ready();
  await page.evaluate(() => {
    for (const name of ["pointerdown", "mousedown"]) addEventListener(name, (event) => event.isTrusted && console.error(`a pointer was used: ${name}`), true);
  });

  await test.step("the first node from the palette, the others after it", async () => {
    await k.press("ControlOrMeta+k");
    await page.keyboard.type("+manual start");
    await k.press("Enter");
    await expect(d.node("Manual start")).toBeVisible();
    await k.after("sql query", "SQL query");
    await k.click(d.param("credential-new"));
    await k.tabTo(page.getByTestId("credential-name"));
    await page.keyboard.type("Reports");
    await k.choose(page.getByTestId("credential-type"), "sql.sqlite");
    await k.tabTo(page.getByTestId("credential-file"));
    await page.keyboard.type("reports.db");
    await k.click(page.getByTestId("credential-save"));
    await expect(d.param("credential")).toHaveValue("Reports");
    await k.toPanel();
    await k.code("query", table);
    await k.toCanvas();
    await k.press("F2");
    await k.press("ControlOrMeta+a");
    await page.keyboard.type("Make the table");
    await k.press("Enter");
    await expect(d.node("Make the table")).toBeVisible();
  });

  await test.step("files, lines, a condition, an expression", async () => {
    await k.after("list files", "List files");
    await k.text("path", "logs");
    await k.text("pattern", "*.jsonl");
    await k.after("read file", "Read file");
    await k.expression("path", "{{ $json.path }}");
    await k.choose(d.param("as"), "json_lines");
    await k.after("filter", "Filter");
    await k.text("condition-0-left", "level");
    await k.text("condition-0-right", "error");
    await k.click(d.param("condition-add"));
    await k.toCanvas();
    await k.press("F6");
    await k.choose(d.param("condition-join"), "or");
    await k.text("condition-1-left", "duration_ms");
    await k.choose(d.param("condition-1-op"), ">");
    await k.text("condition-1-right", "1000");
    await k.after("set fields", "Set fields");
    await k.click(d.param("fields-add"));
    await k.text("fields-0-name", "message");
    await k.expression("fields-0-value", normalise);
  });

  await test.step("counting, sorting, keeping", async () => {
    await k.after("summarize", "Summarize");
    if (!(await d.param("group_by-0").isVisible())) await k.click(d.param("group_by-add"));
    await k.text("group_by-0", "message");
    if (!(await d.param("operations-0-into").isVisible())) await k.click(d.param("operations-add"));
    await k.text("operations-0-into", "count");
    await k.after("sort", "Sort");
    await k.text("by", "count");
    await k.choose(d.param("order"), "descending");
    await k.after("limit", "Limit");
    await k.text("count", "10");
    await k.after("aggregate", "Aggregate");
    await k.text("into", "patterns");
    await k.after("http request", "HTTP request");
    await k.choose(d.param("method"), "POST");
    await k.text("url", `${outside.url}/digest`);
    await k.expression("body", "{{ $json }}");
  });

  await test.step("a node on its own is wired, and the drawing tidied up", async () => {
    await k.toCanvas();
    await k.press("Escape");
    await k.press("n");
    await k.pick("sql query", "SQL query");
    await k.choose(d.param("credential"), "Reports");
    await k.code("query", insert);
    await k.press("Tab");
    for (const [i, value] of ["{{ $json.message }}", "{{ $json.count }}"].entries()) {
      if (!(await page.locator(`[data-testid^="param-args-${i}"]`).first().isVisible())) await k.click(d.param("args-add"));
      await k.expression(`args-${i}`, value);
    }
    await k.toCanvas();
    // To the node that is to feed it, by its name; then C, and the arrow keys to where the edge leads.
    await k.press("ControlOrMeta+f");
    await page.keyboard.type("Limit");
    await expect(page.getByTestId("find-count")).toHaveText("1 of 1");
    await k.press("Escape");
    await expect(d.node("Limit")).toBeFocused();
    await k.press("c");
    for (let turns = 0; !(await d.node("SQL query").evaluate((node) => node.classList.contains("is-wiring-target"))); turns++) {
      expect(turns, "an arrow key leads to the node").toBeLessThan(12);
      await k.press("ArrowDown");
    }
    await k.press("Enter");
    await expect(await d.edge("Limit", "SQL query")).toBeAttached();
    await k.press("Alt+Shift+t");
    await d.still();
    await d.saved();
  });

  await test.step("an edge is chosen, taken away and brought back", async () => {
    await k.press("e");
    await k.press("e");
    await k.press("Delete");
    await expect(page.locator(".edge")).toHaveCount(10);
    await k.press("ControlOrMeta+z");
    await expect(page.locator(".edge")).toHaveCount(11);
  });

  await test.step("it runs", async () => {
    await k.press("ControlOrMeta+Enter");
    await expect(page.getByTestId("toast").filter({ hasText: /^The run finished/ })).toBeVisible();
    await expect(d.status("Filter")).toContainText(`${kept} items`);
    expect(outside.received.map(({ method }) => method)).toEqual(["POST"]);
    expect(JSON.parse(outside.received[0]!.body)).toEqual({ patterns: digest });
  });
});
