package mobile_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/mobile"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

const viewport = `<meta name="viewport" content="width=device-width, initial-scale=1">`

// site serves pages that are nothing but a body; what begins with <meta is a page with a head of its own.
func site(bodies map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		body, ok := bodies[r.URL.Path]
		if !ok && r.URL.Path != "/" {
			w.WriteHeader(http.StatusNotFound)
		}
		head := viewport
		if strings.HasPrefix(body, "<meta") || strings.HasPrefix(body, "<!---") {
			head = ""
		}
		if r.URL.Path == "/" {
			for path := range bodies {
				body += fmt.Sprintf(`<p><a href="%s">Page %s</a></p>`, path, strings.TrimPrefix(path, "/"))
			}
		}
		fmt.Fprintf(w, `<!doctype html><html lang="en"><head>%s<title>Page</title></head><body>%s</body></html>`, head, body)
	})
}

// places are the paths at which a probe found something.
func places(r *campaign.Result, probe string) string {
	var list []string
	for _, f := range try.Found(r, probe) {
		for _, at := range f.Places {
			path := at.URL[strings.Index(at.URL[8:], "/")+8:]
			path, _, _ = strings.Cut(path, "?")
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
	prose := strings.Repeat("Words that people read on their way to work, and home again. ", 8)
	r := try.Probes(t, mobile.Probes(), site(map[string]string{
		"/no-meta":  `<!---->Words`,
		"/no-zoom":  `<meta name="viewport" content="width=device-width, user-scalable=no"><p>Words`,
		"/zoom":     `<meta name="viewport" content="width=device-width, maximum-scale=5"><p>Words`,
		"/wide":     `<p style="min-width:900px">` + prose + `</p>`,
		"/wide-box": `<div style="overflow-x:auto"><p style="min-width:900px">` + prose + `</p></div><table style="min-width:700px"><tr><th>A</th><td>B</td></tr></table><p>` + prose + `</p>`,
		"/clip":     `<div style="height:40px;overflow:hidden;width:40vw;font:16px/19px sans-serif;max-width:1100px" class="card">Two lines of words that fill their box, and no more than that, as long as it is wide enough.</div><p style="font-size:2vw">Text that follows the window, wherever it goes.</p>`,
		"/no-clip":  `<div style="min-height:40px;width:40vw;font:16px/19px sans-serif" class="card">Two lines of words that fill their box, and no more than that, as long as it is wide enough.</div><div style="height:300px;overflow:auto">` + prose + `</div>`,
		"/gone":     `<style>@media (max-width:700px){.n{display:none}}</style><nav class="n"><a href="/zoom">Zoom</a> <a href="/wide">Wide</a></nav><p>Words</p>`,
		"/menu":     `<style>.m{display:none}@media (max-width:700px){.n{display:none}.m{display:block}}</style><nav class="n"><a href="/zoom">Zoom</a> <a href="/wide">Wide</a></nav><button class="m">Menu</button><p>Words</p>`,
		"/tap":      `<style>.i{font-size:0}.i a{display:inline-block;width:40px;height:40px;font-size:9px}@media (max-width:400px){.i a{width:18px;height:18px}}</style><div class="i"><a href="/zoom">Z</a><a href="/wide">W</a><a href="/menu">M</a></div>`,
		"/tap-good": `<p>Read <a href="/zoom">how to zoom</a> or <a href="/wide">what is wide</a> in this line.</p><label><input type="checkbox"> One</label><input type="checkbox" aria-label="Two">`,
		"/turn":     `<style>@media (orientation:landscape) and (max-height:400px){main{display:none}.t{position:fixed;inset:0;background:#fff;display:block}}.t{display:none}</style><main><p>` + prose + `</p></main><div class="t">Please turn your phone</div>`,
		"/fields":   `<form><label>E-mail <input name="mail"></label><label>Phone <input type="text" name="phone"></label><label>Quantity <input name="n"></label></form>`,
		"/fields-good": `<form><label>E-mail <input type="email" name="mail"></label><label>E-mail or user name <input name="login"></label><label>Phone <input inputmode="tel" name="phone"></label><label>Phone model <input name="model"></label>
			<label>Order number <input name="order"></label><label>Email subject <input name="subject"></label><label>Message <input name="message"></label><label>Language <input name="language"></label></form>`,
		"/hover":      `<style>.tip{display:none}.has:hover .tip{display:block}</style><div class="has">What is this?<div class="tip">A word about it</div></div>`,
		"/hover-good": `<style>.tip{display:none}.has:hover .tip,.has:focus-within .tip{display:block}a:hover{color:red}.row:hover .x{opacity:.9}.x{opacity:.8}</style><div class="has"><button type="button">What is this?</button><div class="tip">A word about it</div></div><p class="row">Row <span class="x">x</span></p>`,
		"/small":      `<p style="font-size:10px">` + prose + `</p>`,
		"/bar":        `<header style="position:fixed;inset:0 0 auto 0;height:45vh;background:#eee">Bar</header><p>` + prose + `</p><div style="height:3000px"></div>`,
		"/bar-good":   `<header style="position:sticky;top:0;height:60px;background:#eee">Bar</header><div style="position:fixed;inset:60px 0 0 0;overflow:auto"><main><h1>App</h1><p>` + prose + `</p></main></div>`,
	}), try.Options{Browser: true})

	for probe, want := range map[string]string{
		"viewport-meta": "/no-meta /no-zoom", "reflow-320": "/wide", "zoom-200": "/clip /gone", "text-spacing": "/clip", "tap-mobile": "/tap", "orientation": "/turn",
		"input-type": "/fields", "hover-only": "/hover", "font-small": "/small", "sticky-cover": "/bar",
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
	if list := try.Found(r, "input-type"); len(list) != 3 {
		t.Errorf("%d fields", len(list))
	}
	if list := try.Found(r, "zoom-200"); len(list) != 3 {
		t.Errorf("%d things are lost", len(list))
	}
}
