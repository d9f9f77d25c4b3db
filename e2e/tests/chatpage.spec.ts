// The page of a chat with a workflow: members and everybody, long answers, what fails, both themes, and phones.
import type { Page } from "@playwright/test";
import { Api, chain, type Doc } from "../api";
import { inviteLink, join } from "../guests";
import { Screens } from "../screens";
import { expect, longThemes, type Outside, setUp, test } from "../studio";

// A long answer: a table that is wider than a phone, code, and a word without an end.
const long = `# Opening hours

${Array.from({ length: 12 }, (_, i) => `${i + 1}. On day ${i + 1} the shop is open from nine to five, and the press behind it from ten to four.`).join("\n")}

| Day | Morning | Afternoon | Evening | Telephone | Person | Remark |
| --- | --- | --- | --- | --- | --- | --- |
| Monday | 09:00-12:00 | 13:00-17:00 | closed | +49 30 123456 | Ada Lovelace | by appointment only |

\`\`\`
opening-hours --weekday monday --include-holidays --format table --time-zone Europe/Berlin --verbose
\`\`\`

${"Donaudampfschifffahrtsgesellschaftskapitän".repeat(4)}`;

/** A workflow that asks an outside server and says what it heard; "long" is answered at length. */
function answers(title: string, outside: Outside, params: Record<string, unknown>): Doc {
  return chain(title, ["trigger.chat", "Chat", params], ["http.request", "Prices", { method: "GET", url: `${outside.url}/prices` }],
    ["code.javascript", "Answer", { code: `const { message, history } = $("Chat").first().json;
if (message === "long") return [{ answer: ${JSON.stringify(long)}, citations: [{ title: "Handbook of the shop", page: 3 }, { title: "Timetable" }] }];
return [{ answer: "You said **" + message + "**, after " + history.length + " messages." }];` }]);
}

async function publish(api: Api, doc: Doc): Promise<void> {
  const id = await api.create(doc);
  await api.post(`/workflows/${id}/active`, { active: true });
}

async function write(page: Page, message: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(message);
  await page.getByTestId("send-message").click();
}

