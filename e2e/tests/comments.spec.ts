// Comments between two people at one workflow: threads on nodes and on the canvas, mentions, what is new, resolving,
// the list, links, and who may write.
import { type Browser, type Page } from "@playwright/test";
import { Api, chain } from "../api";
import { Drawing } from "../drawing";
import { inviteLink, join } from "../guests";
import { Screens } from "../screens";
import { expect, setUp, type Studio, test, watchConsole } from "../studio";

/** Lets somebody in with a browser of their own. */
async function guest(page: Page, browser: Browser, studio: Studio, role: "viewer" | "editor", name: string): Promise<Page> {
  return join(browser, await inviteLink(page, studio, role), name);
}

async function openEditor(page: Page, studio: Studio, id: string, query = ""): Promise<Drawing> {
  await page.goto(`${studio.url}/workflows/${id}${query}`);
  const drawing = new Drawing(page);
  await drawing.ready();
  await expect(page.locator("#editor[data-ready]")).toBeAttached();
  return drawing;
}

const thread = (page: Page) => page.getByTestId("thread");
const write = async (page: Page, text: string) => {
  await thread(page).getByTestId("comment-text").last().fill(text);
  await thread(page).getByTestId("comment-text").last().press("ControlOrMeta+Enter");
  await expect(thread(page).getByTestId("comment-text").last()).toHaveValue("");
};

