// Edits that meet: two people change the same and other nodes at one moment, one of them far away, or on a page that is
// loaded anew in the middle. In the end both pages show what is stored, and the log has every edit once.
import type { Page } from "@playwright/test";
import { Api, chain, type Doc } from "../api";
import { Drawing } from "../drawing";
import { inviteLink, join } from "../guests";
import { expect, setUp, Studio, test } from "../studio";

interface Logged { revision: number; client?: string; seq?: number; by?: string }
interface Waiting { client: string; seq: number; label: string }

/** Two people with a workflow open each. */
class Room {
  constructor(readonly id: string, readonly api: Api, readonly a: Drawing, readonly b: Drawing) {}

  static async open(page: Page, studio: Studio, guest: Page, doc: Doc): Promise<Room> {
    const api = new Api(page, studio.url);
    const id = await api.create(doc);
    const [a, b] = [new Drawing(page), new Drawing(guest)];
    for (const d of [a, b]) {
      await d.page.goto(`${studio.url}/workflows/${id}`);
      await Room.ready(d);
    }
    return new Room(id, api, a, b);
  }

  static async ready(d: Drawing): Promise<void> {
    await d.ready();
    await expect(d.page.locator("#editor")).toHaveAttribute("data-ready", "");
  }

  stored(): Promise<{ revision: number; doc: Doc }> {
    return this.api.get(`/workflows/${this.id}`);
  }

  node(doc: Doc, name: string) {
    return doc.nodes.find((node) => node.name === name)!;
  }

  /** What a page holds of the drawing: all of it, as it would be copied. */
  async held(d: Drawing): Promise<Pick<Doc, "nodes" | "edges" | "notes">> {
    await d.canvas.focus();
    await d.page.keyboard.press("ControlOrMeta+a");
    const text = await d.canvas.evaluate((canvas) => {
      const event = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
      canvas.dispatchEvent(event);
      return event.clipboardData!.getData("text/plain");
    });
    const { nodes, edges, notes } = JSON.parse(text) as Doc;
    return { nodes, edges, notes };
  }

  /** Waits until nothing is under way, and sees that the store and both pages have the same. */
  async agrees(): Promise<Doc> {
    for (const d of [this.a, this.b]) await expect.poll(() => this.waiting(d)).toEqual([]);
    await expect(async () => {
      const { doc: { nodes, edges, notes } } = await this.stored();
      for (const d of [this.a, this.b]) expect(await this.held(d)).toEqual({ nodes, edges, notes: notes ?? [] });
    }).toPass();
    return (await this.stored()).doc;
  }

  /** The log: without gaps, and no edit in it twice. */
  async log(): Promise<Logged[]> {
    const { revisions } = await this.api.get<{ revisions: Logged[] }>(`/workflows/${this.id}/revisions?since=0&limit=1000`);
    const { revision } = await this.stored();
    expect(revisions.at(-1)!.revision).toBe(revision);
    revisions.forEach((entry, i) => expect(entry.revision).toBe(revisions[0]!.revision + i));
    const names = revisions.filter(({ client }) => client).map(({ client, seq }) => `${client} ${seq}`);
    expect(new Set(names).size).toBe(names.length);
    return revisions;
  }

  /** The edits that a browser keeps because the studio does not have them yet. */
  waiting(d: Drawing): Promise<Waiting[]> {
    return d.page.evaluate((prefix) => Object.keys(localStorage).filter((key) => key.startsWith(prefix))
      .flatMap((key) => (JSON.parse(localStorage.getItem(key)!) as { batches: Waiting[] }).batches).map(({ client, seq, label }) => ({ client, seq, label })), `atelier.queue.${this.id}.`);
  }
}

/** Presses keys on a node, each of which is an edit. */
async function nudge(d: Drawing, name: string, key: string, times: number): Promise<void> {
  await d.node(name).focus();
  for (let i = 0; i < times; i++) await d.page.keyboard.press(key);
}

async function count(d: Drawing, name: string, value: string): Promise<void> {
  await d.select(name);
  await d.param("count").fill(value);
  await d.param("count").blur();
}

