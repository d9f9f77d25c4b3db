// The list of campaigns: a page with open ones is looked at again until they have ended.

const every = 4000; // milliseconds

export function openList(root: HTMLElement): void {
  if (!root.querySelector("[data-open]")) return;
  const timer = setInterval(() => void look(), every);

  async function look(): Promise<void> {
    if (document.hidden) return;
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      if (!response.ok || response.redirected) return;
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("campaigns");
      if (!fresh) return;
      for (const row of root.querySelectorAll<HTMLElement>("tr[data-open]")) {
        const next = [...fresh.querySelectorAll<HTMLElement>("tr[data-campaign]")].find((other) => other.dataset["campaign"] === row.dataset["campaign"]);
        if (next && next.innerHTML !== row.innerHTML && !row.contains(document.activeElement)) row.replaceWith(next);
      }
      document.dispatchEvent(new CustomEvent("htmx:after:swap"));
      if (!root.querySelector("[data-open]")) clearInterval(timer);
    } catch {
      // The studio is away: the next look says more.
    }
  }
}
