// A collection from the first file to an answer: a folder is dropped, taken in, asked, and its sources are opened.
import type { Page } from "@playwright/test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Api } from "../api";
import { Screens } from "../screens";
import { expect, longThemes, setUp, type Studio, test } from "../studio";

const handbook = `# Press P-200

## Maintenance

The hydraulic oil of the press is changed every 2,000 hours of operation. Use oil of the grade HLP 46 only.

## Safety

Nobody reaches into the press while the red lamp is lit. The emergency stop is on the left side of the frame.

## Warranty

The warranty of the press ends after 24 months or 4,000 hours of operation, whichever comes first.
`;

/** A folder as a person has it: files that can be read, one that is broken, and one that nothing can read. */
function makeFolder(studio: Studio): string {
  const folder = join(studio.dir, "Plant");
  mkdirSync(join(folder, "notes"), { recursive: true });
  writeFileSync(join(folder, "press.md"), handbook);
  writeFileSync(join(folder, "notes", "canteen.txt"), "The canteen is open from 11:30 to 14:00. On Fridays there is fish. Guests pay at the till by the door.\n".repeat(3));
  writeFileSync(join(folder, "suppliers.csv"), "name,city,phone\nOil Trading,Hamburg,040 1234\nSteel Works,Linz,0732 99\n");
  writeFileSync(join(folder, "holidays.html"), "<html><title>Holidays</title><body><h1>Holidays</h1><p>Employees have thirty days of holiday a year. Five days may be taken into the next year.</p><script>alert(1)</script></body></html>");
  writeFileSync(join(folder, "a report with a name that is so long that it cannot possibly stand in one line of a table, not even on a very wide screen.pdf"), "%PDF-1.7 this is not a document at all");
  writeFileSync(join(folder, "film.mp4"), "0000");
  return folder;
}

async function addFolder(page: Page, folder: string): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByTestId("add-folder").first().click()]);
  await chooser.setFiles(folder);
}