/** Fields of a node's form that two people fill at one moment. */
const sorted = () => chain("Meeting", ["trigger.manual", "Start"], ["data.sort", "Sort"]);

const limits = (...names: string[]) => chain("Meeting", ["trigger.manual", "Start"], ...names.map((name): [string, string, Record<string, unknown>] => ["data.limit", name, { count: 3 }]));

test("two people change the same and other nodes at one moment", async ({ page, studio, browser, mistakes }) => {
  await setUp(page, studio);
  const guest = await join(browser, await inviteLink(page, studio, "editor"), "Ben");
  const room = await Room.open(page, studio, guest, limits("First", "Second", "Third"));
  const { a, b } = room;

  await test.step("both push one node, and each another", async () => {
    await Promise.all([nudge(a, "First", "ArrowRight", 8), nudge(b, "First", "ArrowDown", 8)]);
    await Promise.all([nudge(a, "Second", "ArrowUp", 4), nudge(b, "Third", "ArrowDown", 4)]);
    const doc = await room.agrees();
    const start = limits("First", "Second", "Third");
    expect(room.node(doc, "Second").at[0]).toBe(room.node(start, "Second").at[0]);
    expect(room.node(doc, "Second").at[1]).toBeLessThan(room.node(start, "Second").at[1]);
    expect(room.node(doc, "Third").at[1]).toBeGreaterThan(room.node(start, "Third").at[1]);
    const log = await room.log();
    // Eight of each at one node, four at the others, by two people; nothing is in there twice or missing.
    expect(log.filter(({ client }) => client)).toHaveLength(24);
    expect(new Set(log.filter(({ client }) => client).map(({ by }) => by)).size).toBe(2);
  });

  await test.step("both at once without knowing of each other", async () => {
    for (const d of [a, b]) await d.page.context().setOffline(true);
    await count(a, "First", "11");
    await count(b, "First", "12");
    await a.rename("Second", "Ada's");
    await b.rename("Third", "Ben's");
    await a.rename("First", "Of Ada");
    await b.rename("First", "Of Ben");
    await nudge(a, "Ada's", "ArrowDown", 3);
    await nudge(b, "Second", "ArrowDown", 5);
    const sent = [...(await room.waiting(a)), ...(await room.waiting(b))];
    expect(sent.length).toBeGreaterThanOrEqual(14);
    await Promise.all([a, b].map((d) => d.page.context().setOffline(false)));
    const doc = await room.agrees();
    const names = doc.nodes.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["Start", "Ada's", "Ben's"]));
    expect(["Of Ada", "Of Ben"]).toContain(names[1]);
    expect(["11", "12"]).toContain(String(doc.nodes[1]!.params["count"]));
    const log = new Set((await room.log()).map(({ client, seq }) => `${client} ${seq}`));
    expect(sent.filter(({ client, seq }) => !log.has(`${client} ${seq}`))).toEqual([]);
  });
  expect(mistakes.splice(0).filter((line) => !line.startsWith("Failed to load resource"))).toEqual([]);
  await guest.context().close();
});

