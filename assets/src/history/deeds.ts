// What a person does with a revision or a version: name it, publish it, go back to it.

import type { Studio } from "../editor/studio";
import { segment } from "../lib/api";
import { t } from "../lib/words";
import { confirm } from "../page/dialog";
import { textOf } from "../panels/words";
import type { Version } from "./bursts";
import { askVersion } from "./dialogs";
import type { HistoryService } from "./service";
import type { TimelineAction } from "./timeline";

/** What the page does afterwards. */
interface Followers {
  /** Asks again what versions there are. */
  refresh(): Promise<void>;
  compare(from: number, to: number): Promise<void>;
}

export class Deeds {
  constructor(private readonly workflow: string, private readonly studio: Studio, private readonly service: HistoryService, private readonly page: Followers) {}

  /** Does something that may fail, and then says why. */
  async attempt(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.studio.toast(textOf(error), { error: true });
    }
  }

  async act(action: TimelineAction, revision: number): Promise<void> {
    switch (action) {
      case "export": return location.assign(`/api/v1/workflows/${segment(this.workflow)}/export?version=${revision}`); // a file: the page stays
      case "name": return this.name(revision);
      case "publish": return this.publish(revision);
      case "restore":
        if (!(await confirm({ title: t("Restore revision {n}?", { n: revision }), text: t("The draft becomes what it was then, as a new revision. What is published stays, and nothing of the history is lost."), yes: t("Restore") }))) return;
        return this.attempt(() => this.restore(revision));
    }
  }

  private name(revision: number): void {
    askVersion(t("Name this version"), { name: "", note: "" }, async (name, note) => {
      await this.service.name(revision, name, note);
      await this.page.refresh();
    });
  }

  private async publish(revision: number): Promise<void> {
    const { studio } = this;
    const { openPublish } = await import("./publish");
    return openPublish({
      workflow: this.workflow, kinds: studio.kinds, revision, nameOf: (node) => studio.node(node)?.name,
      done: (state) => {
        studio.toast(state.published ? t("Revision {n} is published.", { n: state.published }) : t("Nothing is published any more: webhooks and schedules do not start this workflow."));
        void this.attempt(() => this.page.refresh());
      },
    });
  }

  private async restore(revision: number): Promise<void> {
    const made = await this.service.restore(revision);
    await this.page.refresh();
    await this.page.compare(made.before, made.revision);
    this.studio.toast(t("Restored: the draft is revision {n} now.", { n: made.revision }), { action: { label: t("Undo"), run: () => void this.attempt(() => this.restore(made.before)) } });
  }

  async change(action: "rename" | "remove", version: Version): Promise<void> {
    if (action === "rename") {
      return askVersion(t("Rename this version"), { name: version.name, note: version.note ?? "", nameless: version.published }, async (name, note) => {
        await this.service.rename(version.id, name, note);
        await this.page.refresh();
      });
    }
    await this.attempt(() => this.remove(version));
  }

  private async remove(version: Version): Promise<void> {
    await this.service.remove(version.id);
    await this.page.refresh();
    const back = () => void this.attempt(async () => {
      await this.service.name(version.revision, version.name, version.note ?? "");
      await this.page.refresh();
    });
    this.studio.toast(t("{name} is no longer a named version; the revision stays.", { name: version.name }), { action: { label: t("Undo"), run: back } });
  }
}
