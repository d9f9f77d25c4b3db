// DateTime and Duration: the part of Luxon's interface that expressions use. There is no Intl in the interpreter, so time
// zones come from outside, as lists of [from, minutes east of UTC], and names are English.
const monthNames = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const unitMillis = {week: 6048e5, day: 864e5, hour: 36e5, minute: 6e4, second: 1e3, millisecond: 1};
const unitOrder = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'];
const pad = (n, width = 2) => (n < 0 ? '-' : '') + String(Math.abs(n)).padStart(width, '0');
const unit = (name) => {
  const u = String(name).toLowerCase().replace(/s$/, '');
  const known = {y: 'year', m: 'minute', h: 'hour', d: 'day', w: 'week', milli: 'millisecond', ms: 'millisecond'}[u] ?? u;
  if (!unitOrder.includes(known)) throw new Error('"' + name + '" is no unit of time; use years, months, weeks, days, hours, minutes, seconds or milliseconds');
  return known;
};

// knownZones are constant tables that the Go side hands over once for each VM: nothing of any program is in them.
const knownZones = new Map();
const addZone = (json) => {
  const zone = JSON.parse(json);
  for (const o of zone.offsets) Object.freeze(o);
  Object.freeze(zone.offsets);
  knownZones.set(zone.name, Object.freeze(zone));
};
// World is what an evaluation knows of time; set anew for each. Of the zones it knows those that its text names.
let world = {now: 0, zone: {name: 'UTC', offsets: [[-8.64e15, 0]]}, zones: []};
const offsetAt = (zone, ts) => {
  const o = zone.offsets;
  let low = 0, high = o.length - 1;
  while (low < high) { const mid = (low + high + 1) >> 1; if (o[mid][0] <= ts) low = mid; else high = mid - 1; }
  return o[low][1];
};
const fixedZone = (minutes) => Object.freeze({name: minutes === 0 ? 'UTC' : 'UTC' + offsetText(minutes, ':').replace(/:00$/, '').replace(/^([+-])0/, '$1'), offsets: [[-8.64e15, minutes]]});
const offsetText = (minutes, colon) => (minutes < 0 ? '-' : '+') + pad(Math.floor(Math.abs(minutes) / 60)) + colon + pad(Math.abs(minutes) % 60);
const findZone = (z) => {
  if (z && typeof z === 'object' && Object.isFrozen(z) && z.offsets) return z;
  if (typeof z === 'number') return fixedZone(z);
  if (z === undefined || z === null || /^(local|system|default)$/i.test(z)) return world.zone;
  if (/^(utc|gmt|z)$/i.test(z)) return fixedZone(0);
  const m = /^(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(z);
  if (m) return fixedZone((m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3] ?? 0)));
  const known = z === world.zone.name ? world.zone : world.zones.includes(z) ? knownZones.get(z) : undefined;
  if (!known) throw new Error('the time zone "' + z + '" is not known; write its name out, as in \'Europe/Berlin\'');
  return known;
};
// fromLocal gives the moment at which a zone's clocks show the given local time.
const fromLocal = (zone, y, mo, d, h, mi, s, ms) => {
  const t = new Date(Date.UTC(2000, mo - 1, d, h, mi, s, ms));
  t.setUTCFullYear(y + (t.getUTCFullYear() - 2000));
  const local = y >= 100 || y < 0 ? Date.UTC(y, mo - 1, d, h, mi, s, ms) : t.getTime();
  let ts = local - offsetAt(zone, local - offsetAt(zone, local) * 6e4) * 6e4;
  return ts;
};
const daysIn = (y, m) => new Date(Date.UTC(y, m, 0)).getUTCDate();

