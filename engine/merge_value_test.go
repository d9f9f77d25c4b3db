package engine_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"pgregory.net/rapid"
)

// TestMergeValues has two people change one value at once: theirs came first.
func TestMergeValues(t *testing.T) {
	t.Parallel()
	const rows = `[{"name":"a","value":"1"},{"name":"b","value":"2"},{"name":"c","value":"3"}]`
	for _, c := range []struct {
		name, base, theirs, mine, want string
		clash                          bool
	}{
		{name: "two rows", base: rows, theirs: `[{"name":"a","value":"A"},{"name":"b","value":"2"},{"name":"c","value":"3"}]`,
			mine: `[{"name":"a","value":"1"},{"name":"b","value":"2"},{"name":"c","value":"C"}]`,
			want: `[{"name":"a","value":"A"},{"name":"b","value":"2"},{"name":"c","value":"C"}]`},
		{name: "two fields of a row", base: `[{"name":"a","value":"1"}]`, theirs: `[{"name":"z","value":"1"}]`, mine: `[{"name":"a","value":"9"}]`, want: `[{"name":"z","value":"9"}]`},
		{name: "one field of a row: the last writer", base: `[{"name":"a","value":"1"}]`, theirs: `[{"name":"a","value":"8"}]`, mine: `[{"name":"a","value":"9"}]`,
			want: `[{"name":"a","value":"9"}]`, clash: true},
		{name: "a row before the one that I change", base: rows, theirs: `[{"name":"new","value":"0"},{"name":"a","value":"1"},{"name":"b","value":"2"},{"name":"c","value":"3"}]`,
			mine: `[{"name":"a","value":"mine"},{"name":"b","value":"2"},{"name":"c","value":"3"}]`,
			want: `[{"name":"new","value":"0"},{"name":"a","value":"mine"},{"name":"b","value":"2"},{"name":"c","value":"3"}]`},
		{name: "theirs is before and changed as well", base: rows, theirs: `[{"name":"new","value":"0"},{"name":"a","value":"theirs"},{"name":"b","value":"2"},{"name":"c","value":"3"}]`,
			mine: `[{"name":"A","value":"1"},{"name":"b","value":"2"},{"name":"c","value":"3"}]`,
			want: `[{"name":"new","value":"0"},{"name":"A","value":"theirs"},{"name":"b","value":"2"},{"name":"c","value":"3"}]`},
		{name: "both add a row", base: `[1]`, theirs: `[1,2]`, mine: `[1,3]`, want: `[1,2,3]`},
		{name: "both add the first row", base: `null`, theirs: `[{"name":"x"}]`, mine: `[{"name":"y"}]`, want: `[{"name":"x"},{"name":"y"}]`},
		{name: "both add an empty row", base: `[]`, theirs: `[{},{}]`, mine: `[{}]`, want: `[{},{},{}]`},
		{name: "both add one name", base: `["a"]`, theirs: `["a","x"]`, mine: `["a","x","y"]`, want: `["a","x","y"]`},
		{name: "they remove what I do not touch", base: rows, theirs: `[{"name":"b","value":"2"},{"name":"c","value":"3"}]`,
			mine: `[{"name":"a","value":"1"},{"name":"b","value":"2"},{"name":"c","value":"mine"}]`, want: `[{"name":"b","value":"2"},{"name":"c","value":"mine"}]`},
		{name: "they remove what I change", base: rows, theirs: `[{"name":"b","value":"2"},{"name":"c","value":"3"}]`,
			mine: `[{"name":"a","value":"mine"},{"name":"b","value":"2"},{"name":"c","value":"3"}]`, want: `[{"name":"a","value":"mine"},{"name":"b","value":"2"},{"name":"c","value":"3"}]`, clash: true},
		{name: "I remove what they change", base: rows, theirs: `[{"name":"a","value":"theirs"},{"name":"b","value":"2"},{"name":"c","value":"3"}]`,
			mine: `[{"name":"c","value":"3"}]`, want: `[{"name":"a","value":"theirs"},{"name":"c","value":"3"}]`, clash: true},
		{name: "they move what I change", base: rows, theirs: `[{"name":"b","value":"2"},{"name":"c","value":"3"},{"name":"a","value":"1"}]`,
			mine: `[{"name":"a","value":"mine"},{"name":"b","value":"2"},{"name":"c","value":"3"}]`, want: `[{"name":"b","value":"2"},{"name":"c","value":"3"},{"name":"a","value":"mine"}]`},
		{name: "I move what they change", base: rows, theirs: `[{"name":"a","value":"theirs"},{"name":"b","value":"2"},{"name":"c","value":"3"}]`,
			mine: `[{"name":"b","value":"2"},{"name":"c","value":"3"},{"name":"a","value":"1"}]`, want: `[{"name":"b","value":"2"},{"name":"c","value":"3"},{"name":"a","value":"theirs"}]`},
		{name: "keys", base: `{"a":1,"b":2,"c":3}`, theirs: `{"a":9,"b":2,"t":0}`, mine: `{"a":1,"c":3,"m":0}`, want: `{"a":9,"m":0,"t":0}`},
		{name: "a key that one removes and the other changes", base: `{"a":1,"b":1}`, theirs: `{"a":2}`, mine: `{"b":2}`, want: `{"a":2,"b":2}`, clash: true},
		{name: "null is a value", base: `{"a":1}`, theirs: `{"a":1,"b":1}`, mine: `{"a":null}`, want: `{"a":null,"b":1}`},
		{name: "lists in objects in lists", base: `[{"of":[{"x":[1,2]}]}]`, theirs: `[{"of":[{"x":[1,2,3]}]}]`, mine: `[{"of":[{"x":[0,1,2]}]}]`, want: `[{"of":[{"x":[0,1,2,3]}]}]`},
		{name: "texts of several lines", base: `{"code":"one\ntwo\n"}`, theirs: `{"code":"ONE\ntwo\n"}`, mine: `{"code":"one\ntwo\nthree\n"}`, want: `{"code":"ONE\ntwo\nthree\n"}`},
		{name: "a choice is no text", base: `{"m":"GET"}`, theirs: `{"m":"POST"}`, mine: `{"m":"PUT"}`, want: `{"m":"PUT"}`, clash: true},
		{name: "another type", base: `[1]`, theirs: `[1,2]`, mine: `{"a":1}`, want: `{"a":1}`, clash: true},
		{name: "numbers are compared by value, and keep their digits", base: `[1.0,2]`, theirs: `[1.0,2,3]`, mine: `[1,4]`, want: `[1.0,4,3]`},
	} {
		got, clash, err := engine.MergeValues(json.RawMessage(c.base), json.RawMessage(c.theirs), json.RawMessage(c.mine))
		if err != nil {
			t.Fatal(err)
		}
		if !sameJSON(t, got, []byte(c.want)) || clash != c.clash {
			t.Errorf("%s: %s, clash %v, want %s", c.name, got, clash, c.want)
		}
	}
}

