// How well a collection answers: questions are judged, asked in the background, charted and compared, and the
// calibration is fitted and taken back.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Api } from "../api";
import { Screens } from "../screens";
import { expect, longThemes, setUp, type Studio, test } from "../studio";

const machines = [
  "lathe", "press", "mill", "saw", "drill", "kiln", "crane", "pump", "boiler", "loom", "robot", "furnace",
  "grinder", "welder", "conveyor", "compressor", "turbine", "mixer", "packer", "sorter", "dryer", "cutter", "roller", "chiller",
];
const oils = ["HLP 46", "CLP 220", "HLP 32", "VDL 100"];

/** A document a machine: two sections, so that other sizes of chunks cut it in other ways. */
function makeFolder(studio: Studio): string {
  const folder = join(studio.dir, "Machines");
  mkdirSync(folder, { recursive: true });
  machines.forEach((name, i) => {
    const text = `# The ${name}\n\n## Maintenance\n\nThe oil of the ${name} is changed every ${500 + 125 * i} hours of operation. ` +
      `Only oil of the grade ${oils[i % oils.length]} is used for it. The filter is cleaned on the first Monday of the month by the shift leader of hall ${1 + (i % 5)}.\n\n` +
      `## Safety\n\nNobody reaches into the ${name} while the red lamp is lit. The emergency stop is on the ${i % 2 ? "left" : "right"} side of the frame, and the key hangs in cabinet ${i + 3}.\n`;
    writeFileSync(join(folder, `${name}.md`), text);
  });
  return folder;
}

/** The rest of the questions, as a spreadsheet writes them. */
function table(): string {
  const lines = ["question;document;quote;unanswerable"];
  for (const [i, name] of machines.entries()) {
    if (i >= 2) lines.push(`How often does the oil of the ${name} have to be changed?;Machines/${name}.md;is changed every ${500 + 125 * i} hours;`);
    if (i % 2 === 0) lines.push(`Who sold the ${name} to the plant, and for how much money?;;;yes`);
  }
  lines.push("Where was the lost chapter?;Machines/press.md;a sentence that stands nowhere;");
  return lines.join("\n");
}

