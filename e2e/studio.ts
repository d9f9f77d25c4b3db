// Starts the real program on an empty folder, for the tests that drive it as a person would.
import { test as base, expect, type Page } from "@playwright/test";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const root = new URL("..", import.meta.url).pathname;
export const program = join(root, "bin", "atelier");

/** The themes that long journeys are gone in: the one that is easier to get wrong, or both with THEMES=both. */
export const longThemes: readonly ("light" | "dark")[] = process.env["THEMES"] === "both" ? ["light", "dark"] : ["dark"];

export const owner = { email: "ada@example.org", password: "correct horse battery staple" };

/** A running studio with a data folder of its own. */
export class Studio {
  readonly dir = mkdtempSync(join(tmpdir(), "atelier-e2e-"));
  /** The folder that file nodes see. */
  readonly files = join(this.dir, "files");
  url = "";
  /** The one-time link that the terminal printed, "" once the studio is set up. */
  setupLink = "";
  private process: ChildProcess | undefined;
  private port = "0";

  constructor(private readonly env: Record<string, string> = {}) {
    mkdirSync(this.files, { recursive: true });
  }

  async start(): Promise<void> {
    const p = spawn(program, ["serve", "--data", join(this.dir, "data"), "--files", this.files, "--listen", `127.0.0.1:${this.port}`], {
      env: { PATH: process.env.PATH, ATELIER_ALLOW_ADDRESSES: "127.0.0.1", ATELIER_REQUEST_RATE: "0", ...this.env },
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
      p.once("exit", () => reject(new Error(`the studio ended: ${log}`)));
    });
    const m = /http:\/\/127\.0\.0\.1:(\d+)(\/setup\/\S+)?/.exec(text)!;
    this.port = m[1];
    this.url = `http://127.0.0.1:${m[1]}`;
    this.setupLink = m[2] ? this.url + m[2] : "";
  }

  /** Ends the process at once, as a loss of power would. */
  async kill(): Promise<void> {
    const p = this.process;
    this.process = undefined;
    if (!p || p.exitCode !== null || p.signalCode !== null) return;
    const ended = once(p, "exit");
    p.kill("SIGKILL");
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** An outside server that remembers what it was sent. */
export class Outside {
  readonly received: { method: string; path: string; body: string; key: string }[] = [];
  private server: Server | undefined;
  url = "";
  /** Requests to this path wait until let go; others are answered at once. */
  private held: { path: string; until: Promise<void>; letGo: () => void } | undefined;
  /** Paths that answer with an error. */
  readonly broken = new Set<string>();

  async start(): Promise<void> {
    this.server = createServer((req, res) => {
      let body = "";
      req.on("data", (d) => { body += d; });
      req.on("end", async () => {
        const path = req.url!;
        this.received.push({ method: req.method!, path, body, key: String(req.headers["idempotency-key"] ?? "") });
        if (this.held?.path === path) await this.held.until;
        res.statusCode = this.broken.has(path) ? 404 : 200;
        res.setHeader("Content-Type", "application/json");
        res.end(JSON.stringify({ ok: !this.broken.has(path), n: this.received.length }));
      });
    });
    await new Promise<void>((resolve) => this.server!.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Lets requests to a path wait for letGo. */
  hold(path: string): void {
    let letGo = () => {};
    const until = new Promise<void>((resolve) => (letGo = resolve));
    this.held = { path, until, letGo };
  }

  letGo(): void {
    this.held?.letGo();
    this.held = undefined;
  }

  /** How many requests came to a path. */
  count(path: string): number {
    return this.received.filter((request) => request.path === path).length;
  }

  stop(): void {
    this.letGo();
    this.server?.closeAllConnections();
    this.server?.close();
  }
}

/** Opens the set-up link and makes the first account; the page stands in the empty studio afterwards. */
export async function setUp(page: Page, studio: Studio): Promise<void> {
  await page.goto(studio.setupLink);
  await page.getByLabel("E-mail address").fill(owner.email);
  await page.getByLabel("Password").fill(owner.password);
  await page.getByTestId("set-up").click();
  await page.waitForURL("**/workflows");
}

/** Errors of the console, uncaught exceptions and refusals of the content security policy, as they come. */
export function watchConsole(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(`uncaught: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || /content.security.policy/i.test(message.text())) found.push(`${message.text()} (${message.location().url})`);
  });
  return found;
}

export const test = base.extend<{ studio: Studio; outside: Outside; mistakes: string[] }>({
  studio: async ({}, use) => {
    const studio = new Studio();
    try {
      await studio.start();
      await use(studio);
    } finally {
      await studio.stop();
    }
  },
  outside: async ({}, use) => {
    const outside = new Outside();
    await outside.start();
    await use(outside);
    outside.stop();
  },
  // Every test ends with a clean console; one that provokes an error empties the list where it does. The studio is asked for so that it
  // ends after the page is looked at: what a page is still loading then must not be refused.
  mistakes: [async ({ page, studio: _ }, use) => {
    await page.addInitScript(() => document.addEventListener("securitypolicyviolation", (e) => console.error(`refused by the policy: ${e.violatedDirective} at ${e.sourceFile}:${e.lineNumber}:${e.columnNumber} ${e.sample}`)));
    const mistakes = watchConsole(page);
    await use(mistakes);
    expect(mistakes, "errors in the browser's console").toEqual([]);
  }, { auto: true }],
});

export { expect };
