// Finds texts that escaped the catalogues. In Chinese every text of the studio's own has a Chinese sign in it: one with
// Latin words only was forgotten, or is a name, a format or what people typed.
import type { Page } from "@playwright/test";

/** Stands in everything that the test types. */
export const typed = "§";

const names = new Set(`Atelier JSON CSV HTML XML SQL URL HTTP HTTPS API cron UTC Markdown Python JavaScript Webhook SQLite PostgreSQL Postgres SMTP OAuth OAuth2 n8n
  Ctrl Shift Alt Del Esc Enter Tab Home End Page Up Down F2 F6 F10 KiB MiB ms GET POST PUT PATCH DELETE HEAD ANY OPTIONS English Deutsch Español Français Slack GitHub
  ada@example.org ada example.org Europe Berlin`.split(/\s+/));

/** The texts without a Chinese sign that a person can see or hear on the page as it is, with where they stand. */
export async function escaped(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const found: { text: string; at: string }[] = [];
    const silent = "script, style, template, code, pre, kbd, time, noscript, [data-typed], .cm-editor, [lang]:not(html), [data-testid=version]";
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    const where = (element: Element) => `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""}#${element.closest("[data-testid]")?.getAttribute("data-testid") ?? ""}`;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node instanceof Text) {
        const parent = node.parentElement!;
        if (!parent.closest(silent) && parent.checkVisibility()) found.push({ text: node.data, at: where(parent) });
      } else if (node instanceof Element && node.checkVisibility() && !node.closest(silent)) {
        for (const name of ["aria-label", "title", "placeholder", "alt", "data-tip", "aria-description", "aria-roledescription"]) {
          const text = node.getAttribute(name);
          if (text) found.push({ text, at: `${where(node)} ${name}` });
        }
      }
    }
    return found;
  });
  const wrong = texts.filter(({ text }) => !/\p{Script=Han}/u.test(text) && !text.includes(typed) && !/^\s*(=|\{|\[|\$|\/|https?:|\d+[.:]\d)/.test(text)
    && (text.match(/[\p{L}][\p{L}\d@.]+/gu) ?? []).some((word) => !names.has(word) && !names.has(word.replace(/\.$/, ""))));
  return [...new Set(wrong.map(({ text, at }) => `${text.trim().replace(/\s+/g, " ").slice(0, 120)}  (${at})`))];
}