test("two people talk about a workflow", async ({ page, studio, browser }) => {
  test.setTimeout(180_000);
  await setUp(page, studio);
  const bob = await guest(page, browser, studio, "editor", "Bob Baker");
  const bobsMistakes = watchConsole(bob);
  const api = new Api(page, studio.url);
  const id = await api.create(chain("Orders", ["trigger.manual", "Start"], ["data.limit", "First ones", { count: 3 }]));
  const ada = await openEditor(page, studio, id);
  await openEditor(bob, studio, id);
  const pin = (on: Page) => on.getByTestId("pin-node-n1");

  await test.step("a thread on a node, by keys, with a name completed", async () => {
    await ada.select("First ones");
    await ada.canvas.press("t");
    const field = thread(page).getByTestId("comment-text");
    await expect(field).toBeFocused();
    await page.keyboard.type("Why three, @bak");
    await expect(page.getByTestId("mention-bob.baker@example.org")).toHaveAttribute("aria-selected", "true");
    await page.keyboard.press("Enter");
    await expect(field).toHaveValue("Why three, @Bob Baker ");
    await page.keyboard.type("? <img src=x onerror=alert(1)> **really**");
    await page.keyboard.press("ControlOrMeta+Enter");
    await expect(thread(page).locator(".comment")).toHaveCount(1);
    await expect(thread(page).locator(".comment-text")).toContainText("<img src=x onerror=alert(1)> really");
    await expect(thread(page).locator(".comment-text strong")).toHaveText("really");
    await expect(thread(page).locator(".mention")).toHaveText("@Bob Baker");
    await expect(pin(page)).toHaveText("1");
  });

  await test.step("the other sees it at once, is told, and answers", async () => {
    await expect(pin(bob)).toHaveClass(/is-unread/);
    await expect(bob.getByTestId("comments-button").locator(".nav-count")).toHaveText("1");
    const toast = bob.getByTestId("toast").filter({ hasText: "mentioned you" });
    await toast.getByRole("button", { name: "Show" }).click();
    await expect(thread(bob).locator(".comment")).toHaveCount(1);
    await expect(thread(bob).locator(".mention.is-me")).toHaveText("@Bob Baker");
    await expect(pin(bob)).not.toHaveClass(/is-unread/);
    await write(bob, "Because of the *budget*");
    await expect(thread(page).locator(".comment")).toHaveCount(2);
    await expect(thread(page).locator(".comment").last()).toContainText("Because of the budget");
    await expect(pin(page)).toHaveText("2");
  });

  await test.step("own words can be changed and deleted, others' not", async () => {
    await expect(thread(bob).locator(".comment").first().getByTestId("comment-edit")).toHaveCount(0);
    await thread(bob).locator(".comment").last().getByTestId("comment-edit").click();
    await thread(bob).getByLabel("Change the comment").and(bob.locator("textarea")).fill("Because of the plan");
    await bob.keyboard.press("ControlOrMeta+Enter");
    await expect(thread(page).locator(".comment").last()).toContainText("Because of the plan");
    await expect(thread(page).locator(".comment").last()).toContainText("edited");
    await write(bob, "Forget this");
    await expect(thread(page).locator(".comment")).toHaveCount(3);
    await thread(bob).locator(".comment").last().getByTestId("comment-delete").click();
    await bob.getByTestId("confirm-yes").click();
    await expect(thread(page).locator(".comment")).toHaveCount(2);
  });

  await test.step("a removed node keeps its thread, and brings it back", async () => {
    await page.keyboard.press("Escape");
    await expect(thread(page)).toHaveCount(0);
    await ada.select("First ones");
    await ada.canvas.focus();
    await page.keyboard.press("Delete");
    await expect(pin(page)).toHaveCount(0);
    await ada.canvas.press("Shift+T");
    const panel = page.getByTestId("comments-panel");
    await expect(panel).toContainText("On a removed node");
    await page.keyboard.press("Escape");
    await expect(panel).toHaveCount(0);
    await ada.canvas.focus();
    await page.keyboard.press("ControlOrMeta+z");
    await expect(pin(page)).toHaveText("2");
    await ada.saved();
  });

  let point = "";
  await test.step("a thread on the canvas, from its menu; the list finds both", async () => {
    const box = (await ada.canvas.boundingBox())!;
    await page.mouse.click(box.x + 150, box.y + 120, { button: "right" });
    await page.getByTestId("canvas-menu").getByText("Comment", { exact: true }).click();
    await write(page, "Here the second part begins");
    point = new URL(page.url()).searchParams.get("thread")!;
    const at = (await page.getByTestId(`pin-point-${point}`).boundingBox())!;
    expect(Math.abs(at.x - box.x - 150) + Math.abs(at.y + at.height - box.y - 120)).toBeLessThan(8);
    await page.getByTestId("comments-button").click();
    await expect(page.getByTestId("threads").locator("li")).toHaveCount(2);
    await page.getByTestId("threads-search").fill("the PLAN");
    await expect(page.getByTestId("threads").locator("li")).toHaveCount(1);
    await expect(page.getByTestId("threads")).toContainText("First ones");
    await page.getByTestId("threads-search").fill("no such words");
    await expect(page.getByTestId("comments-panel")).toContainText("No comment of this list has these words.");
    await page.getByTestId("threads-search").fill("");
    await expect(page.getByTestId("threads").locator("li")).toHaveCount(2);
  });

  await test.step("resolved, it leaves the canvas for all; an answer opens it again", async () => {
    await page.getByTestId(`thread-${point}`).click();
    await thread(page).getByTestId("thread-resolve").click();
    await expect(page.getByTestId(`pin-point-${point}`)).toHaveCount(0);
    await expect(bob.getByTestId(`pin-point-${point}`)).toHaveCount(0);
    await expect(page.getByTestId("threads").locator("li")).toHaveCount(1);
    await page.getByTestId("threads-resolved").click();
    await page.getByTestId(`thread-${point}`).click();
    await expect(thread(page).getByTestId("thread-resolved")).toContainText("Resolved by");
    await write(page, "Not yet");
    await expect(thread(page).getByTestId("thread-resolved")).toHaveCount(0);
    await expect(bob.getByTestId(`pin-point-${point}`)).toHaveText("2");
  });

  await test.step("a link leads to the thread, and reading marks it as read", async () => {
    await bob.keyboard.press("Escape");
    await openEditor(bob, studio, id, `?thread=${point}`);
    await expect(thread(bob).locator(".comment")).toHaveCount(2);
    await expect(bob.getByTestId("comments-button").locator(".nav-count")).toBeHidden();
    await openEditor(bob, studio, id);
    await expect(bob.getByTestId(`pin-point-${point}`)).not.toHaveClass(/is-unread/);
  });

  await test.step("mentions are counted and listed over all workflows", async () => {
    await page.keyboard.press("Escape");
    await bob.goto(`${studio.url}/workflows`);
    await expect(bob.getByTestId("mentions-link")).not.toHaveAttribute("data-count");
    await api.post(`/workflows/${id}/comments`, { place: { at: [0, 400] }, text: "And this, @bob.baker@example.org?" });
    await bob.reload();
    await expect(bob.getByTestId("mentions-link")).toHaveAttribute("data-count", "1");
    await bob.getByTestId("mentions-link").click();
    await expect(bob.getByTestId("mentions").locator("li")).toHaveCount(2);
    await new Screens(bob, "light").look("mentions-filled");
    await bob.getByTestId("mentions").getByRole("link").first().click();
    await expect(thread(bob)).toContainText("And this, @bob.baker@example.org?");
  });
  expect(bobsMistakes, "errors in the other's console").toEqual([]);
  await bob.context().close();
});

