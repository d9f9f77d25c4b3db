package layout_test

import (
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/layout"
)

func TestSmallTargets(t *testing.T) {
	t.Parallel()
	at := func(name string, x, y, w, h float64) layout.Target {
		return layout.Target{Part: browser.Part{Selector: name}, Area: browser.Box{X: x, Y: y, W: w, H: h}}
	}
	inline, native, same, bigSame, pinned := at("inline", 0, 0, 20, 10), at("native", 0, 0, 13, 13), at("same", 0, 0, 20, 20), at("large", 100, 0, 24, 24), at("pinned", 20, 0, 20, 20)
	inline.Inline, native.Native, same.Link, bigSame.Link, pinned.Pinned = true, true, "/x", "/x", true
	inside, around := at("inside", 5, 5, 10, 10), at("around", 0, 0, 100, 40)
	inside.Inside, around.Inside = []int{1}, []int{0}
	for _, c := range []struct {
		name string
		list []layout.Target
		want string
	}{
		{"large enough, side by side", []layout.Target{at("a", 0, 0, 24, 24), at("b", 24, 0, 24, 24)}, ""},
		{"small, side by side", []layout.Target{at("a", 0, 0, 20, 20), at("b", 20, 0, 20, 20)}, "a b"},
		{"small, far apart", []layout.Target{at("a", 0, 0, 20, 20), at("b", 24, 0, 20, 20)}, ""},
		{"small, one pixel too close", []layout.Target{at("a", 0, 0, 20, 20), at("b", 23, 0, 20, 20)}, "a b"},
		{"small beside a large one", []layout.Target{at("a", 0, 0, 20, 24), at("b", 20, 0, 40, 40)}, "a"},
		{"small beside a large one, with room", []layout.Target{at("a", 0, 0, 20, 24), at("b", 22, 0, 40, 40)}, ""},
		{"low lines of a list", []layout.Target{at("a", 0, 0, 80, 18), at("b", 0, 18, 80, 18)}, "a b"},
		{"alone", []layout.Target{at("a", 0, 0, 8, 8)}, ""},
		{"in a sentence", []layout.Target{inline, at("b", 20, 0, 30, 30)}, ""},
		{"the browser's own size", []layout.Target{native, at("b", 13, 0, 30, 30)}, ""},
		{"a larger one leads there too", []layout.Target{same, bigSame, at("b", 20, 0, 30, 30)}, ""},
		{"one in the other", []layout.Target{inside, around}, ""},
		{"one that keeps its place", []layout.Target{at("a", 0, 0, 20, 20), pinned}, ""},
	} {
		var got []string
		for _, s := range layout.SmallTargets(c.list) {
			got = append(got, s.Selector)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %q", c.name, got, c.want)
		}
	}
}
