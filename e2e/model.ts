// A provider of models for tests: a real HTTP server that speaks OpenAI's protocol, streams what it is told to, and waits where a
// test wants to see something in between.
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Asked { system: string; last: string; messages: { role: string; content: string }[]; stream: boolean }

/** What a request is answered with: pieces of text, one an event; after some of them the stream may wait for letGo. */
export interface Said { pieces: string[]; holdAfter?: number }

export class Model {
  readonly asked: Asked[] = [];
  /** Streams that their reader has left before their end. */
  left = 0;
  url = "";
  private server: Server | undefined;
  private waiting: (() => void)[] = [];

  constructor(private readonly answer: (asked: Asked) => Said) {}

  async start(): Promise<void> {
    this.server = createServer((req, res) => {
      let body = "";
      req.on("data", (d) => { body += d; });
      req.on("end", () => void this.serve(req.url ?? "", body, res));
    });
    await new Promise<void>((resolve) => this.server!.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  private async serve(path: string, body: string, res: ServerResponse): Promise<void> {
    if (!path.endsWith("/chat/completions")) {
      res.writeHead(404).end();
      return;
    }
    const { messages, stream } = JSON.parse(body) as { messages: Asked["messages"]; stream?: boolean };
    const asked = { system: messages.find(({ role }) => role === "system")?.content ?? "", last: messages.at(-1)!.content, messages, stream: stream ?? false };
    this.asked.push(asked);
    const { pieces, holdAfter } = this.answer(asked);
    const usage = { prompt_tokens: 120, completion_tokens: 24, total_tokens: 144 };
    if (!stream) {
      res.writeHead(200, { "Content-Type": "application/json" });
      res.end(JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content: pieces.join("") }, finish_reason: "stop" }], usage }));
      return;
    }
    let open = true;
    res.on("close", () => {
      if (!res.writableFinished) this.left++;
      open = false;
    });
    res.writeHead(200, { "Content-Type": "text/event-stream" });
    const send = (chunk: unknown) => res.write(`data: ${JSON.stringify(chunk)}\n\n`);
    for (const [i, content] of pieces.entries()) {
      if (i === holdAfter) await new Promise<void>((resolve) => { this.waiting.push(resolve); res.on("close", resolve); });
      if (!open) return;
      send({ choices: [{ index: 0, delta: { content } }] });
    }
    send({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
    send({ choices: [], usage });
    res.end("data: [DONE]\n\n");
  }

  /** Lets streams that wait go on. */
  letGo(): void {
    for (const go of this.waiting.splice(0)) go();
  }

  stop(): void {
    this.letGo();
    this.server?.closeAllConnections();
    this.server?.close();
  }
}
