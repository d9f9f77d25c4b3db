// Fields that take expressions, and the one that the person was in last: what is chosen from the data goes there.

export interface Taker {
  readonly element: HTMLElement;
  readonly label: string;
  /** Puts an expression's inside where the cursor was. */
  use(inside: string): void;
}

const byElement = new WeakMap<Element, Taker>();

export function takes(taker: Taker): void {
  byElement.set(taker.element, taker);
}

/** The innermost field around an element that takes expressions. */
export function takerAround(element: Element | null): Taker | undefined {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const found = byElement.get(at);
    if (found) return found;
  }
  return undefined;
}

/** The first field of a form that takes expressions and is shown. */
export function firstTaker(form: HTMLElement): Taker | undefined {
  for (const element of form.querySelectorAll<HTMLElement>(".field")) {
    const found = byElement.get(element);
    if (found && element.offsetParent !== null) return found;
  }
  return undefined;
}
