// What comes behind the first paint: code and style that are not seen at once, so that the drawing is there sooner.

/** The address of the style of everything that comes later, filled in when the scripts are built. */
declare const laterStyle: string;

let style: Promise<void> | undefined;

/** Resolves when the page has been painted once. A page in the background is not painted, and does not wait for it. */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 500);
  });
}

/** Waits for a module and for the style of what it shows, so that nothing is seen without. */
export async function behind<M>(module: Promise<M>): Promise<M> {
  return (await Promise.all([module, (style ??= load())]))[0];
}

function load(): Promise<void> {
  return new Promise((resolve, reject) => {
    if (document.querySelector(`link[rel=stylesheet][href="${laterStyle}"]`)) return resolve(); // the page has it itself
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = laterStyle;
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      style = undefined; // the next one asks again
      reject(new Error("the style could not be loaded"));
    };
    document.head.append(link);
  });
}
