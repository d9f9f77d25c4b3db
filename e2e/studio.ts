// Starts the real program on an empty folder, for the tests that drive it as a person would.
import { test as base, expect, type Page } from "@playwright/test";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const root = new URL("..", import.meta.url).pathname;
export const program = join(root, "bin", "atelier");

export const owner = { email: "ada@example.org", password: "correct horse battery staple" };

/** A running studio with a data folder of its own. */
export class Studio {
  readonly dir = mkdtempSync(join(tmpdir(), "atelier-e2e-"));
  readonly files = join(this.dir, "files");
  url = "";
  setupLink = "";
  private process: ChildProcess | undefined;
  private port = "0";

  constructor(private readonly env: Record<string, string> = {}) {
    mkdirSync(this.files, { recursive: true });
  }

  async start(): Promise<void> {
    const p = spawn(program, ["serve", "--data", join(this.dir, "data"), "--files", this.files, "--listen", `127.0.0.1:${this.port}`], {
      env: { PATH: process.env.PATH, ATELIER_ALLOW_ADDRESSES: "127.0.0.1", ...this.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process = p;
    let log = "";
    p.stderr!.on("data", (d) => { log += d; });
    const text = await new Promise<string>((resolve, reject) => {
      let out = "";
      p.stdout!.on("data", (d) => {
        out += d;
        if (/ready: http.*\n/.test(out) || /\/setup\/\S+\n/.test(out)) resolve(out);
      });
      p.on("exit", () => reject(new Error(`the studio ended: ${log}`)));
    });
    const m = /http:\/\/127\.0\.0\.1:(\d+)(\/setup\/\S+)?/.exec(text)!;
    this.port = m[1];
    this.url = `http://127.0.0.1:${m[1]}`;
    this.setupLink = m[2] ? this.url + m[2] : "";
  }

  /** Ends the process at once, as a loss of power would. */
  async kill(): Promise<void> {
    const p = this.process;
    if (!p || p.exitCode !== null) return;
    const ended = new Promise((resolve) => p.on("exit", resolve));
    p.removeAllListeners("exit");
    p.kill("SIGKILL");
    await Promise.race([ended, new Promise((r) => p.once("close", r))]);
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** An outside server that remembers what it was sent. */
export class Outside {
  readonly received: { method: string; path: string; body: string; key: string }[] = [];
  private server: Server | undefined;
  url = "";
  /** While set, requests wait for it. */
  hold: Promise<void> | undefined;

  async start(): Promise<void> {
    this.server = createServer((req, res) => {
      let body = "";
      req.on("data", (d) => { body += d; });
      req.on("end", async () => {
        this.received.push({ method: req.method!, path: req.url!, body, key: String(req.headers["idempotency-key"] ?? "") });
        await this.hold;
        res.setHeader("Content-Type", "application/json");
        res.end(JSON.stringify({ ok: true, n: this.received.length }));
      });
    });
    await new Promise<void>((resolve) => this.server!.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}

/** Opens the set-up link and makes the first account; the page stands in the empty studio afterwards. */
export async function setUp(page: Page, studio: Studio): Promise<void> {
  await page.goto(studio.setupLink);
  await page.getByLabel("E-mail").fill(owner.email);
  await page.getByLabel("Password", { exact: true }).fill(owner.password);
  await page.getByRole("button", { name: /create|set up|start/i }).click();
  await page.waitForURL("**/workflows");
}

export const test = base.extend<{ studio: Studio; outside: Outside }>({
  studio: async ({}, use) => {
    const studio = new Studio();
    await studio.start();
    await use(studio);
    await studio.stop();
  },
  outside: async ({}, use) => {
    const outside = new Outside();
    await outside.start();
    await use(outside);
    outside.stop();
  },
});

export { expect };