for (const theme of longThemes) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });

    test(`questions, runs, chart, comparison and calibration, in ${theme}`, async ({ page, studio, mistakes }) => {
      test.setTimeout(240_000);
      const screens = new Screens(page, theme);
      await setUp(page, studio);
      const api = new Api(page, studio.url);
      const { id } = await api.post<{ id: string }>("/collections", { name: "Machines of the plant" });
      const address = `${studio.url}/collections/${id}`;

      await test.step("without questions the page says what to do", async () => {
        await page.goto(address);
        const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByTestId("add-folder").first().click()]);
        await chooser.setFiles(makeFolder(studio));
        await page.getByTestId("send-files").click();
        await expect(page.locator(".document-state [data-status=ready]")).toHaveCount(machines.length, { timeout: 90_000 });
        await page.getByRole("link", { name: "Evaluation" }).click();
        await expect(page.getByText("No judged questions yet")).toBeVisible();
        await screens.look("evaluation-empty");
        await page.getByTestId("first-questions").click();
        await screens.look("questions-empty");
      });

      await test.step("a question is added with the passage that answers it", async () => {
        await page.getByTestId("add-question").click();
        const dialog = page.getByRole("dialog");
        await page.getByTestId("save-question").click();
        await expect(dialog.getByRole("alert")).toHaveText("Write the question.");
        await page.getByTestId("judged-question").fill("How often does the oil of the lathe have to be changed?");
        await page.getByTestId("save-question").click();
        await expect(dialog.getByRole("alert")).toContainText("Tick a passage");
        await page.getByTestId("passage-search").press("Enter");
        await dialog.locator(".offered", { hasText: "The lathe" }).first().getByRole("checkbox").check();
        await expect(page.getByTestId("chosen-passages")).toContainText("The lathe");
        await screens.look("questions-add");
        await page.getByTestId("save-question").click();
        await expect(page.locator(".question-table tbody tr")).toHaveCount(1);
        await page.getByTestId("add-question").click();
        await page.getByTestId("judged-question").fill("Who painted the press?");
        await page.getByTestId("unanswerable").check();
        await page.getByTestId("save-question").click();
        await expect(page.locator(".question-table tbody tr")).toHaveCount(2);
      });

      await test.step("a table is imported, one that is wrong is refused, and questions are changed and deleted", async () => {
        await page.getByTestId("import-questions").click();
        await page.getByLabel("CSV or JSON file").setInputFiles({ name: "wrong.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n") });
        await page.getByTestId("send-questions").click();
        await expect(page.getByRole("alert")).toContainText("question is one");
        mistakes.splice(0); // the browser tells of the answer that refuses the file
        await page.getByTestId("import-questions").click();
        await page.getByLabel("CSV or JSON file").setInputFiles({ name: "questions.csv", mimeType: "text/csv", buffer: Buffer.from(table()) });
        await page.getByTestId("send-questions").click();
        await expect(page.getByTestId("toast")).toContainText("Imported: 35");
        await expect(page.getByTestId("gone")).toHaveCount(1);
        await screens.look("questions");
        await page.goto(`${address}/evaluation/questions?q=painted`);
        await page.getByTestId("edit-question").click();
        await page.getByTestId("judged-question").fill("Who painted the press red?");
        await page.getByTestId("save-question").click();
        await expect(page.locator(".question-table")).toContainText("press red");
        await page.locator(".question-table tbody").getByRole("checkbox").check();
        await page.getByTestId("delete-questions").click();
        await page.getByTestId("confirm-yes").click();
        await expect(page.getByTestId("toast")).toContainText("Deleted: 1");
        const file = await (await page.request.get(`${studio.url}/api/v1/collections/${id}/questions/file?format=csv`)).text();
        expect(file.split("\n")[0]).toBe("question,document,quote,start,end,unanswerable");
      });

      const evaluate = async (note: string, runs: number) => {
        await page.goto(`${address}/evaluation`);
        await page.getByLabel("What is tried").fill(note);
        await page.getByTestId("evaluate").click();
        await expect(page.locator(".evaluation-table tbody tr")).toHaveCount(runs);
        await expect(page.locator(".evaluation-table tbody tr").first().locator("td.number").first()).toHaveText(/^[01]\.\d{3}$/, { timeout: 60_000 });
      };

      await test.step("a run measures what a search alone can, and says what it cannot", async () => {
        await evaluate("As it is", 1);
        await expect(page.locator("[data-measure=ndcg]")).toHaveText(/^\s*[01]\.\d{3}/);
        await expect(page.locator("[data-measure=supported]")).toContainText("not run: no model");
        await expect(page.getByTestId("figures")).toContainText("Passage gone, not counted");
        await screens.look("evaluation-first");
      });

      await test.step("more runs make a chart that keys read", async () => {
        const before = await api.get<{ settings: Record<string, unknown>; name: string }>(`/collections/${id}`);
        await api.post(`/collections/${id}`, { name: before.name, settings: { ...before.settings, fusion: "vector" } });
        await evaluate("Meaning only", 2);
        await api.post(`/collections/${id}`, { name: before.name, settings: { ...before.settings, fusion: "lexical", threshold: 0.5 } });
        await evaluate("Words only, and a lower threshold", 3);
        await expect(page.locator(".figure-change").first()).toBeVisible();
        const chart = page.getByRole("slider", { name: "Runs over time" });
        await chart.focus();
        await page.keyboard.press("Home");
        await expect(chart).toHaveAttribute("aria-valuetext", /Run 1 · nDCG@10/);
        await page.keyboard.press("ArrowRight");
        await expect(page.locator(".chart-readout")).toContainText("Meaning only");
        await screens.look("evaluation");
        await page.setViewportSize({ width: 390, height: 800 });
        await screens.look("evaluation-phone");
        await page.setViewportSize({ width: 1280, height: 720 });
        await chart.focus();
        await page.keyboard.press("Enter");
        await expect(page.getByRole("heading", { name: "Run 2" })).toBeVisible();
        await screens.look("evaluation-run");
      });

      await test.step("two runs are compared, and a question opened with the settings of both", async () => {
        await page.goto(`${address}/evaluation`);
        await page.getByTestId("compare-runs").click();
        await expect(page.getByTestId("toast")).toContainText("Tick two runs");
        await page.getByLabel("Compare Run 3").check();
        await page.getByLabel("Compare Run 2").check();
        await page.getByTestId("compare-runs").click();
        await expect(page.getByRole("heading", { name: "Run 3 against Run 2" })).toBeVisible();
        await expect(page.getByTestId("run-numbers")).toContainText("changed");
        await screens.look("evaluation-compare");
        await page.getByTestId("open-search").first().click();
        await expect(page.getByTestId("retrieval-side")).toHaveCount(2);
        await expect(page.locator('[data-side="a"]').getByLabel("Fusion")).toHaveValue("lexical");
        await expect(page.locator('[data-side="b"]').getByLabel("Fusion")).toHaveValue("vector");
      });

      await test.step("two ways to cut answer the same question", async () => {
        await page.locator('[data-side="b"]').getByLabel("Characters of a chunk, at most").fill("150");
        await page.locator('[data-side="b"]').getByLabel("Characters that are embedded at once, at most").fill("150");
        for (const side of ["a", "b"]) await page.locator(`[data-side="${side}"]`).getByLabel("Answer").selectOption({ label: "Sentences of the documents" });
        await page.getByTestId("find").click();
        await expect(page.getByText("cut for this comparison")).toBeVisible({ timeout: 60_000 });
        await expect(page.getByTestId("retrieval-answer")).toHaveCount(2);
        await screens.look("retrieval-recut");
      });

      await test.step("the calibration is fitted, used and taken back", async () => {
        await page.goto(`${address}/evaluation`);
        await page.getByTestId("fit").click();
        await expect(page.getByTestId("fit-result")).toBeVisible({ timeout: 60_000 });
        await expect(page.getByTestId("fit-result")).toContainText("judged questions, measured on the other");
        await screens.look("evaluation-fit");
        await page.getByTestId("use-calibration").click();
        await expect(page.getByTestId("calibration-state")).toContainText("Fitted on");
        await page.getByTestId("calibration-default").click();
        await expect(page.getByTestId("calibration-state")).toContainText("The default is used");
      });
    });
  });
}