func sameJSON(t testing.TB, a, b []byte) bool {
	t.Helper()
	return reflect.DeepEqual(decodedJSON(t, a), decodedJSON(t, b))
}

func decodedJSON(t testing.TB, data []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return v
}

// madeUpValue draws a JSON value whose texts occur nowhere else.
func madeUpValue(t *rapid.T, depth int, serial *int) any {
	kind := rapid.IntRange(0, 5).Draw(t, "kind")
	if depth == 0 {
		kind = min(kind, 2)
	}
	switch kind {
	case 3, 4:
		list := []any{}
		for range rapid.IntRange(0, 5).Draw(t, "length") {
			list = append(list, madeUpValue(t, depth-1, serial))
		}
		return list
	case 5:
		object := map[string]any{}
		for range rapid.IntRange(0, 4).Draw(t, "keys") {
			object[rapid.SampledFrom([]string{"a", "b", "c", "name", "value"}).Draw(t, "key")] = madeUpValue(t, depth-1, serial)
		}
		return object
	}
	*serial++
	return fmt.Sprintf("text%d.", *serial)
}

// changedValue is a value after a person has worked on it for a while.
func changedValue(t *rapid.T, v any, serial *int) any {
	switch v := v.(type) {
	case []any:
		out := []any{}
		for _, e := range v {
			switch rapid.IntRange(0, 9).Draw(t, "row") {
			case 0:
				continue
			case 1:
				out = append(out, madeUpValue(t, 1, serial), e)
			case 2, 3:
				out = append(out, changedValue(t, e, serial))
			default:
				out = append(out, e)
			}
		}
		if len(out) > 1 && rapid.IntRange(0, 4).Draw(t, "move") == 0 {
			out = append(slices.Clone(out[1:]), out[0])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for key, e := range v {
			switch rapid.IntRange(0, 5).Draw(t, "field") {
			case 0:
			case 1:
				out[key] = changedValue(t, e, serial)
			default:
				out[key] = e
			}
		}
		return out
	}
	return madeUpValue(t, 1, serial)
}

// TestMergesLoseNothing holds that what only one side changed is as that side has it, and that everything that either
// side wrote is in the merged value, but for what the other one wrote over.
func TestMergesLoseNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		serial := 0
		base := madeUpValue(t, 3, &serial)
		theirs, mine := changedValue(t, base, &serial), changedValue(t, base, &serial)
		b, x, y := marshalled(base), marshalled(theirs), marshalled(mine)
		merge := func(base, theirs, mine json.RawMessage) (json.RawMessage, bool) {
			got, clash, err := engine.MergeValues(base, theirs, mine)
			if err != nil || !json.Valid(got) {
				t.Fatalf("%s: %v", got, err)
			}
			return got, clash
		}
		for _, c := range [][4]json.RawMessage{{b, x, b, x}, {b, b, y, y}, {b, x, x, x}, {b, b, b, b}} {
			if got, clash := merge(c[0], c[1], c[2]); string(got) != string(c[3]) || clash {
				t.Fatalf("of %s, %s and %s is made %s (clash %v)", c[0], c[1], c[2], got, clash)
			}
		}
		got, clash := merge(b, x, y)
		if deep := max(depthOf(theirs), depthOf(mine)); depthOf(decodedValue(got)) > deep {
			t.Fatalf("%s is deeper than %s and %s", got, x, y)
		}
		for i := range serial {
			text := fmt.Sprintf("text%d.", i+1)
			in := func(v json.RawMessage) bool { return strings.Contains(string(v), text) }
			if in(y) && !in(b) && !in(got) {
				t.Fatalf("of %s, %s and mine %s is made %s without my %s", b, x, y, got, text)
			}
			if in(x) && !in(b) && !in(got) && !clash {
				t.Fatalf("of %s, theirs %s and %s is made %s without their %s", b, x, y, got, text)
			}
			if n := strings.Count(string(got), text); n > 1 && !clash {
				t.Fatalf("of %s, %s and %s is made %s with %s %d times", b, x, y, got, text, n)
			}
		}
	})
}

