// Lets a tester cut the sockets of a page, the way that a network does: without a close frame, and without telling why.
(() => {
  const Real = window.WebSocket;
  if (!Real) return;
  const open = new Set();
  class Watched extends Real {
    #cut = false;
    constructor(...args) {
      super(...args);
      open.add(this);
      for (const type of ["close", "error", "message", "open"]) super.addEventListener(type, (e) => { if (type === "close") open.delete(this); if (this.#cut && e.isTrusted) e.stopImmediatePropagation(); });
    }
    get readyState() { return this.#cut ? Real.CLOSED : super.readyState; }
    send(data) { if (!this.#cut) super.send(data); }
    __cut() {
      this.#cut = true;
      open.delete(this);
      super.close();
      this.dispatchEvent(new Event("error"));
      this.dispatchEvent(new CloseEvent("close", { code: 1006, reason: "", wasClean: false }));
    }
  }
  window.WebSocket = Watched;
  Object.defineProperty(window, "__atelierCutSockets", { value: () => { const list = [...open].filter((s) => s.readyState === Real.OPEN); for (const s of list) s.__cut(); return list.length; }, enumerable: false });
})();
