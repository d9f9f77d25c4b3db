// What starts runs besides the Run button, and what a person does with the runs that there are.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { Api, chain } from "../api";
import { Drawing } from "../drawing";
import { writeLogs, digest, logDigest } from "../samples";
import { expect, program, setUp, test } from "../studio";

/** Publishes the workflow of the editor, or takes it back. */
async function activate(page: Page, on: boolean): Promise<void> {
  await page.getByTestId("publish").click();
  await page.getByTestId(on ? "publish-confirm" : "unpublish").click();
  if (on) await expect(page.getByTestId("published-done")).toBeVisible();
  else await new Drawing(page).toast(/^Nothing is published/);
}

test("a webhook starts runs, which stand in the history and can be replayed", async ({ page, studio, outside }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const id = await api.create(chain("Orders", ["trigger.webhook", "Order comes in", { path: "orders", respond: "last_node" }],
    ["data.set", "Sum", { fields: [{ name: "sum", value: "={{ $json.body.price * $json.body.pieces }}" }], keep_others: false }],
    ["http.request", "Tell the shop", { method: "POST", url: `${outside.url}/orders`, body: "={{ $json }}" }]));
  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  await activate(page, true);
  const address = (await page.getByRole("dialog").getByTestId("webhook-url").textContent())!;
  await page.getByTestId("published-done").click();
  const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ price: 7, pieces: 6 }) });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ ok: true });
  expect(JSON.parse(outside.received[0]!.body)).toEqual({ sum: 42 });

  await page.goto(`${studio.url}/runs`);
  const row = page.getByRole("row").filter({ hasText: "Orders" });
  await expect(row).toContainText("Webhook");
  await expect(row).toContainText("Done");
  await row.getByRole("link", { name: "Orders" }).click();
  await d.ready();

  await test.step("replay: back to the beginning, step by step, by the slider, and played", async () => {
    await expect(d.node("Tell the shop")).toHaveAttribute("data-status", "done");
    await page.getByTestId("replay-first").click();
    await expect(d.node("Tell the shop")).not.toHaveAttribute("data-status", "done");
    await page.getByTestId("replay-next").click();
    await page.getByTestId("replay-next").click();
    await expect(d.node("Order comes in")).toHaveAttribute("data-status", /running|done/);
    await expect(d.node("Tell the shop")).not.toHaveAttribute("data-status", "done");
    const slider = page.getByTestId("replay-time");
    await slider.focus();
    await page.keyboard.press("End");
    await expect(d.node("Tell the shop")).toHaveAttribute("data-status", "done");
    await page.keyboard.press("Home");
    await expect(d.node("Tell the shop")).not.toHaveAttribute("data-status", "done");
    await page.getByTestId("replay-play").click();
    await expect(d.node("Tell the shop")).toHaveAttribute("data-status", "done");
    await page.locator("#replay").getByRole("button", { name: "Sum", exact: true }).click();
    await expect(page.getByTestId("data-output").getByText("42")).toBeVisible();
  });
});

test("a schedule tells its next five times, starts runs, and stops", async ({ page, studio, outside }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const id = await api.create(chain("Beat", ["trigger.schedule", "Every other second", { cron: "0 7 * * *", timezone: "Europe/Berlin" }],
    ["http.request", "Tell", { method: "POST", url: `${outside.url}/beat` }]));
  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  await d.select("Every other second");
  const times = d.panel.getByRole("list", { name: "Next five times" });
  await expect(times.getByRole("listitem")).toHaveCount(5);
  await expect(times).toContainText("07:00");
  await d.param("cron").fill("*/2 * * * * *");
  await expect(times).not.toContainText("07:00");
  await expect(times.getByRole("listitem")).toHaveCount(5);
  await d.param("cron").blur();
  await d.saved();
  await activate(page, true);
  await page.getByTestId("published-done").click();
  await expect.poll(() => outside.count("/beat"), { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
  await activate(page, false);
  await expect(async () => {
    const runs = await api.runs(id);
    expect(runs.length).toBeGreaterThanOrEqual(2);
    for (const run of runs) expect(run).toMatchObject({ trigger: "schedule", status: "succeeded" });
  }).toPass();
  await page.getByTestId("runs-link").click();
  await expect(page.getByTestId("runs-drawer").getByText("schedule").first()).toBeVisible();
});

test("atelier run executes an exported file, and the studio has the run in its history", async ({ page, studio, outside }) => {
  writeLogs(studio.files);
  await setUp(page, studio);
  const id = await new Api(page, studio.url).create(logDigest(`${outside.url}/digest`));
  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  const download = await d.export();
  const file = join(studio.dir, download.suggestedFilename());
  await download.saveAs(file);
  const credentials = join(studio.dir, "credentials.json");
  writeFileSync(credentials, JSON.stringify({ Reports: { type: "sql.sqlite", values: { file: "reports.db" } } }));

  const run: ChildProcess = spawn(program, ["run", "--files", studio.files, "--credentials", credentials, "--allow-address", "127.0.0.1", "--history", join(studio.dir, "data"), "--json", file], { stdio: ["ignore", "pipe", "pipe"] });
  let out = "", err = "";
  run.stdout!.on("data", (d) => { out += d; });
  run.stderr!.on("data", (d) => { err += d; });
  const [code] = await once(run, "close");
  expect(code, err).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ status: "succeeded" });
  expect(JSON.parse(outside.received[0]!.body)).toEqual({ patterns: digest });

  // The studio, which was running all the time, has the run in its history.
  await page.goto(`${studio.url}/runs`);
  const row = page.getByRole("row").filter({ hasText: "Log digest" }).filter({ hasText: /command line/i });
  await expect(row.first()).toContainText(/done|succeeded/i);
  await row.first().getByRole("link").first().click();
  await expect(page.locator('[data-testid^="node-status-"]').first()).toContainText(/item/);
});

