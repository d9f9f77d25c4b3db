// The names that a program sees, made for one evaluation from its data, and the functions that the Go side calls.
const absent = (name) => { throw new Error('the node "' + name + '" must be named in the text itself: $(\'' + name + '\')'); };
const itemOf = (json, binary) => binary ? {json, binary} : {json};
// lazily defines a property that is computed when it is first read.
const lazily = (on, name, make) => {
  let value, made = false;
  return define(on, name, {get: () => { if (!made) { value = make(); made = true; } return value; }, enumerable: true, configurable: true});
};

function makeRoots(data) {
  world = {now: data.now ?? 0, zone: data.zone ?? fixedZone(0), zones: data.zones ?? {}};
  const wrap = (all) => all.map((json) => itemOf(json));
  const paired = (n, at) => {
    const p = n.each ? n.each[at ?? roots.$itemIndex] : n.paired;
    if (p === undefined || p.error) throw new Error(p ? p.error : 'there is no earlier item here');
    return itemOf(p.json);
  };
  const nodes = {};
  const node = (name) => {
    const n = data.nodes && Object.hasOwn(data.nodes, name) ? data.nodes[name] : absent(name);
    if (nodes[name]) return nodes[name];
    const all = () => { if (n.error) throw new Error(n.error); return n.wrapped ??= wrap(n.items); };
    const o = {
      all, first: () => all()[0], last: () => all().at(-1),
      itemMatching: (i) => all()[i], pairedItem: (i) => paired(n, i),
      isExecuted: !n.error, params: {}, parameter: {}, context: {},
    };
    define(o, 'item', {get: () => paired(n), enumerable: true});
    const legacy = () => { try { return paired(n); } catch { return all()[roots.$itemIndex] ?? all()[0]; } };
    define(o, 'json', {get: () => legacy()?.json, enumerable: true});
    return nodes[name] = o;
  };
  const roots = {
    $itemIndex: data.index ?? 0, $vars: data.vars ?? {}, $env: {}, $run: data.run ?? {}, $workflow: data.workflow ?? {}, $execution: data.execution ?? {},
    $runIndex: data.run?.iteration ?? 0, $: node, $prevNode: data.run?.previous ?? {}, $parameter: {},
    $items: (name) => name === undefined ? roots.items : node(name).all(),
  };
  roots.$position = roots.$itemIndex;
  lazily(roots, '$json', () => data.json ?? data.input?.[roots.$itemIndex] ?? {});
  lazily(roots, '$binary', () => data.files ?? {});
  lazily(roots, '$files', () => data.files ?? {});
  lazily(roots, 'items', () => wrap(data.input ?? []));
  lazily(roots, 'item', () => data.code && data.input ? roots.items[roots.$itemIndex] : itemOf(roots.$json, data.files));
  lazily(roots, '$item', () => roots.item);
  lazily(roots, '$now', () => DateTime.now());
  lazily(roots, '$today', () => DateTime.now().startOf('day'));
  lazily(roots, '$input', () => {
    const o = {all: () => roots.items, first: () => roots.items[0], last: () => roots.items.at(-1), itemMatching: (i) => roots.items[i], params: {}, context: {}};
    return define(o, 'item', {get: () => roots.item, enumerable: true});
  });
  lazily(roots, '$node', () => {
    const o = {};
    for (const name of Object.keys(data.nodes ?? {})) define(o, name, {get: () => node(name), enumerable: true});
    return o;
  });
  return roots;
}

const isPromise = (v) => typeof v === 'object' && v !== null && typeof v.then === 'function';

// expression makes the function that evaluates one compiled expression on data given as JSON.
const expression = (f, ...names) => (json) => {
  const roots = makeRoots(JSON.parse(json));
  const value = apply(f, undefined, names.map((name) => roots[name]));
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
      const data = JSON.parse(json), roots = makeRoots(data);
      outcome = undefined;
      if (mode === 'all') {
        const result = apply(f, undefined, names.map((name) => roots[name]));
        return isPromise(result) ? wait(Promise.resolve(result), (v) => collectAll(v, roots)) : collectAll(result, roots);
      }
      const results = [];
      const shared = ['$json', 'item', '$item', '$binary', '$files'];
      const count = data.input.length, items = roots.items;
      for (let i = 0; i < count; i++) {
        roots.$itemIndex = roots.$position = i;
        for (const name of shared) define(roots, name, {value: name === '$json' ? items[i].json : name === 'item' || name === '$item' ? items[i] : {}, configurable: true});
        results[i] = apply(f, undefined, names.map((name) => roots[name]));
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
