// An agent is drawn with a tool that needs approval, asks on the run's page, and shows what it did turn by turn.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Api, chain } from "../api";
import { Drawing } from "../drawing";
import { Screens } from "../screens";
import { expect, setUp, test } from "../studio";

/** A model that wants a ticket opened, and says what came of it. */
async function scripted(): Promise<{ url: string; stop(): void }> {
  const server = createServer((req, res) => {
    let body = "";
    req.on("data", (d) => { body += d; });
    req.on("end", () => {
      const asked = JSON.parse(body) as { messages: { role: string; content: string }[] };
      const results = asked.messages.filter(({ role }) => role === "tool");
      const message = results.length === 0
        ? { role: "assistant", content: "I open a ticket for this.", tool_calls: [{ id: "c1", type: "function", function: { name: "open_ticket", arguments: JSON.stringify({ title: "Broken parcel", urgent: true }) } }] }
        : { role: "assistant", content: results.at(-1)!.content.includes("refused") ? "I could not open a ticket." : "The ticket is open." };
      res.setHeader("Content-Type", "application/json");
      res.end(JSON.stringify({ choices: [{ index: 0, message, finish_reason: "tool_calls" in message ? "tool_calls" : "stop" }], usage: { prompt_tokens: 120, completion_tokens: 14 } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, stop: () => { server.closeAllConnections(); server.close(); } };
}

for (const theme of ["light", "dark"] as const) {
  test(`an agent asks before it calls a tool (${theme})`, async ({ page, studio, outside }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme: theme });
    const model = await scripted();
    try {
      await setUp(page, studio);
      const api = new Api(page, studio.url);
      const screens = new Screens(page, theme);
      await api.post("/credentials", { name: "Models", type: "ai.models", values: { kind: "openai", base_url: model.url, key: "sk-test", model: "chat-large" } });
      const id = await api.create(chain("Helper", ["trigger.manual", "Start"], ["ai.agent", "Assistant", { credential: "Models", prompt: "My parcel is broken." }]));
      await page.goto(`${studio.url}/workflows/${id}`);
      const drawing = new Drawing(page);
      await drawing.ready();
      await drawing.select("Assistant");
      await page.getByTestId("param-tools-add").click();
      await page.getByTestId("param-tools-0-type").selectOption("http");
      await page.getByTestId("param-tools-0-name").fill("open_ticket");
      await page.getByTestId("param-tools-0-method").selectOption("POST");
      await page.getByTestId("param-tools-0-url").fill(`${outside.url}/tickets`);
      await page.getByTestId("param-tools-0-arguments-add").click();
      await page.getByTestId("param-tools-0-arguments-0-name").fill("title");
      await page.getByTestId("param-tools-0-arguments-0-type").selectOption("string");
      await page.getByTestId("param-tools-0-arguments-add").click();
      await page.getByTestId("param-tools-0-arguments-1-name").fill("urgent");
      await page.getByTestId("param-tools-0-arguments-1-type").selectOption("boolean");
      await page.getByTestId("param-tools-0-approve").check();
      await drawing.saved();
      await screens.look("agent-form");

      await page.getByTestId("run-button").click();
      await expect.poll(async () => (await api.runs(id))[0]?.status).toBe("waiting");
      const run = (await api.runs(id))[0]!;
      await page.goto(`${studio.url}/runs/${run.id}`);
      const question = page.getByTestId("question");
      await expect(question).toContainText("open_ticket");
      await expect(question).toContainText("Broken parcel");
      expect(outside.received).toHaveLength(0);
      await screens.look("agent-question");

      await question.getByTestId("question-word").fill("Go ahead.");
      await question.getByTestId("approve").click();
      await expect(page.getByTestId("run-status")).toContainText("Done");
      expect(outside.received.filter(({ path }) => path === "/tickets")).toHaveLength(1);
      await expect(page.getByTestId("turn")).toHaveCount(2);
      await expect(page.getByTestId("turns")).toContainText("The ticket is open.");
      await expect(page.getByTestId("tool-turn")).toContainText("Go ahead.");
      await screens.look("agent-turns");
    } finally {
      model.stop();
    }
  });
}
