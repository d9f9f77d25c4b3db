// Menus: <button popovertarget="m" aria-haspopup="menu">…</button><div class="menu" id="m" popover role="menu">. The
// browser opens and closes them; here they are placed beside their button and walked with the arrow keys.

const gap = 4; // pixels between button and menu

export function watchMenus(): void {
  document.addEventListener(
    "toggle",
    (event) => {
      const menu = event.target;
      if (!(menu instanceof HTMLElement) || !menu.matches(".menu[popover]")) return;
      const opener = document.querySelector<HTMLElement>(`[popovertarget="${CSS.escape(menu.id)}"]`);
      const open = (event as ToggleEvent).newState === "open";
      opener?.setAttribute("aria-expanded", String(open));
      if (!open) return;
      if (opener) placeBeside(menu, opener.getBoundingClientRect());
      entries(menu)[0]?.focus();
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    const menu = (event.target as Element).closest?.<HTMLElement>(".menu[popover]");
    if (menu) walk(menu, event);
  });
  // An entry that was chosen closes its menu, but for those that say data-stay.
  document.addEventListener("click", (event) => {
    const entry = (event.target as Element).closest(".menu[popover] :is(a, button)");
    if (entry && !entry.hasAttribute("data-stay")) entry.closest<HTMLElement>(".menu[popover]")?.hidePopover();
  });
}

function entries(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>("a[href], button:not(:disabled), input, select")];
}

function walk(menu: HTMLElement, event: KeyboardEvent): void {
  if (event.target instanceof HTMLInputElement) return;
  const list = entries(menu);
  const at = list.indexOf(document.activeElement as HTMLElement);
  let next: HTMLElement | undefined;
  if (event.key === "ArrowDown") next = list[(at + 1) % list.length];
  else if (event.key === "ArrowUp") next = list.at(at <= 0 ? -1 : at - 1);
  else if (event.key === "Home") next = list[0];
  else if (event.key === "End") next = list.at(-1);
  else if (/^\p{L}$/u.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const letter = event.key.toLowerCase();
    next = [...list.slice(at + 1), ...list.slice(0, at + 1)].find((entry) => entry.textContent?.trim().toLowerCase().startsWith(letter));
  } else return;
  event.preventDefault();
  event.stopPropagation();
  next?.focus();
}

/** Places an open popover under a box, its right edges together where the left ones would not fit, or above it. */
export function placeBeside(menu: HTMLElement, box: DOMRect): void {
  const { width, height } = menu.getBoundingClientRect();
  let left = box.left;
  if (left + width > innerWidth - 8) left = box.right - width;
  let top = box.bottom + gap;
  if (top + height > innerHeight - 8 && box.top - gap - height > 8) top = box.top - gap - height;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
}
