// A large drawing stays fluent, and the editor is small on the wire. Times are of this machine: they are printed, and
// compared only with what an empty page can do at the same moment.
import type { Page } from "@playwright/test";
import { Api, chain, type Doc } from "../api";
import { type At, Drawing } from "../drawing";
import { expect, setUp, test } from "../studio";

const columns = 25, rows = 20;

/** 500 nodes in a grid: rows are chains, and every second row feeds the next. */
function large(): Doc {
  const id = (row: number, column: number) => `n${row}x${column}`;
  const nodes: Doc["nodes"] = [], edges: Doc["edges"] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const first = row === 0 && column === 0;
      nodes.push({ id: id(row, column), kind: first ? "trigger.manual" : "data.set", name: first ? "Start" : `Step ${row}.${column}`, at: [80 + 280 * column, 80 + 140 * row], params: first ? {} : { fields: [{ name: "n", value: row * column }] } });
      if (column > 0) edges.push({ from: id(row, column - 1), out: "main", to: id(row, column), in: "main" });
      if (row > 0 && (column === 0 || column % 3 === 0)) edges.push({ from: id(row - 1, column), out: "main", to: id(row, column), in: "main" });
    }
  }
  return { name: "Large", nodes, edges };
}

interface Frames { median: number; p95: number; smooth: number; count: number }

/** Drags with the mouse for about 60 frames and measures how far apart the page's frames are. */
async function frames(page: Page, from: At, by: At): Promise<Frames> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 12, from.y + 8, { steps: 3 }); // beyond what still is a click
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(window, { frameTimes: times });
    const frame = (now: number) => {
      times.push(now);
      if (times.length < 400 && "frameTimes" in window) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  // To and fro, so that it stays in the window.
  for (let i = 1; i <= 60; i++) {
    const t = Math.sin((i / 60) * Math.PI);
    await page.mouse.move(from.x + 12 + by.x * t, from.y + 8 + by.y * t);
  }
  const gaps = await page.evaluate(() => {
    const { frameTimes } = window as unknown as { frameTimes: number[] };
    delete (window as unknown as { frameTimes?: number[] }).frameTimes;
    return frameTimes.slice(1).map((time, i) => time - frameTimes[i]!);
  });
  await page.mouse.up();
  gaps.sort((a, b) => a - b);
  const at = (share: number) => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))]!;
  return { median: at(0.5), p95: at(0.95), smooth: gaps.filter((gap) => gap < 17).length / gaps.length, count: gaps.length };
}

const show = (what: string, f: Frames) => console.log(`${what.padEnd(34)} median ${f.median.toFixed(1)} ms, p95 ${f.p95.toFixed(1)} ms, ${Math.round(f.smooth * 100)} % under 17 ms, ${f.count} frames`);

test("500 nodes pan and drag fluently", async ({ page, studio, browser }) => {
  await setUp(page, studio);
  const doc = large();
  expect(doc.nodes).toHaveLength(500);
  expect(doc.edges.length).toBeGreaterThan(640);
  const id = await new Api(page, studio.url).create(doc);
  const empty = await (await browser.newContext()).newPage();
  await empty.goto("about:blank");
  const base = await frames(empty, { x: 700, y: 400 }, { x: 300, y: 150 });
  await empty.context().close();
  show("an empty page", base);

  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  const slow: string[] = [];
  const measure = async (what: string, from: At, by: At) => {
    const result = await frames(page, from, by);
    await d.still();
    show(what, result);
    if (result.median > 2 * base.median) slow.push(`${what}: median ${result.median.toFixed(1)} ms, an empty page has ${base.median.toFixed(1)} ms`);
  };
  /** The middle of the part of a node that can be grabbed, and a free place between nodes. */
  const places = async (name: string) => {
    const card = (await d.node(name).locator(".node-card").boundingBox())!;
    return { node: { x: card.x + card.width / 2, y: card.y + card.height / 2 }, free: { x: card.x + card.width / 2, y: card.y + card.height * 1.7 } };
  };
  for (const [view, button, name] of [["100 %", "[data-action=zoom-reset]", "Step 1.1"], ["everything visible", "[data-action=fit]", "Step 10.12"]] as const) {
    await page.locator(button).click();
    await d.still();
    const { node, free } = await places(name);
    await measure(`pan, ${view}`, free, { x: 300, y: 150 });
    const { node: now } = await places(name);
    expect(Math.abs(now.x - node.x) + Math.abs(now.y - node.y), "the drawing was moved").toBeGreaterThan(5);
    await measure(`drag a node, ${view}`, now, { x: 240, y: 120 });
    const { node: moved } = await places(name);
    expect(Math.abs(moved.x - now.x) + Math.abs(moved.y - now.y), "the node was moved").toBeGreaterThan(2);
  }
  await d.saved();
  expect(slow).toEqual([]);
});

test("the editor is painted with less than 100 KB", async ({ page, studio, browser }) => {
  await setUp(page, studio);
  const id = await new Api(page, studio.url).create(chain("Small", ["trigger.manual", "Start"], ["data.limit", "First", { count: 3 }]));
  const context = await browser.newContext({ storageState: await page.context().storageState() });
  const fresh = await context.newPage(); // with nothing in its cache
  const cdp = await context.newCDPSession(fresh);
  interface Load { path: string; type: string; encoding: string; bytes: number; asked: number; came: number }
  const loads = new Map<string, Load>();
  let painted = Infinity;
  cdp.on("Network.requestWillBeSent", (e) => loads.set(e.requestId, { path: new URL(e.request.url).pathname, type: e.type ?? "", encoding: "", bytes: 0, asked: e.timestamp, came: Infinity }));
  cdp.on("Network.responseReceived", (e) => {
    const load = loads.get(e.requestId);
    const header = Object.entries(e.response.headers).find(([name]) => name.toLowerCase() === "content-encoding");
    if (load) Object.assign(load, { type: e.type, encoding: header?.[1] ?? "" });
  });
  cdp.on("Network.loadingFinished", (e) => {
    const load = loads.get(e.requestId);
    if (load) Object.assign(load, { bytes: e.encodedDataLength, came: e.timestamp });
  });
  cdp.on("Page.lifecycleEvent", (e) => { if (e.name === "firstContentfulPaint") painted = Math.min(painted, e.timestamp); });
  await cdp.send("Network.enable");
  await cdp.send("Page.enable");
  await cdp.send("Page.setLifecycleEventsEnabled", { enabled: true });
  await fresh.goto(`${studio.url}/workflows/${id}`);
  await new Drawing(fresh).ready();
  await expect.poll(() => painted).toBeLessThan(Infinity);
  await expect.poll(() => [...loads.values()].every((load) => load.came < Infinity || load.type === "WebSocket")).toBe(true);

  const assets = [...loads.values()].filter((load) => load.path.startsWith("/assets/"));
  expect(assets.length).toBeGreaterThan(3);
  for (const load of assets) {
    console.log(`${load.asked < painted ? "before" : "after "} the first paint  ${String(load.bytes).padStart(7)} B ${load.encoding.padEnd(5)} ${load.type.padEnd(11)} ${load.path}`);
    if (/\.(js|css)$/.test(load.path)) expect(load.encoding, load.path).toBe("gzip");
  }
  const sum = (some: Load[]) => some.reduce((bytes, load) => bytes + load.bytes, 0);
  const before = sum(assets.filter((load) => load.asked < painted));
  console.log(`asked for before the first paint: ${(before / 1024).toFixed(1)} KiB; until the drawing stands: ${(sum(assets) / 1024).toFixed(1)} KiB`);
  expect(before).toBeLessThan(100 * 1024);
  await context.close();
});
