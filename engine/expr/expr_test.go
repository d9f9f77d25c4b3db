package expr_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine/expr"
	"github.com/atelier-studio/atelier/engine/sandbox"
)

func interpreter(t testing.TB) *sandbox.JavaScript {
	t.Helper()
	js := sandbox.NewJavaScript(sandbox.Limits{})
	t.Cleanup(js.Close)
	return js
}

const (
	native = "native" // never meets the interpreter
	either = "either" // evaluated natively with these data
	script = "script" // always JavaScript
)

// TestEval is the table of what expressions mean. Every lone native one is evaluated by the interpreter too, which must
// agree.
func TestEval(t *testing.T) {
	t.Parallel()
	js := interpreter(t)
	for _, c := range []struct{ src, how, want string }{ // want is JSON
		{"=", native, `""`},
		{"=text", native, `"text"`},
		{"=a \\{{ b }}", native, `"a {{ b }}"`},
		{"={{ $json.name }}", native, `"Ada"`},
		{"={{$json[\"name\"]}}", native, `"Ada"`},
		{"={{ $json['with space'] }}", native, `"sp"`},
		{"={{ $item.json.name; }}", native, `"Ada"`},
		{"={{ $json.a.b[0]['c d'] }}", native, `"deep"`},
		{"={{ $json.a.b.length }}", native, `2`},
		{"={{ $json.a.b[7] }}", native, `null`},
		{"={{ $json.missing }}", native, `null`},
		{"={{ $json.missing?.name.first }}", native, `null`},
		{"={{ $json?.a?.b?.[1] }}", native, `2`},
		{"={{ $json.emoji.length }}", native, `4`},
		{"={{ $json.umlaut[0] }}", native, `"Ä"`},
		{"={{ $json.name[1] }}", native, `"d"`},
		{"={{ $json.list }}", native, `[1,"x",null]`},
		{"={{ $json.qty }}", native, `3`},
		{"={{ $json.constructor }}", native, `null`},
		{"={{ $itemIndex }}", native, `1`},
		{"={{ $vars.region }}", native, `"eu"`},
		{"={{ $run.id + $execution.id }}", either, `"r1e1"`},
		{"={{ $workflow.name }}", native, `"W"`},
		{"={{ $env.PATH }}", native, `null`},
		{"={{ $('Set').item.json.x }}", native, `"s1"`},
		{"={{ $(\"It's \\\"so\\\"\").first().json.y }}", native, `1`},
		{"={{ $('Set').last().json.x }}", native, `"s1"`},
		{"={{ $('Set').all()[1].json.x }}", native, `"s1"`},
		{"={{ $('Set').all().length }}", native, `2`},
		{"={{ $('Empty').first() }}", native, `null`},
		{"={{ $('Nowhere').isExecuted }}", native, `false`},
		{"={{ $node[\"Set\"].json.x }}", native, `"s1"`},
		{"={{ $node.Set.json['x'] }}", native, `"s1"`},
		{"={{ $input.first().json.n }}", native, `1`},
		{"={{ $input.last().json.n }}", native, `2`},
		{"={{ $input.all() }}", native, `[{"json":{"n":1}},{"json":{"n":2}}]`},
		{"={{ $input.item.json.name }}", native, `"Ada"`},
		{"={{ $items(\"Set\")[0].json.x }}", native, `"s0"`},
		{"={{ $binary.data.fileName }}", native, `"a.pdf"`},
		{"={{ $now }}", native, `"2026-11-21T19:57:18.005+01:00"`},
		{"={{ $today }}", native, `"2026-11-21T00:00:00.000+01:00"`},
		{"={{ 'it\\'s ' + \"ok\" }}", either, `"it's ok"`},
		{"={{ `Hi ${$json.name}, ${ $json.qty }` }}", either, `"Hi Ada, 3"`},
		{"={{ $json.name + ' ' + $json.price }}", either, `"Ada 12.5"`},
		{"={{ 'n: ' + $json.none + $json.missing }}", either, `"n: nullundefined"`},
		{"={{ $json.big + '' }}", either, `"1e+21"`},
		{"={{ $json.tiny + '' }}", either, `"1e-7"`},
		{"={{ $json.price * $json.qty - 0.5 }}", either, `37`},
		{"={{ $json.qty % 2 === 1 }}", either, `true`},
		{"={{ $json.text == 5 }}", either, `true`},
		{"={{ $json.text === 5 }}", either, `false`},
		{"={{ $json.none == undefined }}", either, `true`},
		{"={{ $json.none === undefined }}", either, `false`},
		{"={{ $json.text > 4 }}", either, `true`},
		{"={{ $json.name < 'Bob' }}", either, `true`},
		{"={{ $json.umlaut < 'Z' }}", either, `false`},
		{"={{ $json.a === $json.a }}", either, `true`},
		{"={{ $json.blank || 'default' }}", native, `"default"`},
		{"={{ $json.blank ?? 'default' }}", native, `""`},
		{"={{ $json.zero && 1 }}", native, `0`},
		{"={{ !$json.missing }}", native, `true`},
		{"={{ $json.yes ? $json.no ? 1 : 2 : 3 }}", native, `2`},
		{"={{ -1 }}", native, `-1`},
		{"={{ [1, $json.name, $json.missing] }}", native, `[1,"Ada",null]`},
		{"={{ { \"a\": $json.name, b: { c: 1 }, gone: undefined } }}", native, `{"a":"Ada","b":{"c":1}}`},
		{"={{ {a:{b:1}} }}", native, `{"a":{"b":1}}`},
		{"={{ $json.trimmed.trim().toUpperCase() }}", either, `"HI"`},
		{"={{ $json.umlaut.toUpperCase() }}", either, `"ÄRGER"`},
		{"={{ /* a comment }} */ $json.name }}", native, `"Ada"`},
		{"=Dear {{ $json.name }}, {{ $json.qty }} × {{ $json.price }}{{ $json.missing }}!", native, `"Dear Ada, 3 × 12.5!"`},
		{"={{ $json.a }} and {{ $json.html }}", native, `"{\"b\":[{\"c d\":\"deep\"},2]} and <b>&</b>"`},
		{"={{ $json.name }} ", native, `"Ada "`},
		{"={\"name\": \"{{ $json.name }}\"}", native, `"{\"name\": \"Ada\"}"`},
		{"={{ $json.list.map(x => x ?? 'none').join('}}') }}", script, `"1}}x}}none"`},
		{"={{ $json.name.replace(/[\"'}]/g, '').split('').reverse().join('') }}", script, `"adA"`},
		{"={{ $json.list.first() }}", script, `1`},
		{"={{ JSON.stringify($json.a) }}", script, `"{\"b\":[{\"c d\":\"deep\"},2]}"`},
		{"={{ Object.keys($json.a) }}", script, `["b"]`},
		{"={{ $now.toFormat('dd.MM.yyyy') }}", script, `"21.11.2026"`},
		{"={{ (() => { const n = 2; return n ** 3; })() }}", script, `8`},
		{"={{ $json.evil }}", native, `"={{ $json.name }}"`},
		{"={{ $json.braces }}{{ $json.evil }}", native, `"{{ 1+1 }}={{ $json.name }}"`},
	} {
		t.Run(c.src, func(t *testing.T) {
			t.Parallel()
			e, err := expr.Compile(c.src, js)
			if err != nil {
				t.Fatal(err)
			}
			if e.Native() != (c.how == native) {
				t.Errorf("native is %t", e.Native())
			}
			got, err := e.Eval(t.Context(), world())
			if err != nil {
				t.Fatal(err)
			}
			same(t, "value", got, c.want)
			hole, _ := strings.CutPrefix(c.src, "={{")
			var lone bool
			if hole, lone = strings.CutSuffix(hole, "}}"); !lone || c.how == script || strings.Contains(hole, "{{") {
				return
			}
			hole = strings.TrimSuffix(strings.TrimSpace(hole), ";")
			inScript, err := js.Eval(t.Context(), hole, world(), expr.ReferencedNodes(hole))
			if err != nil {
				t.Fatal(err)
			}
			same(t, "in the interpreter", inScript, c.want)
		})
	}
}

