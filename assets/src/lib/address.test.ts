import { equal } from "node:assert/strict";
import { test } from "node:test";
import { whereTo } from "./address";

test("links lead away openly, to this studio, or nowhere", () => {
  for (const [address, leads] of [
    ["https://example.org/a", "away"], ["HTTP://example.org", "away"], ["/workflows/a?thread=b", "here"], ["/", "here"],
    ["//example.org", undefined], ["/\\example.org", undefined], ["/\t/example.org", undefined], ["/\u0085x", undefined], ["javascript:alert(1)", undefined],
    ["data:text/html,x", undefined], ["https://", undefined], ["workflows", undefined], ["", undefined],
  ] as const) equal(whereTo(address), leads, address);
});
