package browser_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/color"
	"image/png"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/browser/browsertest"
)

const inspected = `<!doctype html><html lang="en"><title>T</title><meta name="viewport" content="width=device-width">
<style>body{margin:0} .bar{position:fixed;inset:auto 0 0 0;height:200px;background:#ccc} .far{position:absolute;left:-9999px} @media (prefers-color-scheme: dark){body{background:#000}}
@media (orientation: landscape){#turned{display:none}} #slow{transition:opacity 9s}</style>
<a href="#main" class="far" id="skip">Skip</a><button id="one">One</button><x-box></x-box><div tabindex="0" class="row-1 card">Card</div>
<p id="turned">Portrait</p><iframe srcdoc="<button>Inner</button>" title="Frame"></iframe>
<main id="main"><button id="under" style="position:absolute;top:700px;left:10px;height:30px">Under</button></main><div class="bar"></div>
<script>customElements.define("x-box", class extends HTMLElement { constructor() { super(); this.attachShadow({mode:"open"}).innerHTML = "<button>Deep</button>"; } });</script>`

func TestInspect(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, inspected)
	}))
	t.Cleanup(server.Close)
	b, _ := browsertest.Start(t, server)
	ctx := t.Context()
	tab, err := b.Open(ctx, browser.Setting{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)
	if err := tab.Go(ctx, server.URL+"/"); err != nil {
		t.Fatal(err)
	}

	reachable, err := tab.Focusables(ctx)
	if err != nil {
		t.Fatal(err)
	}
	stops, err := tab.Walk(ctx, 7, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	var walked, should []string
	for _, s := range stops {
		walked = append(walked, s.Selector)
	}
	for _, p := range reachable {
		should = append(should, p.Selector)
	}
	if got, want := strings.Join(walked, ", "), "#skip, #one, html > body > x-box >>> button, html > body > div:nth-of-type(1), html > body > button, #under, "; got != want {
		t.Errorf("walked %s\nwant   %s", got, want)
	}
	if got, want := strings.Join(should, ", "), "#one, html > body > x-box >>> button, html > body > div:nth-of-type(1), html > body > iframe, #under"; got != want {
		t.Errorf("focusable %s\nwant      %s", got, want)
	}
	if s := stops[4]; !s.Frame || s.Label != "Inner" {
		t.Errorf("in the frame: %+v", s)
	}
	if s := stops[5]; s.Behind != "html > body > div:nth-of-type(2)" || !s.BehindPinned || s.Pinned {
		t.Errorf("behind the bar: %+v", s)
	}
	if s := stops[3]; s.Sort != "div.card" || s.Behind != "" || s.Order < 0 || s.Label != "Card" {
		t.Errorf("a card: %+v", s)
	}
	if !stops[6].Nowhere {
		t.Errorf("after the last: %+v", stops[6])
	}
	back, err := tab.Walk(ctx, 3, true, func(s browser.Stop) (bool, error) { return !s.Nowhere, nil })
	if err != nil || len(back) == 0 || back[0].Selector != "#under" {
		t.Errorf("backwards: %+v %v", back, err)
	}

	if hit, err := tab.HitAt(ctx, 20, 790); err != nil || hit == nil || !strings.Contains(hit.HTML, `class="bar"`) {
		t.Errorf("hit %+v %v", hit, err)
	}
	tree, err := tab.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range tree {
		if n.Role == "button" && n.Name == "Deep" {
			if p, err := tab.Describe(ctx, n); err != nil || p.Selector != "html > body > x-box >>> button" {
				t.Errorf("described as %+v, %v", p, err)
			}
		}
	}

	picture, err := tab.ShotOf(ctx, "#one")
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	red := 0
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if c, ok := img.At(x, y).(color.RGBA); ok && c.R == 0xd0 && c.G == 0 {
				red++
			}
		}
	}
	if red < 50 {
		t.Errorf("%d red points around the button", red)
	}
	if _, err := tab.ShotOf(ctx, "#nothing"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}

	look := func(s browser.Setting, script, want string) {
		t.Helper()
		if err := tab.Emulate(ctx, s); err != nil {
			t.Fatal(err)
		}
		if got, err := browser.Eval[string](ctx, tab, script); err != nil || got != want {
			t.Errorf("%+v: %q, want %q (%v)", s, got, want, err)
		}
	}
	look(browser.Setting{Dark: true}, "getComputedStyle(document.body).backgroundColor", "rgb(0, 0, 0)")
	look(browser.Setting{ForcedColors: true}, "String(matchMedia('(forced-colors: active)').matches)", "true")
	look(browser.Setting{Media: "print"}, "String(matchMedia('print').matches)", "true")
	look(browser.Setting{}.Zoomed(2), "innerWidth + ' ' + innerHeight + ' ' + devicePixelRatio", "640 400 2")
	look(browser.Setting{Width: 390, Height: 844, Mobile: true}, "getComputedStyle(turned).display", "block")
	look(browser.Setting{Width: 844, Height: 390, Mobile: true}, "getComputedStyle(turned).display + screen.orientation.type", "nonelandscape-primary")
	look(browser.Setting{}, "innerWidth + ' ' + matchMedia('(prefers-color-scheme: dark)').matches", "1280 false")
}

func TestOnce(t *testing.T) {
	t.Parallel()
	var v browser.Visit
	var made atomic.Int64
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			got, err := browser.Once(t.Context(), &v, "number", func(context.Context) (int64, error) { return made.Add(1), nil })
			if got != 1 || err != nil {
				t.Errorf("%d %v", got, err)
			}
		})
	}
	wait.Wait()
	late, cancel := context.WithCancel(t.Context())
	if _, err := browser.Once(late, &v, "other", func(context.Context) (string, error) { cancel(); return "", context.Canceled }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if got, err := browser.Once(t.Context(), &v, "other", func(context.Context) (string, error) { return "made", nil }); got != "made" || err != nil {
		t.Errorf("after somebody gave up: %q %v", got, err)
	}
}

// Fields of a form that have the names of its properties stand in for them (form.id is a field); the form is read all the same.
func TestFieldsNamedLikeProperties(t *testing.T) {
	t.Parallel()
	var fields strings.Builder
	for _, name := range []string{"id", "name", "type", "title", "children", "labels", "parentElement", "parentNode", "action", "method", "elements", "className", "classList", "submit", "value", "style", "disabled"} {
		fmt.Fprintf(&fields, `<label>%s <input name="%[1]s" value="1"></label>`, name)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>T</title><form id="booking" onclick="">`+fields.String()+`<button>Book</button></form>`)
	}))
	t.Cleanup(server.Close)
	b, _ := browsertest.Start(t, server)
	tab, err := b.Open(t.Context(), browser.Setting{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)
	if err := tab.Go(t.Context(), server.URL+"/"); err != nil {
		t.Fatal(err)
	}
	shot, err := tab.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for i := range shot.Elements {
		seen[shot.Elements[i].Tag]++
		if e := &shot.Elements[i]; e.Tag == "form" && (e.ID != "booking" || e.Selector != "#booking") {
			t.Errorf("%+v", e)
		}
	}
	if seen["form"] != 1 || seen["input"] != 17 {
		t.Error(seen)
	}
	stops, err := tab.Walk(t.Context(), 18, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s := stops[len(stops)-1]; s.Label != "Book" || !strings.HasPrefix(s.Selector, "#booking > ") {
		t.Errorf("%+v", s)
	}
}
