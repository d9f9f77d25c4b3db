// The editor as a person uses it who has a keyboard and nothing else.
import { expect, type Locator, type Page } from "@playwright/test";
import { Drawing } from "./drawing";

export class Keys {
  readonly d: Drawing;

  constructor(private readonly page: Page) {
    this.d = new Drawing(page);
  }

  press(keys: string): Promise<void> {
    return this.page.keyboard.press(keys);
  }

  /** Goes to a control with Tab (or Shift+Tab). */
  async tabTo(target: Locator, back = false): Promise<void> {
    for (let presses = 0; presses < 60; presses++) {
      if (await target.evaluate((element) => element === document.activeElement || (element.matches(".cm-content") && element.contains(document.activeElement))).catch(() => false)) return;
      await this.press(back ? "Shift+Tab" : "Tab");
    }
    throw new Error(`Tab does not lead to ${target}`);
  }

  /** From a field of the panel to the selected node. */
  async toCanvas(): Promise<void> {
    for (let tries = 0; tries < 6; tries++) {
      if (await this.page.evaluate(() => document.getElementById("canvas")!.contains(document.activeElement))) return;
      await this.press("Shift+F6");
    }
    throw new Error("the keys do not lead to the canvas");
  }

  /** Goes to a field of the panel: from where one is, onward. */
  async field(name: string): Promise<void> {
    await this.tabTo(this.d.param(name).first());
  }

  async text(name: string, text: string): Promise<void> {
    await this.field(name);
    await this.press("ControlOrMeta+a");
    await this.page.keyboard.type(text);
  }

  async choose(select: Locator, value: string): Promise<void> {
    await this.tabTo(select);
    await this.press("Home");
    for (let presses = 0; (await select.inputValue()) !== value; presses++) {
      if (presses > 40) throw new Error(`no arrow key leads to ${value}`);
      await this.press("ArrowDown");
    }
  }

  /** Writes into a field that becomes a code editor when it is entered. */
  async code(name: string, text: string): Promise<void> {
    await this.field(name);
    await expect(this.page.locator(`.cm-content[data-testid="param-${name}"]`)).toBeFocused();
    await this.press("ControlOrMeta+a");
    await this.press("Delete");
    await this.page.keyboard.insertText(text);
    for (let i = 0; i < 2; i++) await this.press("Escape"); // closes suggestions; Tab leaves afterwards
  }

  /** Makes a field an expression and writes it. */
  async expression(name: string, text: string): Promise<void> {
    const fx = this.page.getByTestId(`param-${name}-fx`);
    // The switch stands before its field, which has the focus when it was just added.
    const here = await this.d.param(name).first().evaluate((field) => field === document.activeElement);
    await this.tabTo(fx, here);
    if ((await fx.getAttribute("aria-pressed")) !== "true") await this.press("Enter");
    await expect(fx).toHaveAttribute("aria-pressed", "true");
    await this.code(name, text);
  }

  async click(target: Locator): Promise<void> {
    await this.tabTo(target);
    await this.press("Enter");
  }

  /** Adds a node after the selected one; its panel opens with the first field. */
  async after(kind: string, title: string): Promise<void> {
    await this.toCanvas();
    await this.press("a");
    await this.pick(kind, title);
  }

  async pick(kind: string, title: string): Promise<void> {
    await expect(this.page.getByTestId("quickadd-search")).toBeFocused();
    await this.page.keyboard.type(kind);
    await this.press("Enter");
    await expect(this.d.panel.getByRole("heading", { name: title, exact: true })).toBeVisible();
    await this.press("F6");
    await this.toPanel();
  }

  async toPanel(): Promise<void> {
    for (let tries = 0; tries < 6; tries++) {
      if (await this.page.evaluate(() => document.getElementById("panel")!.contains(document.activeElement))) return;
      await this.press("F6");
    }
    throw new Error("the keys do not lead to the panel");
  }
}
