// Templates and tests of workflows: the gallery, a preview, a workflow made of it, and its tests in the editor.
import { Api, chain } from "../api";
import { Screens } from "../screens";
import { expect, setUp, test } from "../studio";

test("templates are found, looked at and used", async ({ page, studio }) => {
  await setUp(page, studio);
  await page.getByTestId("all-templates").click();
  await expect(page.locator(".template-card")).toHaveCount(21);
  await page.getByRole("link", { name: "Watching" }).click();
  await expect(page.locator(".template-card")).toHaveCount(5);
  await page.getByTestId("template-search").fill("mail sql");
  await expect(page.locator(".template-card")).toHaveCount(1);
  await expect(page.getByTestId("preview-price_watch")).toBeVisible();
  await page.getByTestId("template-search").fill("nothing like it");
  await expect(page.getByText("No template fits")).toBeVisible();
  await page.getByRole("link", { name: "All templates" }).click();
  await page.getByTestId("preview-contact_form").click();
  await expect(page.getByRole("heading", { name: "Contact form" })).toBeVisible();
  await expect(page.getByText("Leaves machines out")).toBeVisible();
  await page.getByTestId("template-contact_form").click();
  await page.waitForURL(/\/workflows\/[^/]+$/);
  await expect(page.locator(".node").filter({ hasText: "Tell the team" })).toBeVisible();
});

/** Start, a text, and a file that it is written to. */
const greeting = chain(
  "Greetings", ["trigger.manual", "Start"],
  ["data.set", "Greet", { fields: [{ name: "text", value: "={{ 'Hello ' + $json.name }}" }], keep_others: false }],
  ["file.write", "Save", { path: "greeting.txt", content: "={{ $json.text }}" }],
);

test("tests are made, changed and run, and say what is wrong", async ({ page, studio }) => {
  await setUp(page, studio);
  const api = new Api(page, studio.url);
  const id = await api.create(greeting);
  await page.goto(`${studio.url}/workflows/${id}`);
  const result = page.getByTestId("test-result");

  await test.step("nothing is there yet", async () => {
    await page.getByTestId("overview-tests").click();
    await expect(page.getByRole("heading", { name: "No tests yet" })).toBeVisible();
    await new Screens(page, "light").look("tests-empty");
  });

  await test.step("a node that touches the world is refused until the test says what stands for it", async () => {
    await page.getByTestId("new-test").click();
    await page.getByTestId("test-name").fill("Greets Ada");
    await page.getByTestId("test-name").press("Tab");
    await page.getByTestId("test-input").click();
    await page.keyboard.insertText('[{"name": "Ada"}]');
    await page.getByTestId("run-test").click();
    await expect(result).toHaveAttribute("data-status", "error");
    await expect(result).toContainText("would touch the world");
    await page.getByTestId("mock-n2").click();
    await expect(page.getByTestId("part-n2")).toHaveValue("items");
    await page.getByTestId("run-test").click();
    await expect(result).toHaveAttribute("data-status", "passed");
  });

  await test.step("a check that does not hold shows the difference", async () => {
    await page.getByTestId("add-check").click();
    await page.getByTestId("check-0-node").selectOption({ label: "Greet" });
    await page.getByTestId("check-0-look").selectOption("path");
    await page.getByTestId("check-0-text").fill("text");
    await page.getByTestId("check-0-text").press("Tab");
    await page.getByTestId("check-0-is").selectOption("equals");
    await page.getByTestId("check-0-value").fill("Hi Ada");
    await page.getByTestId("check-0-value").press("Tab");
    await page.getByTestId("add-check").click();
    await page.getByTestId("check-1-node").selectOption({ label: "Greet" });
    await page.getByTestId("check-1-is").selectOption("equals");
    await page.getByTestId("check-1-value").fill('[{"text": "Hello Ada", "lang": "en"}]');
    await page.getByTestId("check-1-value").press("Tab");
    await page.getByTestId("run-tests").click();
    await expect(result).toHaveAttribute("data-status", "failed");
    await expect(page.getByTestId("check-why").first()).toHaveText('"Hello Ada" is not "Hi Ada"');
    await expect(page.locator(".tests-difference .differs")).toHaveText(/"lang": "en"/);
    await expect(page.getByTestId("tests-summary")).toHaveText("1 of 1 tests did not pass");
    await new Screens(page, "light").look("tests-failed");
    await page.emulateMedia({ colorScheme: "dark" });
    await new Screens(page, "dark").look("tests-failed");
    await page.emulateMedia({ colorScheme: "light" });
    await page.getByTestId("check-0-value").fill("Hello Ada");
    await page.getByTestId("check-0-value").press("Tab");
    await page.getByTestId("remove-check").nth(1).click();
    await page.getByTestId("run-tests").click();
    await expect(result).toHaveAttribute("data-status", "passed");
  });

  await test.step("a test is made of the shown run", async () => {
    await page.getByRole("button", { name: "Close" }).last().click();
    await page.getByTestId("run-button").click();
    await expect(page.locator("#editor .node[data-status=done]").filter({ hasText: "Save" })).toBeVisible();
    await page.getByTestId("overview-tests").click();
    await page.getByTestId("test-from-run").click();
    await expect(page.getByTestId("test-name")).toHaveValue("As it ran");
    await expect(page.getByTestId("part-n2")).toHaveValue("items");
    await page.getByTestId("run-tests").click();
    await expect(page.getByTestId("tests-summary")).toHaveText("2 tests passed");
  });

  await test.step("it is kept in the workflow, and taken away with a way back", async () => {
    await page.getByTestId("remove-test").click();
    await expect(page.getByTestId("test-row")).toHaveCount(1);
    await page.getByRole("button", { name: "Close" }).last().click();
    await page.getByRole("button", { name: "Undo" }).last().click();
    await expect.poll(async () => (await api.get<{ doc: { tests: { name: string }[] } }>(`/workflows/${id}`)).doc.tests.map((one) => one.name)).toEqual(["Greets Ada", "As it ran"]);
    await page.reload();
    await page.getByTestId("editor-menu").click();
    await page.getByTestId("open-tests").click();
    await expect(page.getByTestId("test-row")).toHaveCount(2);
  });
});
