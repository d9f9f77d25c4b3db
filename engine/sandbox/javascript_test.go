package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/engine/expr"
	"github.com/atelier-studio/atelier/engine/sandbox"
)

func newJavaScript(t testing.TB) *sandbox.JavaScript {
	t.Helper()
	js := sandbox.NewJavaScript(sandbox.Limits{})
	t.Cleanup(js.Close)
	return js
}

func TestExpressions(t *testing.T) {
	t.Parallel()
	js := newJavaScript(t)
	for src, want := range map[string]string{
		"1 + 1":                                          `2`,
		"undefined":                                      `null`,
		"[NaN, 1 / 0, undefined]":                        `[null,null,null]`,
		"$json.tags.unique()":                            `["a","b"]`,
		"$json.tags.removeDuplicates().last()":           `"b"`,
		"[1, 2, 3, 4, 5].chunk(2)":                       `[[1,2],[3,4],[5]]`,
		"[1, 2, '3'].sum() + [2, 4].average()":           `9`,
		"[0, null, '', [], {}, 'x'].compact()":           `[0,"x"]`,
		"[{a: 1}, {a: 2, b: 3}].pluck('a')":              `[1,2]`,
		"[{id: 1, n: 'x'}, {id: 1}].unique('id').length": `1`,
		"[1, 2].toJsonString()":                          `"[1,2]"`,
		"[].isEmpty() && ''.isEmpty() && {}.isEmpty() && !'a'.isEmpty()":    `true`,
		"$json.nested.list.map(x => x.id)":                                  `[1,2]`,
		"$json.nested.keys()":                                               `["list"]`,
		"$json.nested.hasField('list') && !$json.nested.hasField('keys')":   `true`,
		"({a: 1, b: 2}).removeField('a')":                                   `{"b":2}`,
		"({a: 1, b: '', c: null}).compact()":                                `{"a":1}`,
		"({a: 'x y', b: 1}).urlEncode()":                                    `"a=x%20y&b=1"`,
		"$json.values ?? 'none'":                                            `"none"`,
		"$json.mail.extractEmail()":                                         `"ada@example.org"`,
		"'see https://a.example.org/x?y now'.extractUrl()":                  `"https://a.example.org/x?y"`,
		"'https://a.example.org/x'.extractDomain()":                         `"a.example.org"`,
		"'a@b.org'.isEmail() && !'a@b'.isEmail() && 'http://x.org'.isUrl()": `true`,
		"'the quick fox'.toTitleCase()":                                     `"The Quick Fox"`,
		"'helloWorld again'.toSnakeCase()":                                  `"hello_world_again"`,
		"'12px'.toInt() + '1.5'.toFloat() + '2'.toNumber()":                 `15.5`,
		"'false'.toBoolean() || 'yes'.toBoolean()":                          `true`,
		"'Crème Straße'.replaceSpecialChars()":                              `"Creme Strasse"`,
		"'a b&c'.urlEncode() + 'a%20b'.urlDecode()":                         `"a%20b%26ca b"`,
		"'hé😀'.base64Encode()":                                              `"aMOp8J+YgA=="`,
		"'aMOp8J+YgA=='.base64Decode()":                                     `"hé😀"`,
		"btoa('hi') + atob('aGk=')":                                         `"aGk=hi"`,
		"'{\"a\":[1]}'.parseJson().a":                                       `[1]`,
		"'say \"x\"'.quote()":                                               `"\"say \\\"x\\\"\""`,
		"'<p>a <b>b</b></p>'.removeTags()":                                  `"a b"`,
		"'# T\\n**b** [l](u)'.removeMarkdown()":                             `"T\nb l"`,
		"(2.345).round(2) + (1.7).floor() + (1.2).ceil()":                   `5.35`,
		"(1234567.891).format()":                                            `"1,234,567.891"`,
		"(4).isEven() && (3).isOdd()":                                       `true`,
		"$if($json.qty > 2, 'many', 'few')":                                 `"many"`,
		"$ifEmpty($json.empty, 'x')":                                        `"x"`,
		"$min(3, 1) + $max(2, 5)":                                           `6`,
		"$('Orders').all().map(i => i.json.id).join()":                      `"o1,o2,o3"`,
		"$('Orders').item.json.id":                                          `"o1"`,
		"$('Orders').itemMatching(2).json.id":                               `"o3"`,
		"$node['Orders'].json.id.length":                                    `2`,
		"$item('0').$node['Orders'].json['id'].length":                      `2`,
		"$items('Orders').length":                                           `3`,
		"$input.all().map(i => i.json.n)":                                   `[1,2,3]`,
		"$input.item.binary.data.name.length":                               `5`,
		"Object.keys($vars).concat(Object.keys($env))":                      `["region"]`,
		"$run.id + $workflow.name.length":                                   `"r11"`,
		"console.log('x')":                                                  `null`,
		"\\u0024json.name.length":                                           `3`,
		"$json.evil.toUpperCase()":                                          `"={{ 6*7 }}"`,
		"[3, 1, 10, 2].sort()":                                              `[1,10,2,3]`,
		"[3, 1, 10, 2].sort((a, b) => a - b)":                               `[1,2,3,10]`,
		"[1, [2, [3]]].flat() ":                                             `[1,2,[3]]`,
		"Array.prototype.slice.call({length: 2, 0: 'a', 1: 'b'})":           `["a","b"]`,
		"'a-b-c'.replace(/-/g, '+').replaceAll('+', '*').split('*')":        `["a","b","c"]`,
		"'x'.replace('x', (m) => m + m)":                                    `"xx"`,
		"'aXbX'.replaceAll(/x/gi, '')":                                      `"ab"`,
		"'abc'.match(/b(.)/)[1] + 'abc'.search('c')":                        `"c2"`,
		"new RegExp('a+', 'g').test('caat')":                                `true`,
		"[...'aab'.matchAll(/a/g)].length":                                  `2`,
	} {
		v, err := js.Eval(t.Context(), src, world(), nil)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		sameJSON(t, src, v, want)
	}
}

