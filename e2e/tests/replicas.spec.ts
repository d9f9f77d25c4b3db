// Two servers on one Postgres and one Redis are one studio for the people at them. Skipped where DATABASE_URL_TEST and
// REDIS_URL_TEST name none.
import type { Browser, Page } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { Api, chain } from "../api";
import { Drawing } from "../drawing";
import { expect, owner, Studio, test } from "../studio";

const database = process.env.DATABASE_URL_TEST ?? "";
const redis = process.env.REDIS_URL_TEST ?? "";

/** Makes an empty schema and returns the address that works in it. */
function freshSchema(): string {
  const name = `e2e_${randomBytes(6).toString("hex")}`;
  execFileSync("psql", ["--quiet", "--no-psqlrc", database, "--command", `CREATE SCHEMA ${name}`]);
  const address = new URL(database);
  address.searchParams.set("search_path", name);
  return address.href;
}

async function signIn(page: Page, studio: Studio, email: string, password: string): Promise<void> {
  await page.goto(`${studio.url}/signin`);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByTestId("sign-in").click();
  await page.waitForURL("**/workflows");
}

/** A guest, invited at one server, who makes an account and works at the other. */
async function invited(browser: Browser, host: Page, here: Studio, there: Studio): Promise<Page> {
  await host.goto(`${here.url}/settings/members`);
  await host.getByLabel("Role", { exact: true }).selectOption("editor");
  await host.getByTestId("invite").click();
  const link = new URL((await host.getByTestId("copy-value").textContent())!);
  const guest = await (await browser.newContext()).newPage();
  await guest.goto(there.url + link.pathname);
  await guest.getByLabel("Name", { exact: true }).fill("Edith");
  await guest.getByLabel("E-mail address").fill("edith@example.org");
  await guest.getByLabel("Password").fill("a guest's long password");
  await guest.getByTestId("accept").click();
  await guest.waitForURL("**/workflows");
  return guest;
}

test("two servers are one room", async ({ browser }) => {
  test.skip(!database || !redis, "DATABASE_URL_TEST and REDIS_URL_TEST name no Postgres and no Redis");
  const env = {
    DATABASE_URL: freshSchema(), REDIS_URL: redis, ATELIER_MASTER_KEY: Buffer.alloc(32, "k").toString("base64"),
    ATELIER_ADMIN_EMAIL: owner.email, ATELIER_ADMIN_PASSWORD: owner.password,
  };
  const here = new Studio(env), there = new Studio(env);
  try {
    await Promise.all([here.start(), there.start()]); // at once, on an empty database
    const host = await (await browser.newContext()).newPage();
    await signIn(host, here, owner.email, owner.password);
    const guest = await invited(browser, host, here, there);
    const id = await new Api(host, here.url).create(chain("Shared", ["trigger.manual", "Start"], ["flow.wait", "Pause", { amount: 1, unit: "seconds" }], ["data.limit", "First", { count: 3 }]));

    const mine = new Drawing(host), theirs = new Drawing(guest);
    await Promise.all([host.goto(`${here.url}/workflows/${id}`), guest.goto(`${there.url}/workflows/${id}`)]);
    for (const d of [mine, theirs]) {
      await d.ready();
      await expect(d.page.locator("#editor")).toHaveAttribute("data-ready", "");
    }

    await test.step("each sees what the other draws", async () => {
      await theirs.rename("First", "Top three");
      await expect(mine.node("Top three")).toBeVisible();
      await mine.rename("Pause", "Rest");
      await expect(theirs.node("Rest")).toBeVisible();
    });

    await test.step("both draw at once and end with the same", async () => {
      await Promise.all([mine.rename("Top three", "Three"), theirs.rename("Rest", "Sleep")]);
      await Promise.all([mine.saved(), theirs.saved()]);
      for (const d of [mine, theirs]) {
        await expect(d.node("Three")).toBeVisible();
        await expect(d.node("Sleep")).toBeVisible();
      }
    });

    await test.step("a run at one server is seen at the other", async () => {
      await guest.goto(`${there.url}/runs?workflow=${id}`);
      await mine.run();
      const runs = await new Api(host, here.url).runs(id);
      await guest.goto(`${there.url}/runs/${runs[0]!.id}`);
      await expect(theirs.status("Three")).toBeVisible();
      await guest.goto(`${there.url}/workflows/${id}`);
      await theirs.ready();
      await expect(guest.locator("#editor")).toHaveAttribute("data-ready", "");
    });

    await test.step("who is removed at one server is out at the other", async () => {
      await host.goto(`${here.url}/settings/members`);
      await host.getByRole("row", { name: /edith@example\.org/ }).getByRole("button", { name: "Remove" }).click();
      const began = Date.now();
      await host.getByTestId("confirm-yes").click();
      await expect(guest.getByTestId("toast").filter({ hasText: /signed out|may not watch|no longer/i })).toBeVisible();
      console.log(`out after ${Date.now() - began} ms, with the click and the page`);
      expect((await guest.goto(`${there.url}/workflows/${id}`))!.status()).not.toBe(200);
    });
  } finally {
    await Promise.all([here.stop(), there.stop()]);
  }
});
