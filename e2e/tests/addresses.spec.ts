// A collection that is filled from a web site: added, looked at page by page, looked at again, and removed.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Api } from "../api";
import { Screens } from "../screens";
import { expect, longThemes, setUp, test } from "../studio";

/** A small web site whose pages a test sets; pages have an ETag each. */
class Site {
  readonly pages = new Map<string, string>();
  readonly asked: string[] = [];
  private server: Server | undefined;
  url = "";

  async start(): Promise<void> {
    this.server = createServer((req, res) => {
      const path = req.url!;
      this.asked.push(path + (req.headers["if-none-match"] ? " if changed" : ""));
      const text = this.pages.get(path);
      const tag = `"${text?.length}"`;
      if (text === undefined) res.writeHead(404).end();
      else if (req.headers["if-none-match"] === tag) res.writeHead(304).end();
      else res.writeHead(200, { "Content-Type": path.endsWith(".txt") ? "text/plain" : "text/html; charset=utf-8", ETag: tag }).end(text);
    });
    await new Promise<void>((resolve) => this.server!.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  page(path: string, title: string, text: string, ...links: string[]): void {
    this.pages.set(path, `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p>${links.map((to) => `<a href="${to}">${to}</a>`).join(" ")}</body></html>`);
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}

for (const theme of longThemes) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });

    test(`a web site becomes documents, in ${theme}`, async ({ page, studio, mistakes }) => {
      test.setTimeout(180_000);
      const site = new Site();
      await site.start();
      try {
        const screens = new Screens(page, theme);
        site.pages.set("/robots.txt", "User-agent: *\nDisallow: /docs/internal\n");
        site.page("/docs/", "Press P-200", "Everything about the press P-200.", "oil", "safety", "internal", "missing", "/blog");
        site.page("/docs/oil", "Oil", "The hydraulic oil of the press is changed every 2,000 hours of operation.", "/docs/");
        site.page("/docs/safety", "Safety", "Nobody reaches into the press while the red lamp is lit.");
        site.page("/docs/internal", "Internal", "Not for programs.");
        site.page("/blog", "Blog", "Something else.");
        await setUp(page, studio);
        const api = new Api(page, studio.url);
        const { id } = await api.post<{ id: string }>("/collections", { name: "Press" });
        const address = `${studio.url}/collections/${id}/addresses`;

        await test.step("what cannot be an address is said", async () => {
          await page.goto(`${studio.url}/collections/${id}`);
          await page.getByRole("link", { name: "Add from the web" }).click();
          await screens.look("addresses-empty");
          await page.getByLabel("Address", { exact: false }).first().fill("ftp://example.org/");
          await page.getByTestId("add-address").click();
          await expect(page.getByRole("alert")).toContainText("http and https");
          await screens.look("addresses-mistake");
          mistakes.splice(0); // the browser tells of the form that was refused
        });

        await test.step("a page is added with what it links to", async () => {
          await page.getByLabel("Address", { exact: false }).first().fill(`${site.url}/docs/`);
          await expect(page.getByLabel("Links in a row, at most")).toBeHidden();
          await page.getByLabel("Page and what it links to").check();
          await expect(page.getByLabel("Links in a row, at most")).toBeVisible();
          await page.getByLabel("Tags").fill("press, web");
          await screens.look("addresses-add");
          await page.getByTestId("add-address").click();
          const card = page.getByTestId("address-card");
          await expect(card).toContainText("New: 3", { timeout: 30_000 });
          await expect(card).toContainText("Failed: 1");
          await expect(card).toContainText("Left out: 1");
          await expect(card.getByTestId("look-again")).toBeVisible();
          await screens.look("addresses");
        });

        await test.step("each page says what came of it, and its document leads back to it", async () => {
          await page.getByTestId("address-card").getByRole("link", { name: `${site.url}/docs/` }).click();
          await expect(page.locator("tr", { hasText: "/docs/internal" })).toContainText("robots.txt");
          await expect(page.locator("tr", { hasText: "/docs/missing" })).toContainText("404");
          await expect(page.locator("tr", { hasText: "/docs/oil" }).getByRole("link", { name: "Oil" })).toBeVisible({ timeout: 30_000 });
          await screens.look("address");
          await page.getByRole("link", { name: "Failed 1" }).click();
          await expect(page.locator(".document-table tbody tr")).toHaveCount(1);
          await page.goBack();
          await page.getByRole("link", { name: "Oil" }).click();
          await expect(page.locator("#reader")).toContainText("2,000 hours");
          await expect(page.getByTestId("document-address")).toHaveAttribute("href", `${site.url}/docs/oil`);
          await screens.look("address-document");
        });

        await test.step("the next look asks only for what has changed, and what is gone waits for a word", async () => {
          site.page("/docs/oil", "Oil", "The hydraulic oil of the press is changed every 3,000 hours of operation since May.", "/docs/");
          site.pages.delete("/docs/safety");
          site.asked.length = 0;
          await page.goto(address);
          await page.getByTestId("look-again").click();
          const card = page.getByTestId("address-card");
          await expect(card).toContainText("Changed: 1", { timeout: 30_000 });
          await expect(card).toContainText("Gone: 1");
          expect(site.asked).toContain("/docs/oil if changed");
          expect(site.asked).not.toContain("/docs/");
          await screens.look("addresses-gone");
          await page.getByTestId("forget-gone").click();
          await page.getByTestId("confirm-yes").click();
          await expect(page.getByTestId("toast")).toContainText("Deleted: 1");
          const { documents } = await api.get<{ documents: { name: string }[] }>(`/collections/${id}/documents`);
          expect(documents.map((one) => one.name.replace(site.url, "")).sort()).toEqual(["/docs/", "/docs/oil"]);
        });

        await test.step("another is added in the dialog, and it is renewed by itself", async () => {
          await page.getByTestId("new-address").click();
          const dialog = page.getByRole("dialog");
          await dialog.getByLabel("Address", { exact: false }).first().fill(`${site.url}/blog`);
          await dialog.getByLabel("Looked at again").selectOption("Every day");
          await screens.look("addresses-dialog");
          await dialog.getByTestId("add-address").click();
          await expect(page.getByTestId("address-card")).toHaveCount(2);
          await expect(page.getByTestId("address-card").first()).toContainText("Next look", { timeout: 30_000 });
          await page.setViewportSize({ width: 390, height: 800 });
          await screens.look("addresses-phone");
          await page.setViewportSize({ width: 1280, height: 720 });
        });

        await test.step("how it is looked at is changed, and it is removed with its documents", async () => {
          await page.getByTestId("address-card").first().getByRole("link", { name: `${site.url}/blog` }).click();
          await page.getByLabel("Looked at again").selectOption("Every week");
          await page.getByTestId("save-address").click();
          await expect(page.getByLabel("Looked at again")).toHaveValue("week");
          await page.getByLabel("Delete the documents that came from it too").check();
          await page.getByTestId("delete-address").click();
          await page.getByTestId("confirm-yes").click();
          await expect(page.getByTestId("toast")).toContainText("and 1 document with it");
          await expect(page.getByTestId("address-card")).toHaveCount(1);
        });
      } finally {
        site.stop();
      }
    });
  });
}
