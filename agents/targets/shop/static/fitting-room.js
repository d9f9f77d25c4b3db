"use strict";
// What stands in the room: its number is the fragment of the address.
const room = document.getElementById("room");
if (room) {
  const on = room.dataset.faults.split(" ");
  const show = () => {
    const what = decodeURIComponent(location.hash.slice(1));
    if (!what) return;
    if (on.includes("markup-from-address")) room.innerHTML = "In the room: " + what;
    else room.textContent = "In the room: " + what;
  };
  show();
  window.addEventListener("hashchange", show);
  const next = new URLSearchParams(location.search).get("next");
  if (next && (on.includes("leads-by-script") || new URL(next, location.origin).origin === location.origin)) location.href = next;
  const plan = document.getElementById("plan");
  const tell = () => plan.contentWindow.postMessage({ width: 4, length: 5 }, on.includes("tells-every-window") ? "*" : location.origin);
  window.addEventListener("load", tell);
}
// A device that is to be known again keeps the key.
const kept = document.querySelector("[data-keep]");
if (kept) localStorage.setItem("session_token", kept.dataset.keep);
