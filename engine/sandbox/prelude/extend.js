// Methods that expressions written for other studios use on values, as additions that are not enumerable. Those of
// objects would hide fields that are absent ($json.values ?? []), so only programs that call one of them get a VM that
// has them: withObjectMethods is set from outside.
const add = (on, methods) => { for (const name of Object.keys(methods)) if (!(name in on)) put(on, name, methods[name]); };
const same = (a, b) => a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b));
const numbers = (all) => all.map((x) => { const n = Number(x); if (x === null || x === '' || Number.isNaN(n)) throw new TypeError('"' + x + '" is not a number'); return n; });
const blank = (x) => x === undefined || x === null || x === '' || (isArray(x) && x.length === 0) || (typeof x === 'object' && !(x instanceof DateTime) && !(x instanceof Date) && Object.keys(x).length === 0);
const uniqueOf = (all, key) => {
  const known = new Set(), out = [];
  for (const x of all) {
    const k = key === undefined ? x : x?.[key], id = typeof k + ':' + (typeof k === 'object' ? JSON.stringify(k) : String(k));
    if (!known.has(id)) { known.add(id); out[out.length] = x; }
  }
  return out;
};
const query = (o) => Object.keys(o).map((k) => encodeURIComponent(k) + '=' + encodeURIComponent(typeof o[k] === 'object' ? JSON.stringify(o[k]) : o[k])).join('&');

add(Array.prototype, {
  first() { return this[0]; },
  last() { return this[this.length - 1]; },
  isEmpty() { return this.length === 0; },
  isNotEmpty() { return this.length > 0; },
  unique(...keys) { return uniqueOf(list(this), keys[0]); },
  removeDuplicates(...keys) { return uniqueOf(list(this), keys[0]); },
  pluck(...keys) { return keys.length === 0 ? list(this) : this.map((x) => keys.length === 1 ? x?.[keys[0]] : keys.map((k) => x?.[k])); },
  sum() { return numbers(this).reduce((a, b) => a + b, 0); },
  average() { return this.length === 0 ? 0 : numbers(this).reduce((a, b) => a + b, 0) / this.length; },
  min() { return numbers(this).reduce((a, b) => Math.min(a, b), Infinity); },
  max() { return numbers(this).reduce((a, b) => Math.max(a, b), -Infinity); },
  chunk(size) {
    const n = Math.trunc(Number(size)), out = [];
    if (!(n > 0)) throw new TypeError('chunk needs a size above 0');
    for (let i = 0; i < this.length; i += n) out[out.length] = this.slice(i, i + n);
    return out;
  },
  compact() { return this.filter((x) => !blank(x)); },
  merge(other) {
    if (other === undefined) return Object.assign({}, ...this);
    const n = Math.max(this.length, other.length), out = [];
    length(n);
    for (let i = 0; i < n; i++) out[i] = Object.assign({}, other[i], this[i]);
    return out;
  },
  append(...more) { return [...list(this), ...more]; },
  union(other) { return uniqueOf([...list(this), ...list(other)]); },
  intersection(other) { return uniqueOf(this.filter((x) => other.some((y) => same(x, y)))); },
  difference(other) { return this.filter((x) => !other.some((y) => same(x, y))); },
  randomItem() { return this[Math.floor(Math.random() * this.length)]; },
  renameKeys(...names) { return this.map((x) => { const o = {}; for (const k of Object.keys(x)) { const i = names.indexOf(k); o[i >= 0 && i % 2 === 0 ? names[i + 1] : k] = x[k]; } return o; }); },
  smartJoin(key, value) { const o = {}; for (const x of this) o[x[key]] = x[value]; return o; },
  toJsonString() { return JSON.stringify(this); },
});

