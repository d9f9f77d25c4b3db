// Workflows as files: out of one studio, into another, and from n8n.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { Api, chain } from "../api";
import { Drawing } from "../drawing";
import { logDigest } from "../samples";
import { Screens } from "../screens";
import { expect, root, setUp, Studio, test, watchConsole } from "../studio";

/** Exports the workflow of the editor and answers the file. */
async function exported(page: Page, to: string, format?: string): Promise<Buffer> {
  await (await new Drawing(page).export({ format })).saveAs(to);
  return readFileSync(to);
}

async function imported(page: Page, studio: Studio, file: string): Promise<void> {
  await page.goto(`${studio.url}/workflows/import`);
  await page.getByLabel("Files").setInputFiles(file);
  await page.getByTestId("import").click();
  await expect(page.getByTestId("import-result")).toBeVisible();
}

test("a workflow goes through another studio and comes back byte for byte", async ({ page, studio, browser }) => {
  await setUp(page, studio);
  const doc = logDigest("https://example.com/digest");
  doc.notes = [{ id: "about", at: [0, -160], size: [400, 120], color: "amber", text: "## Log digest\nÄ note with *marks*, \"quotes\" and 日本語." }];
  doc.nodes[4] = { ...doc.nodes[4]!, note: "Only what matters", retry: { attempts: 3, wait_ms: 200 }, pinned: [{ json: { level: "error", n: 1.5, big: 12345678901234567890n.toString(), deep: [{ a: null }] } }] };
  const id = await new Api(page, studio.url).create(doc, "Reports/Daily");
  await page.goto(`${studio.url}/workflows/${id}`);
  await new Drawing(page).ready();
  const first = await exported(page, join(studio.dir, "first.json"));
  expect(JSON.parse(first.toString())).toMatchObject({ format: "atelier/v1", name: "Log digest" });

  const other = new Studio();
  const context = await browser.newContext();
  try {
    await other.start();
    const elsewhere = await context.newPage();
    const mistakes = watchConsole(elsewhere);
    await setUp(elsewhere, other);
    await imported(elsewhere, other, join(studio.dir, "first.json"));
    await elsewhere.getByTestId("open-imported").click();
    const d = new Drawing(elsewhere);
    await d.ready();
    await expect(elsewhere.locator(".node")).toHaveCount(doc.nodes.length);
    await expect(elsewhere.locator(".note")).toHaveCount(1);
    const second = await exported(elsewhere, join(studio.dir, "second.json"));
    expect(second.equals(first), "the same bytes").toBe(true);
    expect(mistakes).toEqual([]);
  } finally {
    await context.close();
    await other.stop();
  }
});

test("a file of n8n comes with everything, and the report says what maps", async ({ page, studio }) => {
  await setUp(page, studio);
  const fixture = join(root, "e2e", "fixtures", "n8n-order-desk.json");
  const source = JSON.parse(readFileSync(fixture, "utf8")) as { nodes: { name: string; type: string }[] };
  const steps = source.nodes.filter(({ type }) => type !== "n8n-nodes-base.stickyNote");
  await imported(page, studio, fixture);
  const report = page.getByTestId("import-result");
  await expect(report.getByRole("heading", { name: "Order desk" })).toBeVisible();
  await expect(report).toContainText(`${steps.length} nodes, 11 edges, 2 notes`);
  await expect(report).toContainText("3 kept, but not understood");
  for (const { name } of steps) await expect(report.getByRole("cell", { name, exact: true })).toBeVisible();
  await expect(report.getByText("placeholder", { exact: true })).toHaveCount(3);
  for (const credential of ["Slack of the shop", "Sheets", "OpenAI"]) await expect(report.getByText(credential, { exact: true })).toBeVisible();

  await page.getByTestId("open-imported").click();
  const d = new Drawing(page);
  await d.ready();
  for (const { name } of steps) await expect(d.node(name)).toHaveCount(1);
  await expect(page.locator(".note")).toHaveCount(2);
  await expect(page.locator("g.edge")).toHaveCount(11);
  await expect(page.locator(".node.is-placeholder")).toHaveCount(3);
  await expect(d.node("Tell the sales channel")).toContainText("n8n-nodes-base.slack");
  await page.getByTestId("canvas-fit").click();
  await d.select("Work out the total");
  await expect(d.param("fields-0-value")).toHaveValue("{{ $json.body.price * $json.body.pieces }}");
  await d.select("Tell the sales channel");
  await expect(page.getByTestId("replace-kind")).toBeVisible();

  const back = await exported(page, join(studio.dir, "back.json"), "n8n");
  expect(JSON.parse(back.toString()), "n8n gets back what it gave").toEqual(source);
});

