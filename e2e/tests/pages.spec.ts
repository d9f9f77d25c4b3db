// Every page in light and dark: nothing that axe objects to, nothing in the console, and a picture of each.
import type { Page } from "@playwright/test";
import { mkdirSync } from "node:fs";
import { join as path } from "node:path";
import { Api, chain, type Doc } from "../api";
import { Drawing } from "../drawing";
import { inviteLink, join } from "../guests";
import { Screens, settled } from "../screens";
import { expect, type Outside, owner, root, setUp, type Studio, test } from "../studio";

/** Runs the template that writes logs, makes the credential of the digest, and makes the digest itself. */
async function makeDigest(api: Api, page: Page, studio: Studio, outside: Outside): Promise<string> {
  const template = async (name: string) => {
    await page.goto(`${studio.url}/workflows/new`);
    await page.getByTestId(`template-${name}`).click();
    await page.waitForURL(/\/workflows\/(?!new)[^/]+$/);
    await new Drawing(page).ready();
    return page.url().split("/").at(-1)!;
  };
  expect((await api.run(await template("sample_logs"))).run.status).toBe("succeeded");
  await api.post("/credentials", { name: "Reports", type: "sql.sqlite", values: { file: "reports.db" } });
  const id = await template("log_digest");
  const { revision, doc } = await api.get<{ revision: number; doc: Doc }>(`/workflows/${id}`);
  const post = doc.nodes.find((node) => node.kind === "http.request")!.id;
  await api.post(`/workflows/${id}/ops`, { base: revision, ops: [
    { op: "node.set", id: post, path: "params.url", value: `${outside.url}/log-digest` },
    { op: "node.set", id: post, path: "disabled", value: false },
  ] });
  return id;
}

/** Workflows of several states, so that lists have something to show. */
async function fill(api: Api): Promise<{ failed: string }> {
  await api.create(chain("Nightly report", ["trigger.schedule", "Every night", { cron: "0 2 * * *" }], ["data.set", "Prepare", { fields: [{ name: "day", value: "={{ $now }}" }] }]), "Reports/Weekly");
  await api.create(chain("Orders to the warehouse, with a name that is much longer than any name of a workflow should be and has to be cut somewhere", ["trigger.webhook", "Order", { path: "orders" }], ["data.filter", "Paid ones", { condition: "={{ $json.paid }}" }]));
  const failing = await api.create(chain("Divide", ["trigger.manual", "Start"], ["code.javascript", "Check", { code: "throw new Error('the divisor is zero');" }]));
  const { run } = await api.run(failing);
  await api.remove(await api.create(chain("An old idea", ["trigger.manual", "Start"])));
  await api.post("/variables", { name: "BASE_URL", value: "https://example.org/a/rather/long/address/of/a/service?with=parameters" });
  await api.post("/credentials", { name: "Warehouse", type: "http.basic", values: { user: "ada", password: "not shown" } });
  return { failed: run.id };
}

const n8n = JSON.stringify({
  name: "Orders of a shop", connections: { "When clicked": { main: [[{ node: "Get orders", type: "main", index: 0 }]] }, "Get orders": { main: [[{ node: "Ask the model", type: "main", index: 0 }]] } },
  nodes: [
    { id: "1", name: "When clicked", type: "n8n-nodes-base.manualTrigger", typeVersion: 1, position: [0, 0], parameters: {} },
    { id: "2", name: "Get orders", type: "n8n-nodes-base.httpRequest", typeVersion: 4.2, position: [240, 0], parameters: { url: "=https://example.org/{{ $json.shop }}" }, credentials: { httpBasicAuth: { id: "7", name: "Shop" } } },
    { id: "3", name: "Ask the model", type: "@n8n/n8n-nodes-langchain.agent", typeVersion: 1.6, position: [480, 0], parameters: { text: "hello" } },
  ],
});