class Duration {
  constructor(values) { this.values = Object.freeze(values); Object.freeze(this); }
  static fromObject(o) { const v = {}; for (const k of Object.keys(o)) v[unit(k)] = Number(o[k]); return new Duration(v); }
  static fromMillis(n) { return new Duration({millisecond: n}); }
  static isDuration(d) { return d instanceof Duration; }
  get isValid() { return true; }
  as(u) { u = unit(u); return this.toMillis() / ({year: 365 * 864e5, quarter: 91 * 864e5, month: 30 * 864e5}[u] ?? unitMillis[u]); }
  toMillis() { let n = 0; for (const k of Object.keys(this.values)) n += this.values[k] * ({year: 365 * 864e5, quarter: 91 * 864e5, month: 30 * 864e5}[k] ?? unitMillis[k]); return n; }
  valueOf() { return this.toMillis(); }
  toObject() { const o = {}; for (const k of Object.keys(this.values)) o[k + 's'] = this.values[k]; return o; }
  negate() { const o = {}; for (const k of Object.keys(this.values)) o[k] = -this.values[k]; return new Duration(o); }
  toISO() {
    const v = (k) => this.values[k] ?? 0, one = (k, c) => v(k) ? v(k) + c : '';
    const date = one('year', 'Y') + (v('month') + v('quarter') * 3 ? v('month') + v('quarter') * 3 + 'M' : '') + one('week', 'W') + one('day', 'D');
    const seconds = v('second') + v('millisecond') / 1000;
    const time = one('hour', 'H') + one('minute', 'M') + (seconds ? seconds + 'S' : '');
    return date || time ? 'P' + date + (time ? 'T' + time : '') : 'PT0S';
  }
  toJSON() { return this.toISO(); }
  toString() { return this.toISO(); }
}
for (const u of unitOrder) define(Duration.prototype, u + 's', {get() { return this.values[u] ?? 0; }, enumerable: false, configurable: true});

const durationOf = (amount, of) => {
  if (amount instanceof Duration) return amount.values;
  if (typeof amount === 'object' && amount !== null) return Duration.fromObject(amount).values;
  return {[of === undefined ? 'millisecond' : unit(of)]: Number(amount)};
};