test("what one types into an empty field stays while the other changes the fields beside it", async ({ page, studio, browser }) => {
  await setUp(page, studio);
  const guest = await join(browser, await inviteLink(page, studio, "editor"), "Ben");
  const room = await Room.open(page, studio, guest, sorted());
  const { a, b } = room;
  for (const d of [a, b]) await d.select("Sort");
  const beside = async () => {
    for (let i = 0; i < 12; i++) await b.param("order").selectOption(i % 2 === 0 ? "descending" : "ascending");
  };
  await a.param("by").focus();
  await Promise.all([page.keyboard.type("-count, name, size, place", { delay: 40 }), beside()]);
  await expect(a.param("by")).toHaveValue("-count, name, size, place");
  await expect(b.param("by")).toHaveValue("-count, name, size, place");
  expect((await room.agrees()).nodes[1]!.params).toEqual({ by: "-count, name, size, place", order: "ascending" });
  // Two fields at once, as a browser fills them that remembers forms.
  await a.select("Sort");
  await a.panel.evaluate((panel) => {
    const [by, as] = [panel.querySelector<HTMLInputElement>("[data-testid=param-by]")!, panel.querySelector<HTMLSelectElement>("[data-testid=param-as]")!];
    by.value += "!";
    by.dispatchEvent(new InputEvent("input", { bubbles: true }));
    as.value = "natural";
    as.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await expect.poll(async () => (await room.stored()).doc.nodes[1]!.params).toEqual({ by: "-count, name, size, place!", order: "ascending", as: "natural" });
  await guest.context().close();
});

test("thirty edits of all sorts come back from far away", async ({ page, studio, browser, mistakes }) => {
  await setUp(page, studio);
  const guest = await join(browser, await inviteLink(page, studio, "editor"), "Ben");
  const doc = limits("Both", "Mine", "Goes", "Theirs");
  const room = await Room.open(page, studio, guest, { ...doc, notes: [{ id: "why", at: [80, 360], size: [240, 120], text: "Why" }] });
  const { a, b } = room;
  const list = page.getByTestId("unsaved-list");
  let sent: Waiting[] = [];

  await test.step("one works on without the studio", async () => {
    await a.select("Goes");
    await page.context().setOffline(true);
    await count(a, "Goes", "9");
    await a.rename("Goes", "Gone");
    await a.rename("Mine", "Only mine");
    await count(a, "Both", "21");
    await nudge(a, "Both", "ArrowRight", 6);
    await page.keyboard.press("ControlOrMeta+d"); // a copy of it
    await expect(page.locator(".node")).toHaveCount(6);
    await nudge(a, "Only mine", "ArrowUp", 5);
    await page.keyboard.press("ControlOrMeta+z");
    await nudge(a, "Gone", "ArrowUp", 2);
    await a.node("Only mine").focus();
    while ((await room.waiting(a)).length < 30) await page.keyboard.press("ArrowRight");
    await expect(page.getByTestId("saved")).toHaveAttribute("data-state", "offline");
    sent = await room.waiting(a);
  });

  await test.step("meanwhile the other changes the same and other things", async () => {
    await b.select("Goes");
    await guest.keyboard.press("Delete");
    await count(b, "Both", "4");
    await nudge(b, "Both", "ArrowDown", 3);
    await b.rename("Theirs", "Only theirs");
    await count(b, "Only theirs", "8");
    await expect(guest.getByTestId("saved")).toHaveAttribute("data-state", "saved");
  });

  await test.step("back again, everything that still applies is there", async () => {
    await page.context().setOffline(false);
    await expect(page.getByTestId("unsaved")).toContainText(/[34] edits not saved/);
    const now = await room.agrees();
    expect(now.nodes.map(({ name }) => name).slice(0, 4)).toEqual(["Start", "Both", "Only mine", "Only theirs"]);
    expect(now.nodes).toHaveLength(5);
    expect(now.nodes[1]).toMatchObject({ params: { count: 21 } }); // the later one
    expect(now.nodes[3]).toMatchObject({ params: { count: 8 } });
    expect(now.edges.filter(({ from, to }) => from === "n3" || to === "n3")).toEqual([]);
  });

  await test.step("each edit is either in the log, once, or in the list", async () => {
    const log = new Set((await room.log()).map(({ client, seq }) => `${client} ${seq}`));
    const lost = sent.filter(({ client, seq }) => !log.has(`${client} ${seq}`));
    expect(lost.length).toBeLessThanOrEqual(4);
    await page.getByTestId("unsaved").click();
    await expect(list.locator("li b")).toHaveCount(lost.length);
    expect((await list.locator("li b").allTextContents()).sort()).toEqual(lost.map(({ label }) => label).sort());
    for (const why of await list.locator("li .error").allTextContents()) expect(why).toMatch(/no longer|any more/);
    await page.keyboard.press("Escape");
    await page.reload();
    await Room.ready(a);
    await expect(page.getByTestId("unsaved")).toContainText(`${lost.length} edits not saved`);
    await room.agrees();
  });
  expect(mistakes.splice(0).filter((line) => !line.startsWith("Failed to load resource"))).toEqual([]);
  await guest.context().close();
});

test("a page that is loaded anew in the middle of edits loses and doubles none", async ({ page, studio, browser, mistakes }) => {
  // The answers to its edits are lost, and so is what the socket would tell of them.
  let deaf = false;
  await page.routeWebSocket(/\/ws$/, (line) => {
    const server = line.connectToServer();
    server.onMessage((message) => void (deaf && String(message).includes('"revision"') ? undefined : line.send(message)));
    line.onMessage((message) => server.send(message));
  });
  await setUp(page, studio);
  const guest = await join(browser, await inviteLink(page, studio, "editor"), "Ben");
  const room = await Room.open(page, studio, guest, limits("Both", "Mine", "Theirs"));
  const { a, b } = room;
  deaf = true;
  let taken = 0;
  await page.route("**/ops", async (route) => {
    await route.fetch();
    taken++;
    await route.abort("connectionreset").catch(() => undefined);
  });
  await a.rename("Mine", "Only mine");
  await expect.poll(() => taken).toBeGreaterThan(0); // the studio has it, and the page cannot know
  await nudge(a, "Only mine", "ArrowDown", 6);
  await nudge(b, "Both", "ArrowDown", 6);
  await nudge(a, "Both", "ArrowRight", 6);
  const sent = await room.waiting(a);
  expect(sent.length).toBe(13);

  deaf = false;
  const working = nudge(b, "Theirs", "ArrowUp", 12);
  await page.reload();
  await page.unroute("**/ops");
  await Room.ready(a);
  await nudge(a, "Only mine", "ArrowLeft", 3);
  await working;
  const doc = await room.agrees();
  expect(doc.nodes.map(({ name }) => name)).toEqual(["Start", "Both", "Only mine", "Theirs"]);
  const log = await room.log();
  expect(log.filter(({ client }) => client === sent[0]!.client).map(({ seq }) => seq)).toEqual(sent.map(({ seq }) => seq));
  expect(log.filter(({ client }) => client)).toHaveLength(13 + 3 + 6 + 12);
  expect(await room.waiting(a)).toEqual([]);
  expect(mistakes.splice(0).filter((line) => !line.startsWith("Failed to load resource"))).toEqual([]);
  await guest.context().close();
});

test("who edits faster than the studio takes it loses nothing", async ({ page, mistakes }) => {
  const slow = new Studio({ ATELIER_REQUEST_RATE: "2" });
  try {
    await slow.start();
    await setUp(page, slow);
    const id = await new Api(page, slow.url).create(limits("Moved"));
    // The page itself may be refused as well, until the person may ask again.
    const load = () => expect(async () => expect((await page.goto(`${slow.url}/workflows/${id}`))!.status()).toBe(200)).toPass();
    await load();
    const d = new Drawing(page);
    await Room.ready(d);
    // Another page of the same person asks for all that the person may ask for.
    let busy = true;
    const asking = (async () => {
      while (busy) await page.request.get(`${slow.url}/api/v1/workflows`);
    })();
    const refused = page.waitForResponse((response) => response.url().endsWith("/ops") && response.status() === 429);
    await expect(async () => {
      await nudge(d, "Moved", "ArrowDown", 3);
      await expect(page.getByTestId("saved")).toHaveAttribute("title", /asking the studio for too much .* Your edits are kept/, { timeout: 2_000 });
    }).toPass();
    expect((await refused).headers()["retry-after"]).toMatch(/^[1-9]/);
    await expect(page.getByTestId("saved")).toHaveText("Saving…");
    const shown = await d.node("Moved").getAttribute("style");
    busy = false;
    await asking;
    await d.saved();
    expect(await d.node("Moved").getAttribute("style")).toBe(shown);
    await load();
    await Room.ready(d);
    expect(await d.node("Moved").getAttribute("style")).toBe(shown);
    expect(mistakes.splice(0).filter((line) => !/status of 429/.test(line))).toEqual([]);
  } finally {
    await slow.stop();
  }
});
