// A campaign with a language model: it is named in the form, what it claims without ground is dropped, and what it says to a
// finding stands beside the evidence.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Api } from "../api";
import { Model } from "../model";
import { Screens } from "../screens";
import { expect, setUp, test } from "../studio";

test.use({ colorScheme: "light" });

test("a campaign asks a language model and says what came of it", async ({ page, studio }) => {
  test.setTimeout(240_000);
  const shop = createServer((req, res) => {
    res.setHeader("Content-Type", "text/html; charset=utf-8");
    if (req.url !== "/") res.statusCode = 404;
    res.end(`<!doctype html><html lang="en"><title>Shop</title><main><h1>Shop</h1><p>Everything for the garden.</p><a href="/nowhere">Terms</a></main></html>`);
  });
  await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
  const target = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
  const model = new Model(({ system }) => {
    if (system.includes("Propose requests")) return { pieces: [JSON.stringify({ requests: [{ method: "GET", path: "/nowhere", body: "", want: 2, quote: "Everything always works.", why: "broken" }] })] };
    if (system.includes("You explain faults")) return { pieces: [JSON.stringify({ explanations: [{ number: 1, means: "Who wants to read the terms comes to a dead end.", mend: "Serve the page, or take the link away." }] })] };
    return { pieces: [JSON.stringify({ goal: "read", thought: "nothing", action: "stop", id: 0, text: "", claims: [] })] };
  });
  await model.start();
  try {
    await setUp(page, studio);
    const screens = new Screens(page, "light");
    await new Api(page, studio.url).post("/credentials", { name: "Thinker", type: "ai.models", values: { kind: "openai", base_url: model.url, key: "sk-test", model: "mind" } });
    await page.goto(`${studio.url}/campaigns/new`);
    await page.getByLabel("Address of the application").fill(target);
    await page.getByText(/personas? to choose from/).click();
    await page.locator('input[name="persona"]').evaluateAll((boxes) => boxes.forEach((box) => { (box as HTMLInputElement).checked = (box as HTMLInputElement).value === "functional_tester"; }));
    await page.getByTestId("campaign-model").selectOption("Thinker");
    await page.getByLabel("What the application should do").fill("Every link leads somewhere.");
    await page.getByLabel("Questions to it, at most").fill("12");
    await page.getByTestId("campaign-model").scrollIntoViewIfNeeded();
    await screens.look("campaign-new-model");
    await page.getByTestId("start-campaign").click();
    await expect(page.getByTestId("verdict")).toBeVisible({ timeout: 200_000 });
    await page.getByTestId("model-use").locator("summary").click();
    await expect(page.getByTestId("model-use")).toContainText("dropped");
    await screens.look("model-use");
    await page.getByTestId("findings").getByRole("link").first().click();
    await expect(page.getByTestId("explained")).toContainText("dead end");
    await expect(page.getByTestId("explained")).toContainText("no evidence");
    await screens.look("finding-explained");
  } finally {
    model.stop();
    shop.close();
  }
});
