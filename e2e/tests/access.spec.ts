// Who may what: guests by link, readers who only read, people who are removed, sessions that end; and the list of
// workflows with all that can be taken back.
import type { Page } from "@playwright/test";
import { Api, chain } from "../api";
import { Drawing } from "../drawing";
import { inviteLink, join } from "../guests";
import { expect, owner, setUp, test } from "../studio";

/** Asks as a script of the page would. */
const asks = (page: Page, path: string, body: unknown): Promise<number> => page.evaluate(
  async ([path, body]) => (await fetch(path as string, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).status, [path, body]);

test("viewers look, editors change, and who is removed is out at once", async ({ page, studio, browser }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const id = await api.create(chain("Shared", ["trigger.manual", "Start"], ["data.limit", "First", { count: 3 }]));
  const move = { base: 1, ops: [{ op: "node.move", id: "n1", at: [600, 400] }] };

  const link = await inviteLink(page, studio, "viewer");
  const viewer = await join(browser, link, "Vera");
  await test.step("a link is good once", async () => {
    const late = await (await browser.newContext()).newPage();
    await late.goto(link);
    await expect(late.getByTestId("accept")).toHaveCount(0);
    await expect(late.getByTestId("error-page")).toBeVisible();
    await late.context().close();
  });

  await test.step("a viewer reads", async () => {
    await expect(viewer.getByTestId("new-workflow")).toHaveCount(0);
    await viewer.goto(`${studio.url}/workflows/${id}`);
    const d = new Drawing(viewer);
    await d.ready();
    await expect(viewer.getByTestId("saved")).toHaveText("Read only");
    await expect(viewer.locator("#palette")).toHaveCount(0);
    await expect(viewer.getByTestId("run-button")).toHaveCount(0);
    await expect(viewer.getByTestId("publish")).toHaveCount(0);
    await expect(viewer.getByTestId("workflow-name")).not.toBeEditable();
    await d.select("First");
    await expect(d.param("count")).not.toBeEditable();
    await viewer.keyboard.press("Escape");
    await d.node("First").focus();
    await viewer.keyboard.press("Delete");
    await expect(d.node("First")).toBeVisible();
    expect(await asks(viewer, `/api/v1/workflows/${id}/ops`, move)).toBe(403);
    expect(await asks(viewer, `/api/v1/workflows/${id}/runs`, {})).toBe(403);
    expect(await asks(viewer, "/api/v1/credentials", { name: "x", type: "http.basic" })).toBe(403);
    expect(await api.runs(id)).toHaveLength(0);
    await viewer.goto(`${studio.url}/credentials`);
    await expect(viewer.getByTestId("error-page")).toBeVisible();
  });

  await test.step("an editor changes and runs, and manages nobody", async () => {
    const editor = await join(browser, await inviteLink(page, studio, "editor"), "Edith");
    await editor.goto(`${studio.url}/workflows/${id}`);
    const d = new Drawing(editor);
    await d.ready();
    await d.select("First");
    await d.param("count").fill("5");
    await d.saved();
    await viewer.goto(`${studio.url}/workflows/${id}`);
    const watched = new Drawing(viewer);
    await watched.ready();
    await expect(viewer.locator("#editor")).toHaveAttribute("data-ready", "");
    await d.rename("First", "Top three");
    await expect(watched.node("Top three")).toBeVisible(); // others see it at once
    await d.run();
    expect(await api.runs(id)).toHaveLength(1);
    expect((await api.get<{ doc: { nodes: { params: object }[] } }>(`/workflows/${id}`)).doc.nodes[1]!.params).toEqual({ count: 5 });
    await editor.goto(`${studio.url}/settings/members`);
    await expect(editor.getByText("vera@example.org")).toBeVisible();
    await expect(editor.getByTestId("invite")).toHaveCount(0);
    await editor.context().close();
  });

  await test.step("a removed member is out", async () => {
    await viewer.goto(`${studio.url}/workflows/${id}`);
    await new Drawing(viewer).ready();
    await page.goto(`${studio.url}/settings/members`);
    await page.getByRole("row", { name: /vera@example\.org/ }).getByRole("button", { name: "Remove" }).click();
    await page.getByTestId("confirm-yes").click();
    await expect(page.getByText("vera@example.org")).toHaveCount(0);
    // The open page learns it at once, without being loaded again.
    await expect(viewer.getByTestId("toast").filter({ hasText: /signed out|may not watch|no longer/i })).toBeVisible();
    await viewer.goto(`${studio.url}/workflows/${id}`);
    await expect(viewer.locator(".node")).toHaveCount(0);
    await expect(viewer.getByRole("main")).toContainText(/Sign in|no workspace|belong/);
  });
  await viewer.context().close();
});

test("signing out everywhere ends the other browsers' sessions", async ({ page, studio, browser }) => {
  await setUp(page, studio);
  const other = await (await browser.newContext()).newPage();
  await other.goto(studio.url);
  await other.getByLabel("E-mail address").fill(owner.email);
  await other.getByLabel("Password").fill(owner.password);
  await other.getByTestId("sign-in").click();
  await other.waitForURL("**/workflows");

  await page.goto(`${studio.url}/settings/sessions`);
  await expect(page.getByRole("row")).toHaveCount(3);
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await page.getByTestId("confirm-yes").click();
  await expect(page.getByRole("row")).toHaveCount(2);

  await other.goto(`${studio.url}/workflows`);
  await expect(other.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.goto(`${studio.url}/workflows`);
  await expect(page.getByTestId("account")).toBeVisible();
  await other.context().close();
});

test("workflows are found, moved, copied, archived, deleted and brought back", async ({ page, studio }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const id = await api.create(chain("Invoices", ["trigger.manual", "Start"]));
  await api.create(chain("Reminders", ["trigger.manual", "Start"]));
  const link = (name: string) => page.locator("#results").getByRole("link", { name, exact: true });
  const act = async (action: string) => {
    await page.getByTestId(`menu-${id}`).click();
    await page.getByTestId(`${action}-${id}`).click();
  };
  await page.goto(`${studio.url}/workflows`);

  await test.step("search while typing", async () => {
    await page.getByRole("searchbox", { name: "Search workflows" }).fill("remi");
    await expect(link("Invoices")).toHaveCount(0);
    await expect(link("Reminders")).toBeVisible();
    await page.getByRole("searchbox", { name: "Search workflows" }).fill("");
    await expect(link("Invoices")).toBeVisible();
  });

  await test.step("a new folder", async () => {
    await page.getByTestId(`menu-${id}`).click();
    await page.getByRole("menuitem", { name: "Rename or move…" }).and(page.locator(`[href*="${id}"]`)).click();
    await page.getByLabel("Folder").fill("Money/Monthly");
    await page.getByTestId("save-details").click();
    await expect(page).toHaveURL(/folder=Money/);
    await page.goto(`${studio.url}/workflows`);
    await page.getByRole("navigation", { name: "Folders" }).getByRole("link", { name: "Money" }).click();
    await expect(link("Invoices")).toBeVisible();
    await expect(link("Reminders")).toHaveCount(0);
  });

  await test.step("several are moved at once", async () => {
    await page.goto(`${studio.url}/workflows`);
    await page.getByLabel("Select Invoices").check();
    await page.getByLabel("Select Reminders").check();
    await page.getByLabel("Folder to move to").fill("Office");
    await page.getByRole("button", { name: "Move" }).click();
    await expect(page.getByTestId("toast").filter({ hasText: "moved to Office" })).toBeVisible();
    await page.goto(`${studio.url}/workflows?folder=Office`);
    await expect(link("Invoices")).toBeVisible();
    await expect(link("Reminders")).toBeVisible();
  });

  await test.step("a copy", async () => {
    await page.goto(`${studio.url}/workflows`);
    await act("duplicate");
    const d = new Drawing(page);
    await d.ready();
    await expect(page.getByTestId("workflow-name")).toHaveValue(/Invoices.*copy|copy.*Invoices/i);
    await expect(d.node("Start")).toBeVisible();
    await page.goto(`${studio.url}/workflows`);
    await expect(page.locator("tbody tr")).toHaveCount(3);
  });

  await test.step("into the archive and back", async () => {
    await act("archive");
    await expect(page.getByTestId(`workflow-${id}`)).toHaveCount(0);
    await page.getByRole("navigation", { name: "Lists" }).getByRole("link", { name: "Archived" }).click();
    await expect(link("Invoices")).toBeVisible();
    await act("archive");
    await expect(page).not.toHaveURL(/archived/);
    await page.goto(`${studio.url}/workflows`);
    await expect(page.getByTestId(`workflow-${id}`)).toBeVisible();
  });

  await test.step("deleted, and undone at once", async () => {
    await act("delete");
    await expect(page.getByTestId(`workflow-${id}`)).toHaveCount(0);
    await page.getByTestId("toast").filter({ hasText: "deleted" }).getByRole("button", { name: "Undo" }).click();
    await expect(page.getByTestId(`workflow-${id}`)).toBeVisible();
    await page.goto(`${studio.url}/workflows`);
    await expect(page.getByTestId(`workflow-${id}`)).toBeVisible();
  });

  await test.step("deleted, and restored from the list of the deleted", async () => {
    await act("delete");
    await expect(page.getByTestId(`workflow-${id}`)).toHaveCount(0);
    await page.getByRole("navigation", { name: "Lists" }).getByRole("link", { name: "Deleted" }).click();
    await page.getByTestId(`workflow-${id}`).getByRole("button", { name: /Restore/ }).click();
    await expect(page.getByTestId("toast").filter({ hasText: "is back" })).toBeVisible();
    await page.goto(`${studio.url}/workflows`);
    await expect(page.getByTestId(`workflow-${id}`)).toBeVisible();
    expect((await api.get<{ doc: { nodes: unknown[] } }>(`/workflows/${id}`)).doc.nodes).toHaveLength(1);
  });
});
