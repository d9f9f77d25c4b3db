// No text of the studio's own escapes the catalogues: the pages and what opens on them, walked through in Chinese.
import { Api, chain } from "../api";
import { Drawing } from "../drawing";
import { expect, setUp, test } from "../studio";
import { escaped } from "../words";

test.use({ locale: "en-US" });

test("every text of the studio is in the language of the person", async ({ page, studio }) => {
  test.skip(!process.env.WORDS, "WORDS=1 lists the texts that no catalogue has; names and formats that it takes for some are in e2e/words.ts");
  test.setTimeout(300_000);
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const found: string[] = [];
  const look = async (place: string) => {
    for (const text of await escaped(page)) if (!found.some((line) => line.endsWith(`: ${text}`))) found.push(`${place}: ${text}`);
  };
  const drawn = chain("Daily §", ["trigger.manual", "Start §"], ["flow.if", "Check §", { condition: "={{ $json.n > 1 }}" }], ["flow.switch", "Which §", { value: "={{ $json.n }}", cases: [{ value: "1" }, { value: "2" }] }],
      ["data.limit", "First §", { count: 3 }], ["http.request", "Call §", { url: "http://127.0.0.1:1/x" }]);
  const leaves: { [node: string]: string } = { n1: "true", n2: "case_1" };
  const id = await api.create({
    ...drawn, edges: drawn.edges.map((edge) => ({ ...edge, out: leaves[edge.from] ?? "main" })),
    notes: [{ id: "note", at: [80, 400], size: [240, 120], text: "§ typed" }],
  });
  await page.request.post(`${studio.url}/language`, { form: { language: "zh-Hans", back: "/" }, headers: { Origin: studio.url } });
  await api.run(id, { items: [{ json: { n: 1 } }] });
  const runs = await api.runs(id);

  for (const path of ["/workflows", "/workflows/new", "/workflows/new/log_digest", "/workflows/import", "/workflows/trash", `/workflows/${id}/details`, "/runs", `/runs/${runs[0]!.id}`,
    "/credentials", "/credentials/new", "/credentials/new?type=smtp", "/variables", "/mentions", "/settings", "/settings/sessions", "/settings/members", "/settings/workspace", "/workspaces", "/nowhere", "/runs/nowhere"]) {
    await page.goto(studio.url + path);
    await look(path);
  }

  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  await look("editor");
  for (const name of ["Check §", "Which §", "Call §", "Start §"]) {
    await d.select(name);
    for (const tab of ["form", "input", "output", "settings", "docs"] as const) {
      if (name === "Start §" && tab === "input") continue;
      await d.tab(tab).catch(() => undefined);
      await look(`editor, ${name}, ${tab}`);
    }
  }
  const open = async (place: string, ...keys: string[]) => {
    await d.canvas.focus();
    for (const key of keys) await page.keyboard.press(key);
    await page.waitForTimeout(400);
    await look(place);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
  };
  await open("palette", "ControlOrMeta+k");
  await open("keys", "?");
  await open("find", "ControlOrMeta+f");
  await open("outline", "o");
  await open("comments", "Shift+T");
  await open("quick add", "n");
  await open("node menu", "ControlOrMeta+a", "Shift+F10");
  for (const button of ["editor-menu", "open-tests", "open-history", "publish", "published-state", "comments-button"]) {
    const there = page.getByTestId(button);
    if (!(await there.isVisible())) await page.getByTestId("editor-menu").click();
    if (!(await there.isVisible())) continue;
    await there.click();
    await page.waitForTimeout(500);
    await look(button);
    await page.keyboard.press("Escape");
    await page.goto(`${studio.url}/workflows/${id}`);
    await d.ready();
  }
  await page.goto(`${studio.url}/workflows/${id}/history`);
  await page.waitForTimeout(800);
  await look("history");
  expect(found).toEqual([]);
});
