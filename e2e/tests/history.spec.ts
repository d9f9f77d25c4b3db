// Versions: what is published runs, what is drawn waits; any two are compared on the canvas; going back is an edit.
import type { Page } from "@playwright/test";
import { Api, chain } from "../api";
import { Drawing } from "../drawing";
import { Screens } from "../screens";
import { expect, setUp, test } from "../studio";

interface Now { revision: number; published: number; doc: { nodes: { id: string; name: string }[] } }

const orders = () => chain("Orders", ["trigger.webhook", "Order comes in", { path: "orders", respond: "last_node" }],
  ["code.javascript", "Sum", { code: "const sum = $json.body.price;\n\nreturn [{ json: { sum } }];" }],
  ["data.set", "Say", { fields: [{ name: "say", value: "first" }], keep_others: true }], ["flow.noop", "Old end", {}]);

/** What comes out when somebody calls the webhook. */
async function said(url: string): Promise<string> {
  const answer = await fetch(`${url}/hooks/orders`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ price: 7 }) });
  return answer.ok ? ((await answer.json()) as { say: string }).say : String(answer.status);
}

async function editor(page: Page, url: string, id: string): Promise<Drawing> {
  await page.goto(`${url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  return d;
}

test("a draft is published, changed, compared, published again, rolled back and unpublished", async ({ page, studio, mistakes }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const id = await api.create(orders());
  const edit = async (...ops: unknown[]) => api.post(`/workflows/${id}/ops`, { base: (await api.get<Now>(`/workflows/${id}`)).revision, ops });
  const say = (text: string) => ({ op: "node.set", id: "n2", path: "params.fields", value: [{ name: "say", value: text }] });
  await editor(page, studio.url, id);
  const state = page.getByTestId("published-state");
  const dialog = page.getByTestId("publish-dialog");

  await test.step("published for the first time, with a note", async () => {
    await expect(state).toHaveText("Draft");
    expect(await said(studio.url)).toBe("404");
    await page.getByTestId("publish").click();
    await dialog.getByTestId("version-note").fill("The first one");
    await dialog.getByTestId("publish-confirm").click();
    await expect(page.getByRole("dialog").getByTestId("webhook-url")).toContainText("/hooks/orders");
    await page.getByTestId("published-done").click();
    await expect(state).toHaveText("Published");
    expect(await said(studio.url)).toBe("first");
  });

  await test.step("what is drawn changes nothing outside, and is shown before it is published", async () => {
    await edit(say("second"), { op: "node.move", id: "n0", at: [80, 400] });
    await edit({ op: "node.remove", id: "n3" }, { op: "node.add", node: { id: "new", kind: "flow.noop", name: "New end", at: [920, 160], params: {} } }, { op: "edge.add", edge: { from: "n2", out: "main", to: "new", in: "main" } });
    await expect(state).toContainText("2 edits since");
    expect(await said(studio.url)).toBe("first");
    await page.getByTestId("publish").click();
    await expect(dialog.getByTestId("diff-sum")).toHaveText("2 added, 2 removed, 1 changed, 1 moved");
    const change = dialog.getByTestId("diff-change").filter({ hasText: "Say" }).first();
    await change.locator("summary").click();
    await expect(change).toContainText("second");
    await dialog.getByTestId("version-note").fill("Says more");
    await dialog.getByTestId("publish-confirm").click();
    await page.getByTestId("published-done").click();
    await expect(state).toHaveText("Published");
    expect(await said(studio.url)).toBe("second");
  });

  await test.step("a draft with mistakes cannot be published; what is published goes on", async () => {
    await edit({ op: "node.set", id: "n0", path: "params.path", value: "" });
    await page.getByTestId("publish").click();
    await dialog.getByTestId("publish-confirm").click();
    await expect(dialog.getByTestId("publish-refused")).toContainText("Order comes in");
    expect(mistakes.splice(0).join()).toContain("422"); // the console names every refusal
    await page.keyboard.press("Escape");
    expect(await said(studio.url)).toBe("second");
  });

  await test.step("rolled back to the first version from the history", async () => {
    await state.click();
    await expect(page.locator("#history[data-ready]")).toBeVisible();
    const first = page.getByTestId("version").filter({ hasText: "The first one" });
    await first.getByRole("button", { name: "Published version", exact: true }).click();
    await first.getByTestId("moment-publish").click();
    await dialog.getByTestId("publish-confirm").click();
    await expect(page.getByTestId("version").filter({ hasText: "Live" })).toHaveAttribute("data-revision", "1");
    expect(await said(studio.url)).toBe("first");
  });

  await test.step("unpublished: nothing starts it any more", async () => {
    await editor(page, studio.url, id);
    await page.getByTestId("publish").click();
    await dialog.getByTestId("unpublish").click();
    await expect(state).toHaveText("Draft");
    expect(await said(studio.url)).toBe("404");
  });
  expect(mistakes).toEqual([]);
});

test("two versions are compared on the canvas, named, and restored", async ({ page, studio, mistakes }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const id = await api.create(orders());
  const edit = async (...ops: unknown[]) => api.post(`/workflows/${id}/ops`, { base: (await api.get<Now>(`/workflows/${id}`)).revision, ops });
  await edit({ op: "node.set", id: "n1", path: "params.code", value: "const sum = $json.body.price * 2;\n\nreturn [{ json: { sum } }];" });
  await edit({ op: "node.move", id: "n0", at: [80, 400] }, { op: "node.remove", id: "n3" });
  await edit({ op: "node.add", node: { id: "new", kind: "flow.noop", name: "<b>New</b> end", at: [920, 160], params: {} } }, { op: "edge.add", edge: { from: "n2", out: "main", to: "new", in: "main" } });
  await edit({ op: "note.add", note: { id: "note", at: [360, 320], size: [240, 120], color: "amber", text: "Why" } });
  await page.goto(`${studio.url}/workflows/${id}/history?from=1&to=5`);
  const d = new Drawing(page);
  await expect(page.locator("#history[data-ready]")).toBeVisible();

  await test.step("what came, went, changed and moved is marked by a word and a line", async () => {
    for (const [name, diff] of [["<b>New</b> end", "added"], ["Old end", "removed"], ["Sum", "changed"], ["Order comes in", "moved"]] as const) {
      await expect(d.node(name)).toHaveAttribute("data-diff", diff);
      await expect(d.node(name)).toHaveAttribute("aria-label", new RegExp(`^${diff}: `, "i"));
      await expect(d.node(name).locator(".diff-badge")).toHaveText(new RegExp(diff, "i"));
    }
    await expect(d.node("Say")).not.toHaveAttribute("data-diff", /./);
    await expect(await d.edge("Say", "<b>New</b> end")).toHaveAttribute("data-diff", "added");
    await expect(page.locator(".diff-ghost")).toHaveText("Order comes in was here");
  });

  await test.step("from difference to difference, and a long text line by line", async () => {
    await page.getByTestId("diff-next").click();
    await expect(page.locator(".diff-list .is-current")).toContainText("Order comes in");
    await page.keyboard.press("]");
    await expect(page.locator(".diff-list .is-current")).toContainText("Sum");
    await expect(page.locator(".is-current .diff-lines del")).toHaveText("−const sum = $json.body.price;");
    await expect(page.locator(".is-current .diff-lines ins")).toHaveText("+const sum = $json.body.price * 2;");
    await page.keyboard.press("[");
    await expect(page.locator(".diff-list .is-current")).toContainText("Order comes in");
  });

  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await new Screens(page, theme).look("history");
  }

  await test.step("other versions, the other way round, and a version with a name", async () => {
    await page.getByTestId("compare-from").selectOption("5");
    await page.getByTestId("compare-to").selectOption("1");
    await expect(d.node("Old end")).toHaveAttribute("data-diff", "added");
    await page.goBack();
    await page.goBack();
    await expect(d.node("Old end")).toHaveAttribute("data-diff", "removed");
    await page.getByTestId("burst").getByText("4 edits").click();
    await page.getByRole("button", { name: "Changed code of Sum" }).click();
    await expect(page.getByTestId("diff-change")).toHaveCount(1);
    await page.getByTestId("moment-name").click();
    await page.getByTestId("version-name").fill("<i>Twice</i> the price");
    await page.getByTestId("version-save").click();
    await expect(page.getByTestId("version")).toContainText("<i>Twice</i> the price");
    await page.getByTestId("version").getByRole("button", { name: /^Rename/ }).click();
    await page.getByTestId("version-name").fill("Twice the price");
    await page.getByTestId("version-note").fill("As agreed");
    await page.getByTestId("version-save").click();
    await expect(page.getByTestId("version")).toContainText("Twice the price");
    await expect(page.getByTestId("version")).toContainText("As agreed");
  });

  await test.step("restored as a new revision, which can be taken back", async () => {
    const names = async () => (await api.get<Now>(`/workflows/${id}`)).doc.nodes.map((node) => node.name);
    await page.getByTestId("version").getByTestId("moment-restore").click();
    await page.getByTestId("confirm-yes").click();
    await expect.poll(names).toContain("Old end");
    await expect(d.node("Old end")).toHaveAttribute("data-diff", "added");
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await expect.poll(names).toContain("<b>New</b> end");
    expect((await api.get<Now>(`/workflows/${id}`)).revision).toBe(7);
  });

  await test.step("the name is taken off, and put back", async () => {
    const version = page.getByTestId("version");
    await version.getByRole("button", { name: /^Take the name/ }).click();
    await expect(version).toHaveCount(0);
    await page.getByRole("button", { name: "Undo", exact: true }).last().click();
    await expect(version).toContainText("Twice the price");
  });
  expect(mistakes).toEqual([]);
});

test("the list leads to what publishing changes, for one workflow and for several, also without scripts", async ({ page, studio, browser, mistakes }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const id = await api.create(orders());
  const broken = await api.create(chain("Broken", ["trigger.webhook", "No path", { path: "" }]));
  const edit = async (...ops: unknown[]) => api.post(`/workflows/${id}/ops`, { base: (await api.get<Now>(`/workflows/${id}`)).revision, ops });
  const row = page.getByTestId(`workflow-${id}`);
  const menu = async (entry: string) => {
    await page.getByTestId(`menu-${id}`).click();
    await page.getByRole("menuitem", { name: entry }).click();
  };

  await test.step("published for the first time from the menu, and taken back in the message", async () => {
    await page.goto(`${studio.url}/workflows`);
    await menu("Publish…");
    await expect(page.getByRole("heading", { name: "Publish Orders" })).toBeVisible();
    expect(await said(studio.url)).toBe("404");
    await page.getByTestId("publish-confirm").click();
    await expect(row).toContainText("Published");
    expect(await said(studio.url)).toBe("first");
    await page.getByTestId("toast").getByRole("button", { name: "Undo" }).click();
    await expect(row).toContainText("Draft");
    expect(await said(studio.url)).toBe("404");
    await menu("Publish…");
    await page.getByTestId("publish-confirm").click();
    await expect(row).toContainText("Published");
  });

  await test.step("a newer draft shows the same differences as the editor, and replaces what is published", async () => {
    await edit({ op: "node.set", id: "n2", path: "params.fields", value: [{ name: "say", value: "<b>second</b>" }] }, { op: "node.move", id: "n0", at: [80, 400] });
    await edit({ op: "node.remove", id: "n3" }, { op: "node.add", node: { id: "new", kind: "flow.noop", name: "New end", at: [920, 160], params: {} } }, { op: "edge.add", edge: { from: "n2", out: "main", to: "new", in: "main" } });
    await page.reload();
    await page.getByTestId(`since-${id}`).click();
    await expect(page.getByTestId("diff-sum")).toHaveText("2 added, 2 removed, 1 changed, 1 moved");
    const change = page.getByTestId("diff-change").filter({ hasText: "Say" }).first();
    await change.locator("summary").click();
    await expect(change).toContainText("<b>second</b>");
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await new Screens(page, theme).look("publish");
    }
    await page.getByTestId("diff-on-canvas").click();
    await expect(page.locator("#history[data-ready]")).toBeVisible();
    await expect(page.getByTestId("diff-sum")).toHaveText("2 added, 2 removed, 1 changed, 1 moved");
    await page.goBack();
    await page.getByLabel("Note").fill("From the list");
    await page.getByTestId("publish-confirm").click();
    await expect(row).not.toContainText("since");
    expect(await said(studio.url)).toBe("<b>second</b>");
  });

  await test.step("several at once, each with how it went", async () => {
    await edit({ op: "node.rename", id: "n2", value: "Tell" });
    await page.reload();
    await row.getByRole("checkbox").check();
    await page.getByTestId(`workflow-${broken}`).getByRole("checkbox").check();
    await page.getByTestId("publish-selected").click();
    await expect(page.getByTestId(`publish-${id}`)).toContainText("1 changed");
    await expect(page.getByTestId(`publish-${broken}`)).toContainText("No path");
    await expect(page.getByTestId(`publish-${broken}`).getByRole("checkbox")).toBeDisabled();
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await new Screens(page, theme).look("publish-several");
    }
    await page.getByTestId("publish-confirm").click();
    await expect(row).not.toContainText("since"); // one was left: it needs no page of results
  });

  await test.step("without scripts", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() });
    const plain = await context.newPage();
    await edit({ op: "node.rename", id: "n2", value: "Say it" });
    await plain.goto(`${studio.url}/workflows`);
    await plain.getByTestId(`since-${id}`).click();
    await expect(plain.getByTestId("diff-sum")).toHaveText("1 changed");
    await plain.getByTestId("publish-confirm").click();
    await expect(plain.getByTestId(`workflow-${id}`)).not.toContainText("since");
    await context.close();
  });
  expect(mistakes).toEqual([]);
});
