// The first minutes: the link of the terminal, an account, an empty studio that says what to do.
import { expect, owner, setUp, test } from "../studio";

test("the set-up link makes the first account, once, and the empty studio says what to do", async ({ page, studio, browser, mistakes }) => {
  expect(studio.setupLink).toMatch(/\/setup\/\S{20,}$/);

  await test.step("without the link nobody gets in", async () => {
    await page.goto(studio.url);
    await expect(page.getByRole("heading", { name: "This studio is new" })).toBeVisible();
  });

  await test.step("a weak password is refused in words", async () => {
    await page.goto(studio.setupLink);
    await page.getByLabel("E-mail address").fill(owner.email);
    await page.getByLabel("Password").fill("short");
    await page.getByTestId("set-up").click();
    await expect(page.getByText(/at least 12 characters/i).first()).toBeVisible();
    await expect(page.getByLabel("E-mail address")).toHaveValue(owner.email);
    mistakes.splice(0); // the browser notes the status 422
  });

  await setUp(page, studio);
  await expect(page.getByRole("heading", { name: "Welcome to your studio" })).toBeVisible();
  await expect(page.getByTestId("new-blank")).toBeVisible();
  await expect(page.getByTestId("new-import")).toBeVisible();
  await expect(page.getByTestId("template-log_digest")).toBeVisible();

  await test.step("the link is used up", async () => {
    const context = await browser.newContext();
    const stranger = await context.newPage();
    await stranger.goto(studio.setupLink);
    await expect(stranger.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await stranger.getByLabel("E-mail address").fill(owner.email);
    await stranger.getByLabel("Password").fill("not the password at all");
    await stranger.getByTestId("sign-in").click();
    await expect(stranger.getByText(/wrong|do not|does not|not right|no account/i).first()).toBeVisible();
    await stranger.getByLabel("Password").fill(owner.password);
    await stranger.getByTestId("sign-in").click();
    await expect(stranger.getByTestId("new-blank")).toBeVisible();
    await context.close();
  });

  await test.step("a template opens on the canvas", async () => {
    await page.getByTestId("template-log_digest").click();
    await page.waitForURL(/\/workflows\/[^/]+$/);
    await expect(page.locator(".node").filter({ hasText: "List logs" })).toBeVisible();
  });

  await test.step("an empty canvas offers a trigger", async () => {
    await page.goto(`${studio.url}/workflows/new`);
    await page.getByTestId("new-blank").click();
    await expect(page.getByRole("heading", { name: "Begin with a trigger" })).toBeVisible();
    await page.getByTestId("begin-trigger.manual").click();
    await expect(page.locator(".node").filter({ hasText: "Manual start" })).toBeVisible();
  });
});
