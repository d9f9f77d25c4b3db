// Conversations with a collection: kept, continued, searched, judged; with a model that streams, and without one.
import type { Page } from "@playwright/test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Api } from "../api";
import { Model } from "../model";
import { Screens } from "../screens";
import { expect, longThemes, setUp, type Studio, test } from "../studio";

const press = `# Press P-200

## Maintenance

The hydraulic oil of the press is changed every 2,000 hours of operation. Use oil of the grade HLP 46 only.

## Warranty

The warranty of the press ends after 24 months or 4,000 hours of operation, whichever comes first.
`;
const canteen = "# Canteen\n\nThe canteen is open from 11:30 to 14:00. On Fridays there is fish. Guests pay at the till by the door.\n";
const holidays = "# Holidays\n\nEmployees have thirty days of holiday a year. Five days may be taken into the next year.\n";

const oil = "How often is the hydraulic oil of the press changed?";

/** What the model says: the number of a source is found in what it was given, so that citations are right whatever the order. */
function model(): Model {
  return new Model(({ system, last }) => {
    if (system.startsWith("Rewrite")) return { pieces: ["Which grade of hydraulic oil is used for the press P-200?"] };
    const mark = (words: string) => /number="(\d+)"/.exec(last.split("<source ").find((part) => part.includes(words)) ? `number="${last.split("<source ").findIndex((part) => part.includes(words))}"` : "")?.[1] ?? "1";
    const question = last.slice(last.lastIndexOf("\nQuestion: "));
    if (question.includes("warranty")) return { pieces: ["The warranty of the press ends ", `after 24 months or 4,000 hours of operation, whichever comes first [${mark("24 months")}].`], holdAfter: 1 };
    if (question.includes("grade")) return { pieces: ["Use oil of the grade HLP 46 only ", `[${mark("HLP 46")}].`] };
    return { pieces: ["The hydraulic oil of the press is changed every 2,000 hours of operation ", `[${mark("2,000 hours")}]. `, `It is changed every 9,999 hours in winter [${mark("2,000 hours")}].`] };
  });
}

function makeFolder(studio: Studio): string {
  const folder = join(studio.dir, "Plant");
  mkdirSync(join(folder, "notes"), { recursive: true });
  writeFileSync(join(folder, "press.md"), press);
  writeFileSync(join(folder, "notes", "canteen.md"), canteen);
  return folder;
}

/** A collection with documents: a folder by its button, and a file by a drop on the page. */
async function collection(page: Page, studio: Studio, api: Api, models: string[] = []): Promise<{ id: string; address: string }> {
  const { id } = await api.post<{ id: string }>("/collections", { name: "Plant handbook" });
  const address = `${studio.url}/collections/${id}`;
  if (models.length > 0) {
    const { created, updated, by, id: _, ...rest } = await api.get<Record<string, unknown>>(`/collections/${id}`);
    void created, updated, by;
    await api.post(`/collections/${id}`, { name: rest["name"], note: "", language: "en", settings: rest["settings"], split: rest["split"], embedder: "", models });
  }
  await page.goto(address);
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByTestId("add-folder").first().click()]);
  await chooser.setFiles(makeFolder(studio));
  await page.getByTestId("send-files").click();
  await expect(page.locator(".document-state [data-status=ready]")).toHaveCount(2, { timeout: 60_000 });
  // A drop: the browser's own event with files in it, as the page gets it from the desktop.
  await page.evaluate((texts) => {
    const data = new DataTransfer();
    for (const [name, text] of Object.entries(texts)) data.items.add(new File([text], name, { type: "text/markdown" }));
    for (const type of ["dragenter", "dragover", "drop"]) document.querySelector("main")!.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
  }, { "holidays.md": holidays, "empty.bin": "\u0000" });
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("1 file");
  await page.getByTestId("send-files").click();
  await expect(page.locator(".document-state [data-status=ready]")).toHaveCount(3, { timeout: 60_000 });
  return { id, address };
}

async function ask(page: Page, question: string): Promise<void> {
  await page.getByLabel("Question", { exact: true }).fill(question);
  await page.getByTestId("ask").click();
}

