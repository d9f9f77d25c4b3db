package accessibility_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/accessibility"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

// site serves pages that are nothing but a body, in a frame that has all that a page needs.
func site(bodies map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		body, ok := bodies[r.URL.Path]
		switch {
		case !ok && r.URL.Path != "/":
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, frame("Not found", "<p>There is nothing here."))
		case strings.HasPrefix(body, "<!doctype"):
			fmt.Fprint(w, body)
		default:
			if r.URL.Path == "/" {
				for path := range bodies {
					body += fmt.Sprintf(`<p><a href="%s">Page %s</a></p>`, path, strings.TrimPrefix(path, "/"))
				}
			}
			fmt.Fprint(w, frame("Page "+r.URL.Path, body))
		}
	})
}

func frame(title, body string) string {
	return `<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>` + title + `</title></head><body><main><h1>` + title + `</h1>` + body + `</main></body></html>`
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
	r := try.Probes(t, accessibility.Probes(), site(map[string]string{
		"/faulty": `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="40" height="40"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="40" height="40">
			<p style="color:#999">Pale</p><p style="color:#999">Pale too</p><h4>Much too deep</h4><div style="background-image:linear-gradient(#000,#fff)">On a ramp</div>
			<style>.m{display:none}@media (max-width:400px){.m{display:block}}</style><button class="m"><svg width="20" height="20"></svg></button>
			<button type="button" class="more" onclick="m.hidden=!m.hidden">More</button><div id="m" hidden><select><option>One</option></select></div>`,
		"/good": `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="40" height="40" alt=""><label>Name <input name="name"></label><p style="color:#767676">Just enough</p><p style="color:#949494;font-size:24px">Large enough</p>
			<style>.m{display:none}@media (max-width:400px){.m{display:block}}</style><button class="m" aria-label="Menu"><svg width="20" height="20"></svg></button>
			<details><summary>More</summary><p>Words</p></details><button type="button" onclick="d.showModal()">Open</button><dialog id="d" aria-label="D"><button onclick="d.close()">Close</button></dialog>`,
		"/dark":      `<style>@media (prefers-color-scheme:dark){body{background:#000;color:#fff}.x{color:#333}}</style><p class="x">Words</p>`,
		"/dark-good": `<style>@media (prefers-color-scheme:dark){body{background:#000;color:#fff}a{color:#9cf}}</style><p>Words</p>`,
		"/frame":     `<iframe src="/good" title="A page" width="300" height="200"></iframe><iframe src="http://other.invalid/" title="Another"></iframe>`,
	}), try.Options{Browser: true})
	check(t, r, map[string]string{
		"axe-wcag-a": "/faulty", "axe-wcag-aa": "/faulty", "axe-dark": "/dark", "axe-states": "/faulty", "axe-320": "/faulty", "axe-frames": "/frame",
		"axe-incomplete": "/faulty", "html-lang": "", "page-title": "",
	})
	if list := try.Found(r, "axe-wcag-a"); len(list) != 1 || list[0].Severity != agents.High || len(list[0].Evidence) != 3 || list[0].References[0] != "WCAG 1.1.1" {
		t.Errorf("one cause, one finding with a picture: %+v", list)
	}
	if !strings.Contains(places(r, "axe-best-practice"), "/faulty") {
		t.Errorf("habits: %s", places(r, "axe-best-practice"))
	}
}

// check compares where probes found something with where they should.
func check(t *testing.T, r *campaign.Result, want map[string]string) {
	t.Helper()
	for probe, want := range want {
		if got := places(r, probe); got != want {
			t.Errorf("%s found something at %q, want %q", probe, got, want)
			for _, f := range try.Found(r, probe) {
				t.Logf("%s %s %+v", f.Title, f.Cause, f.Places)
			}
		}
		if count := r.ByProbe[probe]; count == nil || count.Executed == 0 || count.NotTested+count.Blocked > 0 {
			t.Errorf("%s: %+v", probe, count)
		}
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	r := try.Probes(t, []*agents.Probe{find("html-lang"), find("page-title")}, site(map[string]string{
		"/lang-none":  `<!doctype html><html><head><title>L</title></head><body><main><h1>L</h1></main></body></html>`,
		"/lang-bad":   `<!doctype html><html lang="english"><head><title>L</title></head><body><main><h1>L</h1></main></body></html>`,
		"/lang-good":  `<!doctype html><html lang="zh-Hant-TW"><head><title>L</title></head><body><main><h1>L</h1></main></body></html>`,
		"/title":      `<!doctype html><html lang="en"><head><title> </title></head><body><main><h1>T</h1></main></body></html>`,
		"/title-svg":  `<!doctype html><html lang="en"><head></head><body><main><h1>T</h1><svg width="9" height="9" role="img"><title>Drawing</title></svg></main></body></html>`,
		"/title-late": `<!doctype html><html lang="en"><head></head><body><main><h1>T</h1></main><script>document.title = "Late"</script></body></html>`,
	}), try.Options{Browser: true})
	check(t, r, map[string]string{"html-lang": "/lang-bad /lang-none", "page-title": "/title /title-svg"})
}

func TestNoLanguageAnywhere(t *testing.T) {
	t.Parallel()
	bare := map[string]string{}
	for _, path := range []string{"/", "/one", "/two", "/three"} {
		bare[path] = `<!doctype html><html><body><a href="/one">1</a> <a href="/two">2</a> <a href="/three">3</a></body></html>`
	}
	r := try.Probes(t, []*agents.Probe{find("html-lang"), find("page-title")}, site(bare), try.Options{})
	try.Want(t, r, "html-lang", 1)
	try.Want(t, r, "page-title", 1)
}

func find(id string) *agents.Probe {
	for _, p := range accessibility.Probes() {
		if p.ID == id {
			return p
		}
	}
	return nil
}