test("viewers read, and write when their workspace lets them", async ({ page, studio, browser }) => {
  await setUp(page, studio);
  const vera = await guest(page, browser, studio, "viewer", "Vera");
  const api = new Api(page, studio.url);
  const id = await api.create(chain("Orders", ["trigger.manual", "Start"]));
  await api.post(`/workflows/${id}/comments`, { place: { node: "n0", at: [80, 160] }, text: "Only for your eyes" });
  const drawing = await openEditor(vera, studio, id);
  await vera.getByTestId("pin-node-n0").click();
  await expect(thread(vera)).toContainText("Only for your eyes");
  await expect(thread(vera)).toContainText("You may read comments here.");
  await expect(thread(vera).getByTestId("comment-text")).toHaveCount(0);
  await expect(thread(vera).getByTestId("thread-resolve")).toHaveCount(0);
  await page.goto(`${studio.url}/settings/workspace`);
  await page.getByTestId("viewers-comment").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByTestId("viewers-comment")).toBeChecked();
  await openEditor(vera, studio, id);
  await vera.getByTestId("pin-node-n0").click();
  await write(vera, "And for mine");
  await expect(thread(vera).locator(".comment")).toHaveCount(2);
  await expect(drawing.page.getByTestId("saved")).toHaveText("Read only");
  await vera.context().close();
});

test("what could not be sent is kept", async ({ page, studio, mistakes }) => {
  await setUp(page, studio);
  const id = await new Api(page, studio.url).create(chain("Orders", ["trigger.manual", "Start"]));
  const drawing = await openEditor(page, studio, id);
  await drawing.select("Start");
  await drawing.canvas.press("t");
  await page.route("**/comments", (route) => route.abort());
  await thread(page).getByTestId("comment-text").fill("A long thought");
  await thread(page).getByTestId("comment-send").click();
  await expect(thread(page).getByRole("alert")).toContainText("Not sent.");
  mistakes.splice(0); // the browser tells of the request that was broken off
  await page.unroute("**/comments");
  await page.keyboard.press("Escape");
  await drawing.canvas.press("t");
  await expect(thread(page).getByTestId("comment-text")).toHaveValue("A long thought");
  await thread(page).getByTestId("comment-send").click();
  await expect(thread(page).locator(".comment")).toHaveText(/A long thought/);
});

for (const theme of ["light", "dark"] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });

    test(`comments in ${theme}`, async ({ page, studio }) => {
      await setUp(page, studio);
      const api = new Api(page, studio.url);
      const id = await api.create({
        ...chain("Orders", ["trigger.manual", "Start"], ["data.limit", "First ones", { count: 3 }], ["data.limit", "A node whose name is rather longer than others", { count: 1 }]),
        notes: [{ id: "note", at: [80, 320], size: [240, 120], text: "A **note**" }],
      });
      const about = (place: object, text: string) => api.post<{ id: string }>(`/workflows/${id}/comments`, { place, text });
      const first = await about({ node: "n1", at: [360, 160] }, "Is three *enough*, @ada@example.org? See [the plan](https://example.org):\n\n- one\n- two\n\n`$json.count`");
      for (const text of ["I think so.", "An_answer_without_any_space_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on", "> quoted\n\nand said"]) await api.post(`/workflows/${id}/comments/${first.id}`, { text });
      await about({ node: "n2", at: [640, 160] }, "Another one");
      await about({ note: "note", at: [80, 320] }, "About the note");
      await about({ node: "gone", at: [640, 400] }, "Its node is gone");
      const settledOne = await about({ at: [500, 420] }, "On the canvas");
      await about({ at: [700, 420] }, "Also on the canvas");
      await api.post(`/workflows/${id}/comments/${settledOne.id}/resolve`, { resolved: true });
      const screens = new Screens(page, theme);
      await openEditor(page, studio, id);
      await expect(page.locator(".comment-pin")).toHaveCount(4);
      await page.getByTestId("comments-button").click();
      await expect(page.getByTestId("threads").locator("li")).toHaveCount(5);
      await screens.look("comments-list");
      await page.getByTestId(`thread-${first.id}`).click();
      await expect(thread(page).locator(".comment")).toHaveCount(4);
      await screens.look("comments-thread");
      await thread(page).getByTestId("comment-text").pressSequentially("@");
      await expect(page.getByTestId("mention-list")).toBeVisible();
      await screens.look("comments-mention");
      await page.keyboard.press("Escape");
      await page.setViewportSize({ width: 390, height: 780 });
      await page.getByTestId("comments-panel").getByRole("button", { name: "Close the comments" }).click();
      await screens.look("comments-phone");
      await page.goto(`${studio.url}/mentions`);
      await screens.look("mentions-phone");
      await page.setViewportSize({ width: 1440, height: 900 });
      await screens.look("mentions");
      await page.goto(`${studio.url}/settings/workspace`);
      await screens.look("workspace");
    });
  });
}