for (const theme of longThemes) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });

    test(`a conversation with a model is kept, in ${theme}`, async ({ page, studio, context }) => {
      test.setTimeout(180_000);
      const screens = new Screens(page, theme);
      const said = model();
      await said.start();
      try {
        await setUp(page, studio);
        const api = new Api(page, studio.url);
        await api.post("/credentials", { name: "Models", type: "ai.models", values: { kind: "openai", base_url: said.url, key: "sk-test", model: "chat-large" } });
        const { id, address } = await collection(page, studio, api, ["Models"]);

        await test.step("an answer streams, is cited, and each sentence is checked", async () => {
          await page.goto(`${address}/ask`);
          await expect(page.getByText("Only you see it")).toBeVisible();
          await ask(page, oil);
          const answer = page.getByTestId("answer").first();
          await expect(answer).toContainText("Answered by Models/chat-large");
          await expect(answer.locator(".sentence[data-support=supported]")).toHaveCount(1);
          await expect(answer.locator(".sentence[data-support=differs]")).toContainText("not in its source: 9,999");
          await expect(answer).toContainText("144 tokens");
          await expect(page).toHaveURL(/\/ask\/[a-z2-7]{20}$/);
          await screens.look("chat-answer");
        });

        await test.step("a question that leans on the one before is put into words of its own", async () => {
          await ask(page, "And which grade?");
          const answer = page.getByTestId("answer").nth(1);
          await expect(answer).toContainText("HLP 46");
          await expect(answer).toContainText("Searched for: Which grade of hydraulic oil is used for the press P-200?");
          expect(said.asked.at(-1)!.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
        });

        await test.step("an answer goes on while another conversation is in view, and a stopped one stays as it was stopped", async () => {
          await ask(page, "When does the warranty end?");
          const answer = page.getByTestId("answer").nth(2);
          await expect(answer).toContainText("The warranty of the press ends");
          await page.getByTestId("new-conversation").click();
          await expect(page.getByTestId("answer")).toHaveCount(0);
          await expect(page.getByTestId("ask")).toBeVisible();
          await page.getByTestId("conversation").first().getByRole("link").click();
          await expect(answer).toContainText("The warranty of the press ends");
          expect(said.left).toBe(0);
          await screens.look("chat-streaming");
          await page.getByTestId("stop-answer").click();
          await expect(answer.getByTestId("stopped")).toBeVisible();
          await expect.poll(() => said.left).toBe(1);
          await page.reload();
          await expect(page.getByTestId("answer")).toHaveCount(3);
          await expect(page.getByTestId("answer").nth(2)).toContainText("The warranty of the press ends");
          await expect(page.getByTestId("answer").nth(2).getByTestId("stopped")).toBeVisible();
          await expect(page.getByTestId("conversation-title")).toHaveText(oil);
          await screens.look("chat-stopped");
        });

        await test.step("two windows show the same conversation", async () => {
          const other = await context.newPage();
          await other.goto(page.url());
          await expect(other.getByTestId("answer")).toHaveCount(3);
          await page.getByTestId("answer").nth(2).getByTestId("ask-again").click();
          await expect(page.getByTestId("answer").nth(3)).toContainText("The warranty of the press ends");
          await other.reload();
          await expect(other.getByTestId("answer").nth(3)).toContainText("another window");
          said.letGo();
          await expect(page.getByTestId("answer").nth(3)).toContainText("whichever comes first");
          await expect(other.getByTestId("answer").nth(3)).toContainText("whichever comes first");
          await other.close();
        });

        await test.step("a citation opens the document at its place; later it says that the document has changed", async () => {
          const cite = page.getByTestId("answer").first().getByTestId("cite").first();
          await cite.click();
          await expect(page.getByTestId("source-chunk")).toContainText("every 2,000 hours");
          await page.getByRole("link", { name: "Open the document here" }).click();
          await expect(page.getByTestId("wanted-chunk")).toContainText("2,000 hours");
          await expect(page.getByTestId("wanted-chunk")).toBeInViewport();
          await page.goBack();
          const { documents } = await api.get<{ documents: { id: string; name: string; version: number }[] }>(`/collections/${id}/documents`);
          const before = documents.find((one) => one.name.endsWith("press.md"))!;
          const file = { name: "press.md", mimeType: "text/markdown", buffer: Buffer.from(press.replace("2,000", "1,500")) };
          expect((await page.request.post(`${studio.url}/api/v1/collections/${id}/documents`, { multipart: { [`file/${before.name}`]: file } })).ok()).toBe(true);
          await expect.poll(async () => (await api.get<{ version: number; status: string }>(`/collections/${id}/documents/${before.id}`)).version, { timeout: 30_000 }).toBeGreaterThan(before.version);
          await page.reload();
          await expect(page.getByTestId("answer").first().getByTestId("source-change")).toContainText("changed");
          await page.getByTestId("answer").first().getByTestId("cite").first().click();
          await expect(page.getByTestId("source-changed")).toBeVisible();
          await expect(page.getByTestId("source-chunk")).toContainText("every 2,000 hours");
          await screens.look("chat-changed");
          await page.keyboard.press("Escape");
        });

        await test.step("how it was found is kept with the answer", async () => {
          await page.getByTestId("answer").first().getByTestId("show-trace").click();
          await expect(page.locator("[data-stage=reranked] .ranked").first()).toContainText("Press P-200");
          await screens.look("chat-trace");
          await page.keyboard.press("Escape");
        });

        await test.step("feedback with reasons is kept, and can be taken back", async () => {
          const first = page.getByTestId("answer").first();
          await first.getByTestId("feedback-down").click();
          await first.getByLabel("Wrong", { exact: true }).check();
          await first.getByLabel("Outdated").check();
          await first.getByLabel("In your own words").fill("There is no rule for winter.");
          await screens.look("chat-feedback");
          await first.getByTestId("send-feedback").click();
          await expect(first.getByTestId("feedback-told")).toContainText("There is no rule for winter.");
          const second = page.getByTestId("answer").nth(1);
          await second.getByTestId("feedback-up").click();
          await second.getByLabel("Complete").check();
          await second.getByTestId("send-feedback").click();
          const last = page.getByTestId("answer").nth(3);
          await last.getByTestId("feedback-up").click();
          await last.getByTestId("send-feedback").click();
          await last.getByTestId("take-back").click();
          await expect(last.getByTestId("feedback-told")).toBeHidden();
          await page.reload();
          await expect(first.getByTestId("feedback-told")).toContainText("Outdated");
          await expect(last.getByTestId("feedback-told")).toBeHidden();
        });

        await test.step("feedback becomes a judged question only when somebody makes one of it", async () => {
          await page.getByRole("link", { name: "Feedback" }).click();
          await expect(page.getByTestId("judged")).toHaveCount(2);
          await screens.look("feedback");
          await page.getByRole("link", { name: /^Bad/ }).click();
          await expect(page.getByTestId("judged")).toHaveCount(1);
          await page.getByLabel("Reason", { exact: true }).selectOption("unclear");
          await page.getByTestId("filter-feedback").click();
          await expect(page.getByText("No judged answer fits")).toBeVisible();
          await page.goto(`${address}/feedback?verdict=up`);
          await page.getByRole("link", { name: "And which grade?" }).click();
          await expect(page.getByTestId("answer-before")).toHaveCount(1);
          await page.getByTestId("show-trace").click();
          await expect(page.locator("[data-stage=reranked] .ranked").first()).toContainText("Press P-200");
          await page.keyboard.press("Escape");
          await expect(page.locator("#judged-question")).toHaveValue(/Which grade of hydraulic oil/);
          await screens.look("feedback-one");
          expect((await api.get<{ questions: unknown[] }>(`/collections/${id}/questions`)).questions).toHaveLength(0);
          await page.getByTestId("make-question").click();
          await expect(page.getByTestId("question-made")).toBeVisible();
          const { questions } = await api.get<{ questions: { question: string; good: { quote: string }[] }[] }>(`/collections/${id}/questions`);
          expect(questions).toHaveLength(1);
          expect(questions[0]!.good[0]!.quote).toContain("HLP 46");
        });

        await test.step("it fits on a phone", async () => {
          await page.goto(`${address}/ask`);
          await page.setViewportSize({ width: 390, height: 800 });
          await page.getByTestId("past-toggle").click();
          await screens.look("chat-phone-list");
          await page.getByTestId("conversation").first().getByRole("link").click();
          await expect(page.getByTestId("answer")).toHaveCount(4);
          await page.getByTestId("answer").first().scrollIntoViewIfNeeded();
          await screens.look("chat-phone");
          await page.goto(`${address}/feedback`);
          await screens.look("feedback-phone");
          await page.setViewportSize({ width: 1280, height: 720 });
        });
      } finally {
        said.stop();
      }
    });
  });
}