func marshalled(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

func decodedValue(data []byte) (v any) {
	if err := json.Unmarshal(data, &v); err != nil {
		panic(err)
	}
	return v
}

func depthOf(v any) (deepest int) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			deepest = max(deepest, depthOf(e))
		}
		return deepest + 1
	case map[string]any:
		for _, e := range v {
			deepest = max(deepest, depthOf(e))
		}
		return deepest + 1
	}
	return 0
}

// FuzzMergeValues gives the merge any JSON.
func FuzzMergeValues(f *testing.F) {
	f.Add([]byte(`[{"a":1},{"b":[2]}]`), []byte(`[{"a":2},{"b":[2,3]}]`), []byte(`[{"b":[]},{"a":1,"c":"x\ny"}]`))
	f.Add([]byte(`{"t":"a\nb"}`), []byte(`{"t":"a\n猫b"}`), []byte(`{"t":"A\n🐈b"}`))
	f.Add([]byte(`null`), []byte(`[1,1,1]`), []byte(`[1,2,1e999]`))
	f.Fuzz(func(t *testing.T, base, theirs, mine []byte) {
		for _, data := range [][]byte{base, theirs, mine} {
			if engine.CheckJSON(data, engine.MaxDepth) != nil {
				return
			}
		}
		got, _, err := engine.MergeValues(base, theirs, mine)
		if err != nil || engine.CheckJSON(got, engine.MaxDepth) != nil {
			t.Fatalf("%s of %s, %s and %s: %v", got, base, theirs, mine, err)
		}
		for _, c := range [][3][]byte{{theirs, base, theirs}, {base, mine, mine}} {
			again, clash, err := engine.MergeValues(base, c[0], c[1])
			var is, want any
			if err := json.Unmarshal(c[2], &want); err != nil {
				return // a number beyond all
			}
			if err != nil || json.Unmarshal(again, &is) != nil || clash || !reflect.DeepEqual(is, want) {
				t.Fatalf("of %s, %s and %s is made %s, clash %v, %v", base, c[0], c[1], again, clash, err)
			}
		}
	})
}
