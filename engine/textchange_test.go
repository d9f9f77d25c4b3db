package engine_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"pgregory.net/rapid"
)

func textChange(t testing.TB, data string) engine.TextChange {
	t.Helper()
	c, err := engine.ParseTextChange([]byte(data))
	if err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return c
}

func encoded(t testing.TB, c engine.TextChange) string {
	t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// madeUpText draws texts of letters of one, two, three and four bytes, the last of which are two UTF-16 units.
var madeUpText = rapid.StringOfN(rapid.SampledFrom([]rune("ab\né猫🐈")), 0, 12, -1)

// madeUpChange draws a change of a text, of any number of stretches.
func madeUpChange(t *rapid.T, text string) engine.TextChange {
	var parts []any
	for _, r := range text {
		n := len([]rune(string(r)))
		if r > 0xffff {
			n = 2
		}
		switch rapid.IntRange(0, 5).Draw(t, "part") {
		case 0:
			parts = append(parts, []any{n})
		case 1:
			parts = append(parts, lines(n, madeUpText.Draw(t, "in place")))
		case 2:
			parts = append(parts, lines(0, madeUpText.Draw(t, "before")), n)
		default:
			parts = append(parts, n)
		}
	}
	parts = append(parts, lines(0, madeUpText.Draw(t, "behind")))
	data, err := json.Marshal(parts)
	if err != nil {
		t.Fatal(err)
	}
	c, err := engine.ParseTextChange(data)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func lines(n int, text string) []any {
	out := []any{n}
	for line := range strings.SplitSeq(text, "\n") {
		out = append(out, line)
	}
	return out
}

func TestTextChangesFit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		apply := func(c engine.TextChange, text string) string {
			out, back, err := c.Apply(text)
			if err != nil {
				t.Fatal(err)
			}
			if was, _, err := back.Apply(out); err != nil || was != text {
				t.Fatalf("%q was not given back: %q, %v", text, was, err)
			}
			return out
		}
		text := madeUpText.Draw(t, "text")
		first, second := madeUpChange(t, text), madeUpChange(t, text)
		late, err := second.Map(first, false)
		if err != nil {
			t.Fatal(err)
		}
		early, err := first.Map(second, true)
		if err != nil {
			t.Fatal(err)
		}
		here, there := apply(late, apply(first, text)), apply(early, apply(second, text))
		if here != there {
			t.Fatalf("of %q, %q and %q", text, here, there)
		}
		both, err := first.Compose(late)
		if err != nil {
			t.Fatal(err)
		}
		if got := apply(both, text); got != here {
			t.Fatalf("in one: %q, want %q", got, here)
		}
		if got := apply(engine.DiffText(text, here), text); got != here {
			t.Fatalf("the difference leads to %q, want %q", got, here)
		}
	})
}

func TestTextChangeForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ change, canonical, text, want string }{
		{`[2,[1],3]`, `[2,[1],3]`, "abcdef", "abdef"},
		{`[1,1,[0,"x","y"],[2],0,2]`, `[2,[2,"x","y"],2]`, "abcdef", "abx\nyef"},
		{`[[0,""],3]`, `[3]`, "abc", "abc"},
		{`[0]`, `[0]`, "", ""},
		{`[2,[0,"!"]]`, `[2,[0,"!"]]`, "🐈", "🐈!"},
	} {
		change := textChange(t, c.change)
		got, _, err := change.Apply(c.text)
		if err != nil || got != c.want || encoded(t, change) != c.canonical {
			t.Errorf("%s of %q: %q %v, as %s", c.change, c.text, got, err, encoded(t, change))
		}
	}
	for _, bad := range []string{``, `null`, `[]`, `7`, `"x"`, `[-1]`, `[1.5]`, `[[]]`, `[["x"]]`, `[[1,2]]`, `[[1,null]]`, `[99999999999]`, `[{"a":1}]`, "[" + strings.Repeat("1,", 10_000) + "1]"} {
		if _, err := engine.ParseTextChange([]byte(bad)); !isOf(err, fs.ErrInvalid) {
			t.Errorf("%.40s was taken: %v", bad, err)
		}
	}
	if _, _, err := textChange(t, `[3,[0,"x"]]`).Apply("ab"); !isOf(err, engine.ErrConflict) {
		t.Errorf("a change of another text: %v", err)
	}
	if _, _, err := textChange(t, `[1,[0,"x"],1]`).Apply("🐈"); !isOf(err, fs.ErrInvalid) {
		t.Errorf("half a character: %v", err)
	}
}
