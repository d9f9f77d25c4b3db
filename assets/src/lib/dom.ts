// Building elements without markup strings: text is always text, and no style attribute is ever written (the page's
// content security policy refuses them).

type Child = Node | string | null | undefined | false;
type Attributes = { [name: string]: string | number | boolean | null | undefined | ((event: never) => void) };

/** Makes an element. `on…` attributes are listeners; true writes an empty attribute; false and null write none. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  assign(element, attributes);
  append(element, children);
  return element;
}

const svgSpace = "http://www.w3.org/2000/svg";

export function svg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  const element = document.createElementNS(svgSpace, tag);
  assign(element, attributes);
  append(element, children);
  return element;
}

function assign(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
}

function append(element: Element, children: Child[]): void {
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}

let sprite: string | undefined;

/** The address of an icon in the studio's sprite, which the page names in its head or by any icon that it shows. */
export function iconHref(name: string): string {
  sprite ??= document.querySelector<HTMLMetaElement>("meta[name=icons]")?.content ?? document.querySelector("svg.icon > use[href]")?.getAttribute("href")?.split("#")[0] ?? "";
  return `${sprite}#${name}`;
}

export function icon(name: string): SVGSVGElement {
  return svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: iconHref(name) }));
}

/** Clones the first element of a template that the server rendered. */
export function cloneTemplate(id: string): HTMLElement {
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement)) throw new Error(`the page has no template "${id}"`);
  const element = template.content.firstElementChild;
  if (!element) throw new Error(`the template "${id}" is empty`);
  return document.importNode(element, true) as HTMLElement;
}

/** The part of an element that carries data-part="name". */
export function part<T extends Element = HTMLElement>(root: ParentNode, name: string): T {
  const found = root.querySelector<T>(`[data-part="${name}"]`);
  if (!found) throw new Error(`the markup has no part "${name}"`);
  return found;
}

/** Reads the JSON that the server put into a script element. */
export function pageData<T>(id: string): T {
  const text = document.getElementById(id)?.textContent;
  if (!text) throw new Error(`the page has no data "${id}"`);
  return JSON.parse(text) as T;
}

/** True when a person is typing into a field, so that single-letter shortcuts must stay silent. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  if (!(target instanceof HTMLInputElement)) return false;
  return !["button", "checkbox", "radio", "range", "submit"].includes(target.type);
}

/** Runs a function at most once a frame; the last call wins. */
export function perFrame(run: () => void): () => void {
  let asked = 0;
  return () => {
    if (asked) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      run();
    });
  };
}
