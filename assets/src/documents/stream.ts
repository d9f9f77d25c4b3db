// Asks a collection and takes the answer as it comes, as events of a stream.

import { segment } from "../lib/api";
import { t } from "../lib/words";
import type { Conversation, Message } from "./types";

/** Splits a stream of server-sent events into their names and data. */
export class EventReader {
  private rest = "";

  /** Takes a piece of the stream and gives the events that are complete. */
  take(piece: string): { event: string; data: string }[] {
    const blocks = (this.rest + piece).split(/\r?\n\r?\n/);
    this.rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => {
      let event = "message";
      const data: string[] = [];
      for (const line of block.split(/\r?\n/)) {
        if (line.startsWith("event:")) event = line.slice(6).trim();
        else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
      }
      return data.length > 0 ? [{ event, data: data.join("\n") }] : [];
    });
  }
}

export interface Told { conversation: Conversation; message: Message }

/** Asks in a conversation, or in a new one without its id. begun gets the question as it is kept, each the text of a model as it comes. */
export async function ask(collection: string, conversation: string, question: string, signal: AbortSignal, begun: (told: Told) => void, each: (text: string) => void): Promise<Told> {
  const response = await fetch(`/api/v1/collections/${segment(collection)}/conversations${conversation ? `/${segment(conversation)}` : ""}`, {
    method: "POST", credentials: "same-origin", signal, headers: { Accept: "text/event-stream", "Content-Type": "application/json" }, body: JSON.stringify({ question }),
  });
  if (!response.ok || !response.body) {
    const told = (await response.json().catch(() => ({}))) as { title?: string; detail?: string };
    throw new Error(told.detail || told.title || t("The studio answered {status}", { status: response.status }));
  }
  for await (const { event, data } of eventsOf(response.body)) {
    if (event === "message") begun(JSON.parse(data) as Told);
    else if (event === "delta") each((JSON.parse(data) as { text: string }).text);
    else if (event === "answer") return JSON.parse(data) as Told;
    else if (event === "error") {
      const told = JSON.parse(data) as { title: string; detail: string };
      throw new Error(told.detail || told.title);
    }
  }
  throw new Error(t("The connection ended before the answer was complete."));
}

/** The events of a stream, as they come. */
export async function* eventsOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<{ event: string; data: string }> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const events = new EventReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield* events.take(value);
  }
}