for (const theme of longThemes) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });

    test(`a chat of members, in ${theme}`, async ({ page, studio, outside, browser, mistakes }) => {
      const screens = new Screens(page, theme);
      await setUp(page, studio);
      const api = new Api(page, studio.url);
      await publish(api, answers("Shop", outside, { path: "shop", title: "Ask the shop", greeting: "Ask about opening hours and prices.\nIt answers from the handbook.", per_minute: 600 }));
      const questions = page.getByTestId("chat-question");
      const said = page.getByTestId("chat-answer");

      await test.step("it begins empty, with a greeting", async () => {
        await page.goto(`${studio.url}/chat/shop`);
        await expect(page.getByRole("heading", { name: "Ask the shop" })).toBeVisible();
        await expect(page.getByRole("button", { name: "New conversation" })).toBeHidden();
        await screens.look("chatpage-empty");
      });

      await test.step("an answer is waited for, and follows what was said before", async () => {
        outside.hold("/prices");
        await write(page, "Good morning");
        await expect(page.getByRole("status")).toContainText("The answer is being written");
        await expect(page.getByTestId("send-message")).toBeDisabled();
        await screens.look("chatpage-waiting");
        outside.letGo();
        await expect(said).toHaveText("You said Good morning, after 0 messages.");
        await page.getByLabel("Message", { exact: true }).fill("one line");
        await page.keyboard.press("Shift+Enter");
        await page.keyboard.type("<b>another</b>");
        await page.keyboard.press("Enter");
        await expect(said.nth(1)).toContainText("after 2 messages");
        await expect(questions.nth(1)).toContainText("<b>another</b>");
      });

      await test.step("a long answer is whole, with its sources", async () => {
        await write(page, "long");
        await expect(said.nth(2)).toContainText("Sources: [1] Handbook of the shop, 3 · [2] Timetable");
        await expect(said.nth(2).getByRole("table")).toBeVisible();
        await screens.look("chatpage-long");
        await page.setViewportSize({ width: 360, height: 740 });
        await screens.look("chatpage-phone");
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
        await page.setViewportSize({ width: 1280, height: 720 });
      });

      await test.step("a message without an answer can be sent again, and then stands there once", async () => {
        outside.broken.add("/prices");
        await write(page, "How much is tea?");
        await expect(page.getByRole("alert")).toContainText("There is no answer to this");
        await screens.look("chatpage-failed");
        await page.reload();
        await expect(questions).toHaveCount(3);
        await expect(said).toHaveCount(3);
        await write(page, "How much is tea?");
        await expect(page.getByRole("alert")).toBeVisible();
        outside.broken.clear();
        await page.getByRole("button", { name: "Try again" }).click();
        await expect(said.nth(3)).toContainText("You said How much is tea?, after 6 messages.");
        await expect(questions).toHaveCount(4);
        await page.reload();
        await expect(questions).toHaveCount(4);
        expect(mistakes.splice(0).every((text) => text.includes("502"))).toBe(true);
      });

      await test.step("an answer is kept when the page was left before it came", async () => {
        outside.hold("/prices");
        const before = outside.count("/prices");
        await write(page, "Do you close at noon?");
        await expect.poll(() => outside.count("/prices")).toBe(before + 1);
        await page.goto("about:blank");
        outside.letGo();
        await expect(async () => {
          await page.goto(`${studio.url}/chat/shop`);
          await expect(questions).toHaveCount(5, { timeout: 1000 });
        }).toPass();
        await expect(said.nth(4)).toContainText("Do you close at noon?");
      });

      await test.step("one who writes too fast is told so, and can begin anew", async () => {
        await publish(api, answers("Slow", outside, { path: "slow", per_minute: 1 }));
        await page.goto(`${studio.url}/chat/slow`);
        await write(page, "One");
        await expect(said).toHaveCount(1);
        await write(page, "Two");
        await expect(page.getByRole("alert")).toContainText("You write faster than this chat answers");
        await screens.look("chatpage-fast");
        mistakes.length = 0;
        await page.getByRole("button", { name: "New conversation" }).click();
        await expect(questions).toHaveCount(0);
        await page.reload();
        await expect(questions).toHaveCount(0);
      });

      await test.step("a stranger is sent to sign in, a member may write", async () => {
        const stranger = await browser.newPage();
        await stranger.goto(`${studio.url}/chat/shop`);
        await expect(stranger).toHaveURL(/\/signin/);
        await stranger.close();
        const member = await join(browser, await inviteLink(page, studio, "viewer"), "Vera");
        await member.goto(`${studio.url}/chat/shop`);
        await expect(member.getByTestId("chat-question")).toHaveCount(0);
        await write(member, "Hello");
        await expect(member.getByTestId("chat-answer")).toContainText("after 0 messages");
        await member.context().close();
      });
    });
  });
}

test("a chat of everybody needs no account, and has the name of its workflow", async ({ page, studio, outside, browser }) => {
  await setUp(page, studio);
  await publish(new Api(page, studio.url), answers("Front desk", outside, { path: "desk", access: "public", max_chars: 40 }));
  const context = await browser.newContext({ viewport: { width: 390, height: 800 } });
  const stranger = await context.newPage();
  await stranger.goto(`${studio.url}/chat/desk`);
  await expect(stranger.getByRole("heading", { name: "Front desk" })).toBeVisible();
  await stranger.getByLabel("Message", { exact: true }).pressSequentially("x".repeat(45));
  await expect(stranger.getByLabel("Message", { exact: true })).toHaveValue("x".repeat(40));
  await write(stranger, "Hello");
  await expect(stranger.getByTestId("chat-answer")).toHaveText("You said Hello, after 0 messages.");
  await new Screens(stranger, "light").look("chatpage-public");
  await stranger.reload();
  await expect(stranger.getByTestId("chat-answer")).toHaveCount(1);
  await stranger.evaluate(() => localStorage.clear());
  await stranger.reload();
  await expect(stranger.getByTestId("chat-answer")).toHaveCount(0);
  await context.close();
});
