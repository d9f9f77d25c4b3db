// Mistakes are shown while drawing: on the node, in its form and below the canvas, each with the way to mend it.
import { Api, type Doc } from "../api";
import { Drawing } from "../drawing";
import { Screens } from "../screens";
import { expect, setUp, test } from "../studio";

const step = (id: string, kind: string, name: string, at: [number, number], params: Record<string, unknown> = {}) => ({ id, kind, name, at, params });
const edge = (from: string, to: string, out = "main", into = "main") => ({ from, out, to, in: into });

const wrong: Doc = {
  name: "Full of mistakes",
  nodes: [
    step("start", "trigger.manual", "Start", [0, 0]),
    step("check", "flow.if", "Large?", [280, 0], { condition: "={{ $json.total > 100 }}" }),
    step("send", "http.request", "Send", [560, -80], { url: "https://example.com/orders", headers: { Authorization: "Bearer tr0ub4dor&3-and-more" } }),
    step("pair", "flow.merge", "Pair", [840, -80], {}),
    step("last", "data.set", "Last", [1120, -80], { fields: [{ name: "total", value: "={{ $('Strat').first().json.total }}" }] }),
    step("loose", "flow.noop", "Loose", [1400, 200]),
    step("empty", "http.request", "Empty", [280, 300]),
  ],
  edges: [edge("start", "check"), edge("check", "send", "true"), edge("send", "pair", "main", "in_1"), edge("pair", "last"), edge("start", "empty")],
};

test("problems are listed with fixes of one click, and warnings can be ignored", async ({ page, studio }) => {
  await setUp(page, studio);
  const id = await new Api(page, studio.url).create(wrong);
  await page.goto(`${studio.url}/workflows/${id}`);
  const drawing = new Drawing(page);
  await drawing.ready();
  const head = page.getByTestId("problems-head");
  const row = (code: string) => page.locator(`.problems-list > li[data-code="${code}"]`);

  await expect(head).toHaveText("1 error, 5 warnings");
  await expect(drawing.node("Send").locator(".node-mark.is-warning")).toBeVisible();
  await expect(drawing.node("Empty").locator(".node-mark.is-problem")).toBeVisible();
  await head.click();
  await expect(page.getByTestId("problem")).toHaveCount(6);
  await expect(page.locator("body")).not.toContainText("tr0ub4dor");
  await new Screens(page, "light").look("problems");

  await test.step("a click leads to the field", async () => {
    await row("required").getByTestId("problem").click();
    await expect(page.getByTestId("param-url")).toBeFocused();
  });

  await test.step("each fix mends its problem", async () => {
    for (const code of ["unconnected-branch", "empty-input", "unknown-reference"]) {
      await row(code).getByTestId("problem-fix").click();
      await expect(row(code)).toHaveCount(0);
    }
    await expect(drawing.node("Nothing to do")).toBeVisible();
    await expect(drawing.node("Pair")).toHaveCount(0);
    await expect(await drawing.edge("Send", "Last")).toBeAttached();
  });

  await test.step("a secret is kept in a credential", async () => {
    await row("plain-secret").getByTestId("problem-fix").click();
    await expect(page.getByTestId("credential-name")).toHaveValue("example.com");
    await expect(page.getByTestId("credential-token")).toHaveValue("tr0ub4dor&3-and-more");
    await new Screens(page, "light").look("problems-secret");
    await page.getByTestId("credential-save").click();
    await drawing.toast(/uses the credential “example.com”/);
    await expect(row("plain-secret")).toHaveCount(0);
    await expect(head).toHaveText("1 error, 1 warning");
    await drawing.saved();
    const { doc } = await new Api(page, studio.url).get<{ doc: Doc }>(`/workflows/${id}`);
    expect(doc.nodes.find(({ id }) => id === "send")!.params).toEqual({ url: "https://example.com/orders", headers: {}, credential: "example.com" });
  });

  await test.step("a fix is undone like any edit", async () => {
    await drawing.canvas.focus();
    await page.keyboard.press("ControlOrMeta+z");
    await expect(row("plain-secret")).toBeVisible();
  });

  await test.step("in the form of the node, too", async () => {
    await row("plain-secret").getByTestId("problem").click();
    const own = page.getByTestId("node-problems");
    await expect(own).toContainText("Headers");
    await new Screens(page, "light").look("problems-of-a-node");
    await own.getByTestId("problem-ignore").click();
    await expect(own).toBeHidden();
    await expect(row("plain-secret")).toHaveCount(0);
    await expect(drawing.node("Send").locator(".node-mark.is-warning")).toHaveCount(0);
  });

  await test.step("what is ignored is kept with the drawing, and comes back", async () => {
    await drawing.saved();
    await page.reload();
    await drawing.ready();
    await expect(head).toHaveText("1 error, 1 warning");
    await head.click();
    await page.getByTestId("problems-ignored").click();
    await page.getByTestId("problem-show").click();
    await expect(head).toHaveText("1 error, 2 warnings");
    await expect(page.getByTestId("problems-ignored")).toHaveCount(0);
  });

  await test.step("filtered, searched and walked by keys", async () => {
    await page.getByTestId("problems-errors").click();
    await expect(page.getByTestId("problem")).toHaveCount(1);
    await page.getByTestId("problems-all").click();
    await page.getByTestId("problems-search").fill("loose");
    await expect(page.getByTestId("problem")).toHaveCount(1);
    await page.getByTestId("problems-search").fill("no such words");
    await expect(page.getByTestId("problems-list")).toContainText("matches “no such words”");
    await page.getByTestId("problems-search").fill("");
    await page.getByTestId("problem").first().focus();
    await page.keyboard.press("ArrowDown");
    await expect(page.getByTestId("problem").nth(1)).toBeFocused();
    await page.getByTestId("problem-next").click();
    await expect(drawing.node("Empty")).toHaveClass(/is-selected/);
    await page.getByTestId("problem-next").click();
    await expect(drawing.node("Empty")).not.toHaveClass(/is-selected/);
    await page.getByTestId("problem-previous").click();
    await expect(drawing.node("Empty")).toHaveClass(/is-selected/);
  });

  await page.emulateMedia({ colorScheme: "dark" });
  await page.reload();
  await drawing.ready();
  await head.click();
  await expect(page.getByTestId("problem")).toHaveCount(3);
  await new Screens(page, "dark").look("problems");
});
