// Templates and tests of workflows: the gallery, a preview, a workflow made of it, and its tests in the editor.
import { expect, setUp, test } from "../studio";

test("templates are found, looked at and used", async ({ page, studio }) => {
  await setUp(page, studio);
  await page.getByTestId("all-templates").click();
  await expect(page.locator(".template-card")).toHaveCount(15);
  await page.getByRole("link", { name: "Watching" }).click();
  await expect(page.locator(".template-card")).toHaveCount(4);
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