const email = /[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/, url = /\bhttps?:\/\/[^\s<>"')\]]+/i;
const words = (s) => s.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[^\p{L}\p{N}]+/u).filter((w) => w !== '');
const numberOf = (s, what) => { const n = Number(String(s).trim()); if (String(s).trim() === '' || Number.isNaN(n)) throw new TypeError('"' + s + '" is not ' + what); return n; };
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const toBase64 = (bytes) => {
  let s = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const n = bytes[i] << 16 | (bytes[i + 1] ?? 0) << 8 | (bytes[i + 2] ?? 0);
    s += alphabet[n >> 18] + alphabet[n >> 12 & 63] + (i + 1 < bytes.length ? alphabet[n >> 6 & 63] : '=') + (i + 2 < bytes.length ? alphabet[n & 63] : '=');
  }
  return s;
};
const fromBase64 = (given) => {
  const s = text(given).replace(/[\t\n\f\r ]/g, '').replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, ''), bytes = [];
  let bits = 0, n = 0;
  for (const c of s) {
    const v = alphabet.indexOf(c);
    if (v < 0) throw new TypeError('this is not base64');
    n = (n << 6 | v) & 0xffffff; bits += 6;
    if (bits >= 8) { bits -= 8; bytes[bytes.length] = n >> bits & 255; }
  }
  return bytes;
};
const utf8Bytes = (s) => { const e = encodeURIComponent(s.toWellFormed()), b = []; for (let i = 0; i < e.length; i++) { if (e[i] === '%') { b[b.length] = parseInt(e.slice(i + 1, i + 3), 16); i += 2; } else b[b.length] = e.charCodeAt(i); } return b; };
const utf8Text = (bytes) => { let e = ''; for (const b of bytes) e += '%' + (b < 16 ? '0' : '') + b.toString(16); try { return decodeURIComponent(e); } catch { return bytes.map((b) => String.fromCharCode(b)).join(''); } };
const latinBytes = (s) => { const b = []; for (let i = 0; i < s.length; i++) { const c = s.charCodeAt(i); if (c > 255) throw new TypeError('btoa takes characters up to U+00FF; use .base64Encode()'); b[i] = c; } return b; };