for (const theme of ["light", "dark"] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });

    test(`every page in ${theme}`, async ({ page, studio, outside, browser, mistakes }) => {
      test.setTimeout(300_000);
      const screens = new Screens(page, theme);
      const go = async (path: string, name: string) => {
        await page.goto(studio.url + path);
        await screens.look(name);
      };

      await test.step("before anybody is in", async () => {
        await page.goto(studio.setupLink);
        await screens.look("set-up");
        await page.goto(`${studio.url}/setup`);
        await screens.look("set-up-waiting");
      });
      await setUp(page, studio);
      const api = new Api(page, studio.url);

      await test.step("what is empty says what to do", async () => {
        await screens.look("empty-studio");
        for (const name of ["runs", "credentials", "variables"]) await go(`/${name}`, `empty-${name}`);
        await go("/workflows/trash", "empty-trash");
        await go("/workflows?archived=true", "empty-archive");
      });

      await test.step("the door and an invitation, as a stranger sees them", async () => {
        await page.goto(`${studio.url}/settings/members`);
        await page.getByTestId("invite").click();
        const link = (await page.getByTestId("copy-value").textContent())!;
        await screens.look("members-invited");
        const context = await browser.newContext({ colorScheme: theme });
        const stranger = await context.newPage();
        const theirs = new Screens(stranger, theme);
        await stranger.goto(link);
        await theirs.look("invitation");
        await stranger.goto(studio.url);
        await theirs.look("sign-in");
        await stranger.getByLabel("E-mail address").fill(owner.email);
        await stranger.getByLabel("Password").fill("wrong, and long enough");
        await stranger.getByTestId("sign-in").click();
        await expect(stranger.locator(".alert, .error").first()).toBeVisible();
        await theirs.look("sign-in-refused");
        await context.close();
      });

      const digest = await makeDigest(api, page, studio, outside);
      const { failed } = await fill(api);

      await test.step("lists and forms", async () => {
        await go("/workflows", "workflows");
        await page.locator("tbody input[type=checkbox]").first().check();
        await page.locator("tbody [aria-haspopup=menu]").nth(2).click();
        await screens.look("workflows-menu");
        await go("/workflows?query=nothing+has+this+name", "workflows-none-found");
        await go("/workflows?folder=Reports", "workflows-folder");
        await go("/workflows/new", "new");
        await go(`/workflows/${digest}/details`, "details");
        await go("/workflows/trash", "trash");
        await go("/runs", "runs");
        await go("/runs?status=failed", "runs-failed");
        await go("/credentials", "credentials");
        await go("/credentials/new", "credential-types");
        await go("/credentials/new?type=http.oauth2_client", "credential-new");
        await go("/variables", "variables");
        await go("/settings", "settings-profile");
        await go("/settings/password", "settings-password");
        await go("/settings/sessions", "settings-sessions");
        await go("/settings/members", "settings-members");
        await go("/settings/workspace", "settings-workspace");
        await go("/workspaces", "workspaces");
        await page.getByTestId("account").click();
        await screens.look("account-menu");
      });

      await test.step("import and its report", async () => {
        await go("/workflows/import", "import");
        await page.getByLabel("Or paste a workflow").fill(n8n);
        await page.getByTestId("import").click();
        await expect(page.getByTestId("import-result")).toBeVisible();
        await screens.look("import-report");
        await page.getByTestId("open-imported").click();
        const d = new Drawing(page);
        await d.ready();
        await d.select("Ask the model");
        await screens.look("editor-imported");
      });

      await test.step("the editor, empty", async () => {
        await page.goto(`${studio.url}/workflows/new`);
        await page.getByTestId("new-blank").click();
        await new Drawing(page).ready();
        await screens.look("editor-empty");
      });

      await test.step("the editor with a drawing and all of its panels", async () => {
        await page.goto(`${studio.url}/workflows/${digest}`);
        const d = new Drawing(page);
        await d.ready();
        await screens.look("editor");
        await d.run();
        await screens.look("editor-run");
        await d.select("Normalise message");
        for (const tab of ["form", "input", "output", "settings", "docs"] as const) {
          await d.tab(tab);
          await screens.look(`editor-node-${tab}`);
        }
        await d.tab("output");
        for (const view of ["json", "schema"] as const) {
          await page.getByTestId(`view-${view}`).click();
          await screens.look(`editor-output-${view}`);
        }
        await d.select("Save to the table");
        await d.tab("form");
        await screens.look("editor-sql");
        await d.select("Errors and slow requests");
        await screens.look("editor-condition");
        await d.canvas.focus();
        await page.keyboard.press("n");
        await expect(page.getByTestId("quickadd-search")).toBeFocused();
        await screens.look("editor-quick-add");
        await page.keyboard.press("Escape");
        for (const [action, name] of [["settings", "Workflow settings"], ["shortcuts", "Keyboard"]] as const) {
          await page.getByTestId("editor-menu").click();
          if (action === "settings") await screens.look("editor-menu");
          await page.locator(`#editor-menu [data-action=${action}]`).click();
          await expect(page.getByRole("dialog")).toBeVisible();
          await screens.look(`editor-${name.split(" ").at(-1)!.toLowerCase()}`);
          await page.keyboard.press("Escape");
        }
        await page.getByTestId("canvas-outline").click();
        await screens.look("editor-outline");
      });

      await test.step("runs, one that went well and one that did not", async () => {
        const [latest] = await api.runs(digest);
        await page.goto(`${studio.url}/runs/${latest!.id}`);
        await new Drawing(page).ready();
        await screens.look("run");
        await page.locator("#run-words summary").click();
        await screens.look("run-words");
        await page.goto(`${studio.url}/runs/${failed}`);
        await new Drawing(page).ready();
        await screens.look("run-failed");
      });

      await test.step("what is not there helps on", async () => {
        expect(mistakes, "errors in the console").toEqual([]);
        await go("/workflows/no-such-workflow", "not-found");
        mistakes.splice(0); // the browser notes the status 404
        const page404 = page.getByTestId("error-page");
        await expect(page404.getByRole("link", { name: "Runs" })).toBeVisible();
        await page404.getByRole("searchbox").fill("nightly");
        await page404.getByRole("searchbox").press("Enter");
        await expect(page.getByRole("link", { name: "Nightly report" })).toBeVisible();
        await expect(page.getByRole("link", { name: "Divide" })).toHaveCount(0);
      });
    });
  });
}

