// Who may do what: a table of roles is imported, changed with the keyboard, planned, and tried.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Screens } from "../screens";
import { expect, setUp, test } from "../studio";

/** An office whose ledger is for the clerk, and open to everybody. */
function office(): Promise<Server> {
  const server = createServer((req, res) => {
    const clerk = req.headers.authorization === "Bearer clerk-clerk-clerk";
    res.setHeader("Content-Type", "text/html; charset=utf-8");
    if (req.url === "/") res.end(`<!doctype html><html lang="en"><title>Office</title><main><h1>Office</h1><p>Open from nine to five.</p><a href="/ledger">Ledger</a></main></html>`);
    else if (req.url === "/ledger") res.end(`<!doctype html><html lang="en"><title>Ledger</title><main><h1>Ledger</h1><p>Seven sacks of flour.</p></main></html>`);
    else if (req.url === "/desk" && clerk) res.end(`<!doctype html><html lang="en"><title>Desk</title><main><h1>Desk</h1><p>Two letters wait here.</p></main></html>`);
    else {
      res.statusCode = req.url === "/desk" ? 403 : 404;
      res.end("<!doctype html><html lang=en><title>No</title><h1>Nothing here</h1></html>");
    }
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

const file = `roles:
  - {name: guest, nobody: true, may: Reads what is public.}
  - {name: clerk, user: anna, may: Keeps the ledger and a desk.}
rules:
  - {path: /, allow: [guest, clerk]}
  - {path: /ledger, allow: [clerk]}
  - {path: /desk, allow: [clerk], deny: [guest]}
`;

test.use({ colorScheme: "light" });

test("a table of roles is imported, changed, planned and tried", async ({ page, studio, mistakes }) => {
  test.setTimeout(240_000);
  const target = await office();
  const url = `http://127.0.0.1:${(target.address() as AddressInfo).port}`;
  const screens = new Screens(page, "light");
  const table = page.getByTestId("access-table");
  const roles = page.locator('[data-part="roles"]');
  try {
    await setUp(page, studio);
    await page.goto(`${studio.url}/campaigns/new`);

    await test.step("27 roles to begin with fill the accounts", async () => {
      await page.getByText("Roles and what they may do").click();
      await page.getByRole("button", { name: "Begin with 27 roles" }).click();
      await expect(table.getByRole("columnheader")).toHaveCount(29);
      await expect(page.locator(".account-row")).toHaveCount(26);
      await page.setViewportSize({ width: 390, height: 800 });
      await roles.scrollIntoViewIfNeeded();
      await screens.look("roles-27-phone");
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.reload();
    });

    await test.step("a file that is wrong says so, and leaves the table", async () => {
      await page.getByText("Roles and what they may do").click();
      await page.getByLabel("File of roles").setInputFiles({ name: "roles.yaml", mimeType: "application/yaml", buffer: Buffer.from(file.replace("allow: [clerk], deny", "allow: [cook], deny")) });
      await expect(roles.getByRole("alert")).toContainText("cook");
      await page.getByLabel("File of roles").setInputFiles({ name: "roles.yaml", mimeType: "application/yaml", buffer: Buffer.from(file) });
      await expect(table.getByRole("row")).toHaveCount(4);
      await expect(page.getByLabel("Name of account 1")).toHaveValue("anna");
    });

    await test.step("cells are changed with the keyboard", async () => {
      await page.getByRole("button", { name: "guest, GET /: may", exact: true }).focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("d");
      await expect(page.getByRole("button", { name: "guest, GET /ledger: may not" })).toBeFocused();
      await page.getByTestId("access-path").fill("/nowhere");
      await page.getByTestId("access-path").press("Enter");
      await page.getByRole("button", { name: "guest, GET /nowhere: not said" }).click();
      await expect(page.getByRole("button", { name: "guest, GET /nowhere: may", exact: true })).toBeVisible();
      await page.getByRole("button", { name: "Remove GET /nowhere" }).click();
      await expect(table.getByRole("row")).toHaveCount(4);
    });

    await test.step("journeys are read, and what is wrong with them is told", async () => {
      await page.getByText("Journeys that have to work").click();
      const journeys = page.getByLabel("Journeys (YAML)");
      await journeys.fill("journeys: [{name: Look, steps: [{click: Ledger}]}]");
      await journeys.blur();
      await expect(page.locator('[data-part="journeys"]').getByRole("status")).toContainText("does not begin with an address");
      await journeys.fill("journeys: [{name: Look, steps: [{go: /}, {click: Ledger}]}]");
      await journeys.blur();
      await expect(page.locator('[data-part="journeys"]').getByRole("status")).toContainText("1 journey: Look");
      await roles.scrollIntoViewIfNeeded();
      await screens.look("roles");
    });

    await test.step("it is planned, and the plan is changed in the same form", async () => {
      await page.getByLabel("Address of the application").fill(url);
      await page.locator("#field-name").fill("Office");
      await page.getByLabel("How account 1 signs in").selectOption("header");
      await page.getByLabel("Password or header of account 1").fill("Authorization: Bearer clerk-clerk-clerk");
      await page.getByText(/personas? to choose from/).click();
      await page.locator('input[name="persona"]').evaluateAll((boxes) => boxes.forEach((box) => { (box as HTMLInputElement).checked = (box as HTMLInputElement).value === "authorization_tester"; }));
      await page.locator("#field-when").selectOption("0 2 * * *");
      await page.getByTestId("start-campaign").click();
      await page.getByTestId("edit-plan").click();
      await expect(table.getByRole("row")).toHaveCount(4);
      await page.locator("#field-name").fill("Office by night");
      await page.getByTestId("plan-active").uncheck();
      await page.locator("#field-when").selectOption("cron");
      await page.locator("#field-cron").fill("not a line");
      await page.getByTestId("start-campaign").click();
      await expect(page.getByRole("alert").first()).toBeVisible();
      await page.locator("#field-cron").fill("30 3 * * *");
      await screens.look("plan");
      await page.getByTestId("start-campaign").click();
      await expect(page.getByTestId("plan-table")).toContainText("Office by night");
      await expect(page.getByTestId("plan-table")).toContainText("Switched off");
      await expect(page.getByTestId("plan-table")).toContainText("30 3 * * *");
      await screens.look("plans");
      await page.getByRole("button", { name: "Run now" }).click();
    });

    await test.step("the result shows the table with what was seen", async () => {
      await page.getByTestId("tab-roles").click({ timeout: 120_000 });
      const seen = page.getByTestId("access-seen");
      await expect(seen.locator('[data-tried="fail"]')).toHaveCount(1);
      await expect(seen.locator('[data-tried="pass"]')).toHaveCount(5);
      await screens.look("roles-seen");
      await page.emulateMedia({ colorScheme: "dark" });
      await new Screens(page, "dark").look("roles-seen");
      await page.setViewportSize({ width: 390, height: 800 });
      await new Screens(page, "dark").look("roles-seen-phone");
      await seen.getByRole("link", { name: /seen/ }).click();
      await expect(page.getByTestId("evidence")).toContainText("/ledger");
      await page.setViewportSize({ width: 1440, height: 900 });
    });

    await test.step("run again, the form has all of it", async () => {
      await page.goBack();
      await page.getByTestId("again").click();
      await expect(page.getByRole("button", { name: "guest, GET /ledger: may not" })).toBeVisible();
      await expect(page.getByLabel("Journeys (YAML)")).toContainText("Look");
      await roles.scrollIntoViewIfNeeded();
      await new Screens(page, "dark").look("roles-edit");
    });
    expect(mistakes.filter((text) => !text.includes("422"))).toEqual([]); // the browser notes the refusals
    mistakes.splice(0);
  } finally {
    target.closeAllConnections();
    target.close();
  }
});
