// The theme of this browser: light, dark or as the system says. Buttons with data-theme-set="light|dark|auto" choose.

type Theme = "light" | "dark" | "auto";

function stored(): Theme {
  try {
    const theme = localStorage.getItem("theme");
    return theme === "light" || theme === "dark" ? theme : "auto";
  } catch {
    return "auto";
  }
}

function show(theme: Theme): void {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const button of document.querySelectorAll<HTMLElement>("[data-theme-set]")) {
    const name = button.getAttribute("role") === "menuitemradio" ? "aria-checked" : "aria-pressed";
    button.setAttribute(name, String(button.dataset.themeSet === theme));
  }
}

export function setTheme(theme: Theme): void {
  try {
    if (theme === "auto") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Not kept, but it holds on this page.
  }
  show(theme);
}

export function watchTheme(): void {
  show(stored());
  document.addEventListener("click", (event) => {
    const chosen = (event.target as Element).closest<HTMLElement>("[data-theme-set]")?.dataset.themeSet;
    if (chosen === "light" || chosen === "dark" || chosen === "auto") setTheme(chosen);
  });
  addEventListener("storage", (event) => {
    if (event.key === "theme") show(stored());
  });
  document.addEventListener("htmx:after:swap", () => show(stored()));
}
