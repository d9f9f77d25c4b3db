import { defineConfig } from "@playwright/test";
import { existsSync } from "node:fs";

// CHROMIUM names the browser; without it Debian's is used where it is, else the one that Playwright installed itself.
const browser = process.env.CHROMIUM || (existsSync("/usr/bin/chromium") ? "/usr/bin/chromium" : undefined);

export default defineConfig({
  testDir: "tests",
  timeout: 120_000,
  expect: { timeout: 15_000 },
  retries: process.env.CI ? 1 : 0, // a test that passes only at the second try is named flaky in the report
  workers: process.env.CI ? 2 : undefined,
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  // Frames are measured when no other browser runs; `--no-deps` measures them alone.
  projects: [
    { name: "studio", testIgnore: /speed\.spec/ },
    { name: "speed", testMatch: /speed\.spec/, dependencies: ["studio"] },
  ],
  use: {
    viewport: { width: 1440, height: 900 },
    actionTimeout: 20_000,
    screenshot: "only-on-failure",
    trace: process.env.CI ? "on-first-retry" : "retain-on-failure", // recording takes a third of the time
    launchOptions: {
      executablePath: browser,
      timeout: 120_000,
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    },
  },
});