add(String.prototype, {
  isEmpty() { return this.length === 0; },
  isNotEmpty() { return this.length > 0; },
  isEmail() { const m = email.exec(this); return m !== null && m[0] === text(this); },
  isUrl() { return /^[a-z][a-z0-9+.-]*:\/\/[^\s/]+\S*$/i.test(this); },
  isDomain() { return /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/i.test(this); },
  isNumeric() { return text(this).trim() !== '' && !Number.isNaN(Number(this)); },
  extractEmail() { return email.exec(this)?.[0]; },
  extractUrl() { return url.exec(this)?.[0]; },
  extractDomain() { return /(?:@|:\/\/(?:[^/@\s]*@)?)([^\s/:?#<>"']+)/.exec(this)?.[1] ?? /\b(?:[a-z0-9-]+\.)+[a-z]{2,}\b/i.exec(this)?.[0]; },
  extractUrlPath() { return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(this)?.[1] || undefined; },
  toDateTime(format) { return format === undefined ? toDate(this) : DateTime.fromFormat(this, format); },
  toInt(base) { const n = parseInt(this, base ?? 10); if (Number.isNaN(n)) throw new TypeError('"' + this + '" is not a whole number'); return n; },
  toFloat() { const n = parseFloat(this); if (Number.isNaN(n)) throw new TypeError('"' + this + '" is not a number'); return n; },
  toNumber() { return numberOf(this, 'a number'); },
  toBoolean() { return !['', 'false', '0', 'no'].includes(text(this).trim().toLowerCase()); },
  toTitleCase() { return text(this).toLowerCase().replace(/(^|[^\p{L}\p{N}'’])(\p{L})/gu, (_, before, letter) => before + letter.toUpperCase()); },
  toSentenceCase() { return text(this).toLowerCase().replace(/(^\s*|[.!?]\s+)(\p{L})/gu, (_, before, letter) => before + letter.toUpperCase()); },
  toSnakeCase() { return words(text(this)).join('_').toLowerCase(); },
  toKebabCase() { return words(text(this)).join('-').toLowerCase(); },
  toCamelCase() { return words(text(this)).map((w, i) => i === 0 ? w.toLowerCase() : w[0].toUpperCase() + w.slice(1).toLowerCase()).join(''); },
  toPascalCase() { return words(text(this)).map((w) => w[0].toUpperCase() + w.slice(1).toLowerCase()).join(''); },
  replaceSpecialChars() { return this.replace(/ß/g, 'ss').replace(/æ/g, 'ae').replace(/Æ/g, 'AE').replace(/ø/g, 'o').replace(/Ø/g, 'O').replace(/ł/g, 'l').replace(/Ł/g, 'L').normalize('NFD').replace(/\p{M}/gu, ''); },
  urlEncode(whole) { return whole ? encodeURI(this) : encodeURIComponent(this); },
  urlDecode(whole) { return whole ? decodeURI(this) : decodeURIComponent(this); },
  base64Encode() { return toBase64(utf8Bytes(text(this))); },
  base64Decode() { return utf8Text(fromBase64(this)); },
  parseJson() { try { return JSON.parse(this); } catch (e) { throw new SyntaxError('this text is not JSON: ' + e.message); } },
  toJsonString() { return JSON.stringify(this); },
  quote(mark = '"') { return mark + this.replaceAll(mark, '\\' + mark) + mark; },
  removeTags() { return this.replace(/<[^>]*>/g, ''); },
  removeMarkdown() {
    return this.replace(/```[a-z]*\n?([\s\S]*?)```/g, '$1').replace(/^#{1,6}\s+/gm, '').replace(/^\s{0,3}>\s?/gm, '').replace(/^\s*[-*+]\s+/gm, '').replace(/^\s*(?:[-*_]\s*){3,}$/gm, '')
      .replace(/!\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/(\*\*|__|~~)(.*?)\1/g, '$2').replace(/([*_])([^*_\n]+)\1/g, '$2').replace(/`([^`]*)`/g, '$1');
  },
});
const rounded = (n, places, by) => { const f = 10 ** places; return by(Number((n * f).toPrecision(15))) / f; };
add(Number.prototype, {
  round(places = 0) { return rounded(Number(this), places, Math.round); },
  floor() { return Math.floor(this); },
  ceil() { return Math.ceil(this); },
  abs() { return Math.abs(this); },
  isEven() { return Number(this) % 2 === 0; },
  isOdd() { return Math.abs(Number(this) % 2) === 1; },
  isInteger() { return Number.isInteger(Number(this)); },
  isEmpty() { return false; },
  format(locale, o) {
    const most = o?.maximumFractionDigits ?? Math.max(3, o?.minimumFractionDigits ?? 0), least = o?.minimumFractionDigits ?? 0;
    let [whole, rest = ''] = Math.abs(Number(this)).toFixed(Math.min(most, 100)).split('.');
    while (rest.length > least && rest.endsWith('0')) rest = rest.slice(0, -1);
    return (this < 0 ? '-' : '') + whole.replace(/\B(?=(\d{3})+$)/g, ',') + (rest ? '.' + rest : '');
  },
  toBoolean() { return Number(this) !== 0; },
  toInt() { return Math.round(this); },
  toFloat() { return Number(this); },
  toNumber() { return Number(this); },
  toDateTime(kind) { return kind === 's' ? DateTime.fromSeconds(Number(this)) : kind === 'us' ? DateTime.fromMillis(Number(this) / 1000) : DateTime.fromMillis(Number(this)); },
});
put(Number.prototype, 'toLocaleString', function toLocaleString(locale, o) { return Number(this).format(locale, o); });
add(Boolean.prototype, {
  isEmpty() { return false; },
  toInt() { return Number(this); },
  toNumber() { return Number(this); },
  toBoolean() { return Boolean(Number(this)); },
});
add(Date.prototype, {
  toDateTime() { return DateTime.fromJSDate(this); },
  format(f) { return DateTime.fromJSDate(this).toFormat(f ?? 'yyyy-MM-dd'); },
  plus(n, u) { return DateTime.fromJSDate(this).plus(n, u); },
  minus(n, u) { return DateTime.fromJSDate(this).minus(n, u); },
});
if (withObjectMethods) {
  add(Object.prototype, {
    isEmpty() { return Object.keys(this).length === 0; },
    isNotEmpty() { return Object.keys(this).length > 0; },
    keys() { return Object.keys(this); },
    values() { return Object.values(this); },
    hasField(name) { return Object.hasOwn(this, name); },
    removeField(name) { const o = {...this}; delete o[name]; return o; },
    removeFieldsContaining(value) { const o = {}; for (const k of Object.keys(this)) if (!(typeof this[k] === 'string' && this[k].includes(value))) o[k] = this[k]; return o; },
    keepFieldsContaining(value) { const o = {}; for (const k of Object.keys(this)) if (typeof this[k] === 'string' && this[k].includes(value)) o[k] = this[k]; return o; },
    compact() { const o = {}; for (const k of Object.keys(this)) if (!blank(this[k])) o[k] = this[k]; return o; },
    merge(other) { return {...other, ...this}; },
    toJsonString() { return JSON.stringify(this); },
    urlEncode() { return query(this); },
  });
}

globalThis.btoa = (s) => toBase64(latinBytes(text(s)));
globalThis.atob = (s) => fromBase64(s).map((b) => String.fromCharCode(b)).join('');
globalThis.$if = (test, yes, no) => test ? yes : no;
globalThis.$ifEmpty = (value, other) => blank(value) ? other : value;
globalThis.$min = (...all) => Math.min(...all);
globalThis.$max = (...all) => Math.max(...all);
globalThis.$not = (value) => !value;
globalThis.console = {log() {}, info() {}, warn() {}, error() {}, debug() {}, trace() {}, table() {}};
