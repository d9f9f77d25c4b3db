// The outline: the same drawing for people who read it, and for telephones; every edit can be made from it.
import { Api, chain, type Doc } from "../api";
import { Drawing } from "../drawing";
import { Screens, settled, violations } from "../screens";
import { expect, setUp, test } from "../studio";

interface Grouped extends Doc { groups: { id: string; name: string; nodes: string[]; collapsed?: boolean }[] }

const drawing: Grouped = {
  ...chain("Read", ["trigger.manual", "Start"], ["flow.if", "Large?", { condition: "={{ $json.total > 100 }}" }], ["data.limit", "First", { count: 3 }], ["data.limit", "Second", { count: 3 }]),
  edges: [{ from: "n0", out: "main", to: "n1", in: "main" }, { from: "n1", out: "true", to: "n2", in: "main" }],
  notes: [{ id: "why", at: [80, 0], size: [240, 120], text: "**Why** this exists" }],
  groups: [{ id: "g", name: "By size", nodes: ["n1", "n2"] }],
};

test("a drawing is read and edited as an outline", async ({ page, studio }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const id = await api.create(drawing);
  await api.post(`/workflows/${id}/comments`, { place: { node: "n1", at: [360, 160] }, text: "Is 100 enough?" });
  await page.goto(`${studio.url}/workflows/${id}`);
  const d = new Drawing(page);
  await d.ready();
  await page.getByTestId("canvas-outline").click();
  const outline = page.getByTestId("outline");
  const row = (name: string) => page.locator(`[data-row="${name}"]`);
  const doc = async () => (await api.get<{ doc: Grouped }>(`/workflows/${id}`)).doc;

  await test.step("it says what is there", async () => {
    await expect(outline.getByRole("listitem").filter({ has: row("group:g") }).getByRole("button", { name: "goes to First by true" })).toBeVisible();
    await expect(outline.getByRole("button", { name: "goes to Large?" })).toBeVisible();
    await expect(row("note:why")).toContainText("Why this exists");
    await expect(outline.getByRole("button", { name: "Comment: Is 100 enough?" })).toBeVisible();
    await expect(row("node:n3")).toContainText("no trigger leads to this node");
  });

  await test.step("names and notes are written in their row", async () => {
    await row("node:n2").focus();
    await page.keyboard.press("F2");
    await page.keyboard.type("Three of them");
    await page.keyboard.press("Enter");
    await expect(row("node:n2")).toContainText("Three of them");
    await expect(row("node:n2")).toBeFocused();
    await row("note:why").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("Because");
    await page.keyboard.press("Escape");
    await expect(row("note:why")).toContainText("Because");
  });

  await test.step("an edge is drawn in a dialog, and removed by its row", async () => {
    await row("node:n1").focus();
    await page.keyboard.press("c");
    await page.getByTestId("connect-output").selectOption("false");
    await page.getByTestId("connect-target").selectOption({ label: "Second" });
    await page.getByTestId("connect-done").click();
    const edge = outline.getByRole("button", { name: "goes to Second by false" });
    await edge.focus();
    await page.keyboard.press("Delete");
    await expect(edge).toHaveCount(0);
    await page.keyboard.press("ControlOrMeta+z");
    await expect(edge).toBeVisible();
  });

  await test.step("nodes come into groups, and groups are named and folded", async () => {
    await row("node:n3").focus();
    await page.keyboard.press("Shift+F10");
    await page.getByRole("menuitem", { name: "Put into a group…" }).click();
    await page.getByRole("radio", { name: "By size" }).check();
    await page.getByTestId("group-put").click();
    await expect(row("group:g")).toContainText("3 nodes");
    await row("group:g").focus();
    await page.keyboard.press("ArrowLeft");
    await expect(row("node:n3")).toBeHidden();
    await page.keyboard.press("Shift+F2");
    await page.keyboard.type("Sizes");
    await page.keyboard.press("Enter");
    await expect(row("group:g")).toHaveAttribute("aria-expanded", "false");
    await page.keyboard.press("ArrowRight");
    await expect(row("node:n3")).toBeVisible();
  });

  await test.step("a note is added", async () => {
    await page.getByTestId("outline-note.add").click();
    await page.keyboard.type("New here");
    await page.keyboard.press("Escape");
    await expect(outline.getByRole("button", { name: "New here Note" })).toBeFocused();
  });

  await d.saved();
  const saved = await doc();
  expect(saved.groups).toEqual([expect.objectContaining({ name: "Sizes", nodes: ["n1", "n2", "n3"] })]);
  expect(saved.edges).toContainEqual({ from: "n1", out: "false", to: "n3", in: "main" });
  expect(saved.notes!.map((note) => note.text).toSorted()).toEqual(["Because", "New here"]);

  await test.step("a run is told per node", async () => {
    await row("node:n0").focus();
    await d.run();
    await expect(row("node:n0")).toContainText("1 item");
  });
  expect(await violations(page)).toEqual([]);
});

