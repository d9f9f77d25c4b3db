// The way from workflow to sub-workflow, remembered by the tab, and the crumbs that lead back.

import type { Studio } from "../editor/studio";
import { segment } from "../lib/api";
import { h, icon } from "../lib/dom";
import { t } from "../lib/words";
import { workflows } from "../panels/fields/workflow";

const place = "atelier.way";
const longest = 25; // calls may be nested as deep

/** One step: from a node of one workflow into another. */
interface Step { from: string; name: string; node: string; to: string }

/** The steps that led to a workflow: what a person left by going back, or elsewhere, is forgotten. */
export function wayTo(steps: Step[], here: string): Step[] {
  const passed = steps.findIndex((step) => step.from === here);
  const known = passed >= 0 ? steps.slice(0, passed) : steps;
  return known.at(-1)?.to === here ? known : [];
}

function read(): Step[] {
  try {
    const list: unknown = JSON.parse(sessionStorage.getItem(place) ?? "[]");
    return Array.isArray(list) ? (list as Step[]).filter((step) => [step?.from, step?.name, step?.node, step?.to].every((text) => typeof text === "string")) : [];
  } catch {
    return [];
  }
}

function keep(steps: Step[]): void {
  try {
    sessionStorage.setItem(place, JSON.stringify(steps.slice(-longest)));
  } catch {
    // Without it the way back is the browser's.
  }
}

/** Shows the way that led here, and goes to the node that a crumb named. */
export function showWay(studio: Studio): void {
  const here = studio.data.workflow.id;
  const steps = wayTo(read(), here);
  keep(steps);
  const node = new URLSearchParams(location.search).get("node");
  if (node && studio.node(node)) {
    studio.select([node]);
    studio.center(node);
  }
  if (steps.length === 0) return;
  const shown = steps.length > 3 ? steps.slice(-2) : steps;
  const crumbs = h("nav", { class: "way", "aria-label": t("The way here"), "data-testid": "way" },
    ...(shown.length < steps.length ? [h("span", { class: "muted" }, "…"), icon("chevron-right")] : []),
    ...shown.flatMap((step) => [h("a", { href: back(step), class: "truncate" }, step.name), icon("chevron-right")]));
  document.querySelector(".studio-title")?.prepend(crumbs);
}

const back = (step: Step) => `/workflows/${segment(step.from)}?node=${segment(step.node)}`;

/** Why there is no way back, or "". */
export const noWayBack = (studio: Studio): string => (wayTo(read(), studio.data.workflow.id).length > 0 ? "" : t("You did not come here from another workflow"));

export function goBack(studio: Studio): void {
  const step = wayTo(read(), studio.data.workflow.id).at(-1);
  if (step) location.assign(back(step));
}

/** The workflow that a node calls; "" when it calls none. */
export function called(studio: Studio, id: string | undefined): string {
  const node = id ? studio.node(id) : undefined;
  const value = node?.kind === "flow.call" ? node.params["workflow"] : undefined;
  return typeof value === "string" && !value.startsWith("=") ? value : "";
}

/** Opens the workflow that a node calls, by its id or its name. */
export async function goInto(studio: Studio, id: string): Promise<void> {
  const wanted = called(studio, id);
  const list = await workflows().catch(() => undefined);
  if (!list) return studio.toast(t("The workflows could not be listed. Try again when the studio can be reached."), { error: true });
  const found = list.find((workflow) => workflow.id === wanted) ?? list.find((workflow) => workflow.name === wanted);
  if (!found) return studio.toast(t("The workflow that {name} calls is not here.", { name: studio.node(id)?.name ?? "" }));
  const here = studio.data.workflow.id;
  keep([...wayTo(read(), here), { from: here, name: studio.doc.name, node: id, to: found.id }]);
  location.assign(`/workflows/${segment(found.id)}`);
}
