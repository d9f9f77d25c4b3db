// Personas test an application: a campaign is made, watched, read, marked, tested again, compared and passed on.
import type { Page } from "@playwright/test";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { inviteLink, join } from "../guests";
import { Screens } from "../screens";
import { expect, setUp, test } from "../studio";

/** A small shop: it has a link that leads nowhere until it is mended, and takes its time. */
class Shop {
  mended = false;
  slow = 0;
  private server: Server | undefined;
  url = "";

  async start(): Promise<void> {
    this.server = createServer((req, res) => {
      setTimeout(() => {
        res.setHeader("Content-Type", "text/html; charset=utf-8");
        if (req.url === "/") res.end(`<!doctype html><html lang="en"><title>Shop</title><main><h1>Shop</h1><p>Everything for the garden, from spades to seeds.</p><a href="/about">About</a> <a href="/nowhere">Terms</a></main></html>`);
        else if (req.url === "/about") res.end(`<!doctype html><html lang="en"><title>About</title><main><h1>About</h1><p>We have sold seeds for ninety years.</p><a href="/">Home</a></main></html>`);
        else if (req.url === "/nowhere" && this.mended) res.end(`<!doctype html><html lang="en"><title>Terms</title><main><h1>Terms</h1><p>What grows is yours.</p></main></html>`);
        else {
          res.statusCode = 404;
          res.end("<!doctype html><html lang=en><title>Not found</title><h1>Not found</h1></html>");
        }
      }, this.slow);
    });
    await new Promise<void>((resolve) => this.server!.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}

/** Takes the ticks of all boxes of a name away. */
async function untick(page: Page, name: string): Promise<void> {
  await page.locator(`input[name="${name}"]`).evaluateAll((boxes) => boxes.forEach((box) => { (box as HTMLInputElement).checked = false; }));
}

test.use({ colorScheme: "light" });

test("a campaign is made, watched, read, marked, tested again, compared and passed on", async ({ page, studio, browser }) => {
  test.setTimeout(480_000);
  const shop = new Shop();
  await shop.start();
  const screens = new Screens(page, "light");
  const done = { timeout: 180_000 };
  try {
    await setUp(page, studio);

    await test.step("the list says what to do first", async () => {
      await page.getByRole("link", { name: "Testing" }).click();
      await expect(page.getByText("No campaigns yet")).toBeVisible();
      await screens.look("campaigns-empty");
    });

    await test.step("a persona is copied and changed", async () => {
      await page.getByTestId("personas").click();
      await expect(page.locator(".persona-card").first()).toBeVisible();
      await screens.look("personas");
      await page.locator('[data-persona="functional_tester"]').getByRole("link", { name: /Copy/ }).click();
      await page.locator("#field-id").fill("link_reader");
      await page.locator("#field-name").fill("Link reader");
      await untick(page, "probe");
      await page.locator('input[value="broken-link"]').check();
      await page.getByLabel("Requests, at most").fill("900");
      await page.getByLabel("Minutes, at most").fill("1.5");
      await screens.look("persona");
      await page.getByTestId("save-persona").click();
      await expect(page.locator('[data-persona="link_reader"]')).toContainText("Ours");
      await expect(page.locator('[data-persona="link_reader"]')).toContainText("at most 900 requests, at most 1m30s");
      const [file] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-personas").click()]);
      const text = readFileSync(await file.path(), "utf8");
      expect(text).toContain("link_reader");
      await page.getByLabel("YAML file of personas").setInputFiles({ name: "mine.yaml", mimeType: "application/yaml", buffer: Buffer.from(text.replaceAll("link_reader", "link_reader_2").replaceAll("Link reader", "Second reader")) });
      await page.getByTestId("import-personas").click();
      await expect(page.locator('[data-persona="link_reader_2"]')).toBeVisible();
    });

    const begin = async () => {
      await page.goto(`${studio.url}/campaigns/new`);
      await page.getByLabel("Address of the application").fill(shop.url);
      await page.locator("#field-name").fill("Garden shop");
      await page.getByText(/personas? to choose from/).click();
      await untick(page, "persona");
      await page.locator('input[name="persona"][value="link_reader"]').check();
      await page.locator('input[name="require-functional"]').fill("50");
    };

    await test.step("the form says what another machine has to serve, and what is wrong", async () => {
      await page.goto(`${studio.url}/campaigns/new`);
      await page.getByLabel("Address of the application").fill("http://shop.example");
      await page.locator("#field-name").focus();
      await expect(page.getByTestId("target-line")).toContainText("atelier-target=");
      await page.getByRole("button", { name: "Add an account" }).click();
      await expect(page.locator(".account-row")).toHaveCount(3);
      await screens.look("campaign-new");
    });

    await test.step("a campaign is watched, paused, joined and let go on", async () => {
      await begin();
      shop.slow = 1200;
      await page.getByTestId("start-campaign").click();
      await expect(page.getByTestId("board")).toBeVisible();
      const board = page.url();
      await page.getByTestId("pause").click();
      await expect(page.getByTestId("resume")).toBeVisible();
      await page.getByLabel("Let one more persona work").selectOption("link_reader_2");
      await page.getByTestId("join").click();
      await expect(page.locator('.board-persona[data-persona="link_reader_2"]')).toBeVisible();
      const name = page.locator('[data-persona="link_reader_2"]').getByRole("button", { name: "Second reader" });
      const seen = page.locator(".live-view figcaption");
      await name.click();
      await expect(name).toHaveAttribute("aria-pressed", "true");
      await expect(seen).toHaveText("Second reader has opened no page in the browser yet.");
      await name.click();
      await expect(name).toHaveAttribute("aria-pressed", "false");
      await expect(seen).toHaveText(/^Pages appear here/);
      await screens.look("board");
      // Whoever may only watch has no button to let it go on, and sees that it is paused all the same.
      const viewer = await join(browser, await inviteLink(page, studio, "viewer"), "Vera");
      let frames = 0;
      let loads = 0;
      viewer.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => { if (String(payload).includes('"campaign"')) frames++; }));
      viewer.on("load", () => loads++);
      await viewer.goto(board);
      await expect.poll(() => frames).toBeGreaterThan(3);
      await expect(viewer.getByTestId("campaign-state")).toHaveText(/Paused/);
      expect(loads).toBe(1);
      await viewer.context().close();
      await page.goto(board);
      shop.slow = 0;
      await page.getByTestId("resume").click();
      await expect(page.getByTestId("verdict")).toBeVisible(done);
    });

    await test.step("the result shows what was found, how much was tested, and the surface", async () => {
      await expect(page.getByTestId("verdict")).toContainText("Failed");
      await expect(page.getByTestId("findings")).toContainText("broken-link");
      await screens.look("findings");
      await page.getByTestId("tab-coverage").click();
      await expect(page.getByTestId("coverage")).toContainText("Functional");
      await screens.look("coverage");
      await page.getByTestId("tab-surface").click();
      await expect(page.getByTestId("surface")).toContainText("/about");
      await screens.look("surface");
    });

    await test.step("a finding has its evidence, is marked with a reason and taken back", async () => {
      await page.getByTestId("tab-findings").click();
      await page.getByTestId("findings").getByRole("link").first().click();
      await expect(page.getByTestId("evidence")).toContainText("404");
      await expect(page.getByTestId("copy-value")).toContainText("curl");
      await screens.look("finding");
      await page.getByLabel("Why it is false").fill("The terms come next week");
      await page.getByTestId("mark").click();
      await expect(page.locator("#mark")).toContainText("The terms come next week");
      await page.getByTestId("unmark").click();
      await expect(page.getByTestId("mark")).toBeVisible();
    });

    await test.step("mended, it is tested again alone", async () => {
      const finding = page.url();
      shop.mended = true;
      await page.getByTestId("retest").click();
      await expect(page.getByTestId("verdict")).toBeVisible(done);
      await page.goto(finding);
      await expect(page.locator(".finding-head")).toContainText("Retest: Fixed");
    });

    await test.step("the next campaign is compared with the first", async () => {
      await begin();
      await page.getByTestId("start-campaign").click();
      await expect(page.getByTestId("verdict")).toBeVisible(done);
      await page.getByTestId("compare").click();
      await expect(page.getByTestId("changes")).toContainText("Link that leads nowhere");
      await expect(page.locator('[data-change="fixed"]')).toContainText("1");
      await screens.look("compare");
      await page.goto(`${studio.url}/campaigns`);
      await expect(page.getByTestId("trends")).toBeVisible();
      await screens.look("campaigns");
      await page.setViewportSize({ width: 390, height: 800 });
      await screens.look("campaigns-phone");
      await page.setViewportSize({ width: 1440, height: 900 });
    });

    await test.step("the report is passed on as a file and as a link", async () => {
      await page.getByTestId("campaign-table").getByRole("link").last().click();
      for (const [form, name] of [["html", "report.html"], ["json", "report.json"], ["junit", "junit.xml"], ["sarif", "findings.sarif"]] as const) {
        await page.getByTestId("report").click();
        const [file] = await Promise.all([page.waitForEvent("download"), page.locator(`.report-forms a[href$="/report/${form}"]`).click()]);
        expect(file.suggestedFilename()).toBe(name);
        expect(readFileSync(await file.path(), "utf8")).toContain("broken-link");
        await page.getByTestId("report").click();
      }
      await page.getByTestId("tab-share").click();
      await page.getByTestId("make-share").click();
      const link = (await page.getByTestId("copy-value").textContent())!;
      await screens.look("share");
      const stranger = await (await browser.newContext()).newPage();
      expect((await stranger.goto(link))!.status()).toBe(200);
      await expect(stranger.locator("body")).toContainText("Link that leads nowhere");
      await stranger.context().close();
      await page.getByRole("button", { name: "Revoke" }).click();
      await page.getByTestId("confirm-yes").click();
      await expect(page.getByRole("button", { name: "Revoke" })).toBeHidden();
      await expect.poll(async () => (await page.request.get(link)).status()).toBe(404);
    });

    await test.step("nobody stops a campaign by mistake", async () => {
      shop.slow = 1200;
      await begin();
      await page.getByTestId("start-campaign").click();
      await page.getByTestId("stop").click();
      await screens.look("stop");
      await page.getByTestId("confirm-yes").click();
      await expect(page.getByTestId("campaign-state").first()).toHaveText(/Stopped/, done);
      shop.slow = 0;
    });

    await test.step("a plan stands in the list, with the time zone that it is meant in", async () => {
      await begin();
      await expect(page.getByLabel("Time zone")).toBeHidden();
      await page.locator("#field-when").selectOption("0 2 * * *");
      await page.getByLabel("Time zone").fill("Asia/Tokyo");
      await screens.look("campaign-when");
      await page.getByTestId("start-campaign").click();
      await expect(page.getByTestId("plan-table")).toContainText("0 2 * * *");
      await expect(page.getByTestId("plan-table")).toContainText("Asia/Tokyo");
    });

    await test.step("in the dark and on a phone it is whole, too", async () => {
      await page.emulateMedia({ colorScheme: "dark" });
      const dark = new Screens(page, "dark");
      await dark.look("campaigns");
      await page.getByTestId("campaign-table").getByRole("link").last().click();
      await dark.look("findings");
      await page.setViewportSize({ width: 390, height: 800 });
      await page.getByTestId("findings").getByRole("link").first().click();
      await dark.look("finding-phone");
    });
  } finally {
    shop.stop();
  }
});
