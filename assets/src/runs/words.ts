// How runs and their steps are called.

import type { NodeRun } from "../editor/context";
import { t } from "../lib/words";

/** What became of a step, or of a run, in a word. */
export function statusWord(status: NodeRun["status"] | string): string {
  switch (status) {
    case "done": case "succeeded": return t("Done");
    case "failed": return t("Failed");
    case "skipped": return t("Skipped");
    case "running": return t("Running");
    case "retrying": return t("Trying again");
    case "sleeping": return t("Asleep");
    case "waiting": return t("Waiting");
    case "queued": return t("Queued");
    case "cancelled": return t("Cancelled");
    case "deciding": return t("Needs a decision");
    default: return status;
  }
}

/** What started a run. */
export function triggerWord(trigger: string): string {
  switch (trigger) {
    case "manual": return t("By hand");
    case "webhook": return t("Webhook");
    case "chat": return t("Chat");
    case "schedule": return t("Schedule");
    case "call": return t("Another workflow");
    case "cli": return t("Command line");
    case "retry": return t("Retry");
    case "error": return t("After a failure");
    default: return trigger;
  }
}
