package discover

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// looked is what a browser found on a page beyond what HTTP showed.
type looked struct {
	page   *surface.Page
	html   string
	log    browser.Log
	routes []string
	jar    []browser.Cookie
	asks   bool    // for a password
	inside *looked // the same page as the first account saw it that was let in, where nobody was
	err    error
}

// browse looks at one page of every shape with the browser: links and forms that scripts draw, routes that they know, and
// what they ask for. New pages are crawled and looked at in turn, as long as the bounds allow.
func (d *discovery) browse(ctx context.Context) {
	if d.o.Browser == nil {
		return
	}
	done := map[string]bool{}
	left := d.o.Looked
	for left > 0 && ctx.Err() == nil {
		var pages []*surface.Page
		d.s.Sort()
		for _, p := range d.s.ByShape() {
			if !done[p.As+p.URL] && len(pages) < left {
				done[p.As+p.URL] = true
				pages = append(pages, p)
			}
		}
		if len(pages) == 0 {
			return
		}
		left -= len(pages)
		results := make([]*looked, len(pages))
		var wait sync.WaitGroup
		for i, p := range pages { // the browser bounds how many tabs are open
			wait.Go(func() {
				results[i] = d.look(ctx, p)
				results[i].inside = d.inside(ctx, results[i])
			})
		}
		wait.Wait()
		for _, r := range results {
			d.drawn(r)
			if r.inside != nil {
				done[r.inside.page.As+r.page.URL] = true
				d.admitted(ctx, r)
			}
			d.o.Each(Progress{Pages: len(d.s.Pages), Found: len(d.queue), At: r.page.URL})
		}
		d.crawl(ctx, "")
	}
}

var asksPath = regexp.MustCompile(`(?i)/(?:log-?in|sign-?in|sign-?up|register|auth|password|forgot|reset)`)

// inside looks at a page as the accounts do, where scripts ask nobody in particular for a password in its place. HTTP cannot
// tell: everybody is sent the same scripts.
func (d *discovery) inside(ctx context.Context, r *looked) *looked {
	if r.page.As != "" || !r.asks || asksPath.MatchString(pathOf(r.page.URL)) {
		return nil
	}
	for _, account := range d.o.Accounts {
		p := *r.page
		p.As = account
		if again := d.look(ctx, &p); again.err == nil && !again.asks {
			return again
		}
	}
	return nil
}

// admitted gives a page, and those that are drawn by the same scripts at addresses of its shape, to the account that was let in.
func (d *discovery) admitted(ctx context.Context, r *looked) {
	was := r.page.Answer
	for _, p := range d.s.Pages {
		if p == r.page || p.As == "" && p.Shape == r.page.Shape && p.Answer != nil && was != nil && bytes.Equal(p.Answer.Body, was.Body) {
			p.As = r.inside.page.As
			p.Answer = d.client.Send(ctx, wire.Request{URL: p.URL, As: p.As, Follow: true})
			d.asked[p.As+" "+p.URL] = p.Answer
		}
	}
	r.inside.page = r.page
	d.drawn(r.inside)
}

// look opens a page, looks what it drew, and touches what only shows something.
func (d *discovery) look(ctx context.Context, p *surface.Page) *looked {
	r := &looked{page: p}
	tab, err := d.o.Browser.Open(ctx, browser.Setting{Timeout: 40 * time.Second}.As(d.client, p.As))
	if err != nil {
		r.err = err
		return r
	}
	defer tab.Close()
	if r.err = tab.Go(ctx, p.URL); r.err != nil {
		r.log = tab.Log()
		return r
	}
	if here, err := tab.Location(ctx); err == nil {
		r.routes = append(r.routes, here)
	}
	r.asks, _ = browser.Eval[bool](ctx, tab, `[...document.querySelectorAll("input[type=password]")].some((e) => e.checkVisibility())`) //nolint:errcheck // then it does not
	before, err := browser.Eval[string](ctx, tab, whole)
	if err == nil && d.open(ctx, tab) {
		r.html, r.err = browser.Eval[string](ctx, tab, whole)
	}
	r.html = before + r.html    // what was opened may stand in place of what was there
	r.jar, _ = tab.Cookies(ctx) //nolint:errcheck // without them only what scripts set is not known
	r.log = tab.Log()
	r.routes = append(r.routes, r.log.Went...)
	return r
}

// maxOpened is how many controls of a page are pressed.
const maxOpened = 15

// press presses those of a list that show something (menus, tabs, dialogs), and are still as they were when they were judged.
const press = `((list, most) => {
	const opening = "summary, [aria-haspopup], [aria-expanded=false], [role=tab], [data-toggle], [data-bs-toggle], button[type=button], button:not([type]):not(form button), [role=button]";
	const text = (s) => (s || "").replace(/\s+/g, " ").trim().slice(0, 300);
	const found = new Set();
	for (const c of list) {
		const e = found.size < most && document.querySelector(c.selector);
		if (e && e.matches(opening) && e.cloneNode(false).outerHTML.slice(0, 300) === c.html && text(e.innerText ?? e.textContent) === c.text) found.add(e);
	}
	for (const e of found) e.click();
	return found.size;
})`

