// Rows of one list, which two people change at the same time: each finds the own and the other's, whoever was away, and
// whatever is taken back.
import type { Page } from "@playwright/test";
import { Api, chain, type Doc } from "../api";
import { Drawing } from "../drawing";
import { inviteLink, join } from "../guests";
import { expect, setUp, type Studio, test, watchConsole } from "../studio";

interface Row { name?: string; value?: string }

class Pair {
  constructor(readonly a: Drawing, readonly b: Drawing, private readonly api: Api, private readonly id: string) {}

  static async open(page: Page, studio: Studio, guest: Page, params: object): Promise<Pair> {
    const api = new Api(page, studio.url);
    const id = await api.create(chain("Rows", ["trigger.manual", "Start"], ["data.set", "Set", params as Record<string, unknown>], ["http.request", "Call", { headers: { Accept: "*/*", "X-Of": "old" } }], ["data.sort", "Sort"], ["data.summarize", "Sum"]));
    const drawings = [new Drawing(page), new Drawing(guest)];
    for (const d of drawings) {
      await d.page.goto(`${studio.url}/workflows/${id}`);
      await d.ready();
      await expect(d.page.locator("#editor")).toHaveAttribute("data-ready", "");
      await d.select("Set");
    }
    return new Pair(drawings[0]!, drawings[1]!, api, id);
  }

  async stored(name = "Set"): Promise<Record<string, unknown>> {
    const { doc } = await this.api.get<{ doc: Doc }>(`/workflows/${this.id}`);
    return doc.nodes.find((node) => node.name === name)!.params as Record<string, unknown>;
  }

  rows(): Promise<Row[]> {
    return this.stored().then(({ fields }) => fields as Row[]);
  }

  /** Waits until the store and both forms have these rows. */
  async agree(rows: Row[]): Promise<void> {
    await expect.poll(() => this.rows()).toEqual(rows);
    for (const d of [this.a, this.b]) {
      await expect(d.param("fields").getByRole("listitem")).toHaveCount(rows.length);
      for (const [i, row] of rows.entries()) {
        await expect(d.param(`fields-${i}-name`)).toHaveValue(row.name ?? "");
        await expect(d.param(`fields-${i}-value`)).toHaveValue(row.value ?? "");
      }
    }
  }
}

const three = (): Row[] => [{ name: "one", value: "1" }, { name: "two", value: "2" }, { name: "three", value: "3" }];