test("what is no workflow is refused in words, and nothing is lost", async ({ page, studio, mistakes }) => {
  await setUp(page, studio);
  const node = (id: string, name: string) => ({ id, kind: "flow.noop", name, at: [name.length * 100, 0], params: {} });
  const twice = JSON.stringify({ format: "atelier/v1", name: "Twice", nodes: [node("a", "One"), node("a", "Other")] });
  for (const [text, why] of [["{ \"nodes\": [", /ends in the middle/], ["[1, 2, 3]", /list|object|JSON/i], [twice, /"One" and "Other" have the same id/]] as const) {
    await page.goto(`${studio.url}/workflows/import`);
    await page.getByLabel("Or paste a workflow").fill(text);
    await page.getByTestId("import").click();
    await expect(page.getByTestId("import-result")).toContainText("was not imported");
    await expect(page.getByTestId("import-result")).toContainText(why);
    await expect(page.getByLabel("Or paste a workflow")).toHaveValue(text);
  }
  mistakes.splice(0); // the browser notes the status of the refusals

  // What can be mended in the drawing comes in, and the canvas tells.
  await page.goto(`${studio.url}/workflows/import`);
  await page.getByLabel("Or paste a workflow").fill(JSON.stringify({ format: "atelier/v1", name: "Loose", nodes: [node("a", "One"), node("b", "Other")], edges: [{ from: "a", out: "main", to: "gone", in: "main" }] }));
  await page.getByTestId("import").click();
  await page.getByTestId("open-imported").click();
  await new Drawing(page).ready();
  await expect(page.locator(".node")).toHaveCount(2);
  await page.getByTestId("problems-head").click();
  await expect(page.getByTestId("problem").filter({ hasText: "gone" })).toBeVisible();
});

test("a file is any version that has a name, and what it cannot hold is told first", async ({ page, studio }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const id = await api.create(chain("Before the sale", ["trigger.manual", "Start"], ["flow.noop", "Rest"]));
  await api.post(`/workflows/${id}/versions`, { name: "Winter sale" });
  await api.post(`/workflows/${id}/publish`, {});
  await api.post(`/workflows/${id}/ops`, { base: 1, ops: [{ op: "settings.set", path: "name", value: "After the sale" }, { op: "test.add", test: { id: "t", name: "It rests" } }] });
  await api.post(`/workflows/${id}/comments`, { place: { at: [1, 2] }, text: "Because of the sale" });
  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  const read = async (choose: Parameters<Drawing["export"]>[0]) => {
    const to = join(studio.dir, "read.json");
    await (await d.export(choose)).saveAs(to);
    return JSON.parse(readFileSync(to, "utf8")) as { name: string; comments?: unknown[] };
  };
  expect((await read({ version: "published" })).name).toBe("Before the sale");
  const now = await read({ comments: true });
  expect(now.name).toBe("After the sale");
  expect(now.comments).toHaveLength(1);
  expect(await read({})).not.toHaveProperty("comments");

  await page.getByTestId("editor-menu").click();
  await page.getByTestId("export").click();
  const report = page.getByTestId("export-report");
  await expect(report).toContainText("1 thread of comments is left out");
  await page.getByTestId("export-comments").check();
  await expect(report).toContainText("The file holds all of it");
  await expect(page.getByTestId("export-version").locator("option")).toHaveText([/^Draft/, /^Published/, /^Winter sale/]);
  await page.getByTestId("export-format").selectOption("n8n");
  await expect(report.getByRole("listitem")).toHaveCount(2);
  await expect(page.getByTestId("export-comments")).toBeDisabled();
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await new Screens(page, theme).look("export");
  }
});
