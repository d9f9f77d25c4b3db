// Two people at one workflow: they see each other, and what the other does, at once; and what becomes of it when one of
// them may no longer do it.
import type { Page } from "@playwright/test";
import { Api, chain } from "../api";
import { Drawing } from "../drawing";
import { inviteLink, join } from "../guests";
import { violations } from "../screens";
import { expect, setUp, test, watchConsole } from "../studio";

async function open(page: Page, url: string): Promise<Drawing> {
  await page.goto(url);
  const drawing = new Drawing(page);
  await drawing.ready();
  await expect(page.locator("#editor")).toHaveAttribute("data-ready", "");
  return drawing;
}

/** Remembers when a node came to stand where. */
const record = (page: Page, id: string): Promise<void> => page.evaluate((id) => {
  const node = document.querySelector<HTMLElement>(`.node[data-id="${id}"]`)!;
  const seen: [string, number][] = ((window as unknown as { seen: [string, number][] }).seen = []);
  new MutationObserver(() => {
    if (seen.at(-1)?.[0] !== node.style.transform) seen.push([node.style.transform, performance.timeOrigin + performance.now()]);
  }).observe(node, { attributes: true, attributeFilter: ["style"] });
}, id);

const recorded = (page: Page): Promise<[string, number][]> => page.evaluate(() => (window as unknown as { seen: [string, number][] }).seen);

/** Changes a role as the owner, beside the page that is open. */
async function setRole(page: Page, url: string, email: string, role: string): Promise<void> {
  const answer = await page.request.get(`${url}/settings/members`);
  const user = new RegExp(`/settings/members/([^/"]+)/role`).exec((await answer.text()).split(email)[1]!)![1]!;
  const done = await page.request.post(`${url}/settings/members/${user}/role`, { form: { role }, headers: { Origin: url } });
  expect(done.ok()).toBe(true);
}

test("two people see each other work", async ({ page, studio, browser }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const id = await api.create(chain("Shared", ["trigger.manual", "Start"], ["data.limit", "First", { count: 3 }], ["data.sort", "Sort"]));
  const ben = await join(browser, await inviteLink(page, studio, "editor"), "Ben Ng");
  const mistakes = watchConsole(ben);
  const url = `${studio.url}/workflows/${id}`;
  const [a, b] = [await open(page, url), await open(ben, url)];

  await test.step("who is here is in the bar", async () => {
    await expect(page.getByTestId("avatar")).toHaveAttribute("data-initials", "BN");
    await expect(page.getByTestId("avatar")).toHaveAttribute("aria-label", /^Ben Ng: is here/);
    await expect(ben.getByTestId("avatar")).toHaveCount(1);
    await expect(page.locator("#live")).toContainText("Ben Ng came");
  });

  await test.step("pointers, with names", async () => {
    const at = await b.point({ x: 400, y: 300 });
    await ben.mouse.move(at.x, at.y, { steps: 3 });
    const cursor = page.getByTestId("cursor");
    await expect(cursor).toContainText("Ben Ng");
    await expect(async () => {
      const box = (await cursor.boundingBox())!;
      const want = await a.point({ x: 400, y: 300 });
      expect(Math.abs(box.x - want.x) + Math.abs(box.y - want.y)).toBeLessThan(6);
    }).toPass();
    await ben.mouse.move(5, 5);
    await expect(cursor).toBeHidden();
  });

  await test.step("selections, and the field that somebody types in", async () => {
    await b.select("First");
    await expect(a.node("First").locator(".who-tag")).toHaveText("Ben Ng");
    await a.select("First");
    await b.param("count").pressSequentially("1");
    await expect(page.getByTestId("who-here")).toHaveText("Ben Ng is typing here");
    await expect(page.getByTestId("avatar")).toHaveAttribute("aria-label", /Ben Ng: edits First/);
    await expect(page.getByTestId("who-here")).toHaveText("Ben Ng is here"); // after a while
    await ben.keyboard.press("Escape");
    await expect(page.getByTestId("who-here")).toHaveCount(0);
    await expect(a.node("First").locator(".who-flash")).toHaveCount(0);
  });

  await test.step("a drag is seen while it lasts", async () => {
    const sort = await a.id("Sort");
    await Promise.all([record(page, sort), record(ben, sort)]);
    const icon = (await a.node("Sort").locator(".node-icon").boundingBox())!;
    await page.mouse.move(icon.x + 10, icon.y + 10);
    await page.mouse.down();
    for (let i = 1; i <= 40; i++) await page.mouse.move(icon.x + 10 + 4 * i, icon.y + 10 + 3 * i);
    // In the middle of the drag, before anything is stored.
    await expect(async () => expect(await b.node("Sort").getAttribute("style")).toBe(await a.node("Sort").getAttribute("style"))).toPass({ timeout: 2000 });
    expect((await api.get<{ doc: { nodes: { at: number[] }[] } }>(`/workflows/${id}`)).doc.nodes[2]!.at).toEqual([640, 160]);
    await page.mouse.up();
    await a.saved();
    const [sent, got] = [new Map(await recorded(page)), await recorded(ben)];
    const lags = got.map(([place, at]) => at - (sent.get(place) ?? NaN)).filter((lag) => !Number.isNaN(lag)).sort((x, y) => x - y);
    console.log(`a drag is seen after ${lags[Math.floor(lags.length / 2)]!.toFixed(0)} ms (median of ${lags.length}), ${lags.at(-1)!.toFixed(0)} ms at most`);
    expect(lags.length).toBeGreaterThan(3);
    expect(lags[Math.floor(lags.length / 2)]!).toBeLessThan(300); // with two browsers on a busy machine
    await expect(b.node("Sort").locator(".who-flash")).toBeVisible();
    // It stays where it was put.
    await expect(async () => expect(await b.node("Sort").getAttribute("style")).toBe(await a.node("Sort").getAttribute("style"))).toPass();
  });

  await test.step("following goes where the other goes, until one moves oneself", async () => {
    await ben.getByTestId("avatar").click();
    await expect(ben.getByTestId("follow-bar")).toContainText("Following");
    await expect(page.getByTestId("avatar")).toHaveAttribute("aria-label", /follows you/);
    await page.getByTestId("avatar").click();
    await expect(page.getByTestId("toast")).toContainText("Ben Ng is following you");
    const middle = await a.point({ x: 300, y: 300 });
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.wheel(300, 180);
    const shown = (d: Drawing) => d.page.locator("[data-part=world]").evaluate((world: HTMLElement) => new DOMMatrix(world.style.transform));
    await expect(async () => {
      const [mine, theirs] = [await shown(a), await shown(b)];
      expect(Math.abs(mine.e - theirs.e) + Math.abs(mine.f - theirs.f)).toBeLessThan(40);
    }).toPass();
    await ben.mouse.move(middle.x, middle.y);
    await ben.mouse.wheel(0, 200);
    await expect(ben.getByTestId("follow-bar")).toBeHidden();
  });

  await test.step("who goes is gone", async () => {
    await ben.context().close();
    await expect(page.getByTestId("avatar")).toHaveCount(0);
    await expect(page.locator(".who-tag")).toHaveCount(0);
    await expect(page.locator("#live")).toContainText("Ben Ng has left");
  });
  expect(mistakes).toEqual([]);
});

