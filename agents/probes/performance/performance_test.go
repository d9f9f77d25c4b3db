package performance_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/probes/performance"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

func probes(t *testing.T, ids ...string) []*agents.Probe {
	t.Helper()
	var list []*agents.Probe
	for _, p := range performance.Probes() {
		for _, id := range ids {
			if p.ID == id {
				list = append(list, p)
			}
		}
	}
	if len(list) != len(ids) {
		t.Fatalf("not all of %v are there", ids)
	}
	return list
}

const (
	// Work is counted in loops, not in time: on a busy machine, time passes without any work.
	busy  = `const busy = (n) => { let x = 0; for (let i = 0; i < n * 1e6; i++) x += i % 7; window.sum = x; };`
	panel = `<button id=menu type=button aria-expanded=false aria-controls=panel>Details</button><div id=panel hidden>More of it</div>`
)

// page is one of the site: what it waits before it answers, and its body.
type page struct {
	after time.Duration
	body  string
}

var site = map[string]page{
	// Nothing is drawn before the style sheet is there, and the large part comes after three seconds.
	"/late": {0, `<link rel=stylesheet href=/late.css><h1>At last</h1><p id=large style="font-size:40px"></p>
		<script>fetch("/hero").then(() => { document.getElementById("large").textContent = "A large part of the page, in large letters. ".repeat(12); });</script>`},
	"/app": {0, `<div id=top></div><h1>App</h1><button id=slow type=button>Think</button>` + panel + `<p style="height:400px;background:#eee">A large part</p><div id=box>Some words</div><script>` + busy + `
		fetch("/soon").then(() => { top_.style.height = "300px"; busy(400); for (let i = 0; i < 4000; i++) { box.style.width = (200 + i % 100) + "px"; box.offsetHeight; } });
		const kept = [], top_ = document.getElementById("top"); menu.onclick = () => { const open = menu.getAttribute("aria-expanded") === "true"; menu.setAttribute("aria-expanded", !open); panel.hidden = open; if (!open) kept.push(new Array(20000).fill(1.5)); };
		slow.onclick = () => busy(600);
		for (let i = 1; i <= 8; i++) fetch("/api/authors/" + i);</script>`},
	// All of it as it should be, or nearly not.
	"/fine": {300 * time.Millisecond, `<link rel=stylesheet href=/soon.css><div style="height:300px" id=top></div><h1>Fine</h1><button id=quick type=button>Think</button>` + panel + `<script>` + busy + `
		const kept = {}; menu.onclick = () => { const open = menu.getAttribute("aria-expanded") === "true"; menu.setAttribute("aria-expanded", !open); panel.hidden = open; kept.one = new Array(20000).fill(1.5); };
		quick.onclick = () => { busy(15); document.title = "quick"; };
		for (let i = 1; i <= 6; i++) fetch("/api/authors/" + i);
		for (const word of ["news", "prices", "terms"]) fetch("/api/" + word);
		for (let i = 10; i <= 19; i++) fetch("/api/authors/" + i, {headers: {"Sec-Purpose": "prefetch", "X-Prefetch": "1"}});
		fetch("/soon").then(() => { busy(15); document.getElementById("top").textContent = "Filled in"; });</script>`},
}

func serve(w http.ResponseWriter, r *http.Request) {
	wait := func(d time.Duration) {
		select {
		case <-time.After(d):
		case <-r.Context().Done():
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	switch path := r.URL.Path; {
	case path == "/":
		fmt.Fprint(w, `<!doctype html><title>Home</title><h1>Home</h1>`)
		for path := range site {
			fmt.Fprintf(w, `<a href=%s>%s</a> `, path, path)
		}
	case path == "/hero", path == "/soon":
		wait(map[string]time.Duration{"/hero": 3 * time.Second, "/soon": 250 * time.Millisecond}[path])
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, "ok")
	case path == "/late.css", path == "/soon.css":
		wait(map[string]time.Duration{"/late.css": 2100 * time.Millisecond, "/soon.css": 100 * time.Millisecond}[path])
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, `h1{color:teal}`)
	case strings.HasPrefix(path, "/api/"):
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"name":"Ada"}`)
	default:
		p, ok := site[path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		wait(p.after)
		fmt.Fprintf(w, `<!doctype html><title>%s</title>%s`, path, p.body)
	}
}

func TestProbes(t *testing.T) {
	t.Parallel()
	at := map[string]string{
		"lcp": "/late", "fcp": "/late", "cls": "/app", "tbt": "/app", "console-perf": "/app", "inp-proxy": "/app", "n-plus-one": "/app", "memory-growth": "/app",
	}
	var ids []string
	for id := range at {
		ids = append(ids, id)
	}
	r := try.Probes(t, probes(t, ids...), http.HandlerFunc(serve), try.Options{Browser: true})
	for id, path := range at {
		for _, f := range try.Want(t, r, id, 1) {
			if !strings.HasSuffix(f.Where.URL, path) || len(f.Evidence) == 0 {
				t.Errorf("%s found at %s: %s", id, f.Where.URL, f.Text)
			}
		}
	}
}

// Without a browser, what is seen once has to be much slower than the rest.
func TestSlowWithoutBrowser(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		slow map[string]time.Duration
		want int
		ttfb int
	}{
		"very slow":             {map[string]time.Duration{"/a": 1200 * time.Millisecond}, 1, 1},
		"one of a shape":        {map[string]time.Duration{"/items/1": 600 * time.Millisecond}, 0, 0},
		"all of a shape":        {map[string]time.Duration{"/items/1": 600 * time.Millisecond, "/items/2": 650 * time.Millisecond, "/items/3": 600 * time.Millisecond}, 1, 0},
		"an operation":          {map[string]time.Duration{"/api/count": 2200 * time.Millisecond}, 1, 0},
		"an operation in time":  {map[string]time.Duration{"/api/count": 1200 * time.Millisecond}, 0, 0},
		"everything a bit slow": {map[string]time.Duration{"/": 250 * time.Millisecond, "/a": 300 * time.Millisecond, "/b": 250 * time.Millisecond, "/items/1": 260 * time.Millisecond}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := try.Probes(t, probes(t, "slow-endpoint", "ttfb"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if d := c.slow[r.URL.Path]; d > 0 {
					<-time.After(d)
				}
				if r.URL.Path == "/api/count" {
					w.Header().Set("Content-Type", "application/json")
					fmt.Fprint(w, `{"count":3}`)
					return
				}
				if known := regexp.MustCompile(`^/([abc]|items/\d)?$`); !known.MatchString(r.URL.Path) {
					http.NotFound(w, r)
					return
				}
				w.Header().Set("Content-Type", "text/html")
				fmt.Fprint(w, `<title>T</title><a href=/a>a</a><a href=/b>b</a><a href=/c>c</a><a href=/items/1>1</a><a href=/items/2>2</a><a href=/items/3>3</a><script>fetch("/api/count")</script>`, r.URL.Path)
			}), try.Options{})
			try.Want(t, r, "slow-endpoint", c.want)
			try.Want(t, r, "ttfb", c.ttfb)
		})
	}
}
