import assert from "node:assert/strict";
import { test } from "node:test";
import { batches } from "./batch";
import { layout } from "./lines";
import { EventReader } from "./stream";

test("events are read however the stream is cut", () => {
  const text = 'event: delta\ndata: {"text":"a"}\n\nevent: answer\r\ndata: {}\r\n\r\nevent: late';
  for (let cut = 0; cut <= text.length; cut++) {
    const reader = new EventReader();
    const events = [...reader.take(text.slice(0, cut)), ...reader.take(text.slice(cut))];
    assert.deepEqual(events, [{ event: "delta", data: '{"text":"a"}' }, { event: "answer", data: "{}" }], `cut at ${cut}`);
  }
});

test("sentences keep the lines and paragraphs of the answer", () => {
  const text = "One is this [1]. Two is that. [2]\n- Three [1, 2]\n\nFour [3-5]";
  const sentences = ["One is this.", "Two is that.", "- Three", "Four", "not in it"].map((one) => ({ text: one }));
  assert.deepEqual(layout(text, sentences), ["", "", "line", "paragraph", ""]);
});

test("files go in requests of bounded size, in their order", () => {
  const mb = 1024 * 1024;
  const sized = (sizes: number[]) => batches(sizes.map((size) => ({ file: { size } }))).map((batch) => batch.map((one) => one.file.size / mb));
  assert.deepEqual(sized([]), []);
  assert.deepEqual(sized([60 * mb, mb, mb]), [[60], [1, 1]]);
  assert.deepEqual(sized([10 * mb, 6 * mb, mb]), [[10, 6], [1]]);
  assert.deepEqual(batches(Array.from({ length: 250 }, () => ({ file: { size: 1 } }))).map((batch) => batch.length), [100, 100, 50]);
});
