// The canvas as a person uses it: with a mouse, a keyboard and the panel beside it.
import { type Download, expect, type Locator, type Page } from "@playwright/test";

export interface At { x: number; y: number }

export class Drawing {
  readonly canvas: Locator;
  readonly panel: Locator;

  constructor(readonly page: Page) {
    this.canvas = page.getByTestId("canvas");
    this.panel = page.locator("#panel");
  }

  /** Waits until the editor has put itself together. */
  async ready(): Promise<void> {
    await expect(this.page.getByTestId("palette-search").or(this.page.locator("[data-role=viewer], #run-view[data-ready]")).first()).toBeVisible();
    await expect(this.canvas).toHaveAttribute("data-hands", "");
    await this.still();
  }

  /** Waits until the view no longer glides: three frames that show the same. */
  async still(): Promise<void> {
    await this.page.evaluate(() => new Promise<void>((resolve) => {
      const world = document.querySelector<HTMLElement>("[data-part=world]")!;
      let last = "", same = 0;
      const frame = () => {
        const now = world.style.transform;
        same = now === last ? same + 1 : 0;
        last = now;
        if (same >= 3) resolve();
        else requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    }));
  }

  node(name: string): Locator {
    return this.page.locator(".node").filter({ has: this.page.locator(".node-name").getByText(name, { exact: true }) });
  }

  status(name: string): Locator {
    return this.node(name).locator(".node-status");
  }

  async id(name: string): Promise<string> {
    return (await this.node(name).getAttribute("data-id"))!;
  }

  handle(name: string, side: "in" | "out", port = "main"): Locator {
    return this.node(name).locator(`.handle[data-side=${side}][data-port=${port}]`);
  }

  async edge(from: string, to: string, out = "main", into = "main"): Promise<Locator> {
    return this.page.getByTestId(`edge-${await this.id(from)}-${out}-${await this.id(to)}-${into}`);
  }

  /** A point of the canvas in the window. */
  async point(at: At): Promise<At> {
    const box = (await this.canvas.boundingBox())!;
    return { x: box.x + at.x, y: box.y + at.y };
  }

  private async middle(of: Locator): Promise<At> {
    await this.still();
    const box = (await of.boundingBox())!;
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  /** Presses, moves in steps, releases. */
  private async draw(from: At, to: At): Promise<void> {
    await this.page.mouse.move(from.x, from.y);
    await this.page.mouse.down();
    await this.page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
    await this.page.mouse.move(to.x, to.y, { steps: 6 });
    await this.frame();
    await this.page.mouse.up();
    await this.still();
  }

  private async frame(): Promise<void> {
    await this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  }

  /** Drags a kind from the palette to a point of the canvas. */
  async fromPalette(kind: string, at: At): Promise<void> {
    const entry = this.page.getByTestId(`palette-${kind}`);
    await entry.scrollIntoViewIfNeeded();
    await entry.dragTo(this.canvas, { targetPosition: at });
    await this.still();
  }

  /** Pulls an edge out of a node and drops it at a point of the canvas. */
  async pullTo(name: string, at: At, port = "main"): Promise<void> {
    await this.draw(await this.middle(this.handle(name, "out", port)), await this.point(at));
  }

  /** Pulls an edge from a node to another. */
  async connect(from: string, to: string, out = "main"): Promise<void> {
    await this.draw(await this.middle(this.handle(from, "out", out)), await this.middle(this.handle(to, "in")));
    await expect(await this.edge(from, to, out)).toBeAttached();
  }

  /** Drags a node somewhere. */
  async move(name: string, to: At): Promise<void> {
    await this.draw(await this.middle(this.node(name).locator(".node-icon")), to);
  }

  /** Drops a node on the edge between two others. */
  async dropOnEdge(name: string, from: string, to: string): Promise<void> {
    const a = await this.middle(this.handle(from, "out")), b = await this.middle(this.handle(to, "in"));
    const icon = await this.middle(this.node(name).locator(".node-icon"));
    const card = await this.middle(this.node(name).locator(".node-card"));
    // The node's middle comes to lie on the middle of the edge.
    await this.draw(icon, { x: (a.x + b.x) / 2 + icon.x - card.x, y: (a.y + b.y) / 2 + icon.y - card.y });
  }

  /** Chooses a kind in the quick-add list that is open. */
  async pick(text: string): Promise<void> {
    const field = this.page.getByTestId("quickadd-search");
    await expect(field).toBeFocused();
    await field.fill(text);
    await this.page.keyboard.press("Enter");
    await expect(this.page.getByTestId("quickadd")).toHaveCount(0);
    await this.still();
  }

  async select(name: string): Promise<void> {
    await this.still();
    await this.node(name).locator(".node-icon").click();
    await expect(this.panel.getByRole("heading", { name, exact: true })).toBeVisible();
  }

  /** Opens a tab of the panel. */
  async tab(name: "form" | "input" | "output" | "settings" | "docs"): Promise<void> {
    await this.page.getByTestId(`tab-${name}`).click();
  }

  param(name: string): Locator {
    return this.page.getByTestId(`param-${name}`);
  }

  /** Writes a field; one that becomes a code editor when it is entered is waited for. */
  async write(name: string, text: string): Promise<void> {
    await this.editor(name);
    await this.replace(text);
  }

  /** Replaces what the focused editor holds. */
  async replace(text: string): Promise<void> {
    await this.page.keyboard.press("ControlOrMeta+a");
    await this.page.keyboard.press("Delete");
    await this.page.keyboard.insertText(text);
  }

  /** Enters a code or expression field and answers its editor. */
  async editor(name: string): Promise<Locator> {
    await this.param(name).click();
    const editor = this.page.locator(`.cm-content[data-testid="param-${name}"]`);
    await expect(editor).toBeFocused();
    return editor;
  }

  /** Adds an entry to a list. */
  async entry(list: string, index: number): Promise<void> {
    const entry = this.page.locator(`[data-testid^="param-${list}-${index}"]`).first();
    await expect(async () => {
      if (!(await entry.isVisible())) await this.param(`${list}-add`).click();
      await expect(entry).toBeVisible({ timeout: 1000 });
    }).toPass();
  }

  /** Turns a field to an expression and writes it. */
  async expression(name: string, text: string): Promise<void> {
    // What the studio finds wrong may appear above and move the button away under the pointer.
    const fx = this.page.getByTestId(`param-${name}-fx`);
    await expect(async () => {
      if ((await fx.getAttribute("aria-pressed", { timeout: 1000 })) !== "true") await fx.click();
      await expect(fx).toHaveAttribute("aria-pressed", "true", { timeout: 500 });
    }).toPass();
    await this.write(name, text);
  }

  /** Names the selected node. */
  async rename(from: string, to: string): Promise<void> {
    await this.select(from);
    await this.page.keyboard.press("F2");
    await this.page.keyboard.press("ControlOrMeta+a");
    await this.page.keyboard.type(to);
    await this.page.keyboard.press("Enter");
    await expect(this.node(to)).toBeVisible();
  }

  /** Presses Run and waits for the end of the run. */
  async run(end: RegExp = /^The run finished/): Promise<void> {
    await this.page.getByTestId("run-button").click();
    await this.toast(end);
  }

  /** Saves the workflow as a file by the menu. */
  async export(choose: { version?: string; format?: string; comments?: boolean } = {}): Promise<Download> {
    await this.page.getByTestId("editor-menu").click();
    await this.page.getByTestId("export").click();
    const yes = this.page.getByTestId("export-yes");
    await expect(yes).toHaveAttribute("href", /version=draft/);
    if (choose.version) await this.page.getByTestId("export-version").selectOption(choose.version);
    if (choose.format) await this.page.getByTestId("export-format").selectOption(choose.format);
    if (choose.comments) await this.page.getByTestId("export-comments").check();
    await expect(yes).toHaveAttribute("href", new RegExp(`format=${choose.format ?? "atelier"}${choose.comments ? "&comments=1" : "$"}`));
    const [download] = await Promise.all([this.page.waitForEvent("download"), yes.click()]);
    await expect(this.page.getByTestId("export-dialog")).toHaveCount(0);
    return download;
  }

  /** Waits for a message, and sends it away. */
  async toast(text: RegExp): Promise<void> {
    const toast = this.page.getByTestId("toast").filter({ hasText: text }).first();
    await expect(toast).toBeVisible();
    await toast.getByRole("button", { name: "Dismiss" }).click();
  }

  /** Waits until every edit is stored. */
  async saved(): Promise<void> {
    await expect(this.page.getByTestId("saved")).toHaveText(/saved/i);
  }
}
