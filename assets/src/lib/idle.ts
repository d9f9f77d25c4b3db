// Work that can wait, a piece after another, between the frames of the page.

const slice = 6; // milliseconds that work takes at once when the page is never idle
const patience = 250; // milliseconds until it is done all the same

/** Finishes things one after another while the browser has nothing else to do. */
export class Finisher<T> {
  private busy = false;
  private asked = false; // since it began: what it passed already may have changed

  /** @param finish does what is still to be done with one of them; false when that was nothing */
  constructor(private readonly all: () => Iterable<T>, private readonly finish: (one: T) => boolean) {}

  soon(): void {
    this.asked = true;
    if (!this.busy) this.begin();
  }

  private begin(): void {
    this.asked = false;
    this.busy = true;
    const left = this.all()[Symbol.iterator]();
    whenIdle(() => {
      for (let next = left.next(); !next.done; next = left.next()) if (this.finish(next.value)) return true;
      this.busy = false;
      if (this.asked) this.begin();
      return false;
    });
  }
}

/** Takes steps while the browser has nothing else to do, until a step returns false. */
function whenIdle(step: () => boolean): void {
  const run = (left: number) => {
    const until = performance.now() + left;
    let more = true;
    while (more && performance.now() < until) more = step();
    if (more) whenIdle(step);
  };
  if ("requestIdleCallback" in window) requestIdleCallback((deadline) => run(deadline.didTimeout ? slice : Math.min(deadline.timeRemaining(), 12)), { timeout: patience });
  else setTimeout(() => run(slice), 30); // Safari has no such call
}
