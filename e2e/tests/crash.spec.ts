// The studio is killed in the middle of a run, as by a loss of power, and goes on where it was.
import { Api, chain } from "../api";
import { Drawing } from "../drawing";
import { expect, setUp, test } from "../studio";

test("a run survives SIGKILL: it goes on and finishes, and nothing that was done is done twice", async ({ page, studio, outside, mistakes }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  await api.post("/credentials", { name: "Reports", type: "sql.sqlite", values: { file: "reports.db" } });
  const post = (path: string) => ({ method: "POST", url: `${outside.url}${path}` });
  const id = await api.create(chain("Long job", ["trigger.manual", "Start"],
    ["sql.query", "Table", { credential: "Reports", query: "create table if not exists effects (name text)", repeat: "safe" }],
    ["http.request", "First call", post("/first")],
    ["sql.query", "Write a row", { credential: "Reports", query: "insert into effects values ('once')" }],
    ["http.request", "Long call", post("/long")],
    ["http.request", "Last call", post("/last")]));
  outside.hold("/long");
  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  await page.getByTestId("run-button").click();
  await expect(d.node("Long call")).toHaveAttribute("data-status", "running");
  await expect.poll(() => outside.count("/long")).toBe(1);
  const [run] = await api.runs(id);
  await page.goto(`${studio.url}/runs/${run!.id}`);
  await d.ready();
  await expect(d.node("Write a row")).toHaveAttribute("data-status", "done");
  await expect(d.node("Long call")).toHaveAttribute("data-status", "running");

  await studio.kill();
  outside.letGo();
  await studio.start();
  expect(studio.setupLink, "the studio is set up already").toBe("");

  // The page was open all the time: it finds the studio again and shows the end.
  await expect(d.node("Last call")).toHaveAttribute("data-status", "done", { timeout: 45_000 });
  await expect(page.locator("#run-status .badge[data-status=succeeded]")).toBeVisible();
  mistakes.splice(0); // the browser notes that the studio was away
  await page.reload();
  await expect(page.locator("#run-status .badge[data-status=succeeded]")).toBeVisible();
  await expect(page.getByTestId("run-events").getByText("First call").first()).toBeAttached();

  expect(outside.count("/first")).toBe(1);
  expect(outside.count("/last")).toBe(1);
  const long = outside.received.filter(({ path }) => path === "/long");
  expect(long, "the call that was under way is sent again").toHaveLength(2);
  expect(long[0]!.key).toBeTruthy();
  expect(long[1]!.key, "with the same key, so that its receiver can tell").toBe(long[0]!.key);
  const reader = await api.create(chain("Rows", ["trigger.manual", "Start"], ["sql.query", "Read", { credential: "Reports", query: "select name from effects" }]));
  expect((await api.run(reader)).output.map(({ json }) => json)).toEqual([{ name: "once" }]);
});