func same(t *testing.T, what string, got any, want string) {
	t.Helper()
	var w, g any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(g, w) {
		t.Errorf("%s: got %s, want %s", what, b, want)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	js := interpreter(t)
	for src, want := range map[string]string{
		"={{ $json.customer.name }}":              "$json.customer is empty, so .name cannot be read",
		"={{ $json.none['x'] }}":                  "$json.none is empty, so ['x'] cannot be read",
		"={{ $('Empty').first().json.x }}":        "$('Empty').first() is empty, so .json cannot be read",
		"={{ $('Gone').item.json.x }}":            `there is no node "Gone"`,
		"={{ $node['Gone'].json.x }}":             `there is no node "Gone"`,
		"={{ $json.customer.name.split() }}":      "so .name cannot be read",
		"={{ nonsense }}":                         "'nonsense' is not defined",
		"={{ while (true) {} }}":                  "not JavaScript",
		"={{ $json. }}":                           "not JavaScript",
		"={{ 1 + }}":                              "not JavaScript",
		"={{ }}":                                  "nothing between",
		"={{ /* x */ }}":                          "only a comment",
		"=a\nb {{ $json.name":                     "line 2, column 3",
		"={{ $json.a ?? $json.b || 1 }}":          "not JavaScript",
		"={{ " + strings.Repeat("(", 1e5):         "never closed",
		"=" + strings.Repeat("{{1}}", 1001):       "more than 1000",
		"={{'" + strings.Repeat("x", 7e4) + "'}}": "more than 65536 bytes",
	} {
		e, err := expr.Compile(src, js)
		if err == nil {
			var v any
			if v, err = e.Eval(t.Context(), world()); err == nil {
				t.Errorf("%.60s gave %v", src, v)
				continue
			}
		}
		if !strings.Contains(err.Error(), want) || strings.HasPrefix(err.Error(), "invalid argument") {
			t.Errorf("%.60s: got %v, want %q", src, err, want)
		}
	}
	if _, err := expr.Compile("={{ "+strings.Repeat("(", 2e4)+"1"+strings.Repeat(")", 2e4)+" }}", js); err == nil {
		t.Error("20,000 brackets compiled")
	}
}

func TestVariablesAndRename(t *testing.T) {
	t.Parallel()
	src := `={{ $vars.A + $vars["A"] + $vars?.A + x$vars.A + $varsity.A }} $vars.A {{ $vars['B'].length }}`
	e, err := expr.Compile(src, nil)
	if err != nil || !slices.Equal(e.Variables(), []string{"A", "B"}) {
		t.Fatalf("reads %v, %v", e.Variables(), err)
	}
	if got := expr.RenameVariable(src, "A", "C"); got != `={{ $vars.C + $vars["C"] + $vars?.C + x$vars.A + $varsity.A }} $vars.A {{ $vars['B'].length }}` {
		t.Errorf("renamed: %s", got)
	}
	for _, odd := range []string{"$vars", "$vars.", "$vars[", `$vars["`, `$vars["a`, "$vars?.", "$vars?.["} {
		if names := expr.ReferencedVariables(odd); len(names) > 0 {
			t.Errorf("%s reads %v", odd, names)
		}
	}
}

func TestNodesAndRename(t *testing.T) {
	t.Parallel()
	src := `=$('A') {{ $('A').first().json.x + $node["A"].json.y + $node.A.json.z + $items("B").length + x$('A') }} \{{ $('A') }}`
	e, err := expr.Compile(src, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Nodes(); !reflect.DeepEqual(got, []string{"A", "B"}) {
		t.Errorf("nodes %q", got)
	}
	want := `=$('A') {{ $('It\'s').first().json.x + $node["It's"].json.y + $node["It's"].json.z + $items("B").length + x$('A') }} \{{ $('A') }}`
	if got := expr.RenameNode(src, "A", "It's"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := expr.RenameNode(want, "It's", "A"); got != strings.ReplaceAll(src, "$node.A.", `$node["A"].`) {
		t.Errorf("back: %s", got)
	}
	code := "// $('A')\nreturn $( `A` ).all().map(i => ({json: i.json, n: $node.A}))"
	if got := expr.RenameNode(code, "A", "B2"); got != "// $('B2')\nreturn $( `B2` ).all().map(i => ({json: i.json, n: $node.B2}))" {
		t.Errorf("code: %s", got)
	}
	if got := expr.ReferencedNodes(code); !reflect.DeepEqual(got, []string{"A"}) {
		t.Errorf("code names %q", got)
	}
	for _, same := range []string{"plain $ text", "={{ $json.x }}", "={{ $('B') }}", ""} {
		if got := expr.RenameNode(same, "A", "B"); got != same {
			t.Errorf("%q became %q", same, got)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{
		"={{ $json.a.b[0]['c'] }}", "={{ `a${b}` }}", "={{ '\\u0041' }}", "=a {{ {a:{b:1}} }} \\{{", "={{ a?.5:1 }}", "={{ $('x').first().json }}",
		"={{ /}}/.test(x) }}", "={{ 1e400 }}", "={{ \"\\x4", "={{`${`${1}`}`}}", "={{ $node.\u00e4.json }}", "={{ -!-1 }}", "={{ .5.toString() }}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := expr.Compile(s, nil)
		renamed := expr.RenameNode(s, "x", "x")
		if renamed != s {
			t.Fatalf("renaming to the same name changed %q", s)
		}
		expr.RenameNode(s, "x", "it's \\ `${new}`")
		if err != nil {
			return
		}
		v, err := e.Eval(t.Context(), world())
		if err == nil {
			if _, err := json.Marshal(v); err != nil {
				t.Fatalf("%q gave %T", s, v)
			}
		} else if e.Native() && strings.Contains(err.Error(), "interpreter") {
			t.Fatalf("%q is native and was not", s)
		}
	})
}

func BenchmarkPath(b *testing.B) { bench(b, "={{ $json.a.b[0]['c d'] }}") }
func BenchmarkNode(b *testing.B) { bench(b, "={{ $('Set').item.json.x }}") }
func BenchmarkOperator(b *testing.B) {
	bench(b, "={{ $json.price * $json.qty > 30 && $json.name === 'Ada' }}")
}
func BenchmarkText(b *testing.B) { bench(b, "=Dear {{ $json.name }}, you have {{ $json.qty }}") }
func BenchmarkScript(b *testing.B) {
	bench(b, "={{ $json.name.toLowerCase().split('').reverse().join('') }}")
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		if _, err := expr.Compile("={{ $json.a.b[0]['c d'] }}", nil); err != nil {
			b.Fatal(err)
		}
	}
}

func bench(b *testing.B, src string) {
	e, err := expr.Compile(src, interpreter(b))
	if err != nil {
		b.Fatal(err)
	}
	var s expr.Scope = world()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Eval(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
}
