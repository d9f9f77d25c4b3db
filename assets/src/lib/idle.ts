// Work that can wait, a piece after another, between the frames of the page.

const slice = 6; // milliseconds that work takes at once when the page is never idle
const patience = 250; // milliseconds until it is done all the same

/** Takes steps while the browser has nothing else to do, until a step returns false. */
export function whenIdle(step: () => boolean): void {
  const run = (left: number) => {
    const until = performance.now() + left;
    let more = true;
    while (more && performance.now() < until) more = step();
    if (more) whenIdle(step);
  };
  if ("requestIdleCallback" in window) requestIdleCallback((deadline) => run(deadline.didTimeout ? slice : Math.min(deadline.timeRemaining(), 12)), { timeout: patience });
  else setTimeout(() => run(slice), 30); // Safari has no such call
}
