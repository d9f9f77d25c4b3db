package uiux_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/try"
	"github.com/atelier-studio/atelier/agents/probes/uiux"
)

// site serves pages that are nothing but a body.
func site(bodies map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := bodies[r.URL.Path]
		switch {
		case r.URL.Path == "/slow":
			select { // so long that the rule decides, and no more
			case <-time.After(900 * time.Millisecond):
			case <-r.Context().Done():
			}
			fmt.Fprint(w, "{}")
			return
		case !ok && r.URL.Path != "/":
			http.Error(w, "404 page not found", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/" {
			for path := range bodies {
				body += fmt.Sprintf(`<p><a href="%s">Page %s</a></p>`, path, strings.TrimPrefix(path, "/"))
			}
		}
		if strings.HasPrefix(body, "<title>") {
			fmt.Fprint(w, `<!doctype html><html lang="en">`+body)
			return
		}
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Page %[1]s</title><h1>Page %[1]s</h1>%[2]s`, r.URL.Path, body)
	})
}

// places are the paths at which a probe found something.
func places(r *campaign.Result, probe string) string {
	var list []string
	for _, f := range try.Found(r, probe) {
		for _, at := range f.Places {
			path := at.URL[strings.Index(at.URL[8:], "/")+8:]
			if !slices.Contains(list, path) {
				list = append(list, path)
			}
		}
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func TestProbes(t *testing.T) {
	t.Parallel()
	r := try.Probes(t, uiux.Probes(), site(map[string]string{
		"/small":      `<style>.i{display:inline-block;width:16px;height:16px;padding:0;border:0;font-size:9px}</style><button class="i">A</button><button class="i">B</button>`,
		"/small-good": `<style>.i{display:inline-block;width:16px;height:16px;padding:0;border:0;margin:0 12px;font-size:9px}</style><button class="i">A</button><button class="i">B</button><p>Read <a href="/small">this page</a>, then <a href="/over">that page</a>.</p><button>Plain</button><button>Buttons</button>`,
		"/over": `<div style="position:relative;height:60px"><button style="position:absolute;left:0;width:100px;height:40px">Under</button><button style="position:absolute;left:60px;width:100px;height:40px">Upper</button></div>
			<div style="position:relative;height:60px"><button style="width:100px;height:40px">Blocked</button><div style="position:absolute;inset:0"></div></div>`,
		"/over-good": `<div style="position:relative;width:200px;height:40px"><input aria-label="Search" style="width:200px;height:36px;box-sizing:border-box"><button style="position:absolute;right:2px;top:2px;width:60px;height:32px">Go</button></div>
			<label style="position:relative;display:inline-block"><input type="checkbox" style="width:30px;height:30px"><span style="position:absolute;inset:0;background:#eee">On</span></label>
			<div style="position:relative;height:60px"><button style="width:100px;height:40px">Free</button><div style="position:absolute;inset:0;pointer-events:none"></div></div><div style="position:fixed;inset:auto 0 0 0;height:100px;background:#eee">Bar</div>
			<div style="width:180px;font:16px/27px serif"><button style="width:130px;height:40px">Show</button> <a href="/small">Clear all of it</a></div>`,
		"/asked-good": `<button>Below</button><div style="position:fixed;inset:0;background:rgba(0,0,0,.3)"></div><div style="position:fixed;left:300px;top:200px;width:300px;height:100px;background:#fff">Shall we? <button>Yes</button> <button>No</button></div>`,
		"/stuck":      `<button>Below</button><div style="position:fixed;inset:0;background:rgba(0,0,0,.3)"></div>`,
		"/cut":        `<div style="width:120px;overflow:hidden;white-space:nowrap">A text that is much longer than its box</div><div style="width:1500px;height:10px;background:#eee"></div>`,
		"/cut-good":   `<div style="width:120px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis">A text that is much longer than its box</div><div style="width:120px;overflow:auto;white-space:nowrap">A text that is much longer than its box</div><span style="position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0);white-space:nowrap">For screen readers</span><div style="overflow:auto"><div style="width:1500px;height:10px"></div></div><div role="application" aria-label="Map" style="width:120px;overflow:hidden;white-space:nowrap">A text that is much longer than what is seen of the map</div>`,
		"/links":      `<p>For our prices <a href="/small">click here</a>.</p><div><a href="/over">Details</a> <a href="/cut">Details</a></div><p><a href="/small"></a></p>`,
		"/links-good": `<ul><li>Chair <a href="/over">Details</a></li><li>Table <a href="/cut">Details</a></li></ul><a href="/over"><img alt="Over" src="data:,"></a> <a href="/small" aria-label="Small"><svg></svg></a><div class="card"><h2>One</h2><a href="/over">More</a></div><div class="card"><h2>Two</h2><a href="/cut">More</a></div>`,
		"/twice":      `<title>Same</title><h1>Twice</h1><p>One`,
		"/again":      `<title>Same</title><h1>Again</h1><p>Other`,
		"/no-h1":      `<title>No heading</title><h2>Second</h2>`,
		"/busy":       `<button type="button" onclick="fetch('/slow')">Look it up</button>`,
		"/busy-good":  `<button type="button" onclick="this.disabled=true;fetch('/slow').then(()=>{this.disabled=false})">Look it up</button><button type="button" onclick="fetch('/small').then(()=>{document.title='x'})">Quick</button>`,
		"/gone":       `<form method="post" action="/gone"><button>Delete account</button></form>`,
		"/gone-good":  `<form method="post" action="/gone" onsubmit="return confirm('Sure?')"><button>Delete account</button></form><button type="button" onclick="d.showModal()">Delete file</button><dialog id="d" aria-label="Sure?"><button>Yes</button></dialog><a href="/small">Delete note</a>`,
	}), try.Options{Browser: true})

	for probe, want := range map[string]string{
		"tap-target": "/small", "overlap": "/over", "text-overflow": "/cut", "horizontal-scroll": "/cut", "z-blocked": "/over /stuck", "link-text": "/links",
		"title-h1": "/again /no-h1 /twice", "feedback": "/busy", "destructive-confirm": "/gone",
	} {
		if got := places(r, probe); got != want {
			t.Errorf("%s found something at %q, want %q", probe, got, want)
			for _, f := range try.Found(r, probe) {
				t.Logf("%s %s %+v", f.Text, f.Cause, f.Places)
			}
		}
		if count := r.ByProbe[probe]; count == nil || count.Executed == 0 || count.NotTested+count.Blocked > 0 {
			t.Errorf("%s: %+v", probe, count)
		}
	}
	if list := try.Found(r, "link-text"); len(list) != 3 {
		t.Errorf("%d links", len(list))
	}
	try.Want(t, r, "error-page", 1)
	if len(try.Found(r, "favicon-meta")) == 0 {
		t.Error("nothing to know of the head")
	}
}

func TestErrorPageWithAWayBack(t *testing.T) {
	t.Parallel()
	probes := uiux.Probes()
	at := slices.IndexFunc(probes, func(p *agents.Probe) bool { return p.ID == "error-page" })
	r := try.Probe(t, probes[at], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path != "/" {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>T</title><h1>T</h1><a href="/">Home</a>`)
	}), try.Options{})
	try.Want(t, r, "error-page", 0)
}

// Titles of pages that scripts draw are compared as they are drawn, and not as the one document that all of them are sent.
func TestDrawnTitles(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{"": "/ /lamps /tables", `document.title = name + " - Shop";`: ""} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			r := try.Probes(t, uiux.Probes(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/", "/lamps", "/tables":
					w.Header().Set("Content-Type", "text/html")
					fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Shop</title><main></main><script>
						const name = location.pathname.slice(1) || "start"; %s
						document.querySelector("main").innerHTML = "<h1>" + name + "</h1><a href=/>Start</a> <a href=/lamps>Lamps</a> <a href=/tables>Tables</a>";</script>`, title)
				default:
					http.NotFound(w, r)
				}
			}), try.Options{Browser: true})
			if got := places(r, "title-h1"); got != want {
				t.Errorf("%q", got)
			}
		})
	}
}
