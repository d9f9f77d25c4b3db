// Runs before a page's own scripts and remembers which elements listen to clicks.
(() => {
  const clicks = new WeakSet();
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if ((type === "click" || type === "mousedown" || type === "pointerdown" || type === "mouseup") && this instanceof Element) clicks.add(this);
    return add.call(this, type, ...rest);
  };
  Object.defineProperty(window, "__atelierClicks", { value: clicks, enumerable: false });
})();