test("who may only look from now on lets go, and who is removed is cut", async ({ page, studio, browser }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const id = await api.create(chain("Shared", ["trigger.manual", "Start"], ["data.limit", "First", { count: 3 }]));
  const ben = await join(browser, await inviteLink(page, studio, "editor"), "Ben");
  const url = `${studio.url}/workflows/${id}`;
  const [a, b] = [await open(page, url), await open(ben, url)];
  const before = await a.node("First").getAttribute("style");

  await test.step("demoted while dragging", async () => {
    const icon = (await b.node("First").locator(".node-icon").boundingBox())!;
    await ben.mouse.move(icon.x + 10, icon.y + 10);
    await ben.mouse.down();
    await ben.mouse.move(icon.x + 110, icon.y + 90, { steps: 8 });
    await expect(a.node("First")).not.toHaveAttribute("style", before!);
    const began = Date.now();
    await setRole(page, studio.url, "ben@example.org", "viewer");
    await expect(ben.locator("#editor")).toHaveAttribute("data-role", "viewer");
    console.log(`read only ${Date.now() - began} ms after the request`);
    await expect(b.node("First")).toHaveAttribute("style", before!);
    await ben.mouse.move(icon.x + 210, icon.y + 190, { steps: 4 });
    await ben.mouse.up();
    await expect(a.node("First")).toHaveAttribute("style", before!);
    expect((await api.get<{ revision: number }>(`/workflows/${id}`)).revision).toBe(1);
    await expect(ben.getByTestId("saved")).toHaveText("Read only");
    await expect(ben.locator("#palette")).toBeHidden();
    for (const control of ["publish", "run-button"]) await expect(ben.getByTestId(control)).toBeDisabled();
    await expect(page.getByTestId("avatar")).toHaveAttribute("aria-label", /looks only/);
    await b.select("First");
    await expect(b.param("count")).not.toBeEditable();
  });

  await test.step("and may edit again", async () => {
    await setRole(page, studio.url, "ben@example.org", "editor");
    await expect(ben.locator("#editor")).toHaveAttribute("data-role", "editor");
    await expect(ben.getByTestId("toast").filter({ hasText: "Your role was changed" })).toHaveCount(0);
    await b.select("First");
    await b.param("count").fill("7");
    await b.saved();
    expect((await api.get<{ doc: { nodes: { params: object }[] } }>(`/workflows/${id}`)).doc.nodes[1]!.params).toEqual({ count: 7 });
  });

  await test.step("what was not saved is told", async () => {
    await ben.context().setOffline(true);
    await b.param("count").fill("9");
    await expect(ben.getByTestId("saved")).toContainText("Offline");
    await setRole(page, studio.url, "ben@example.org", "viewer");
    await ben.context().setOffline(false);
    await expect(ben.locator("#editor")).toHaveAttribute("data-role", "viewer");
    await expect(ben.getByText(/not saved/i).first()).toBeVisible();
    await expect(b.param("count")).toHaveValue("7");
  });

  await test.step("removed", async () => {
    const answer = await page.request.get(`${studio.url}/settings/members`);
    const user = /\/settings\/members\/([^/"]+)\/remove/.exec((await answer.text()).split("ben@example.org")[1]!)![1]!;
    const began = Date.now();
    await page.request.post(`${studio.url}/settings/members/${user}/remove`, { headers: { Origin: studio.url } });
    await expect(page.getByTestId("avatar")).toHaveCount(0);
    console.log(`gone ${Date.now() - began} ms after the request`);
    await expect(ben.locator("#editor")).toHaveAttribute("data-role", "viewer");
    await expect(ben.getByTestId("avatar")).toHaveCount(0);
    await expect(ben.getByTestId("toast").filter({ hasText: /may not watch|no longer/i })).toBeVisible();
  });
  await ben.context().close();
});

test("a crowd folds, names are text, and nobody is left behind by a lost line", async ({ page, studio }) => {
  let say: (frame: unknown) => void = () => {};
  await page.routeWebSocket(/\/ws$/, (line) => {
    const server = line.connectToServer();
    server.onMessage((message) => line.send(message));
    line.onMessage((message) => server.send(message));
    say = (frame) => line.send(JSON.stringify(frame));
  });
  await setUp(page, studio);
  const id = await new Api(page, studio.url).create(chain("Shared", ["trigger.manual", "Start"], ["data.limit", "First", { count: 3 }]));
  const d = await open(page, `${studio.url}/workflows/${id}`);
  const name = (i: number) => (i === 0 ? "<img src=x onerror=alert(1)>" : `Person ${String(i).padStart(2, "0")}`);
  const come = (i: number, state: unknown, looks = false) => say({ t: "presence", workflow: id, who: { conn: `c${i}`, user: `u${i}`, name: name(i), color: i, looks }, state });
  for (let i = 0; i < 30; i++) come(i, { cursor: [60 * i, 300], view: [0, 0, 800, 500], selection: i < 3 ? ["n1"] : [], open: i === 4 ? { node: "n1", param: "count" } : undefined, typing: true }, i % 5 === 1);
  await expect(page.getByTestId("avatar")).toHaveCount(4);
  await expect(page.getByTestId("people-more")).toHaveText("+26");
  await expect(page.locator("#live")).toContainText("30 people have come");
  await expect(page.getByTestId("cursor").first()).toContainText("<img src=x");
  await expect(d.node("First").locator(".who-tag")).toHaveText("Person 04 +3");
  await d.select("First");
  await expect(page.getByTestId("who-here")).toHaveText("Person 04 is typing here");
  for (const theme of ["light", "dark"]) {
    await page.evaluate((theme) => (document.documentElement.dataset["theme"] = theme), theme);
    await page.getByTestId("people-more").click();
    await expect(page.locator("#people-menu").getByRole("menuitemcheckbox")).toHaveCount(30);
    await expect(page.locator("#people-menu")).toContainText("edits First");
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
  }
  await page.getByTestId("people-more").press("Enter");
  await expect(page.locator("#people-menu").getByRole("menuitemcheckbox").first()).toBeFocused();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("follow-bar")).toContainText("Following Person 29");
  expect(await violations(page)).toEqual([]);
  await page.getByTestId("follow-stop").press("Enter");
  await expect(page.getByTestId("follow-bar")).toBeHidden();
  for (let i = 3; i < 30; i++) come(i, null);
  await expect(page.getByTestId("avatar")).toHaveCount(3);
  await expect(page.getByTestId("people-more")).toBeHidden();
  // The server speaks of everybody anew, and no longer of these.
  say({ t: "here", workflow: id, conn: "me", user: "u2", role: "owner" });
  come(2, { cursor: null });
  await expect(page.getByTestId("avatar")).toHaveCount(1);
  await expect(page.getByTestId("avatar")).toHaveAttribute("aria-label", /Person 02 \(you\)/);
});
