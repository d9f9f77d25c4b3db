// Rows of tabs that are wider than the screen: the tab of the page that stands there is brought into view, with a bit
// of the one before it, so that it is seen that there are more.

export function showCurrentTabs(): void {
  for (const tab of document.querySelectorAll<HTMLElement>(".tabs > [aria-current=page]")) {
    const row = tab.parentElement!;
    const [seen, whole] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
    if (seen.right > whole.right) row.scrollLeft += Math.min(seen.right - whole.right + 40, seen.left - whole.left);
  }
}