func sameJSON(t *testing.T, what string, got any, want string) {
	t.Helper()
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var g, w any
	if err := errors.Join(json.Unmarshal(b, &g), json.Unmarshal([]byte(want), &w)); err != nil {
		t.Fatal(what, err)
	}
	if !reflect.DeepEqual(g, w) {
		t.Errorf("%s: got %s, want %s", what, b, want)
	}
}

// TestDateTime: it is 2026-03-28 23:30 in Berlin, half an hour before the day on which summer time begins.
func TestDateTime(t *testing.T) {
	t.Parallel()
	js := newJavaScript(t)
	for src, want := range map[string]string{
		"$now":                                                                   `"2026-03-28T23:30:00.000+01:00"`,
		"$today.toISO()":                                                         `"2026-03-28T00:00:00.000+01:00"`,
		"$now.plus({days: 1}).toISO()":                                           `"2026-03-29T23:30:00.000+02:00"`,
		"$now.plus(24, 'hours').toISO()":                                         `"2026-03-30T00:30:00.000+02:00"`,
		"$now.minus(1, 'month').toISODate()":                                     `"2026-02-28"`,
		"$now.startOf('week').toISODate()":                                       `"2026-03-23"`,
		"$now.endOf('month').toISO()":                                            `"2026-03-31T23:59:59.999+02:00"`,
		"$now.startOf('quarter').toFormat('D')":                                  `"1/1/2026"`,
		"$now.toFormat(\"cccc, d MMMM yyyy 'at' HH:mm ZZ\")":                     `"Saturday, 28 March 2026 at 23:30 +01:00"`,
		"$now.format('dd.LL.yy hh:mm a')":                                        `"28.03.26 11:30 PM"`,
		"$now.setZone('utc').toISO()":                                            `"2026-03-28T22:30:00.000Z"`,
		"$now.setZone('America/New_York').toISO()":                               `"2026-03-28T18:30:00.000-04:00"`,
		"$now.setZone('UTC+5:30').hour":                                          `4`,
		"$now.weekday + $now.monthLong + $now.year + $now.ordinal":               `"6March202687"`,
		"$now.weekNumber":                                                        `13`,
		"$now.toMillis() - DateTime.fromISO('2026-03-28T22:30:00Z').toMillis()":  `0`,
		"DateTime.fromISO('2026-07-01').toISO()":                                 `"2026-07-01T00:00:00.000+02:00"`,
		"DateTime.fromISO('2026-02-30').isValid":                                 `false`,
		"DateTime.fromISO('nonsense').toISO()":                                   `null`,
		"DateTime.fromFormat('03/04/2026 5:06 PM', 'dd/MM/yyyy h:mm a').toISO()": `"2026-04-03T17:06:00.000+02:00"`,
		"DateTime.fromFormat('2 Mar 2026', 'd MMM yyyy').toISODate()":            `"2026-03-02"`,
		"DateTime.fromMillis(0).toISO()":                                         `"1970-01-01T01:00:00.000+01:00"`,
		"DateTime.fromSeconds(86400).toUTC().toISODate()":                        `"1970-01-02"`,
		"DateTime.fromISO('2026-03-01').diff(DateTime.fromISO('2026-01-15'), ['months', 'days']).toObject()": `{"months":1,"days":14}`,
		"$now.diff(DateTime.fromISO('2026-03-27T23:30:00+01:00'), 'hours').hours":                            `24`,
		"DateTime.fromISO('2026-01-31').plus({months: 1}).toISODate()":                                       `"2026-02-28"`,
		"$now.set({hour: 0, day: 1}).toISO()":                                                                `"2026-03-01T00:30:00.000+01:00"`,
		"$now.hasSame($today, 'day')":                                                                        `true`,
		"$now > $today":                                                                                      `true`,
		"$json.when.toDateTime().toISO()":                                                                    `"2026-03-01T11:00:00.000+01:00"`,
		"new Date(0).toDateTime().toMillis()":                                                                `0`,
		"DateTime.local(2026, 3, 29, 3).toUTC().toISO()":                                                     `"2026-03-29T01:00:00.000Z"`,
		"$now.toLocaleString(DateTime.DATE_FULL)":                                                            `"March 28, 2026"`,
		"$now.minus({hours: 3}).toRelative()":                                                                `"3 hours ago"`,
	} {
		v, err := js.Eval(t.Context(), src, world(), nil)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		sameJSON(t, src, v, want)
	}
	if _, err := js.Eval(t.Context(), "$now.plus(1, 'fortnights')", world(), nil); err == nil || !strings.Contains(err.Error(), "no unit of time") {
		t.Errorf("got %v", err)
	}
}

