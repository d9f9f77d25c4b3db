package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/engine/sandbox"
)

func TestRunCode(t *testing.T) {
	t.Parallel()
	js := sandbox.NewJavaScript(sandbox.Limits{CodeTime: time.Minute}) // the race detector makes all much slower
	t.Cleanup(js.Close)
	for _, c := range []struct{ name, mode, code, want, fail string }{
		{"all", "all", "return items.map(i => ({json: {n: i.json.name}}))", `[{"n":"Ada"},{"n":"Bob"},{"n":"Cleo"}]:-1,-1,-1`, ""},
		{"plain objects", "all", "return [{a: 1}, {b: 2}]", `[{"a":1},{"b":2}]:-1,-1`, ""},
		{"one object", "all", "return {total: $input.all().reduce((s, i) => s + i.json.age, 0)}", `[{"total":106}]:-1`, ""},
		{"lineage of kept items", "all", "return $input.all().filter(i => i.json.age > 30)", `[{"age":36,"name":"Ada"},{"age":50,"name":"Cleo"}]:0,2`, ""},
		{"lineage of kept json", "all", "return items.map(i => i.json).slice(1)", `[{"age":20,"name":"Bob"},{"age":50,"name":"Cleo"}]:1,2`, ""},
		{"paired by word", "all", "return [{json: {x: 1}, pairedItem: {item: 2}}, {json: {y: 1}, pairedItem: 0}]", `[{"x":1},{"y":1}]:2,0`, ""},
		{"no items", "all", "return []", `[]:`, ""},
		{"own names", "all", "const items = $input.all(); let item = items[0]; return [{json: {x: item.json.age}}]", `[{"x":36}]:-1`, ""},
		{"undeclared variables", "all", "list = [];\nfor (thing of $input.all()) { total = thing.json.age; list.push({json: {t: total}}) }\nreturn list", `[{"t":36},{"t":20},{"t":50}]:-1,-1,-1`, ""},
		{"await", "all", "const x = await Promise.resolve(4);\nreturn [{json: {x}}]", `[{"x":4}]:-1`, ""},
		{"async functions", "all", "const f = async (i) => { await null; return {json: {n: i.json.name}} };\nreturn await Promise.all(items.map(f))", `[{"n":"Ada"},{"n":"Bob"},{"n":"Cleo"}]:-1,-1,-1`, ""},
		{"console and classes", "all", "console.log('x'); class P { constructor() { this.toString = 1 } }; const o = {}; o.constructor = 2; return [new P(), o]", `[{"toString":1},{"constructor":2}]:-1,-1`, ""},
		{"other nodes", "all", "return $('Orders').all().map(i => ({json: i.json, n: $node['Orders'].json.id}))", `[{"id":"o1"},{"id":"o2"},{"id":"o3"}]:-1,-1,-1`, ""},
		{"dates", "all", "return [{d: DateTime.fromISO('2026-01-01').plus({days: 1}).toISODate(), s: new Date(0)}]", `[{"d":"2026-01-02","s":"1970-01-01T00:00:00.000Z"}]:-1`, ""},
		{"each", "each", "return {up: $json.name.toUpperCase(), i: $itemIndex, same: item.json === $json && $input.item.json === $json}", `[{"i":0,"same":true,"up":"ADA"},{"i":1,"same":true,"up":"BOB"},{"i":2,"same":true,"up":"CLEO"}]:0,1,2`, ""},
		{"each dropped", "each", "if ($json.age < 30) return null; return {json: {n: $json.name}}", `[{"n":"Ada"},{"n":"Cleo"}]:0,2`, ""},
		{"each with await", "each", "return await Promise.resolve({n: $json.name})", `[{"n":"Ada"},{"n":"Bob"},{"n":"Cleo"}]:0,1,2`, ""},
		{"each paired", "each", "return {id: $('Orders').item.json.id}", `[{"id":"o1"},{"id":"o2"},{"id":"o3"}]:0,1,2`, ""},
		{"nothing returned", "all", "const x = 1", "", "returned nothing"},
		{"each nothing returned", "each", "const x = 1", "", "returned nothing for item 0"},
		{"a number", "all", "return [1]", "", "item 0 of what the code returned is number"},
		{"json no object", "all", "return [{json: [1]}]", "", "has a json that is no object"},
		{"line of an error", "all", "const a = 1;\nconst b = null;\nreturn b.x.y", "", "(line 3)"},
		{"line in a callback", "all", "return items.map(i => {\n  if (i.json.age > 30) {\n    throw new Error('too old')\n  }\n})", "", "too old (line 3)"},
		{"line of a syntax error", "all", "const a = 1;\nreturn a +;", "", "(line 2)"},
		{"a program that is not finished", "all", "const a = 1;\nreturn a +", "", "it ends too early"},
		{"breaking out", "all", "return [] }}); globalThis.leak = 1; (function () {{", "", "not JavaScript"},
		{"never settled", "all", "await new Promise(() => {}); return []", "", "waits for something that never comes"},
		{"rejected", "all", "await Promise.reject(new Error('no')); return []", "", "no"},
		{"unknown name", "all", "return [{x: nowhere}]", "", "'nowhere' is not defined"},
		{"no require", "all", "const fs = require('fs'); return []", "", "'require' is not defined"},
		{"huge answer", "all", "return [{x: 'a'.repeat(17 * 1024 * 1024)}]", "", "larger than 16 MiB"},
		{"memory", "all", "const a = []; for (;;) a.push(Array(1e6).fill(a.length))", "", "more than 64 MiB"},
		{"bad mode", "some", "return []", "", "not \"some\""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if raceDetector && c.name == "huge answer" {
				t.Skip("takes too long with the race detector")
			}
			s := world()
			s.input = people()
			s.item = s.input[0]
			out, err := js.RunCode(t.Context(), c.code, c.mode, s, s.input)
			if c.fail != "" {
				if err == nil || !strings.Contains(err.Error(), c.fail) {
					t.Fatalf("got %v, %v; want an error with %q", out, err, c.fail)
				}
				return
			}
			if got := show(t, out); err != nil || got != c.want {
				t.Fatalf("got %s, %v; want %s", got, err, c.want)
			}
		})
	}
}

