import assert from "node:assert/strict";
import { test } from "node:test";
import { Keymap } from "./keymap";
import { isKeys, keyCaps, keysPressed } from "./keys";
import { rank } from "./rank";
import { type Command, CommandTable } from "./table";
import { wayTo } from "./way";

const press = (key: string, code: string, held = "", altGraph = false) => ({
  key, code, ctrlKey: held.includes("c"), metaKey: held.includes("m"), altKey: held.includes("a"), shiftKey: held.includes("s"), getModifierState: () => altGraph,
});

test("presses of keys are named alike on every keyboard", () => {
  const cases: [ReturnType<typeof press>, string[]][] = [
    [press("z", "KeyZ", "c"), ["Mod+Z"]],
    [press("Z", "KeyZ", "ms"), ["Mod+Shift+Z"]],
    [press("я", "KeyZ", "c"), ["Mod+Z"]], // a keyboard without Latin letters
    [press("†", "KeyT", "as"), ["Alt+Shift+T"]], // what a Mac types with Option
    [press("?", "Slash", "s"), ["?"]],
    [press("/", "Digit7", "s"), ["/", "Shift+7"]], // German
    [press("1", "Digit1", "s"), ["Shift+1", "1"]], // French
    [press("[", "Digit8", "ca", true), ["["]], // AltGr types, and holds nothing
    [press("ą", "KeyA", "ca", true), []],
    [press("ArrowLeft", "ArrowLeft", "s"), ["Shift+ArrowLeft"]],
    [press(" ", "Space"), ["Space"]],
    [press("Shift", "ShiftLeft", "s"), []],
    [press("Dead", "Quote"), []],
  ];
  for (const [event, want] of cases) assert.deepEqual(keysPressed(event), want, event.key);
  for (const [event] of cases) for (const keys of keysPressed(event)) assert.ok(isKeys(keys), keys);
  for (const text of ["", "n", "Mod+", "Ctrl+N", "Mod+Mod+N", "<b>", "Mod+a", 5]) assert.ok(!isKeys(text), String(text));
  assert.deepEqual([keyCaps("Mod+Shift+Z").slice(1), keyCaps("+"), keyCaps("Mod++").slice(1)], [["Shift", "Z"], ["+"], ["+"]]);
});

function table(readonly = false) {
  const kept = new Map<string, string>();
  const said: string[] = [], done: string[] = [];
  const store = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) };
  const made = () => new CommandTable(() => readonly, (text) => said.push(text), new Keymap(store));
  const command = (id: string, keys: string[], more: Partial<Command> = {}): Command => ({ id, title: id, group: "G", keys, run: () => void done.push(id), ...more });
  return { made, command, said, done };
}
const event = (key: string, code: string, held = "") => press(key, code, held) as unknown as KeyboardEvent;

test("keys do what the table says, where they act, and only for those who may", () => {
  const { made, command, said, done } = table();
  const commands = made();
  commands.add(command("a", ["N"], { where: "canvas" }), command("b", ["Mod+K"], { where: "always" }), command("c", ["F3"]), command("d", ["X"], { off: () => "Not now" }), command("e", ["Mod+C"], { fixed: true }));
  assert.ok(commands.press(event("n", "KeyN"), "canvas") && !commands.press(event("n", "KeyN"), "page") && !commands.press(event("n", "KeyN"), "always"));
  assert.ok(commands.press(event("k", "KeyK", "c"), "always") && commands.press(event("F3", "F3"), "page") && !commands.press(event("F3", "F3"), "always"));
  assert.ok(commands.press(event("x", "KeyX"), "page") && !commands.press(event("c", "KeyC", "c"), "canvas"));
  assert.deepEqual([done, said], [["a", "b", "c"], ["Not now"]]);
  const looking = table(true);
  const viewer = looking.made();
  viewer.add(looking.command("cut", ["X"], { edits: true }), looking.command("look", ["L"]));
  assert.equal(viewer.press(event("x", "KeyX"), "canvas"), false);
  assert.deepEqual(viewer.all().map(({ id }) => id), ["look"]);
});

test("own keys take the place of the studio's, survive a reload, and travel as a file", () => {
  const { made, command, done } = table();
  const one = made();
  one.add(command("a", ["N"]), command("b", ["M"]));
  assert.ok(one.setKeys("a", ["Mod+Shift+9"]));
  assert.deepEqual([one.press(event("n", "KeyN"), "canvas"), one.press(event("(", "Digit9", "cs"), "canvas")], [false, true]);
  assert.deepEqual(one.takenBy("M", "a").map(({ id }) => id), ["b"]);
  const file = one.keymap.save();
  const later = made();
  later.add(command("a", ["N"]));
  assert.deepEqual(later.keys(later.get("a")!), ["Mod+Shift+9"]);
  later.setKeys("a", undefined);
  assert.deepEqual(later.keys(later.get("a")!), ["N"]);
  assert.deepEqual(later.keymap.load(file), { taken: 1, left: 0 });
  for (const bad of ["", "{", "[]", '{"format":"atelier-keys/v1"}', '{"format":"other","keys":{}}']) assert.equal(later.keymap.load(bad), undefined, bad);
  assert.deepEqual(later.keymap.load('{"format":"atelier-keys/v1","keys":{"a":["<img>"],"b":["N"],"__proto__":["N"],"c":"N"}}'), { taken: 1, left: 3 });
  assert.deepEqual(done, ["a"]);
});

test("the palette ranks names before what stands beside them, and wants every word", () => {
  assert.ok(rank("undo", "Undo") > rank("undo", "Redo", "takes back an undo"));
  assert.ok(rank("align left", "Align left") > 0 && rank("align left", "Align right") === 0);
});

test("the way back is known as long as it was walked", () => {
  const steps = [["a", "b"], ["b", "c"]].map(([from, to]) => ({ from: from!, name: from!, node: "n", to: to! }));
  assert.deepEqual(wayTo(steps, "c"), steps);
  assert.deepEqual(wayTo(steps, "b"), steps.slice(0, 1)); // gone back by the browser
  assert.deepEqual(wayTo(steps, "a"), []);
  assert.deepEqual(wayTo(steps, "elsewhere"), []);
});
