// What the command palette finds: commands, kinds to add, nodes of the drawing, other workflows, pages.

import type { Editor } from "../editor/context";
import { t } from "../lib/words";
import { workflows } from "../panels/fields/workflow";
import { findKinds } from "../panels/search";
import { rank } from "./rank";
import { recent } from "./recent";

export interface Entry {
  id: string;
  title: string;
  beside: string; // what stands in grey after the title
  icon: string;
  keys?: string;
  off?: string; // why it cannot be done now
  run(): unknown;
}

export interface Section { title: string; entries: Entry[]; more: number }

/** A sign that is typed first asks for one sort of thing. */
export const signs: { sign: string; title: string }[] = [
  { sign: ">", title: t("Commands") }, { sign: "+", title: t("Nodes to add") }, { sign: "@", title: t("Nodes in this workflow") }, { sign: "/", title: t("Workflows and pages") },
];

const most = { one: 50, all: 8 }; // entries of a section, when it is asked for alone and beside others

export class Sources {
  private others: Entry[] = []; // workflows, once they came

  constructor(private readonly editor: Editor, private readonly goTo: (address: string) => void) {}

  /** Asks for the other workflows; false when they cannot be listed. */
  async load(): Promise<boolean> {
    const here = this.editor.data.workflow.id;
    const list = await workflows().catch(() => undefined);
    this.others = (list ?? []).filter(({ id }) => id !== here).map(({ id, name, folder }) => ({ id: `workflow:${id}`, title: name, beside: folder, icon: "workflow", run: () => this.goTo(`/workflows/${encodeURIComponent(id)}`) }));
    return list !== undefined;
  }

  /** The sections that answer what was typed, the best one first. */
  find(typed: string): Section[] {
    const only = signs.find(({ sign }) => typed.startsWith(sign))?.sign;
    const query = (only ? typed.slice(1) : typed).trim();
    const sections: (Section & { best: number })[] = [];
    const add = (sign: string, title: string, all: Entry[], points: (entry: Entry) => number) => {
      if (only && only !== sign) return;
      const found = all.map((entry) => ({ entry, points: query ? points(entry) : 1 })).filter((other) => other.points > 0);
      if (query) found.sort((a, b) => b.points - a.points);
      const limit = only ? most.one : most.all;
      if (found.length > 0) sections.push({ title, entries: found.slice(0, limit).map(({ entry }) => entry), more: Math.max(0, found.length - limit), best: found[0]!.points });
    };
    const byText = (entry: Entry) => rank(query, entry.title, entry.beside) / (entry.off ? 4 : 1);
    const [commands, kinds] = [this.commands(), this.editor.readonly ? [] : this.kinds(query)];
    if (!typed) this.addRecent(sections, [...commands, ...kinds, ...this.others, ...this.pages()]);
    add(">", t("Commands"), typed ? commands : commands.filter((entry) => !entry.off), byText);
    add("@", t("Nodes in this workflow"), this.nodes(), byText);
    add("+", t("Nodes to add"), kinds, (entry) => rank(query, entry.title, entry.beside) || 5); // found by their keywords too
    add("/", t("Workflows"), this.others, byText);
    add("/", t("Pages"), this.pages(), byText);
    // Without a question the order stays; with one the section with the best answer comes first.
    return query ? sections.sort((a, b) => b.best - a.best) : sections;
  }

  private addRecent(sections: (Section & { best: number })[], all: Entry[]): void {
    const known = new Map(all.map((entry) => [entry.id, entry]));
    const entries = recent().map((id) => known.get(id)).filter((entry) => entry !== undefined);
    if (entries.length > 0) sections.push({ title: t("Chosen last"), entries, more: 0, best: Infinity });
  }

  private commands(): Entry[] {
    const { commands } = this.editor;
    return commands.all().filter((command) => !command.silent).map((command) => ({
      id: command.id, title: commands.title(command), beside: command.group, icon: command.icon ?? "chevron-right", keys: commands.keys(command)[0], off: command.off?.() || undefined, run: () => commands.run(command.id),
    }));
  }

  private kinds(query: string): Entry[] {
    return findKinds(this.editor.kinds.values(), query).map((kind) => ({
      id: `kind:${kind.name}`, title: kind.title, beside: kind.summary, icon: kind.icon || "box",
      run: () => {
        const [from] = this.editor.selected;
        const node = from ? this.editor.node(from) : undefined;
        const port = node && !kind.trigger ? this.editor.ports(node).outputs[0] : undefined;
        const id = this.editor.addNode(kind.name, node && port ? { from: { node: node.id, port: port.name, side: "out" } } : {});
        if (id) this.editor.open(id, "form");
      },
    }));
  }

  private nodes(): Entry[] {
    return this.editor.doc.nodes.map((node) => {
      const kind = this.editor.kindOf(node);
      return { id: `node:${node.id}`, title: node.name, beside: kind?.title ?? node.kind, icon: kind?.icon || "circle-help", run: () => { this.editor.select([node.id]); this.editor.center(node.id); } };
    });
  }

  /** The pages that the person may open, as the server put them into the page. */
  private pages(): Entry[] {
    const links = document.querySelector<HTMLTemplateElement>("#pages-template")?.content.querySelectorAll("a") ?? [];
    return [...links].map((link) => ({
      id: `page:${link.getAttribute("href")}`, title: link.textContent?.trim() ?? "", beside: "", icon: link.querySelector("use")?.getAttribute("href")?.split("#")[1] ?? "file", run: () => this.goTo(link.getAttribute("href")!),
    }));
  }
}
