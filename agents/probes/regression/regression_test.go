package regression_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/regression"
	"github.com/atelier-studio/atelier/agents/probes/try"
	"github.com/atelier-studio/atelier/agents/surface"
)

const spec = `{"openapi":"3.0.3","info":{"title":"A","version":"1"},"paths":{"/api/things":{"get":{"responses":{"200":{"description":"ok","content":{"application/json":{"schema":{"$ref":"#/components/schemas/List"}}}}}},
	"post":{"requestBody":{"content":{"application/json":{"schema":{"type":"object","required":[%s],"properties":{"name":{"type":"string"},"price":{"type":"number"}}}}}},"responses":{"201":{"description":"made"}}}}%s},
	"components":{"schemas":{"List":{"type":"array","items":{"type":"object","properties":{%s}}}}}}`

// app changes between two campaigns, in everything or in nothing that matters.
type app struct{ changed bool }

func (a app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	pick := func(before, now string) string {
		if a.changed {
			return now
		}
		return before
	}
	if !a.changed {
		w.Header().Set("X-Content-Type-Options", "nosniff")
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	draw := func(title, body string) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>%s</title><link rel="icon" href="data:,"><style>body { background: %s; margin: 40px }</style><body><nav><a href="/">Home</a> <a href="/about">About</a> <a href="/news">News</a></nav><h1>%s</h1>%s`, title, pick("#fff", "#ffd"), title, body)
	}
	switch r.URL.Path {
	case "/":
		draw(pick("The shop", "The store"), pick(`<a href="/gone">Once</a>`, "")+fmt.Sprintf(`<p id="clock">%d</p>`, time.Now().UnixNano()))
	case "/about":
		if a.changed {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		draw("About us", "")
	case "/gone":
		draw("Once upon a time", "")
	case "/news":
		if a.changed {
			select {
			case <-time.After(700 * time.Millisecond):
			case <-r.Context().Done():
			}
		}
		draw("News", "")
	case "/openapi.json":
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, spec, pick(`"name"`, `"name","price"`), pick(`,"/api/old":{"get":{"responses":{"200":{"description":"ok"}}}}`, ""), pick(`"id":{"type":"integer"},"name":{"type":"string"}`, `"id":{"type":"integer"}`))
	default:
		http.NotFound(w, r)
	}
}

// fault is a probe of somebody else's, whose finding comes and goes.
func fault(yes bool, id, cause string) *agents.Probe {
	return &agents.Probe{ID: id, Title: "A fault", Severity: agents.High, Check: agents.Whole(func(context.Context, *agents.Lab) agents.Outcome {
		if yes {
			return agents.Fail(agents.Finding{Text: "It is there.", Cause: cause})
		}
		return agents.Pass()
	})}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		changed bool
		want    map[string]int
	}{
		"nothing": {false, map[string]int{}},
		"much": {true, map[string]int{
			"finding-regressed": 1, "new-page-error": 1, "page-removed": 1, "visual-diff": 2, "text-diff": 2, "perf-regression": 1, "a11y-regression": 1, "header-regression": 1, "api-breaking": 3,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var target app
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { target.ServeHTTP(w, r) }))
			t.Cleanup(server.Close)
			looks := &agents.Probe{ID: "looks", Title: "Looks", Check: agents.Each(func(s *surface.Surface) []*surface.Page { return s.Pages }, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
				if _, err := lab.Visits.Visit(ctx, p.URL, p.As); err != nil {
					return agents.BlockOn(err)
				}
				return agents.Pass()
			})}
			first := try.At(t, []*agents.Probe{looks, fault(false, "axe-wcag-a", "")}, server.URL, try.Options{Browser: true})
			data, err := campaign.BaselineOf(first).Encode()
			if err != nil {
				t.Fatal(err)
			}
			before, err := agents.DecodeBaseline(data)
			if err != nil {
				t.Fatal(err)
			}
			back := agents.Finding{Probe: "other", Cause: "mended once"}
			before.Fixed = map[string]time.Time{back.Print(): before.At}
			target.changed = x.changed
			list := append(regression.Probes(), fault(x.changed, "other", "mended once"), fault(x.changed, "axe-wcag-a", "image-alt #logo"))
			r := try.At(t, list, server.URL, try.Options{Browser: true, Baseline: before})
			for _, p := range regression.Probes() {
				if got := try.Found(r, p.ID); len(got) != x.want[p.ID] {
					t.Errorf("%s found %d, want %d; %+v", p.ID, len(got), x.want[p.ID], r.ByProbe[p.ID])
					for _, f := range got {
						t.Log(f.Text)
					}
				}
			}
		})
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	draw := func(w, h int, paint func(x, y int) bool) []byte {
		m := image.NewGray(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				if !paint(x, y) {
					m.SetGray(x, y, color.Gray{Y: 255})
				}
			}
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	blank := draw(100, 100, func(int, int) bool { return false })
	corner := draw(100, 100, func(x, y int) bool { return x < 10 && y < 10 })
	if share, where, err := regression.Compare(blank, corner, corner); err != nil || share != 0.01 || len(where) == 0 {
		t.Errorf("%v %v", share, err)
	}
	if share, _, err := regression.Compare(blank, corner, blank); err != nil || share != 0 { // the corner moves by itself
		t.Errorf("%v %v", share, err)
	}
	for name, bad := range map[string][]byte{"another size": draw(50, 100, func(int, int) bool { return false }), "no picture": []byte("x"), "nothing": nil} {
		if _, _, err := regression.Compare(bad, corner, corner); err == nil {
			t.Errorf("%s is compared", name)
		}
	}
}