test("conversations are listed, searched, renamed, saved and brought back; without a model a question may lean on the one before", async ({ page, studio }) => {
  test.setTimeout(120_000);
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const { id, address } = await collection(page, studio, api);
  await page.goto(`${address}/ask`);
  await ask(page, "When is the canteen open?");
  await expect(page.getByTestId("answer").first()).toContainText("11:30 to 14:00");
  await page.getByTestId("new-conversation").click();
  await expect(page).toHaveURL(/\/ask$/);
  await ask(page, "How many days of holiday do employees have a year?");
  await expect(page.getByTestId("answer").first()).toContainText("thirty days");
  const entries = page.getByTestId("conversation");
  await expect(entries).toHaveCount(2);

  await page.getByLabel("Search your conversations").fill("fish canteen");
  await expect(entries).toHaveCount(0);
  await page.getByLabel("Search your conversations").fill("canteen open");
  await expect(entries).toHaveCount(1);
  await entries.first().getByRole("button").click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByLabel("Title").fill("Lunch");
  await page.getByTestId("save-title").click();
  await expect(entries.first()).toContainText("Lunch");
  await entries.first().getByRole("link").click();
  await expect(page.getByTestId("conversation-title")).toHaveText("Lunch");
  const saved = await page.request.get(`${studio.url}/api/v1/collections/${id}/conversations/${page.url().split("/").at(-1)}/export`);
  expect(await saved.text()).toMatch(/# Lunch\n[\s\S]*## 1\. When is the canteen open\?[\s\S]*11:30[\s\S]*\*\*Canteen\*\*/);

  await entries.first().getByRole("button").click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(entries).toHaveCount(0);
  await expect(page).toHaveURL(/\/ask$/);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(entries).toHaveCount(1);
  await expect(page.getByTestId("conversation-title")).toHaveText("Lunch");
});