// TestNothingToReach: there are no host objects, code cannot be made from text, and nothing can be left behind for what
// is evaluated next. Every attack is followed by a look at what it tried to change.
func TestNothingToReach(t *testing.T) {
	t.Parallel()
	js := sandbox.NewJavaScript(sandbox.Limits{VMs: 1}) // all attacks and looks share VMs
	t.Cleanup(js.Close)
	look := `[typeof leak, typeof globalThis.leak, ({}).leak, [].leak, ''.leak, (() => 1).leak, [1].map(x => x + 1)[0], JSON.stringify({a: 1}), Math.max(1, 2),
		String({}), Object.keys(globalThis).length, $json.name, typeof process, typeof require, typeof std, typeof os, typeof fetch, DateTime.leak, $now.year, new Date(0).getTime(), 'x'.toUpperCase(), Symbol.iterator in []]`
	const clean = `["undefined","undefined",null,null,null,null,2,"{\"a\":1}",2,"[object Object]",0,"Ada","undefined","undefined","undefined","undefined","undefined",null,2026,0,"X",true]`
	for _, attack := range []string{
		"(leak = 1)", "globalThis.leak = 1", "this.leak = 1", "(function () { this.leak = 1 })()", "Object.prototype.leak = 1", "$json.__proto__.leak = 1",
		"$json.constructor.prototype.leak = 1", "[].__proto__.leak = 1", "''.__proto__.leak = 1", "(() => {}).__proto__.leak = 1", "Object.getPrototypeOf(function* () {}).leak = 1",
		"Object.setPrototypeOf(Object.prototype, {leak: 1})", "Object.defineProperty(globalThis, 'leak', {value: 1})", "Object.assign(Array.prototype, {map: () => [9]})",
		"(Array.prototype.map = () => [9])", "(JSON.stringify = () => 9)", "(Math.max = () => 9)", "(Object.prototype.toString = () => 9)", "(globalThis.JSON = 9)", "delete globalThis.JSON", "delete Math.max",
		"(Date.prototype.getTime = () => 9)", "(String.prototype.toUpperCase = 1)", "(DateTime.leak = 1)", "(DateTime.prototype.toISO = 1)", "($now.zone.offsets[0] = [0, 99])", "($now.zone.name = 'leak')",
		"Function('return this')().leak = 1", "new Function('leak = 1')()", "(() => {}).constructor('leak = 1')()", "(async () => {}).constructor('leak = 1')()", "(function* () {}).constructor('leak = 1')()",
		"$json['const' + 'ructor']['const' + 'ructor']('return this')().leak = 1", "\\u0024json.c\\u006fnstructor.constructor('leak = 1')()", "eval('var leak = 1')", "(0, eval)('let leak = 1')", "setTimeout('leak = 1')",
		"Reflect.construct(Object.getPrototypeOf(async function () {}).constructor, ['leak = 1'])", "Reflect.set(globalThis, 'leak', 1)", "Reflect.defineProperty(Object.prototype, 'leak', {get() { return 1 }})",
		"1); let leak = 1; (2", "1)}); let leak = 1; (function () { return (1", "1\n)}, globalThis.leak = 1, function () { return (2", "1 }]; var leak = 1; [function () { return (1",
		"import('std')", "import.meta", "new Proxy({}, {}).leak", "new WeakRef({}).leak", "({ get name() { return globalThis.leak = 1 } }).name", "({ toJSON() { globalThis.leak = 1 } })",
		"({ [Symbol.toPrimitive]() { globalThis.leak = 1 } }) + ''", "(() => { with ($json) { leak = 1 } })()", "(() => { const { constructor: { constructor: F } } = $json; return F('leak = 1')() })()",
		"`${(leak = 1)}`", "((x = (leak = 1)) => x)()", "(class { static { globalThis.leak = 1 } })", "(() => { class A extends Array { static get [Symbol.species]() { globalThis.leak = 1 } } return new A(3).map(x => x) })()",
		"(() => { Promise.resolve().then(() => { globalThis.leak = 1 }); return 1 })()", "(() => { (async () => { await 0; leak = 1 })(); return 1 })()", "Error.prepareStackTrace = () => { globalThis.leak = 1 }",
		"(() => { try { null.x } catch (e) { e.constructor.constructor('leak = 1')() } })()", "Object.freeze = () => 1", "RegExp.prototype.exec = () => 1", "Symbol.iterator.constructor.prototype.leak = 1",
		"(() => { Array.prototype[Symbol.iterator] = function* () { yield 9 } })()", "[].values().__proto__.next = () => ({ done: true })", "$('Orders').constructor.constructor('leak = 1')()", "$input.all.constructor('leak = 1')()",
	} {
		v, err := js.Eval(t.Context(), attack, world(), nil)
		if s, _ := v.(string); strings.Contains(s, "leak") {
			t.Errorf("%s gave %v (%v)", attack, v, err)
		}
		seen, err := js.Eval(t.Context(), look, world(), nil)
		if err != nil {
			t.Fatalf("after %s: %v", attack, err)
		}
		sameJSON(t, "after "+attack, seen, clean)
		if _, err := js.RunCode(t.Context(), attack, "all", world(), nil); err == nil {
			t.Errorf("as code %s gave items", attack)
		}
		out, err := js.RunCode(t.Context(), "return [{seen: typeof leak + ({}).leak + [1].map(x => x + 1)}]", "all", world(), nil)
		if err != nil || out[0].JSON["seen"] != "undefinedundefined2" {
			t.Fatalf("code after %s: %v, %v", attack, out, err)
		}
	}
	if _, err := js.Eval(t.Context(), "$env.PATH", world(), nil); err != nil {
		t.Error(err)
	}
}