class DateTime {
  constructor(ts, zone, reason) {
    this.ts = Number.isFinite(ts) && Math.abs(ts) <= 8.64e15 ? Math.trunc(ts) : NaN;
    this.zone = zone;
    define(this, 'invalidReason', {value: Number.isNaN(this.ts) ? reason ?? 'no valid time' : null});
    const d = new Date(this.ts + (Number.isNaN(this.ts) ? 0 : offsetAt(zone, this.ts) * 6e4));
    define(this, 'parts', {value: d});
    Object.freeze(this);
  }
  static now() { return new DateTime(world.now, world.zone); }
  static local(...p) { return p.length === 0 ? DateTime.now() : new DateTime(fromLocal(world.zone, p[0], p[1] ?? 1, p[2] ?? 1, p[3] ?? 0, p[4] ?? 0, p[5] ?? 0, p[6] ?? 0), world.zone); }
  static utc(...p) { const z = fixedZone(0); return p.length === 0 ? new DateTime(world.now, z) : new DateTime(fromLocal(z, p[0], p[1] ?? 1, p[2] ?? 1, p[3] ?? 0, p[4] ?? 0, p[5] ?? 0, p[6] ?? 0), z); }
  static fromMillis(n, o) { return new DateTime(Number(n), findZone(o?.zone)); }
  static fromSeconds(n, o) { return new DateTime(Number(n) * 1000, findZone(o?.zone)); }
  static fromJSDate(d, o) { return new DateTime(d.getTime(), findZone(o?.zone)); }
  static fromObject(v, o) {
    const zone = findZone(o?.zone), now = new DateTime(world.now, zone), p = {};
    for (const k of Object.keys(v)) p[unit(k)] = Number(v[k]);
    const given = ['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond'];
    const largest = given.findIndex((k) => k in p), n = given.map((k, i) => p[k] ?? (i < largest ? now[k] : i < 3 ? 1 : 0));
    return new DateTime(fromLocal(zone, ...n), zone);
  }
  static isDateTime(v) { return v instanceof DateTime; }
  static max(...all) { return all.reduce((a, b) => b.ts > a.ts ? b : a); }
  static min(...all) { return all.reduce((a, b) => b.ts < a.ts ? b : a); }
  static fromISO(s, o) {
    const zone = findZone(o?.zone);
    const m = /^([+-]?\d{4,6})(?:-?(\d{2})(?:-?(\d{2}))?)?(?:[T ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i.exec(String(s).trim());
    if (!m) return new DateTime(NaN, zone, 'unparsable');
    const [y, mo, d, h, mi, sec] = [m[1], m[2] ?? 1, m[3] ?? 1, m[4] ?? 0, m[5] ?? 0, m[6] ?? 0].map(Number);
    if (mo < 1 || mo > 12 || d < 1 || d > daysIn(y, mo) || h > 24 || mi > 59 || sec > 59) return new DateTime(NaN, zone, 'out of range');
    const from = m[8] ? findZone(/^z$/i.test(m[8]) ? 'utc' : m[8]) : zone;
    return new DateTime(fromLocal(from, y, mo, d, h, mi, sec, m[7] ? Math.trunc(Number('0.' + m[7]) * 1000) : 0), o?.setZone ? from : zone);
  }
  static fromSQL(s, o) { return DateTime.fromISO(s, o); }
  static fromFormat(s, format, o) {
    const zone = findZone(o?.zone), fields = [];
    const names = (l) => '(' + l.join('|') + ')', short = (l) => names(l.map((n) => n.slice(0, 3)));
    const patterns = {
      yyyy: ['(\\d{4})', 'year'], yy: ['(\\d{2})', 'short'], y: ['(\\d{1,6})', 'year'], MMMM: [names(monthNames), 'monthName'], MMM: [short(monthNames), 'monthName'],
      MM: ['(\\d{2})', 'month'], M: ['(\\d{1,2})', 'month'], LL: ['(\\d{2})', 'month'], L: ['(\\d{1,2})', 'month'], LLL: [short(monthNames), 'monthName'], LLLL: [names(monthNames), 'monthName'],
      dd: ['(\\d{2})', 'day'], d: ['(\\d{1,2})', 'day'], EEEE: [names(dayNames)], EEE: [short(dayNames)], cccc: [names(dayNames)], ccc: [short(dayNames)],
      HH: ['(\\d{2})', 'hour'], H: ['(\\d{1,2})', 'hour'], hh: ['(\\d{2})', 'hour'], h: ['(\\d{1,2})', 'hour'], mm: ['(\\d{2})', 'minute'], m: ['(\\d{1,2})', 'minute'],
      ss: ['(\\d{2})', 'second'], s: ['(\\d{1,2})', 'second'], SSS: ['(\\d{3})', 'millisecond'], S: ['(\\d{1,3})', 'millisecond'], a: ['(am|pm)', 'half'],
      ZZZ: ['([+-]\\d{4})', 'zone'], ZZ: ['([+-]\\d{2}:\\d{2}|Z)', 'zone'], Z: ['([+-]\\d{1,2}(?::?\\d{2})?|Z)', 'zone'], z: ['([A-Za-z_]+(?:/[A-Za-z_]+)*)', 'zone'], X: ['(-?\\d+)', 'seconds'], x: ['(-?\\d+)', 'millis'],
    };
    let source = '';
    for (const token of formatTokens(String(format))) {
      if (token.literal !== undefined) { source += token.literal.replace(/[.*+?^${}()|[\]\\\/]/g, '\\$&'); continue; }
      const p = patterns[token.name];
      if (!p) throw new Error('fromFormat does not read "' + token.name + '"');
      source += p[0]; fields.push(p[1]);
    }
    const m = new RegExp('^' + source + '$', 'i').exec(String(s));
    if (!m) return new DateTime(NaN, zone, 'unparsable');
    const v = {year: undefined, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0};
    let half = '', from = zone, keep = zone;
    for (let i = 0; i < fields.length; i++) {
      const x = m[i + 1];
      if (fields[i] === 'monthName') v.month = monthNames.findIndex((n) => n.slice(0, 3).toLowerCase() === x.slice(0, 3).toLowerCase()) + 1;
      else if (fields[i] === 'half') half = x.toLowerCase();
      else if (fields[i] === 'zone') { from = findZone(x); if (o?.setZone) keep = from; }
      else if (fields[i] === 'short') v.year = Number(x) + (Number(x) > 60 ? 1900 : 2000);
      else if (fields[i] === 'seconds') return new DateTime(Number(x) * 1000, zone);
      else if (fields[i] === 'millis') return new DateTime(Number(x), zone);
      else if (fields[i]) v[fields[i]] = Number(x);
    }
    if (half) v.hour = v.hour % 12 + (half === 'pm' ? 12 : 0);
    v.year ??= new DateTime(world.now, zone).year;
    if (v.month < 1 || v.month > 12 || v.day < 1 || v.day > daysIn(v.year, v.month) || v.hour > 23 || v.minute > 59 || v.second > 59) return new DateTime(NaN, zone, 'out of range');
    return new DateTime(fromLocal(from, v.year, v.month, v.day, v.hour, v.minute, v.second, v.millisecond), keep);
  }
  get isValid() { return !Number.isNaN(this.ts); }
  get year() { return this.parts.getUTCFullYear(); }
  get month() { return this.parts.getUTCMonth() + 1; }
  get day() { return this.parts.getUTCDate(); }
  get hour() { return this.parts.getUTCHours(); }
  get minute() { return this.parts.getUTCMinutes(); }
  get second() { return this.parts.getUTCSeconds(); }
  get millisecond() { return this.parts.getUTCMilliseconds(); }
  get quarter() { return Math.ceil(this.month / 3); }
  get weekday() { return this.parts.getUTCDay() || 7; }
  get ordinal() { return Math.floor((Date.UTC(this.year, this.month - 1, this.day) - Date.UTC(this.year, 0, 1)) / 864e5) + 1; }
  get weekYear() { return new Date(Date.UTC(this.year, this.month - 1, this.day + 4 - this.weekday)).getUTCFullYear(); }
  get weekNumber() { const t = Date.UTC(this.year, this.month - 1, this.day + 4 - this.weekday); return Math.floor((t - Date.UTC(this.weekYear, 0, 1)) / 6048e5) + 1; }
  get daysInMonth() { return daysIn(this.year, this.month); }
  get isInLeapYear() { return daysIn(this.year, 2) === 29; }
  get monthLong() { return monthNames[this.month - 1]; }
  get monthShort() { return this.monthLong.slice(0, 3); }
  get weekdayLong() { return dayNames[this.weekday - 1]; }
  get weekdayShort() { return this.weekdayLong.slice(0, 3); }
  get offset() { return offsetAt(this.zone, this.ts); }
  get zoneName() { return this.zone.name; }
  get isInDST() { return this.offset > Math.min(offsetAt(this.zone, Date.UTC(this.year, 0, 1)), offsetAt(this.zone, Date.UTC(this.year, 6, 1))); }
  get isWeekend() { const v = this.weekday > 5; return Object.freeze(Object.assign(() => v, {valueOf: () => v, toJSON: () => v})); }
  get(u) { return this[unit(u)]; }
  extract(u = 'week') { return u === 'week' ? this.weekNumber : u === 'weekday' || u === 'dayOfWeek' ? this.weekday : this[unit(u)]; }
  setZone(z, o) { const zone = findZone(z); return new DateTime(o?.keepLocalTime ? fromLocal(zone, ...this.numbers()) : this.ts, zone); }
  toUTC(minutes = 0) { return new DateTime(this.ts, fixedZone(minutes)); }
  toLocal() { return new DateTime(this.ts, world.zone); }
  numbers() { return [this.year, this.month, this.day, this.hour, this.minute, this.second, this.millisecond]; }
  set(values) {
    const p = {year: this.year, month: this.month, day: this.day, hour: this.hour, minute: this.minute, second: this.second, millisecond: this.millisecond};
    let weekday = 0, ordinal = 0;
    for (const k of Object.keys(values)) {
      const name = k.toLowerCase().replace(/s$/, '');
      if (name === 'weekday') weekday = Number(values[k]);
      else if (name === 'ordinal') ordinal = Number(values[k]);
      else p[unit(k)] = Number(values[k]);
    }
    if (ordinal) { p.month = 1; p.day = ordinal; } else p.day = 'day' in values || 'days' in values ? p.day : Math.min(p.day, daysIn(p.year, p.month));
    if (weekday) p.day += weekday - this.weekday;
    return new DateTime(fromLocal(this.zone, p.year, p.month, p.day, p.hour, p.minute, p.second, p.millisecond), this.zone);
  }
  plus(amount, of) { return this.shift(durationOf(amount, of), 1); }
  minus(amount, of) { return this.shift(durationOf(amount, of), -1); }
  shift(v, sign) {
    const n = (k) => (v[k] ?? 0) * sign;
    const months = this.year * 12 + this.month - 1 + n('year') * 12 + n('quarter') * 3 + n('month'), y = Math.floor(months / 12), m = months - y * 12 + 1;
    const days = n('week') * 7 + n('day'), whole = Math.trunc(days);
    let ts = this.ts;
    if (n('year') || n('quarter') || n('month') || whole) {
      ts = fromLocal(this.zone, y, Math.trunc(m), Math.min(this.day, daysIn(y, m)) + whole, this.hour, this.minute, this.second, this.millisecond);
    }
    return new DateTime(ts + (days - whole) * 864e5 + n('hour') * 36e5 + n('minute') * 6e4 + n('second') * 1e3 + n('millisecond'), this.zone);
  }
  startOf(u) {
    u = unit(u);
    const [y, m, d, h, mi, s] = this.numbers(), p = {year: [y, 1, 1], quarter: [y, (this.quarter - 1) * 3 + 1, 1], month: [y, m, 1], week: [y, m, d - this.weekday + 1],
      day: [y, m, d], hour: [y, m, d, h], minute: [y, m, d, h, mi], second: [y, m, d, h, mi, s], millisecond: this.numbers()}[u];
    return new DateTime(fromLocal(this.zone, p[0], p[1], p[2], p[3] ?? 0, p[4] ?? 0, p[5] ?? 0, p[6] ?? 0), this.zone);
  }
  beginningOf(u = 'week') { return this.startOf(u); }
  endOf(u) { return this.startOf(u).plus(1, u).minus(1); }
  endOfMonth() { return this.endOf('month'); }
  diff(other, units = 'millisecond') {
    const later = toDate(other), list = (isArray(units) ? units : [units]).map(unit), values = {};
    let from = later, to = this;
    for (const u of unitOrder) {
      if (!list.includes(u)) continue;
      if (u === 'year' || u === 'quarter' || u === 'month') {
        const size = {year: 12, quarter: 3, month: 1}[u];
        let n = Math.trunc(((to.year - from.year) * 12 + to.month - from.month) / size);
        while (n > 0 && from.plus(n, u).ts > to.ts) n--;
        while (n < 0 && from.plus(n, u).ts < to.ts) n++;
        const base = from.plus(n, u), next = from.plus(n + (to.ts < from.ts ? -1 : 1), u);
        values[u] = n + (u === unit(list.at(-1)) || list.length === 1 ? (to.ts - base.ts) / Math.abs(next.ts - base.ts) : 0);
        from = base;
      } else {
        const shift = u === 'week' || u === 'day' ? (offsetAt(to.zone, to.ts) - offsetAt(from.zone, from.ts)) * 6e4 * (to.zone === from.zone ? 1 : 0) : 0;
        const n = (to.ts - from.ts + shift) / unitMillis[u], last = unitOrder.slice(unitOrder.indexOf(u) + 1).every((x) => !list.includes(x));
        values[u] = last ? n : Math.trunc(n);
        from = from.plus(Math.trunc(n), u);
      }
    }
    return new Duration(values);
  }
  diffTo(other, units = 'days') { const d = this.diff(other, units); return isArray(units) ? d.toObject() : d.as(units); }
  diffNow(units) { return this.diff(DateTime.now(), units); }
  hasSame(other, u) { return this.startOf(u).ts === toDate(other).setZone(this.zone).startOf(u).ts; }
  isBetween(a, b) { const x = toDate(a).ts, y = toDate(b).ts; return this.ts > Math.min(x, y) && this.ts < Math.max(x, y); }
  isInLast(n = 0, u = 'minutes') { return this.ts <= world.now && this.ts >= DateTime.now().minus(n, u).ts; }
  equals(other) { return other instanceof DateTime && other.ts === this.ts && other.zone.name === this.zone.name; }
  toMillis() { return this.ts; }
  valueOf() { return this.ts; }
  toSeconds() { return this.ts / 1000; }
  toUnixInteger() { return Math.floor(this.ts / 1000); }
  toInt() { return this.ts; }
  toJSDate() { return new Date(this.ts); }
  toDateTime() { return this; }
  toObject() { const [year, month, day, hour, minute, second, millisecond] = this.numbers(); return {year, month, day, hour, minute, second, millisecond}; }
  toISODate() { return this.isValid ? pad(this.year, 4) + '-' + pad(this.month) + '-' + pad(this.day) : null; }
  toISOTime(o) { return this.isValid ? this.clock(o) + (o?.includeOffset === false ? '' : this.offset === 0 && this.zone.name === 'UTC' ? 'Z' : offsetText(this.offset, ':')) : null; }
  clock(o) { return pad(this.hour) + ':' + pad(this.minute) + (o?.suppressSeconds && !this.second && !this.millisecond ? '' : ':' + pad(this.second) + (o?.suppressMilliseconds && !this.millisecond ? '' : '.' + pad(this.millisecond, 3))); }
  toISO(o) { return this.isValid ? this.toISODate() + 'T' + this.toISOTime(o) : null; }
  toISOString() { return this.toUTC().toISO(); }
  toISOWeekDate() { return this.weekYear + '-W' + pad(this.weekNumber) + '-' + this.weekday; }
  toSQLDate() { return this.toISODate(); }
  toSQL() { return this.isValid ? this.toISODate() + ' ' + this.clock() + ' ' + offsetText(this.offset, ':') : null; }
  toJSON() { return this.toISO(); }
  toString() { return this.isValid ? this.toISO() : 'Invalid DateTime'; }
  toHTTP() { return this.toUTC().toFormat("ccc, dd LLL yyyy HH:mm:ss 'GMT'"); }
  toRFC2822() { return this.toFormat('ccc, dd LLL yyyy HH:mm:ss ZZZ'); }
  toLocaleString(o) {
    if (!o || typeof o !== 'object') return this.toFormat('D');
    const month = o.month === 'long' ? 'MMMM' : 'MMM';
    const date = o.month && o.month !== 'numeric' && o.month !== '2-digit' ? (o.weekday ? (o.weekday === 'long' ? 'cccc, ' : 'ccc, ') : '') + month + (o.day ? ' d' : '') + (o.year ? ', yyyy' : '') : o.year || o.day || !(o.hour || o.timeStyle) ? 'D' : '';
    const clock = o.hour ? (o.hour12 === false ? 'HH:mm' : 'h:mm') + (o.second ? ':ss' : '') + (o.hour12 === false ? '' : ' a') : '';
    return this.toFormat(date + (date && clock ? ', ' : '') + clock);
  }
  format(f = 'yyyy-MM-dd') { return this.toFormat(f); }
  toFormat(format) {
    if (!this.isValid) return 'Invalid DateTime';
    let s = '';
    for (const t of formatTokens(String(format))) s += t.literal ?? formatPart(this, t.name);
    return s;
  }
  toRelative() {
    const gap = this.ts - world.now, size = Math.abs(gap);
    const [n, u] = [['year', 31536e6], ['month', 2592e6], ['day', 864e5], ['hour', 36e5], ['minute', 6e4], ['second', 1e3]].map(([u, ms]) => [Math.floor(size / ms), u]).find(([n, u]) => n > 0 || u === 'second');
    const words = n + ' ' + u + (n === 1 ? '' : 's');
    return gap < 0 ? words + ' ago' : 'in ' + words;
  }
}
const presets = {D: 'M/d/yyyy', DD: 'MMM d, yyyy', DDD: 'MMMM d, yyyy', DDDD: 'cccc, MMMM d, yyyy', t: 'h:mm a', tt: 'h:mm:ss a', T: 'HH:mm', TT: 'HH:mm:ss', f: 'M/d/yyyy, h:mm a', ff: 'MMM d, yyyy, h:mm a', F: 'M/d/yyyy, h:mm:ss a', FF: 'MMM d, yyyy, h:mm:ss a'};
Object.assign(DateTime, {DATE_SHORT: {year: 'numeric', month: 'numeric', day: 'numeric'}, DATE_MED: {year: 'numeric', month: 'short', day: 'numeric'}, DATE_FULL: {year: 'numeric', month: 'long', day: 'numeric'},
  DATE_HUGE: {year: 'numeric', month: 'long', day: 'numeric', weekday: 'long'}, TIME_SIMPLE: {hour: 'numeric', minute: 'numeric'}, TIME_24_SIMPLE: {hour: 'numeric', minute: 'numeric', hour12: false}, DATETIME_SHORT: {year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric'},
  DATETIME_MED: {year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: 'numeric'}, DATETIME_FULL: {year: 'numeric', month: 'long', day: 'numeric', hour: 'numeric', minute: 'numeric'}});

// formatTokens cuts a format into runs of one letter and literal text.
function formatTokens(format) {
  const list = [];
  for (let i = 0; i < format.length;) {
    const c = format[i];
    let j = i + 1;
    if (c === "'") {
      const stop = format.indexOf("'", j), last = stop < 0 ? format.length : stop;
      list.push({literal: format.slice(j, last)});
      i = last + 1;
      continue;
    }
    while (format[j] === c) j++;
    const run = format.slice(i, j);
    if (!/[A-Za-z]/.test(c)) list.push({literal: run});
    else if (presets[run]) list.push(...formatTokens(presets[run]));
    else list.push({name: run});
    i = j;
  }
  return list;
}
function formatPart(d, name) {
  const twelve = d.hour % 12 || 12;
  switch (name) {
    case 'S': return String(d.millisecond); case 'u': case 'SSS': return pad(d.millisecond, 3);
    case 's': return String(d.second); case 'ss': return pad(d.second);
    case 'm': return String(d.minute); case 'mm': return pad(d.minute);
    case 'h': return String(twelve); case 'hh': return pad(twelve);
    case 'H': return String(d.hour); case 'HH': return pad(d.hour);
    case 'Z': return d.offset % 60 === 0 ? (d.offset < 0 ? '-' : '+') + Math.abs(d.offset) / 60 : offsetText(d.offset, ':').replace(/^([+-])0/, '$1');
    case 'ZZ': return offsetText(d.offset, ':'); case 'ZZZ': return offsetText(d.offset, '');
    case 'ZZZZ': return d.zone.name === 'UTC' ? 'UTC' : 'GMT' + offsetText(d.offset, ':'); case 'z': case 'ZZZZZ': return d.zone.name;
    case 'a': return d.hour < 12 ? 'AM' : 'PM';
    case 'd': return String(d.day); case 'dd': return pad(d.day);
    case 'c': case 'E': return String(d.weekday); case 'ccc': case 'EEE': return d.weekdayShort; case 'cccc': case 'EEEE': return d.weekdayLong;
    case 'M': case 'L': return String(d.month); case 'MM': case 'LL': return pad(d.month); case 'MMM': case 'LLL': return d.monthShort; case 'MMMM': case 'LLLL': return d.monthLong;
    case 'y': return String(d.year); case 'yy': return pad(d.year % 100); case 'yyyy': return pad(d.year, 4);
    case 'W': return String(d.weekNumber); case 'WW': return pad(d.weekNumber); case 'kkkk': return String(d.weekYear); case 'kk': return pad(d.weekYear % 100);
    case 'o': return String(d.ordinal); case 'ooo': return pad(d.ordinal, 3); case 'q': return String(d.quarter);
    case 'X': return String(Math.floor(d.ts / 1000)); case 'x': return String(d.ts); case 'G': return d.year > 0 ? 'AD' : 'BC';
  }
  return name;
}
// toDate reads what people have where a time is wanted.
function toDate(v) {
  if (v instanceof DateTime) return v;
  if (v instanceof Date) return DateTime.fromJSDate(v);
  if (typeof v === 'number') return DateTime.fromMillis(Math.abs(v) < 1e11 ? v * 1000 : v);
  const s = String(v).trim(), iso = DateTime.fromISO(s, {setZone: false});
  if (iso.isValid) return iso;
  if (/^-?\d{9,10}$/.test(s)) return DateTime.fromSeconds(Number(s));
  if (/^-?\d{12,14}$/.test(s)) return DateTime.fromMillis(Number(s));
  const d = new Date(s);
  if (Number.isNaN(d.getTime())) throw new Error('"' + s + '" is no date that can be read; use DateTime.fromFormat');
  return DateTime.fromJSDate(d);
}
globalThis.DateTime = DateTime;
globalThis.Duration = Duration;