test("the picture of the readme", async ({ page, studio, outside, browser }) => {
  test.skip(!process.env.UPDATE_IMAGES, "UPDATE_IMAGES=1 renews it");
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const digest = await makeDigest(api, page, studio, outside);
  const { doc, revision } = await api.get<{ doc: Doc; revision: number }>(`/workflows/${digest}`);
  await api.post(`/workflows/${digest}/publish`, { revision });
  const idOf = (name: string) => doc.nodes.find((node) => node.name === name)!;
  const [filter, count] = [idOf("Errors and slow requests"), idOf("Count each message")];
  const grace = await join(browser, await inviteLink(page, studio, "editor"), "Grace Hopper");
  await grace.setViewportSize({ width: 1440, height: 900 });

  await page.goto(`${studio.url}/workflows/${digest}`);
  const d = new Drawing(page);
  await d.ready();
  await d.rename(count.name, "Count by message");
  await d.saved();
  await d.run();
  await grace.goto(`${studio.url}/workflows/${digest}`);
  const theirs = new Drawing(grace);
  await theirs.ready();
  await new Api(grace, studio.url).post(`/workflows/${digest}/comments`, { place: { node: filter.id, at: filter.at }, text: "Shall we count warnings too?" });
  await theirs.select("Normalise message");
  const box = (await theirs.node("Normalise message").boundingBox())!;
  await grace.mouse.move(box.x + box.width * 0.7, box.y + box.height + 26, { steps: 4 });

  await d.select("Count by message");
  await d.tab("output");
  await d.still();
  await expect(page.getByTestId("people")).toBeVisible();
  await expect(page.locator(".node-status").first()).toBeVisible();
  await settled(page);
  await grace.mouse.move(box.x + box.width * 0.7 + 6, box.y + box.height + 28, { steps: 2 });
  await expect(page.locator(".cursor-name").first()).toBeVisible();
  mkdirSync(path(root, "docs", "images"), { recursive: true });
  await page.screenshot({ path: path(root, "docs", "images", "editor.png") });
  await grace.context().close();
});
