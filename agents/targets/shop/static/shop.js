"use strict";
// Dialogs: they open from a button, keep the focus inside, and give it back.
for (const opener of document.querySelectorAll("[data-show]")) {
  const dialog = document.getElementById(opener.dataset.show);
  opener.addEventListener("click", () => dialog.showModal());
  for (const closer of dialog.querySelectorAll("[data-close]")) closer.addEventListener("click", () => dialog.close());
}
// A form is sent once.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button");
    setTimeout(() => { button.disabled = true; button.setAttribute("aria-busy", "true"); });
  });
}
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[aria-busy]")) { button.disabled = false; button.removeAttribute("aria-busy"); }
});
const notice = document.getElementById("notice");
window.addEventListener("offline", () => { notice.textContent = "You are offline. What you see may be old."; });
window.addEventListener("online", () => { notice.textContent = ""; });
// The ticker comes back when its connection is lost, a little later each time.
const visitors = document.getElementById("visitors");
if (visitors) {
  let wait = 1000;
  const connect = () => {
    const socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/live");
    let asking;
    socket.onmessage = (message) => {
      wait = 1000;
      try { visitors.textContent = String(JSON.parse(message.data).visitors); } catch { visitors.textContent = "some"; }
      asking = setTimeout(() => { if (socket.readyState === WebSocket.OPEN) socket.send("more"); }, 20000);
    };
    socket.onclose = () => { clearTimeout(asking); if ("once" in visitors.dataset) return; setTimeout(connect, wait); wait = Math.min(wait * 2, 16000); };
  };
  connect();
}