// TestLimits: each would take for ever, or all memory, and ends soon with an error; the server goes on.
func TestLimits(t *testing.T) {
	t.Parallel()
	js := sandbox.NewJavaScript(sandbox.Limits{ExpressionTime: 60 * time.Millisecond})
	t.Cleanup(js.Close)
	for i, src := range []string{
		"(() => { while (1); })()", "(() => { for (;;) { try { for (;;); } catch { } finally { continue } } })()", "/^(a+)+$/.test('a'.repeat(40) + 'b')", "/(x+x+)+y/.exec('x'.repeat(60))", "'a'.repeat(1e9)", "'ab'.padEnd(2 ** 30)",
		"(function f() { return f() + 1 })()", "new Array(1e9).fill(0)", "[...Array(4e9)]", "Array(4e9).indexOf(1)", "Array(4e9).join('')", "Array.prototype.reverse.call({ length: 1e15 })", "[Array(4e9)].flat()", "[].concat(Array(4e9))",
		"new Set(Array(4e9))", "Array(4e9).values().drop(4e9 - 1).next()", "String.raw({ raw: { length: 1e15 } })", "Array(4e9).sort()", "Array(4e9).shift()", "Array.prototype.includes.call({ get length() { return this.n = (this.n ?? 0) + 1e15 } }, 1)",
		"'a'.repeat(2e6).indexOf('a'.repeat(1e6) + 'b')", "'a'.repeat(2e6).split('a'.repeat(1e6) + 'b')", "'a'.repeat(2e6).replace({ toString: () => 'a'.repeat(1e6) + 'b' }, '')", "(() => { const s = 'a'.repeat(2e6); for (;;) s.toUpperCase() })()",
		"(() => { let s = 'x'; for (;;) s += s })()", "(() => { const a = []; for (;;) a.push({}) })()", "(() => { const m = new Map(); for (let i = 0; ; i++) m.set(i, [i]) })()", "(2n ** 1000000n) ** 50n", "(() => { let r = []; for (let i = 0; i < 1e6; i++) r = [r]; return r })()",
		"JSON.parse('['.repeat(1e6))", "(() => { const a = []; a[0] = a; return a })()", "new RegExp('(' .repeat(2e4) + ')'.repeat(2e4)).test('')", "'\\u0301'.repeat(1e6).normalize()", "(async () => { for (;;) await 0 })()",
		strings.Repeat("[", 20000) + strings.Repeat("]", 20000), strings.Repeat("(", 50000), "'" + strings.Repeat("x", 300<<10) + "'",
	} {
		if raceDetector && i%5 != 0 {
			continue
		}
		start := time.Now()
		v, err := js.Eval(t.Context(), src, world(), nil)
		if took := time.Since(start); took > 15*time.Second {
			t.Errorf("%.80s took %v", src, took)
		}
		if err == nil {
			t.Errorf("%.80s gave %.80v", src, v)
		}
		if v, err := js.Eval(t.Context(), "1 + 1", world(), nil); err != nil || v != 2.0 {
			t.Fatalf("after %.80s: %v, %v", src, v, err)
		}
	}
	many := make([]map[string]any, 20_000)
	for i := range many {
		many[i] = map[string]any{"id": i, "name": "some longer text to make it large", "list": []any{1, 2, 3}}
	}
	large := world()
	large.input = many
	patient := sandbox.NewJavaScript(sandbox.Limits{ExpressionTime: 30 * time.Second})
	t.Cleanup(patient.Close)
	if v, err := patient.Eval(t.Context(), "$input.all().length", large, nil); err != nil || v != 20_000.0 {
		t.Errorf("reading large input: %v, %v", v, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := js.Eval(ctx, "1", world(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled evaluation gave %v", err)
	}
}

func BenchmarkExpression(b *testing.B) {
	js := newJavaScript(b)
	var s expr.Scope = scope{item: map[string]any{"name": "Ada", "qty": 3}, now: time.Now()}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := js.Eval(b.Context(), "$json.name.toUpperCase() + $json.qty * 2", s, nil); err != nil {
			b.Fatal(err)
		}
	}
}