func TestRunCodeIsStopped(t *testing.T) {
	t.Parallel()
	js := sandbox.NewJavaScript(sandbox.Limits{CodeTime: 200 * time.Millisecond})
	t.Cleanup(js.Close)
	if _, err := js.RunCode(t.Context(), "for (;;);", "all", world(), nil); err == nil || !strings.Contains(err.Error(), "took too long") {
		t.Fatalf("got %v", err)
	}
	patient := newJavaScript(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := patient.RunCode(ctx, "for (;;);", "all", world(), nil); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 4*time.Second {
		t.Fatalf("a cancelled run gave %v after %v", err, time.Since(start))
	}
}

func BenchmarkTransform1000(b *testing.B) {
	js := newJavaScript(b)
	items := make([]map[string]any, 1000)
	for i := range items {
		items[i] = map[string]any{"id": i, "name": fmt.Sprint("product ", i), "price": 1.5 * float64(i), "qty": i % 7}
	}
	s := world()
	b.ReportAllocs()
	for b.Loop() {
		out, err := js.RunCode(b.Context(), "return items.filter(i => i.json.qty > 0).map(i => ({json: {...i.json, total: i.json.price * i.json.qty}}))", "all", s, items)
		if err != nil || len(out) != 857 {
			b.Fatal(len(out), err)
		}
	}
}

func BenchmarkCodeOneItem(b *testing.B) {
	js := newJavaScript(b)
	s := world()
	items := []map[string]any{{"name": "alice", "price": 12.5, "qty": 9}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := js.RunCode(b.Context(), "return items.map(i => ({json: {...i.json, total: i.json.price * i.json.qty}}))", "all", s, items); err != nil {
			b.Fatal(err)
		}
	}
}