test("rows of two people stay", async ({ page, studio, browser, mistakes }) => {
  await setUp(page, studio);
  const ben = await join(browser, await inviteLink(page, studio, "editor"), "Ben");
  const wrong = watchConsole(ben);
  const pair = await Pair.open(page, studio, ben, { fields: three() });
  const { a, b } = pair;

  await test.step("both at one moment", async () => {
    for (const d of [a, b]) await d.page.context().setOffline(true);
    await a.param("fields-0-value").fill("ada");
    await b.param("fields-2-value").fill("ben");
    await b.param("fields-add").click();
    await b.param("fields-3-name").fill("four");
    await b.param("fields-3-value").fill("4");
    await a.param("fields-1-name").fill("zwei");
    for (const d of [a, b]) await d.page.context().setOffline(false);
    await pair.agree([{ name: "one", value: "ada" }, { name: "zwei", value: "2" }, { name: "three", value: "ben" }, { name: "four", value: "4" }]);
  });

  await test.step("a cursor stays in its row while another comes above and one below goes", async () => {
    const mine = a.param("fields-1-value");
    await mine.click();
    await page.keyboard.press("Home");
    await page.keyboard.type("say ");
    await mine.evaluate((input) => input.setAttribute("data-mine", ""));
    // Ben puts a row above, by adding one and moving it up.
    await b.param("fields-add").click();
    await b.param("fields-4-name").fill("new");
    const grip = b.param("fields").getByRole("listitem").nth(4).getByRole("button", { name: /Move/ });
    await grip.press("ArrowUp");
    for (const i of [3, 2, 1]) await b.param("fields").getByRole("listitem").nth(i).getByRole("button", { name: /Move/ }).press("ArrowUp");
    await b.param("fields").getByRole("listitem").nth(3).getByRole("button", { name: /Remove/ }).click();
    await expect(a.param("fields-0-name")).toHaveValue("new");
    await expect(a.param("fields").getByRole("listitem")).toHaveCount(4);
    // It is the very same field, at another place.
    await expect(a.param("fields-2-value")).toHaveAttribute("data-mine", "");
    await expect(a.param("fields-2-value")).toBeFocused();
    await page.keyboard.type("so: ");
    await pair.agree([{ name: "new" }, { name: "one", value: "ada" }, { name: "zwei", value: "say so: 2" }, { name: "four", value: "4" }]);
    await expect(a.param("fields").getByRole("listitem").nth(2).getByRole("button", { name: /^Move field 3/ })).toBeVisible();
  });

  await test.step("who takes back takes back the own row", async () => {
    await b.param("fields-0-value").fill("ben's");
    await b.param("fields-0-value").blur();
    await pair.agree([{ name: "new", value: "ben's" }, { name: "one", value: "ada" }, { name: "zwei", value: "say so: 2" }, { name: "four", value: "4" }]);
    await a.canvas.focus();
    await page.keyboard.press("ControlOrMeta+z");
    await expect.poll(async () => (await pair.rows())[2]!.value).not.toBe("say so: 2");
    const [first] = await pair.rows();
    expect(first).toEqual({ name: "new", value: "ben's" });
  });

  await test.step("also when it is overtaken on its way", async () => {
    await a.param("fields-1-value").fill("wrong");
    await a.param("fields-1-value").blur();
    await expect.poll(async () => (await pair.rows())[1]!.value).toBe("wrong");
    await page.context().setOffline(true);
    await a.canvas.focus();
    await page.keyboard.press("ControlOrMeta+z");
    await b.param("fields-3-value").fill("overtaking");
    await b.param("fields-3-value").blur();
    await expect.poll(async () => (await pair.rows())[3]!.value).toBe("overtaking");
    await page.context().setOffline(false);
    await expect.poll(async () => (await pair.rows())[1]!.value).toBe("ada");
    expect((await pair.rows())[3]!.value).toBe("overtaking");
    await expect(page.getByTestId("unsaved")).toBeHidden();
  });

  await test.step("names with values", async () => {
    for (const d of [a, b]) await d.select("Call");
    await a.param("headers-add").click(); // a row without a name is only here
    await a.param("headers-2-value").fill("half");
    await b.param("headers-1-value").fill("ben");
    await expect(a.param("headers-1-value")).toHaveValue("ben");
    await expect(a.param("headers-2-value")).toHaveValue("half");
    await expect(a.param("headers-2-value")).toBeFocused();
    await a.param("headers-2-name").fill("X-Ada");
    await expect.poll(async () => (await pair.stored("Call"))["headers"]).toEqual({ Accept: "*/*", "X-Of": "ben", "X-Ada": "half" });
    await expect(b.param("headers-2-name")).toHaveValue("X-Ada");
  });
  await test.step("rows that are there by default come once", async () => {
    for (const d of [a, b]) await d.select("Sum");
    for (const d of [a, b]) await d.page.context().setOffline(true);
    await a.param("operations-0-into").fill("ada");
    await a.param("operations-0-into").blur();
    await b.param("operations-add").click();
    await b.param("operations-1-into").fill("ben");
    await b.param("operations-1-into").blur();
    for (const d of [a, b]) await d.page.context().setOffline(false);
    const names = async () => ((await pair.stored("Sum"))["operations"] as { into?: string }[] | undefined)?.map(({ into }) => into);
    await expect.poll(names).toEqual(["ada", "ben"]);
    for (const d of [a, b]) await expect(d.param("operations-1-into")).toHaveValue("ben");
    for (const d of [a, b]) await expect(d.param("operations").getByRole("listitem")).toHaveCount(2);
  });
  // Requests that failed while there was no network are no mistakes.
  expect([...mistakes.splice(0), ...wrong].filter((text) => !text.includes("ERR_INTERNET_DISCONNECTED"))).toEqual([]);
});