test("many threads and a long one are read part by part", async ({ page, studio, mistakes }) => {
  await setUp(page, studio);
  const said = (text: string, n: number) => ({ name: "Old Hand", text: `${text} ${n}`, created: 1_700_000_000_000_000 + n * 1_000_000 });
  const comments = [
    { node: "n0", at: [80, 160], comments: Array.from({ length: 120 }, (_, n) => said("Word", n)) },
    ...Array.from({ length: 69 }, (_, n) => ({ at: [120 * n, 4000], comments: [said("Point", n)], resolved: n >= 64 })),
  ];
  const answer = await page.request.post(`${studio.url}/api/v1/workflows/import`, { data: { format: "atelier/v1", notes: [], groups: [], settings: {}, ...chain("Much talk", ["trigger.manual", "Start"]), comments } });
  expect(answer.status()).toBe(201);
  const { workflow } = (await answer.json()) as { workflow: { id: string } };
  const d = await openEditor(page, studio, workflow.id);

  await test.step("all pins are there, the list grows when it is scrolled", async () => {
    await expect(page.locator(".comment-pin")).toHaveCount(65);
    await page.getByTestId("comments-button").click();
    await expect(page.getByTestId("threads-open")).toContainText("65");
    const entries = page.getByTestId("threads").locator(".threads-entry");
    await expect(entries).toHaveCount(50);
    await expect(entries.nth(1)).toContainText("Point 63");
    await page.getByTestId("threads").evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await expect(entries).toHaveCount(65);
    await expect(entries.last()).toContainText("Point 0");
    await page.getByTestId("threads-resolved").click();
    await expect(entries).toHaveCount(5);
    await expect(entries.first()).toContainText("Point 68");
    await page.getByTestId("threads-search").fill("word 7");
    await page.getByTestId("threads-open").click();
    await expect(entries).toHaveCount(1);
    await expect(entries).toContainText("Word 0");
  });

  await test.step("a long thread shows where it began and how it ended, and the rest when asked", async () => {
    await page.getByTestId("threads").locator(".threads-entry").click();
    const words = thread(page).locator(".comment");
    await expect(words).toHaveCount(51);
    await expect(words.first()).toContainText("Word 0");
    await expect(words.nth(1)).toContainText("Word 70");
    await expect(words.last()).toContainText("Word 119");
    const more = thread(page).getByTestId("thread-more");
    await expect(more).toHaveText("Show 69 comments in between");
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await more.scrollIntoViewIfNeeded();
      await new Screens(page, theme).look("comments-long");
    }
    await more.press("Enter");
    await expect(more).toHaveText("Show 19 comments in between");
    await expect(words).toHaveCount(101);
    await more.press("Enter");
    await expect(words).toHaveCount(120);
    await expect(more).toHaveCount(0);
    await expect(words.nth(1)).toContainText("Word 1");
    await write(page, "And one more");
    await expect(words.last()).toContainText("And one more");
  });
  await expect(d.canvas).toBeVisible();
  expect(mistakes).toEqual([]);
});
