package functional_test

import (
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/probes/functional"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

// faulty has one fault of every sort that needs a browser to be seen.
var faulty = site{
	"/": `<a href="/empty">7</a> <img src="/gone.png" alt="Gone"><script src="/app.js"></script>
		<a href="#nowhere">Down</a> <a href="#here">Here</a> <p id="here">Here</p>
		<script>null.total</script>
		<button type="button" onclick="basket.open()">Open the basket</button>
		<button type="button">Show the size table</button>
		<p id="o">…</p><script>fetch("/api/stock").then((r) => { document.getElementById("o").textContent = "Stock: " + r.status; });</script>
		<p>Dear {{ user.name }}, welcome.</p>`,
	"/app.js": `js window.app = true;`,
	"/empty":  `<script>document.body.textContent = "";</script>`,
}

// clean looks faulty at each of these, and is not.
var clean = site{
	"/": `<a href="/empty">7</a> <img src="http://elsewhere.example/x.png" alt="Not ours"><script src="/app.js"></script>
		<a href="#menu" onclick="event.preventDefault(); document.getElementById('m').hidden = false">Menu</a><p id="m" hidden>The menu</p>
		<a href="#later">Later</a><script>addEventListener("hashchange", () => { document.title = location.hash; });</script><a href="#">Top</a><a href="#top">Top</a>
		<script>try { null.total } catch { document.title = "caught"; } Promise.reject(new DOMException("stopped", "AbortError"));</script>
		<button type="button" onclick="document.title = 'open'">Open the basket</button><button type="button" onclick="throw new Error('deleted')">Delete everything</button>
		<button type="button" role="tab" aria-selected="true">Sizes</button><button type="button" onclick="navigator.clipboard.writeText('x').catch(() => {})">Copy the link</button>
		<button type="button" onclick="setTimeout(() => { document.title = 'late'; }, 600)">Show the size table</button><button type="button" disabled>Nothing yet</button>
		<button type="button" onclick="fetch('/api/seen', {method: 'POST'})">I have seen it</button><button type="button" onclick="sessionStorage.wide = '1'">Wide rows</button>
		<p id="o">…</p><script>fetch("/api/me").then((r) => { document.getElementById("o").textContent = r.ok ? "Hello" : "Nobody is signed in"; });</script>
		<p id="p">Dear {{ user.name }}, welcome.</p><script>document.getElementById("p").textContent = "Dear Ada, welcome.";</script>`,
	"/app.js": `js window.app = true;`,
	"/api/me": `status 401`,
	"/empty":  `<style>h1 { display: none }</style><svg role="img" aria-label="A chart" width="200" height="100"><rect width="200" height="100"/></svg>`,
}

func browserProbes() []*agents.Probe {
	var list []*agents.Probe
	for _, p := range functional.Probes() {
		if p.Needs.Has(agents.NeedsBrowser) || p.ID == "placeholder-text" {
			list = append(list, p)
		}
	}
	return list
}

func TestBrowser(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		target site
		want   int
	}{"faulty": {faulty, 1}, "clean": {clean, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := try.Probes(t, browserProbes(), x.target, try.Options{Browser: true})
			for _, p := range browserProbes() {
				try.Want(t, r, p.ID, x.want)
			}
		})
	}
}
