// Runs the unit tests of the scripts: every assets/src/**/*.test.ts is bundled and given to node's test runner.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const src = new URL("../assets/src/", import.meta.url).pathname;
const tests = readdirSync(src, { recursive: true }).filter((f) => f.endsWith(".test.ts")).map((f) => join(src, f));
const out = mkdtempSync(join(tmpdir(), "atelier-unit-"));
await build({ entryPoints: tests, outdir: out, bundle: true, platform: "node", format: "esm", outExtension: { ".js": ".mjs" }, logLevel: "error" });
const files = readdirSync(out, { recursive: true }).filter((f) => f.endsWith(".mjs")).map((f) => join(out, f));
const run = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" });
rmSync(out, { recursive: true });
process.exit(run.status ?? 1);