// open presses what shows something, without waiting for what comes of it longer than a page takes to be drawn. From here
// on the tab sends nothing that may change something. Until here the page did what it does for whoever opens it, such as
// asking by POST for what it draws.
func (d *discovery) open(ctx context.Context, tab *browser.Tab) (opened bool) {
	s, err := tab.Snapshot(ctx)
	if err != nil {
		return false
	}
	type control struct {
		Selector string `json:"selector"`
		HTML     string `json:"html"`
		Text     string `json:"text"`
	}
	talks := len(tab.Log().Sockets) > 0 // what goes through them cannot be held back
	var list []control
	for i := range s.Elements {
		e := &s.Elements[i]
		e.Covered = "" // no mouse has to reach it
		if e.Harmless() || !talks && e.Shows() {
			list = append(list, control{e.Selector, e.HTML, e.Text})
		}
	}
	if len(list) == 0 || tab.Hold(ctx) != nil {
		return false
	}
	n, err := browser.Eval[int](ctx, tab, press+"("+browser.Quote(list)+", "+browser.Quote(maxOpened)+")")
	if err != nil || n == 0 {
		return false
	}
	_ = tab.Settle(ctx) //nolint:errcheck // what was drawn until then counts
	return true
}

// whole is the document with what stands in shadow trees after it, as far as a body is kept.
var whole = fmt.Sprintf(`(() => {
	const most = %d;
	let html = document.documentElement ? document.documentElement.outerHTML.slice(0, most) : "";
	const roots = [document];
	for (let i = 0; i < roots.length && i < 500; i++) for (const e of roots[i].querySelectorAll("*")) if (e.shadowRoot && html.length < most) { roots.push(e.shadowRoot); html += e.shadowRoot.innerHTML.slice(0, most - html.length); }
	return html;
})()`, wire.MaxBody)

// drawn takes what a browser found.
func (d *discovery) drawn(r *looked) {
	p := r.page
	if r.html == "" {
		return
	}
	base, err := url.Parse(p.URL)
	if err != nil {
		return
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(r.html))
	if err != nil {
		return
	}
	known := map[string]bool{}
	for _, f := range d.s.Forms {
		known[f.Page+" "+f.Method+" "+f.Action+" "+fieldNames(f)] = true
	}
	doc.Find("a[href], area[href]").Each(func(_ int, e *goquery.Selection) {
		d.link(p, base, e, "href")
	})
	for i, f := range forms(p, base, doc) {
		if !known[f.Page+" "+f.Method+" "+f.Action+" "+fieldNames(f)] {
			known[f.Page+" "+f.Method+" "+f.Action+" "+fieldNames(f)] = true
			f.Index, f.Drawn = i, true
			d.form(p, f)
		}
	}
	for _, q := range r.log.Requests {
		d.fetched(p, q)
	}
	d.jar(p, r.jar)
	for _, socket := range r.log.Sockets {
		d.socket(socket.URL, p.URL)
	}
	for _, address := range r.routes {
		d.route(p, address)
	}
}

func fieldNames(f *surface.Form) string {
	var names []string
	for _, field := range f.Fields {
		names = append(names, field.Name)
	}
	return strings.Join(names, ",")
}

// fetched keeps a request that a script made.
func (d *discovery) fetched(p *surface.Page, q browser.Request) {
	if q.Blocked || q.Type != "XHR" && q.Type != "Fetch" || q.Status == 0 {
		return
	}
	u, err := url.Parse(q.URL)
	if err != nil || !d.client.Scope().Allows(u) {
		return
	}
	x := &wire.Exchange{
		Request: wire.Request{Method: q.Method, URL: q.URL, Body: []byte(q.Body), Header: http.Header{}, As: p.As},
		URL:     q.URL, Status: q.Status, Proto: q.Proto, Header: http.Header{},
	}
	for name, value := range q.Header {
		x.Request.Header.Set(name, value)
	}
	for name, value := range q.Answer {
		x.Header.Set(name, value)
	}
	d.answer(q.Method, x, p.As, p.URL)
}

// route keeps an address that scripts went to: a page that HTTP may know too, or one that only they draw.
func (d *discovery) route(p *surface.Page, address string) {
	u, err := url.Parse(address)
	if err != nil || !d.client.Scope().Allows(u) {
		return
	}
	clean(u)
	if u.String() == p.URL {
		return
	}
	if !strings.HasPrefix(u.Fragment, "/") && !strings.HasPrefix(u.Fragment, "!/") {
		d.add(u.String(), p.As, surface.ByBrowser, p.URL, p.Depth+1)
		return
	}
	key := p.As + " " + u.String()
	shape := d.s.ShapeOf(u.String())
	if d.seen[key] || d.shapes[p.As+" "+shape] >= d.o.PerShape || len(d.s.Pages) >= d.o.Pages*2 {
		return
	}
	d.seen[key] = true
	d.shapes[p.As+" "+shape]++
	d.s.Pages = append(d.s.Pages, &surface.Page{URL: u.String(), Shape: shape, Origin: d.s.Elsewhere(u.String()), As: p.As, From: p.URL, Via: surface.ByBrowser, Depth: p.Depth + 1})
}
