package keyboard_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/keyboard"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

// site serves pages that are nothing but a body, in a frame that has all that a page needs.
func site(bodies map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		body, ok := bodies[r.URL.Path]
		if !ok && r.URL.Path != "/" {
			w.WriteHeader(http.StatusNotFound)
		}
		if r.URL.Path == "/" {
			for path := range bodies {
				body += fmt.Sprintf(`<p><a href="%s">Page %s</a></p>`, path, strings.TrimPrefix(path, "/"))
			}
		}
		fmt.Fprintf(w, `<!doctype html><html lang="en"><head><title>Page %[1]s</title></head><body>%[2]s</body></html>`, r.URL.Path, body)
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

const (
	links  = `<a href="/">1</a> <a href="/">2</a> <a href="/">3</a> <a href="/">4</a> <a href="/">5</a> <a href="/">6</a> <a href="/">7</a> <a href="/">8</a> <a href="/">9</a> <a href="/">10</a> <a href="/">11</a>`
	tall   = `<div style="height:3000px"></div>`
	column = `<div style="float:left;width:200px"><p><a href="/">1</a><p><a href="/">2</a><p><a href="/">3</a></div>`
)

// scattered are controls of a drawing, each above the one before it.
var scattered = func() (list string) {
	for i := range 8 {
		list += fmt.Sprintf(`<button type="button" style="position:absolute;left:%dpx;top:%dpx">Place %d</button>`, 300-30*i, 380-45*i, i)
	}
	return list
}()

func TestProbes(t *testing.T) {
	t.Parallel()
	r := try.Probes(t, keyboard.Probes(), site(map[string]string{
		"/trap": `<a href="/">Before</a><div onkeydown="if(event.key=='Tab'){event.preventDefault();(document.activeElement==a?b:a).focus()}"><button id="a">A</button><button id="b">B</button></div><a href="/">After</a>`,
		"/keys": `<style>.x:focus{outline:none}</style><div style="display:flex;flex-direction:row-reverse;justify-content:flex-end"><a href="/">1</a>&nbsp;<a href="/">2</a>&nbsp;<a href="/">3</a>&nbsp;<a href="/">4</a>&nbsp;<a href="/">5</a></div>
			<a href="/">Seen</a><button class="x" disabled>Off</button><button class="x">Blind</button><input aria-label="Field" style="outline:none">
			<div onclick="document.title='x'" style="cursor:pointer">Press me</div><span role="button">And me</span><label>A <input tabindex="0"></label>`,
		"/scattered": `<div style="position:relative;height:420px">` + scattered + `</div><a href="/">After it</a>`,
		"/press": `<div role="button" tabindex="0" onclick="document.body.append('!')">Mouse only</div>
			<button type="button" onclick="m.hidden=false">Open</button><div id="m" class="modal" hidden role="dialog" aria-label="D" style="position:fixed;inset:20%;background:#fff"><button type="button" onclick="m.hidden=true">Close</button></div>
			<button type="button" onclick="say()">Copy it</button><script>const say=()=>{const d=document.createElement('div');d.className='toast';d.textContent='Copied';d.style='position:fixed;bottom:9px;right:9px;background:#ccc';document.body.append(d)}</script>`,
		"/name":   `<nav>` + links + `</nav><main id="main"><button type="button"><svg width="20" height="20"></svg></button><input type="text"><a href="/">` + "\ue001" + `</a><label>A <input tabindex="2"></label><label>B <input tabindex="1"></label></main>`,
		"/behind": `<div style="position:fixed;inset:0 0 auto 0;height:700px;background:#eee"></div><div style="margin-top:200px"><a href="/">Under it</a></div>` + tall,

		"/free": `<a href="#main">Skip to content</a><nav>` + links + `</nav><main id="main"><div onkeydown="if(event.key=='Tab'&&!window.free){event.preventDefault();(document.activeElement==a?b:a).focus()}if(event.key=='Escape')window.free=1"><button id="a">A</button><button id="b">B</button></div><a href="/">After</a></main>`,
		"/keys-good": `<style>.x:focus{outline:none}.w:focus-within{background:#ff0}.y:focus{outline:none;box-shadow:0 0 0 3px #000}</style><span class="w" style="padding:9px"><button class="x">On its parent</button></span><button class="y">Shadow</button>
			<div onclick="document.title='x'" style="cursor:pointer"><a href="/">Card</a></div><span role="button" tabindex="0">Me</span><label onclick="1">L <input type="checkbox"></label>
			<div role="tablist"><button role="tab" tabindex="0">A</button><button role="tab" tabindex="-1">B</button></div><button tabindex="-1" aria-hidden="true">x</button><ul><li id="plain">Text</li></ul><script>plain.addEventListener("click",()=>{})</script>` +
			`<div>` + column + column + column + column + column + `</div>`,
		"/list-good":    `<div style="height:120px;overflow:auto">` + strings.Repeat(`<p style="margin:20px 0"><a href="/">Entry</a></p>`, 8) + `</div><a href="/">Below it</a><div style="height:90px;overflow:auto">` + strings.Repeat(`<p style="margin:25px 0"><button type="button">Choose</button></p>`, 8) + `</div><a href="/">At the end</a>`,
		"/drawing-good": `<div role="application" aria-label="Map" style="position:relative;height:420px">` + scattered + `</div><a href="/">After it</a>`,
		"/press-good": `<div role="button" tabindex="0" onclick="document.body.append('!')" onkeydown="if(event.key==' ')this.click()">Space</div><div role="button" tabindex="0">Does nothing</div>
			<button type="button" onclick="m.showModal()">Open</button><dialog id="m" aria-label="D"><button type="button" onclick="m.close()">Close</button></dialog><button type="button" popovertarget="p">Menu</button><div id="p" popover>Words</div>
			<div role="status" id="s"></div><button type="button" onclick="say()">Copy it</button><button type="button" aria-expanded="false" onclick="q.hidden=false">Details</button><p id="q" hidden>Words</p>
			<script>const say=()=>{const d=document.createElement('div');d.className='toast';d.textContent='Copied';s.append(d)}</script>`,
		"/name-good": `<div style="position:sticky;top:0;height:60px;background:#eee">Bar <a href="/">In the bar</a></div><p><a href="/">Under it</a></p><button type="button" aria-label="Menu"><svg width="20" height="20"></svg></button><label>Name <input type="text" tabindex="-1"></label>
			<input type="search" placeholder="Search"><a href="/"><img alt="Home" width="9" height="9"></a><div tabindex="0" style="overflow:auto;height:30px">Scrolls</div>` + tall + `<a href="/">Last</a>`,
	}), try.Options{Browser: true})

	for probe, want := range map[string]string{
		"keyboard-trap": "/trap", "focus-visible": "/keys", "focus-order": "/keys /scattered", "unreachable-control": "/keys", "enter-space": "/press", "skip-link": "/name",
		"dialog-focus": "/press", "ax-name": "/name", "focus-obscured": "/behind", "live-region": "/press", "positive-tabindex": "/name",
	} {
		if got := places(r, probe); got != want {
			t.Errorf("%s found something at %q, want %q", probe, got, want)
			for _, f := range try.Found(r, probe) {
				t.Logf("%s %s %+v", f.Text, f.Cause, f.Places)
			}
		}
		count := r.ByProbe[probe]
		if count == nil || count.Executed == 0 {
			t.Errorf("%s: %+v", probe, count)
		} else if count.NotTested+count.Blocked > 0 {
			t.Logf("%s: %v", probe, count.Reasons)
		}
	}
	if list := try.Found(r, "ax-name"); len(list) != 3 {
		t.Errorf("%d controls without names", len(list))
	}
	if list := try.Found(r, "unreachable-control"); len(list) != 2 {
		t.Errorf("%d controls out of reach", len(list))
	}
	if list := try.Found(r, "dialog-focus"); len(list) == 1 && !strings.Contains(list[0].Text, "does not go into it") {
		t.Errorf("dialog: %s", list[0].Text)
	}
}
