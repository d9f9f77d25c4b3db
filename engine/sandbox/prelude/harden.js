// A VM is used again and again, by many workflows. So that nothing done by one evaluation can be seen by the next, all
// built-in objects, everything reachable from them and the global object are frozen, code cannot be made from text (which
// could declare global names), and every evaluation runs as a strict function whose only state is its arguments.
const forbidden = function () { throw new TypeError('code cannot be made from text here'); };
for (const f of [function () {}, function* () {}, async function () {}, async function* () {}]) {
  define(Object.getPrototypeOf(f), 'constructor', {value: forbidden, writable: false, configurable: false});
}
define(forbidden, 'prototype', {value: Function.prototype, writable: false});
globalThis.Function = forbidden;

// A frozen property of a prototype cannot be assigned to on the objects that inherit it: new Error().message = 'x' would
// fail. For the prototypes that people's objects inherit from, properties become accessors that define an own property.
const assignable = (on) => {
  for (const key of Reflect.ownKeys(on)) {
    const d = Object.getOwnPropertyDescriptor(on, key);
    if (!('value' in d) || !d.configurable) continue;
    const value = d.value;
    define(on, key, {
      get: {get() { return value; }}.get,
      set: {set(v) {
        if (this === on || (typeof this !== 'object' && typeof this !== 'function') || this === null) throw new TypeError('built-in objects cannot be changed');
        const own = Object.getOwnPropertyDescriptor(this, key);
        define(this, key, own ? {value: v} : {value: v, writable: true, enumerable: true, configurable: true});
      }}.set,
      enumerable: false, configurable: false,
    });
  }
};
for (const c of [Object, Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError]) assignable(c.prototype);

const seen = new Set();
const harden = (value) => {
  const todo = [value];
  while (todo.length > 0) {
    const o = todo.pop();
    if ((typeof o !== 'object' && typeof o !== 'function') || o === null || seen.has(o)) continue;
    seen.add(o);
    if (o !== globalThis) Object.freeze(o);
    todo.push(Object.getPrototypeOf(o));
    for (const key of Reflect.ownKeys(o)) {
      const d = Object.getOwnPropertyDescriptor(o, key);
      todo.push(d.value, d.get, d.set);
    }
  }
};
harden(globalThis);
for (const hidden of [function* () {}, async function () {}, async function* () {}, [].values(), ''[Symbol.iterator](), new Map().values(),
  new Set().values(), 'a'.matchAll(/a/g), [].values().map((x) => x), Iterator.from({next() {}}), Promise.prototype, DateTime, Duration, Roots]) harden(hidden);
for (const key of Reflect.ownKeys(globalThis)) {
  const d = Object.getOwnPropertyDescriptor(globalThis, key);
  if (d.configurable) define(globalThis, key, {value: d.value, writable: false, enumerable: false, configurable: false});
}
Object.preventExtensions(globalThis);
