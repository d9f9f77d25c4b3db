// More people than one: links that invite them, and the pages that they open.
import type { Browser, Page } from "@playwright/test";
import type { Studio } from "./studio";

const password = "a guest's long password";

/** Makes a link as the owner. */
export async function inviteLink(page: Page, studio: Studio, role: "viewer" | "editor"): Promise<string> {
  await page.goto(`${studio.url}/settings/members`);
  await page.getByLabel("Role", { exact: true }).selectOption(role);
  await page.getByTestId("invite").click();
  return (await page.getByTestId("copy-value").textContent())!;
}

/** Follows a link in another browser and makes an account. */
export async function join(browser: Browser, link: string, name: string): Promise<Page> {
  const guest = await (await browser.newContext()).newPage();
  await guest.goto(link);
  await guest.getByLabel("Name", { exact: true }).fill(name);
  await guest.getByLabel("E-mail address").fill(`${name.toLowerCase().replaceAll(" ", ".")}@example.org`);
  await guest.getByLabel("Password").fill(password);
  await guest.getByTestId("accept").click();
  await guest.waitForURL("**/workflows");
  return guest;
}
