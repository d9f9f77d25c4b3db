// Limits on built-in functions. The interpreter notices an interrupt at calls and at the ends of loops, but not within
// one built-in function: Array(4e9).indexOf(1) would run for minutes in native code that allocates nothing. So what can
// take unbounded or quadratic time is wrapped here, and what has no use in a workflow is taken away.
const apply = Reflect.apply, isArray = Array.isArray, define = Object.defineProperty;
const most = 5e6;          // elements that one built-in may walk over
const mostSearch = 1e9;    // text length times pattern length

const put = (on, name, value) => define(on, name, {value, writable: true, enumerable: false, configurable: true});
const refuse = (text) => { throw new RangeError(text); };
const length = (n) => { if (n > most) refuse('an array of ' + n + ' elements is too long'); };

// list makes a bounded, real array of what a method of arrays was called on.
const list = (value) => {
  if (isArray(value)) { length(value.length); return value; }
  if (value === undefined || value === null) throw new TypeError('an array method was called on ' + value);
  const from = Object(value), n = Math.min(Math.max(Math.trunc(Number(from.length)) || 0, 0), Number.MAX_SAFE_INTEGER);
  length(n);
  const copy = [];
  for (let i = 0; i < n; i++) copy[i] = from[i];
  return copy;
};

for (const name of ['copyWithin', 'every', 'fill', 'filter', 'find', 'findIndex', 'findLast', 'findLastIndex',
  'flatMap', 'forEach', 'includes', 'indexOf', 'join', 'lastIndexOf', 'map', 'reduce', 'reduceRight', 'reverse', 'shift',
  'slice', 'some', 'splice', 'toLocaleString', 'toReversed', 'toSpliced', 'unshift']) {
  const original = Array.prototype[name];
  if (!original) continue;
  const wrapped = {[name](...given) { return apply(original, list(this), given); }}[name];
  put(Array.prototype, name, wrapped);
}

const text = (x) => typeof x === 'string' ? x : String(x);
const byText = (a, b) => { const x = text(a), y = text(b); return x < y ? -1 : x > y ? 1 : 0; };
for (const name of ['sort', 'toSorted']) {
  const original = Array.prototype[name];
  put(Array.prototype, name, {[name](by) { return apply(original, list(this), [by === undefined ? byText : by]); }}[name]);
}

const flatten = (from, depth, into) => {
  length(from.length);
  for (let i = 0; i < from.length; i++) {
    if (!(i in from)) continue;
    if (depth > 0 && isArray(from[i])) flatten(from[i], depth - 1, into);
    else into[into.length] = from[i];
  }
  return into;
};
put(Array.prototype, 'flat', function flat(depth = 1) { return flatten(list(this), depth, []); });
put(Array.prototype, 'concat', function concat(...others) {
  let all = [...list(this)];
  for (const o of others) {
    if (isArray(o)) { length(o.length); all = [...all, ...o]; } else all[all.length] = o;
  }
  return all;
});

// search refuses what would compare text times pattern.
const search = (name) => {
  const original = String.prototype[name];
  put(String.prototype, name, {[name](pattern, ...rest) {
    const s = text(this);
    if (typeof pattern === 'object' && pattern !== null) {
      const symbol = Symbol[name === 'replaceAll' ? 'replace' : name];
      if (symbol && (name !== 'replaceAll' || !(pattern instanceof RegExp) || pattern.flags.includes('g'))) {
        const method = pattern[symbol];
        if (typeof method === 'function') return apply(method, pattern, [s, ...rest]);
      } else if (pattern instanceof RegExp) throw new TypeError(name + ' needs a text, or a regular expression with the flag g');
    }
    const p = pattern === undefined ? pattern : text(pattern);
    if (p && p.length > 1 && p.length * s.length > mostSearch) refuse('the text to search in and the text to find are too long');
    return apply(original, s, [p, ...rest]);
  }}[name]);
};
for (const name of ['indexOf', 'lastIndexOf', 'includes', 'split', 'replace', 'replaceAll']) search(name);

const normalize = String.prototype.normalize, manyMarks = /\p{M}{500}/u;
put(String.prototype, 'normalize', {normalize(form) {
  const s = text(this);
  if (s.length > 2000 && manyMarks.test(s)) refuse('the text has too many combining marks in a row');
  return apply(normalize, s, form === undefined ? [] : [text(form)]);
}}.normalize);

put(String, 'raw', {raw(strings, ...values) {
  const parts = list(strings.raw);
  let s = '';
  for (let i = 0; i < parts.length; i++) s += text(parts[i]) + (i < values.length && i + 1 < parts.length ? text(values[i]) : '');
  return s;
}}.raw);

const OriginalRegExp = RegExp;
const checkedPattern = (p) => {
  const s = p instanceof OriginalRegExp ? p : p === undefined ? p : text(p);
  if (typeof s === 'string' && s.length > 32768) refuse('the regular expression is too long');
  return s;
};
globalThis.RegExp = function RegExp(pattern, flags) { return new OriginalRegExp(checkedPattern(pattern), flags); };
RegExp.prototype = OriginalRegExp.prototype;
define(RegExp, 'prototype', {enumerable: false, writable: false, configurable: false});
put(RegExp, 'escape', OriginalRegExp.escape);
put(RegExp.prototype, 'constructor', RegExp);
delete RegExp.prototype.compile;
for (const name of ['match', 'matchAll', 'search']) {
  const original = String.prototype[name];
  put(String.prototype, name, {[name](pattern) {
    return apply(original, text(this), [pattern !== null && typeof pattern === 'object' ? pattern : checkedPattern(pattern)]);
  }}[name]);
}

delete Object.getPrototypeOf([].values().map((x) => x)).drop;
delete Iterator.prototype.drop;
delete Array.fromAsync;
for (const name of ['eval', 'Proxy', 'SharedArrayBuffer', 'ArrayBuffer', 'DataView', 'Atomics', 'WeakRef', 'FinalizationRegistry',
  'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'BigInt64Array',
  'BigUint64Array', 'Float16Array', 'Float32Array', 'Float64Array']) delete globalThis[name];
