// Long lists: only the rows in sight are in the document. Every row is equally high.

export interface VirtualList {
  /** Draws again, after the rows changed. */
  refresh(count: number): void;
  /** Brings a row into sight. */
  reveal(index: number): void;
}

const beyond = 8; // rows drawn above and below what is in sight

/**
 * Fills body with rows as scroller moves. before and after are elements whose height stands for the rows that are not
 * drawn. draw must give a row of exactly height pixels.
 */
export function virtualList(parts: { scroller: HTMLElement; body: HTMLElement; before: HTMLElement; after: HTMLElement; height: number; draw(index: number): HTMLElement }): VirtualList {
  const { scroller, body, before, after, height, draw } = parts;
  let count = 0;
  let from = -1;
  let to = -1;

  const show = (force: boolean) => {
    const first = Math.max(0, Math.floor(scroller.scrollTop / height) - beyond);
    const last = Math.min(count, Math.ceil((scroller.scrollTop + (scroller.clientHeight || 600)) / height) + beyond);
    if (!force && first === from && last === to) return;
    from = first;
    to = last;
    const rows: HTMLElement[] = [];
    for (let index = first; index < last; index++) rows.push(draw(index));
    const focused = body.contains(document.activeElement);
    body.replaceChildren(...rows);
    before.style.height = `${first * height}px`;
    after.style.height = `${(count - last) * height}px`;
    if (focused) body.querySelector<HTMLElement>("[tabindex='0']")?.focus({ preventScroll: true });
  };

  scroller.addEventListener("scroll", () => show(false), { passive: true });
  new ResizeObserver(() => show(false)).observe(scroller);
  return {
    refresh(next) {
      count = next;
      show(true);
    },
    reveal(index) {
      const top = index * height;
      if (top < scroller.scrollTop) scroller.scrollTop = top;
      else if (top + height > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + height - scroller.clientHeight;
      show(true);
    },
  };
}
