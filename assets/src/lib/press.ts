// Nothing may move under a pressed pointer: a button that slips away between press and release gets no click.

let pressed = false;
const waiting: (() => void)[] = [];

function release(): void {
  pressed = false;
  // The click comes after the release and is to find its button where it was.
  setTimeout(() => {
    for (const run of waiting.splice(0)) run();
  });
}

addEventListener("pointerdown", () => { pressed = true; }, true);
addEventListener("pointerup", release, true);
addEventListener("pointercancel", release, true);

/** Runs what changes the layout: at once, or when the pointer is released. */
export function afterPress(run: () => void): void {
  if (pressed) waiting.push(run);
  else run();
}