test("a failed run says where and why, and is retried from there", async ({ page, studio, outside }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  outside.broken.add("/second");
  const post = (path: string) => ({ method: "POST", url: `${outside.url}${path}` });
  const id = await api.create(chain("Two calls", ["trigger.manual", "Start"], ["http.request", "First", post("/first")], ["http.request", "Second", post("/second")]));
  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  await page.getByTestId("run-button").click();
  await d.toast(/^The run failed at Second/);
  await expect(d.node("First")).toHaveAttribute("data-status", "done");
  await expect(d.node("Second")).toHaveAttribute("data-status", "failed");
  await expect(d.status("Second")).toContainText("404");

  await page.getByTestId("runs-link").click();
  await page.getByTestId("runs-drawer").getByRole("link", { name: "All runs" }).click();
  const failed = page.getByRole("row").filter({ hasText: "Failed" });
  await failed.getByRole("link", { name: "Two calls" }).click();
  await expect(page.getByTestId("error-node")).toHaveText("Second");
  await expect(page.getByTestId("run-error")).toContainText("404");
  outside.broken.clear();
  const old = page.url();
  await page.getByTestId("retry-from").click();
  await page.waitForURL((url) => url.href !== old && /\/runs\/[^/]+$/.test(url.pathname));
  await expect(page.locator("#run-status .badge[data-status=succeeded]")).toBeVisible();
  await expect(page.getByRole("link", { name: "Repeats an earlier run" })).toBeVisible();
  expect(outside.count("/first"), "what had been done is not done again").toBe(1);
  expect(outside.count("/second")).toBe(2);
});

test("a running run is cancelled, from the editor and from its page", async ({ page, studio, outside }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  outside.hold("/slow");
  const id = await api.create(chain("Slow", ["trigger.manual", "Start"], ["http.request", "Wait for it", { method: "POST", url: `${outside.url}/slow` }], ["http.request", "After", { method: "POST", url: `${outside.url}/after` }]));
  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  await page.getByTestId("run-button").click();
  await expect(d.node("Wait for it")).toHaveAttribute("data-status", "running");
  await expect(d.node("After")).toHaveAttribute("data-status", "waiting");
  await expect.poll(() => outside.count("/slow")).toBe(1);
  let goOn = () => {};
  const held = new Promise<void>((resolve) => (goOn = resolve));
  await page.route("**/cancel", async (route) => { await held; await route.continue(); });
  await page.getByTestId("run-button").filter({ hasText: "Stop" }).click();
  await expect(page.getByTestId("run-button"), "while the run is being cancelled").toHaveText("Stopping…");
  await page.getByTestId("run-button").click(); // asks no second time
  goOn();
  await d.toast(/^The run was cancelled/);
  await expect(page.getByTestId("run-button")).toHaveText("Run");

  await page.getByTestId("run-button").click();
  await expect.poll(() => outside.count("/slow")).toBe(2);
  const [running] = await api.runs(id);
  await page.goto(`${studio.url}/runs/${running!.id}`);
  await expect(page.locator("#run-status .badge[data-status=running]")).toBeVisible();
  await page.getByTestId("cancel-run").click();
  await expect(page.locator("#run-status .badge[data-status=cancelled]")).toBeVisible();
  outside.letGo();
  await expect.poll(async () => (await api.runs(id)).map((run) => run.status)).toEqual(["cancelled", "cancelled"]);
  expect(outside.count("/after")).toBe(0);
});
