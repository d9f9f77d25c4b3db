// What language models took: nothing yet, then calls with a price, a budget that warns and stops, and a key for programs.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Api } from "../api";
import { Screens } from "../screens";
import { expect, longThemes, setUp, test } from "../studio";

/** A model server that speaks the protocol of OpenAI and says the same to everybody. */
class Models {
  asked = 0;
  url = "";
  private server: Server | undefined;

  async start(): Promise<void> {
    this.server = createServer((req, res) => {
      req.resume();
      req.on("end", () => {
        this.asked++;
        res.setHeader("Content-Type", "application/json");
        res.end(JSON.stringify({
          id: "1", object: "chat.completion", created: 1, model: "house-large", usage: { prompt_tokens: 12_345, completion_tokens: 678, total_tokens: 13_023 },
          choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "The oil is changed every 2,000 hours [1]." } }],
        }));
      });
    });
    await new Promise<void>((resolve) => this.server!.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}

const question = "After how many hours of operation is the hydraulic oil of the press changed?";

for (const theme of longThemes) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });

    test(`usage, budget and keys, in ${theme}`, async ({ page, studio, mistakes }) => {
      test.setTimeout(120_000);
      const models = new Models();
      await models.start();
      const screens = new Screens(page, theme);
      await setUp(page, studio);
      const api = new Api(page, studio.url);

      await page.goto(`${studio.url}/settings/usage`);
      await expect(page.getByRole("heading", { name: "No language model was asked" })).toBeVisible();
      await screens.look("usage-empty");

      await api.post("/credentials", { name: "House", type: "ai.models", values: { kind: "openai", base_url: models.url, key: "sk-1", model: "house-large" } });
      const { id } = await api.post<{ id: string }>("/collections", { name: "Plant handbook", models: ["House"] });
      await page.request.post(`${studio.url}/api/v1/collections/${id}/documents`, { multipart: { file: { name: "press.md", mimeType: "text/markdown", buffer: Buffer.from("# Press\n\nThe hydraulic oil of the press is changed every 2,000 hours of operation.\n") } } });
      await expect.poll(async () => (await api.get<{ ready: number }>(`/collections/${id}`)).ready).toBe(1);
      const ask = (temperature: number) => page.request.post(`${studio.url}/api/v1/collections/${id}/ask`, { data: { question, temperature } });
      expect((await ask(0.9)).status()).toBe(200);

      await test.step("a price that is not known is not nothing", async () => {
        await page.reload();
        await expect(page.locator("#prices")).toContainText("unknown");
        await expect(page.locator(".usage-figure").first()).toContainText("unknown");
        await page.getByLabel("Model", { exact: false }).last().fill("house-large");
        await page.locator("#field-input").fill("2.5");
        await page.locator("#field-output").fill("10");
        await page.getByTestId("save-price").click();
        await expect(page.locator("#prices")).toContainText("Set here");
      });

      await test.step("the budget warns, and stops", async () => {
        expect((await ask(0.9)).status()).toBe(200);
        expect((await ask(0)).status()).toBe(200);
        expect((await ask(0)).status()).toBe(200); // from what was kept
        expect(models.asked).toBe(3);
        await page.locator("#field-limit").fill("0.09");
        await page.locator("#field-warn").fill("60");
        await page.getByTestId("save-budget").click();
        await expect(page.getByTestId("budget-bar")).toHaveClass(/warn/);
        await expect(page.getByTestId("usage-chart")).toBeVisible();
        await expect(page.locator(".usage-table").nth(1)).toContainText("Plant handbook");
        await screens.look("usage");
        await page.setViewportSize({ width: 390, height: 844 });
        await screens.look("usage-phone");
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
        await page.setViewportSize({ width: 1280, height: 800 });
        await page.locator("#field-limit").fill("nonsense");
        await page.getByTestId("save-budget").click();
        await expect(page.locator("#field-limit-error")).toBeVisible();
        mistakes.length = 0; // the refused form
        await page.locator("#field-limit").fill("0.05");
        await page.getByTestId("save-budget").click();
        await expect(page.locator("#budget [role=alert]")).toContainText("The budget is spent");
        const refused = await ask(0.9);
        expect(refused.status()).toBe(402);
        expect(models.asked).toBe(3);
        const [file] = await Promise.all([page.waitForEvent("download"), page.getByTestId("usage-csv").click()]);
        expect(file.suggestedFilename()).toMatch(/^usage-\d{6}\.csv$/);
      });
      models.stop();
    });

    test(`a key for programs, in ${theme}`, async ({ page, studio, request }) => {
      test.setTimeout(120_000);
      const screens = new Screens(page, theme);
      await setUp(page, studio);
      const api = new Api(page, studio.url);
      const { id } = await api.post<{ id: string }>("/collections", { name: "Plant handbook" });
      await page.request.post(`${studio.url}/api/v1/collections/${id}/documents`, { multipart: { file: { name: "press.md", mimeType: "text/markdown", buffer: Buffer.from("# Press\n\nThe hydraulic oil of the press is changed every 2,000 hours of operation.\n") } } });
      await expect.poll(async () => (await api.get<{ ready: number }>(`/collections/${id}`)).ready).toBe(1);

      await page.goto(`${studio.url}/settings/keys`);
      await screens.look("keys-empty");
      const name = "Nightly report of the plant in Hamburg, which asks what has changed and writes it to everybody who wants it";
      await page.getByLabel("Name").fill(name.slice(0, 100));
      await page.getByTestId("make-key").click();
      const key = (await page.getByTestId("copy-value").first().textContent())!.trim();
      expect(key).toMatch(/^atl_/);
      const end = new Date(Date.now() + 90 * 86_400_000).getFullYear(); // the day itself, not "in 2 months"
      await expect(page.locator("tbody time[data-day]")).toContainText(String(end));
      await screens.look("keys-made");
      await page.setViewportSize({ width: 390, height: 844 });
      await screens.look("keys-phone");
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await page.setViewportSize({ width: 1280, height: 800 });

      const headers = { Authorization: `Bearer ${key}` };
      const post = (path: string, data: unknown) => request.post(studio.url + path, { headers: { ...headers, Accept: "application/json, text/event-stream" }, data });
      const chat = await (await post("/v1/chat/completions", { model: "Plant handbook", messages: [{ role: "user", content: question }] })).json() as { choices: { message: { content: string } }[] };
      expect(chat.choices[0].message.content).toContain("2,000 hours");
      const vectors = await (await post("/v1/embeddings", { model: "Plant handbook", input: ["oil"] })).json() as { data: { embedding: number[] }[] };
      expect(vectors.data[0].embedding.length).toBeGreaterThan(100);
      const call = async (method: string, params: unknown) => (await (await post("/mcp", { jsonrpc: "2.0", id: 1, method, params })).json()) as { result: { tools?: { name: string }[]; structuredContent?: { passages: { text: string }[] } } };
      expect((await call("tools/list", {})).result.tools!.map((tool) => tool.name)).toEqual(expect.arrayContaining(["search", "ask"]));
      const found = await call("tools/call", { name: "search", arguments: { collection: "Plant handbook", question } });
      expect(found.result.structuredContent!.passages[0].text).toContain("2,000 hours");

      await page.goto(`${studio.url}/settings/keys`);
      await expect(page.locator("tbody")).not.toContainText(key);
      await page.getByRole("button", { name: "Revoke" }).click();
      await screens.look("keys-revoke");
      await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
      await expect(page.getByRole("heading", { name: "No API keys yet" })).toBeVisible();
      expect((await post("/v1/chat/completions", { model: "Plant handbook", messages: [{ role: "user", content: question }] })).status()).toBe(401);
    });
  });
}
