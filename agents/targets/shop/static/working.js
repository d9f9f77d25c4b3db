"use strict";
const faultsOf = (element) => (element ? element.dataset.faults.split(" ") : []);
// Offers.
const offers = document.getElementById("offers");
if (offers) {
  const faults = faultsOf(offers);
  const left = document.getElementById("left");
  fetch("/offers/stock").then((answer) => (answer.ok ? answer.json() : null)).then((stock) => { if (stock) left.textContent = stock.left; }).catch(() => { left.textContent = "We cannot say how many are left."; });
  const toggle = (name) => {
    const button = document.getElementById(name), text = document.getElementById(name + "-text");
    button.addEventListener("click", () => {
      if (name === "sizes" && faults.includes("throws-when-clicked")) text.sizes.show();
      if (name === "colours" && faults.includes("button-without-effect")) return;
      text.hidden = !text.hidden;
      button.setAttribute("aria-expanded", String(!text.hidden));
    });
  };
  toggle("sizes");
  toggle("colours");
  if (faults.includes("throws-at-start")) offers.prices.today();
}
// The stockroom.
const stockroom = document.getElementById("stockroom");
if (stockroom) {
  const faults = faultsOf(stockroom);
  const note = document.getElementById("stock-note"), boxes = document.getElementById("boxes");
  const show = (stock) => { boxes.replaceChildren(...stock.boxes.map((words) => { const item = document.createElement("li"); item.textContent = words; return item; })); note.textContent = ""; };
  const look = async () => {
    if (!faults.includes("waits-in-silence")) note.textContent = "Loading…";
    let text = "";
    try {
      const answer = await fetch("/stockroom/boxes");
      if (!answer.ok) throw new Error("status " + answer.status);
      text = await answer.text();
    } catch (error) {
      if (faults.includes(String(error.message).startsWith("status") ? "errors-unseen" : "silent-offline")) throw error;
      note.textContent = "The list could not be fetched. Please look again later.";
      return;
    }
    if (faults.includes("text-unread")) { show(JSON.parse(text)); return; }
    try { show(JSON.parse(text)); } catch { note.textContent = "The list could not be read. Please look again later."; }
  };
  look();
  document.getElementById("look").addEventListener("click", look);
  let wait = 2000;
  const keys = () => fetch("/stockroom/keys").then((answer) => {
    if (answer.ok) return answer.json().then((found) => { document.getElementById("keys").textContent = found.keys; });
    setTimeout(keys, faults.includes("asks-at-once") ? 100 : wait);
    wait *= 2;
  }).catch(() => {});
  keys();
  const doors = { "left-door": false, "right-door": false };
  for (const name of Object.keys(doors)) {
    const door = document.getElementById(name);
    door.addEventListener("click", () => {
      doors[name] = !doors[name];
      door.setAttribute("aria-pressed", String(doors[name]));
      if (doors["left-door"] && doors["right-door"] && faults.includes("half-and-half")) doors.draught.close();
    });
  }
}
// Rooms: each has an address, and is drawn without asking for a whole page.
const room = document.getElementById("room-text");
if (room) {
  const faults = faultsOf(room);
  const texts = {
    "/interiors": ["Rooms that we furnished", "Choose one of the rooms above, and see what we made for it and for whom."],
    "/interiors/study": ["Study", "A study under the roof: the walnut desk below the window, the lamp at its left, and a shelf that takes four hundred books."],
    "/interiors/cellar": ["Cellar", "A cellar with a table for eight, lit by three brass lamps, where wine is tasted twice a year by people who like it."],
  };
  const draw = () => { const [title, text] = texts[location.pathname]; document.getElementById("room").textContent = title; document.title = title + " - Quiet Rooms"; room.textContent = text; };
  for (const link of document.querySelectorAll("[data-room]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      history.pushState({}, "", link.href);
      draw();
    });
  }
  window.addEventListener("popstate", () => { if (!faults.includes("no-way-back")) draw(); });
}
