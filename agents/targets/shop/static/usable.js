"use strict";
for (const button of document.querySelectorAll("[data-reveal]")) {
  const part = document.getElementById(button.dataset.reveal);
  button.addEventListener("click", () => { part.hidden = !part.hidden; if (button.hasAttribute("aria-expanded")) button.setAttribute("aria-expanded", String(!part.hidden)); });
}
for (const button of document.querySelectorAll("[data-press]")) {
  button.addEventListener("click", () => button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true")));
}
for (const button of document.querySelectorAll("[data-toast]")) {
  button.addEventListener("click", () => {
    const toast = document.createElement("p");
    toast.className = "toast";
    toast.textContent = button.dataset.toast;
    (document.getElementById(button.dataset.into) || document.body).append(toast);
    setTimeout(() => toast.remove(), 4000);
  });
}
for (const keeper of document.querySelectorAll("[data-keeps-focus]")) {
  keeper.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    event.preventDefault();
    const all = [...keeper.querySelectorAll("button")];
    all[(all.indexOf(document.activeElement) + 1) % all.length].focus();
  });
}
for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", async () => {
    if (button.hasAttribute("data-busy")) { button.setAttribute("aria-busy", "true"); button.disabled = true; }
    try {
      const answer = await fetch(location.pathname + button.dataset.ask);
      document.getElementById(button.dataset.answer).textContent = (await answer.json()).stock;
    } finally { button.disabled = false; button.removeAttribute("aria-busy"); }
  });
}