for (const theme of longThemes) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });

    test(`documents from the drop to the answer, in ${theme}`, async ({ page, studio }) => {
      test.setTimeout(180_000);
      const screens = new Screens(page, theme);
      await setUp(page, studio);
      const api = new Api(page, studio.url);

      await test.step("a collection is made", async () => {
        await page.getByRole("link", { name: "Documents" }).click();
        await screens.look("collections-empty");
        await page.getByLabel("Name").fill("Plant handbook");
        await page.getByLabel("Note").fill("What everybody in the plant has to know.");
        await page.getByTestId("create-collection").click();
        await page.waitForURL(/\/collections\/[^/]+$/);
        await screens.look("collection-empty");
      });
      const address = page.url();
      const id = address.split("/").at(-1)!;

      await test.step("a folder is taken in, and what cannot be read says why", async () => {
        await addFolder(page, makeFolder(studio));
        const dialog = page.getByRole("dialog");
        await expect(dialog).toContainText("5 files");
        await expect(dialog).toContainText("film.mp4");
        await dialog.getByLabel("Tags").fill("plant, 2026");
        await screens.look("collection-add");
        await page.getByTestId("send-files").click();
        await expect(page.getByTestId("upload-report")).toContainText("5 files were sent.");
        await expect(page.locator(".document-state [data-status=ready]")).toHaveCount(4, { timeout: 60_000 });
        await expect(page.locator(".document-state [data-status=failed]")).toHaveCount(1);
        await expect(page.locator(".document-error")).not.toBeEmpty();
        await expect(page.locator("tr", { hasText: "press.md" })).toContainText("2026");
        await screens.look("collection");
      });

      await test.step("the list is filtered and searched, and the broken file tried again", async () => {
        await page.getByRole("link", { name: "Failed", exact: true }).click();
        await expect(page.locator(".document-table tbody tr")).toHaveCount(1);
        await page.getByTestId("retry").click();
        await expect(page.getByTestId("toast")).toContainText("Queued again: 1");
        await page.goto(`${address}?q=press`);
        await expect(page.locator(".document-table tbody tr")).toHaveCount(1);
        await page.goto(`${address}?q=nothing+like+this`);
        await screens.look("collection-none-found");
      });

      await test.step("a question is answered with sources, and a source opens at its place", async () => {
        await page.goto(`${address}/ask`);
        await screens.look("ask-empty");
        await page.getByLabel("Question", { exact: true }).fill("How often is the hydraulic oil of the press changed?");
        await page.keyboard.press("Enter");
        const answer = page.getByTestId("answer").first();
        await expect(answer).toContainText("2,000 hours", { timeout: 30_000 });
        await expect(page.getByTestId("answer-extract")).toContainText("no model configured");
        await answer.getByTestId("cite").first().click();
        await expect(page.getByTestId("source-chunk")).toContainText("hydraulic oil");
        await screens.look("ask-source");
        await page.keyboard.press("Escape");
        await expect(answer.getByTestId("cite").first()).toBeFocused();
        await page.getByLabel("Question", { exact: true }).fill("Who won the football championship in Brazil in 1987?");
        await page.getByTestId("ask").click();
        await expect(page.getByTestId("answer-none")).toContainText("do not tell");
        await screens.look("ask-none");
        await page.setViewportSize({ width: 390, height: 800 });
        await answer.getByTestId("cite").first().click();
        await screens.look("ask-phone");
        await page.setViewportSize({ width: 1280, height: 720 });
        await page.getByRole("link", { name: "Open the document here" }).click();
        await expect(page.getByTestId("wanted-chunk")).toContainText("hydraulic oil");
        await expect(page.getByTestId("wanted-chunk")).toBeInViewport();
        await screens.look("document");
      });

      await test.step("scripts of a document are not its text", async () => {
        const { documents } = await api.get<{ documents: { id: string; name: string }[] }>(`/collections/${id}/documents`);
        await page.goto(`${address}/documents/${documents.find((one) => one.name.endsWith("holidays.html"))!.id}`);
        await expect(page.locator("#reader")).toContainText("thirty days");
        await expect(page.locator("#reader")).not.toContainText("alert");
      });

      await test.step("the stages of a search, with two settings", async () => {
        await page.goto(`${address}/search`);
        await page.getByLabel("Question", { exact: true }).fill("warranty of the press");
        await page.getByTestId("find").click();
        await expect(page.locator("[data-stage=reranked] .ranked").first()).toContainText("Press P-200");
        await expect(page.locator(".stage-column")).toHaveCount(4);
        await screens.look("retrieval");
        await page.getByTestId("compare").check();
        const b = page.locator('[data-side="b"]');
        await b.getByLabel("Fusion").selectOption("lexical");
        await b.getByLabel("Threshold").fill("0.2");
        await page.getByTestId("find").click();
        await expect(page.getByTestId("retrieval-side")).toHaveCount(2);
        await screens.look("retrieval-compare");
      });

      await test.step("settings are kept, and the collection is deleted", async () => {
        await page.goto(`${address}/settings`);
        await page.getByLabel("Threshold").fill("0.55");
        await page.getByTestId("save-collection").click();
        await expect(page.getByLabel("Threshold")).toHaveValue("0.55");
        await screens.look("collection-settings");
        await page.goto(`${studio.url}/collections`);
        await screens.look("collections");
        await page.goto(address);
        await page.setViewportSize({ width: 390, height: 800 });
        await screens.look("collection-phone");
        await page.setViewportSize({ width: 1280, height: 720 });
        await page.goto(`${address}/settings`);
        await page.getByTestId("delete-collection").click();
        await expect(page.getByRole("dialog")).toContainText("5 documents are lost");
        await page.getByTestId("confirm-yes").click();
        await expect(page.getByText("No collection yet")).toBeVisible();
      });
    });
  });
}
