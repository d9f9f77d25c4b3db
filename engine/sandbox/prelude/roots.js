// The names that a program sees, made for one evaluation from its data, and the functions that the Go side calls.
const absent = (name) => { throw new Error('the node "' + name + '" must be named in the text itself: $(\'' + name + '\')'); };
const itemOf = (json, binary) => binary ? {json, binary} : {json};
const wrap = (all) => all.map((json) => itemOf(json));
const utc = fixedZone(0);

// Roots has one accessor for each name: what a program does not use costs nothing.
class Roots {
  constructor(data) {
    world = {now: data.now ?? 0, zone: typeof data.zone === 'string' ? knownZones.get(data.zone) : data.zone ? fixedZone(data.zone) : utc, zones: data.zones ?? []};
    this.data = data;
    this.index = data.index ?? 0;
    this.current = undefined; // the item when code runs for each
  }
  get $json() { const d = this.data; return this.current ? this.current.json : d.json ??= d.input?.[this.index] ?? {}; }
  get $itemIndex() { return this.index; }
  get $position() { return this.index; }
  get $binary() { return this.current ? {} : this.data.files ?? {}; }
  get $files() { return this.$binary; }
  get $vars() { return this.data.vars ?? {}; }
  get $env() { return {}; }
  get $run() { return this.data.run ?? {}; }
  get $runIndex() { return this.data.run?.iteration ?? 0; }
  get $prevNode() { return this.data.run?.previous ?? {}; }
  get $workflow() { return this.data.workflow ?? {}; }
  get $execution() { return this.data.execution ?? {}; }
  get $response() { return this.data.response ?? {}; }
  get $request() { return this.data.request ?? {}; }
  get $pageCount() { return this.data.pageCount ?? 0; }
  get $parameter() { return {}; }
  get items() { return this.wrapped ??= wrap(this.data.input ?? []); }
  get item() { return this.current ?? (this.single ??= this.data.code ? this.items[this.index] : itemOf(this.$json, this.data.files)); }
  get $item() { // an item, and in the old manner $item(0).$node
    const f = () => ({$node: this.$node, $json: this.$json});
    const item = this.item ?? {};
    for (const key of Object.keys(item)) put(f, key, item[key]);
    return f;
  }
  get $now() { return DateTime.now(); }
  get $today() { return DateTime.now().startOf('day'); }
  get $input() {
    const o = {all: () => this.items, first: () => this.items[0], last: () => this.items.at(-1), itemMatching: (i) => this.items[i], params: {}, context: {}};
    return define(o, 'item', {get: () => this.item, enumerable: true});
  }
  get $() { return (name) => this.node(name); }
  get $items() { return (name) => name === undefined ? this.items : this.node(name).all(); }
  get $node() {
    const o = {};
    for (const name of Object.keys(this.data.nodes ?? {})) define(o, name, {get: () => this.node(name), enumerable: true});
    return o;
  }
  node(name) {
    const n = this.data.nodes && Object.hasOwn(this.data.nodes, name) ? this.data.nodes[name] : absent(name);
    if (n.object) return n.object;
    const all = () => { if (n.error) throw new Error(n.error); return n.wrapped ??= wrap(n.items); };
    const paired = (at) => {
      const p = n.each ? n.each[at ?? this.index] : n.paired;
      if (n.error || p === undefined || p.error) throw new Error(n.error ?? (p ? p.error : 'there is no earlier item here'));
      return itemOf(p.json);
    };
    const legacy = () => { try { return paired(); } catch { return all()[this.index] ?? all()[0]; } };
    const o = {
      all, first: () => all()[0], last: () => all().at(-1), itemMatching: (i) => all()[i], pairedItem: (i) => paired(i),
      isExecuted: !n.error, params: {}, parameter: {}, context: {},
    };
    define(o, 'item', {get: () => paired(), enumerable: true});
    define(o, 'json', {get: () => legacy()?.json, enumerable: true});
    return n.object = o;
  }
}

const isPromise = (v) => typeof v === 'object' && v !== null && typeof v.then === 'function';

// given are the arguments of a program; expression makes the function that evaluates one compiled expression on data given as JSON.
const given = (roots, names) => { const all = []; for (let i = 0; i < names.length; i++) all[i] = roots[names[i]]; return all; };
const expression = (f, ...names) => (json) => {
  const value = apply(f, undefined, given(new Roots(JSON.parse(json)), names));
  if (isPromise(value)) throw new TypeError('an expression cannot wait for a promise; use a code node');
  return JSON.stringify(typeof value === 'function' ? undefined : value);
};

const isRecord = (v) => typeof v === 'object' && v !== null && !isArray(v);
const sourceOf = (element) => {
  const p = isArray(element.pairedItem) ? element.pairedItem[0] : element.pairedItem;
  const at = isRecord(p) ? p.item : p;
  return Number.isInteger(at) ? at : -1;
};
const recordOf = (element, where) => {
  if (!isRecord(element)) throw new TypeError(where + ' is ' + (element === null ? 'null' : isArray(element) ? 'a list' : typeof element) + '; return objects, as {json: {…}} or plain');
  if (!Object.hasOwn(element, 'json')) return element;
  if (!isRecord(element.json)) throw new TypeError(where + ' has a json that is no object');
  return element.json;
};
const collectAll = (result, roots) => {
  if (result === undefined || result === null) throw new TypeError('the code returned nothing; end it with return and a list of items');
  const known = new Map();
  roots.items.forEach((x, i) => { known.set(x, i); known.set(x.json, i); });
  const out = {json: [], from: []};
  const elements = isArray(result) ? result : [result];
  elements.forEach((element, i) => {
    const json = recordOf(element, 'item ' + i + ' of what the code returned');
    const from = sourceOf(element);
    out.json[i] = json;
    out.from[i] = from >= 0 ? from : known.get(element) ?? known.get(json) ?? -1;
  });
  return JSON.stringify(out);
};
const collectEach = (results) => {
  const out = {json: [], from: []};
  results.forEach((result, i) => {
    if (result === null) return;
    if (result === undefined) throw new TypeError('the code returned nothing for item ' + i + '; return an object, or null to leave the item out');
    for (const element of isArray(result) ? result : [result]) {
      out.json.push(recordOf(element, 'what the code returned for item ' + i));
      out.from.push(i);
    }
  });
  return JSON.stringify(out);
};

// code makes the function that runs a compiled code node. It gives JSON, or undefined while promises are open; then
// settled() gives it once the waiting jobs have run.
const code = (f, mode, ...names) => {
  let outcome;
  const wait = (promise, collect) => {
    outcome = {error: new Error('the code waits for something that never comes; only promises that are already settled can be awaited')};
    promise.then((v) => { outcome = {text: collect(v)}; }).catch((e) => { outcome = {error: e}; });
    return undefined;
  };
  return {
    run(json) {
      const data = JSON.parse(json), roots = new Roots(data);
      outcome = undefined;
      if (mode === 'all') {
        const result = apply(f, undefined, given(roots, names));
        return isPromise(result) ? wait(Promise.resolve(result), (v) => collectAll(v, roots)) : collectAll(result, roots);
      }
      const results = [];
      const items = roots.items;
      for (let i = 0; i < items.length; i++) {
        roots.index = i;
        roots.current = items[i];
        results[i] = apply(f, undefined, given(roots, names));
      }
      return results.some(isPromise) ? wait(Promise.all(results), collectEach) : collectEach(results);
    },
    settled() {
      const o = outcome;
      outcome = undefined;
      if (o.error) throw o.error;
      return o.text;
    },
  };
};