for (const theme of ["light", "dark"] as const) {
  test.describe(`a phone, ${theme}`, () => {
    test.use({ colorScheme: theme, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

    test("the drawing, its outline and its history", async ({ page, studio }) => {
      await setUp(page, studio);
      const api = new Api(page, studio.url);
      const missing = { ...drawing, name: "A workflow with a name that is longer than a telephone is wide", nodes: [...drawing.nodes,
        { id: "s", kind: "sql.query", name: "Store", at: [800, 400] as [number, number], params: { credential: "Warehouse", query: "select 1" } },
        { id: "m", kind: "mail.send", name: "Tell", at: [1100, 400] as [number, number], params: { credential: "Post", to: "ada@example.org", subject: "x" } }] };
      const id = await api.create(missing);
      const { revision } = await api.get<{ revision: number }>(`/workflows/${id}`);
      await api.post(`/workflows/${id}/ops`, { base: revision, ops: [{ op: "node.set", id: "n1", path: "params.condition", value: "={{ $json.total > 200 }}" }, { op: "note.remove", id: "why" }] });
      await page.goto(`${studio.url}/workflows/${id}`);
      const screens = new Screens(page, `phone-${theme}`);
      await expect(page.locator("[data-row='node:n1']")).toBeVisible();
      await expect(page.getByTestId("canvas")).toHaveAttribute("data-hands", "");
      await expect(page.getByTestId("needs-head")).toContainText("2 missing");
      await screens.look("outline");

      // The bar of what is missing is one line; the name has more room than all buttons together.
      expect((await page.locator("#problems").boundingBox())!.height).toBeLessThan(60);
      expect((await page.getByTestId("workflow-name").boundingBox())!.width).toBeGreaterThan(195);
      await page.getByTestId("needs-head").tap();
      await expect(page.getByTestId("make-Warehouse")).toBeVisible();
      await screens.look("missing");
      await page.getByTestId("needs-head").tap();

      await page.getByTestId("editor-menu").tap();
      await expect(page.getByTestId("menu-runs")).toBeVisible();
      await screens.look("menu");
      await page.getByTestId("menu-runs").tap();
      await expect(page.getByTestId("runs-drawer")).toBeVisible();
      // A key that comes before the browser has taken the drawer up is pressed again, as people do.
      await expect(async () => {
        await page.keyboard.press("Escape");
        await expect(page.getByTestId("runs-drawer")).toBeHidden({ timeout: 500 });
      }).toPass();

      await page.getByTestId("outline-leave").tap();
      await screens.look("canvas");
      // Nothing that is pressed with a thumb is smaller than WCAG's 24 pixels.
      await settled(page);
      const small = await page.locator("button, a[href], select").evaluateAll((all) => all.filter((element) => element.checkVisibility()).map((element) => ({ name: element.getAttribute("aria-label") ?? element.textContent, box: element.getBoundingClientRect() })).filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24)).map(({ name }) => name));
      expect(small).toEqual([]);

      await page.goto(`${studio.url}/workflows/${id}/history`);
      await expect(page.locator("#changes")).toContainText("Large?");
      await expect(page.locator("#timeline")).toBeHidden();
      await screens.look("history");
      await page.getByTestId("history-versions").tap();
      await expect(page.locator("#timeline")).toBeVisible();
      await screens.look("history-versions");
    });
  });
}
