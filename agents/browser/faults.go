package browser

import (
	"context"
	_ "embed"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

//go:embed sockets.js
var socketsScript string

// Rule says what becomes of some of a tab's requests: they fail, are answered in place of the target, or wait.
type Rule struct {
	// Which requests. Empty lists and nil are all.
	Types   []string // XHR, Fetch, Document, Script, …
	Methods []string
	Changes bool // those alone that may change something: neither GET nor HEAD nor OPTIONS
	Address func(address string) bool
	// Most is how many of them; 0: all.
	Most int
	// After is how long they wait.
	After time.Duration
	// Fail lets them fail as without a network; Status, with Body and Kind (its media type), answers them; neither sends them.
	Fail   bool
	Status int
	Body   string
	Kind   string
}

// ReadOnly is a rule that sends nothing that may change something.
func ReadOnly() Rule {
	return Rule{Changes: true, Fail: true}
}

// reading are the methods that change nothing.
var reading = []string{http.MethodGet, http.MethodHead, http.MethodOptions}

// faults are the rules of a tab.
type faults struct {
	mu      sync.Mutex
	rules   []Rule
	used    []int
	enabled bool
	offline bool
}

// Intercept sets the rules of the tab, in place of those before; none: everything is sent. The first that fits counts.
func (t *Tab) Intercept(ctx context.Context, rules ...Rule) error {
	t.faults.mu.Lock()
	t.faults.rules, t.faults.used = slices.Clone(rules), make([]int, len(rules))
	t.faults.mu.Unlock()
	if len(rules) == 0 {
		return nil
	}
	return t.pause(ctx)
}

// Hold has the tab send nothing any more that may change something; what its service worker would send is left out too.
func (t *Tab) Hold(ctx context.Context) error {
	if _, err := Call(ctx, t, network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true}); err != nil {
		return err
	}
	return t.Intercept(ctx, ReadOnly())
}

// pause has every request of the tab wait for what paused decides.
func (t *Tab) pause(ctx context.Context) error {
	t.faults.mu.Lock()
	enable := !t.faults.enabled
	t.faults.enabled = true
	t.faults.mu.Unlock()
	if !enable {
		return nil
	}
	_, err := Call(ctx, t, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "*"}}})
	return err
}

// Offline takes the network away from the tab, or gives it back. The page is told, as the system would tell it.
func (t *Tab) Offline(ctx context.Context, off bool) error {
	t.faults.mu.Lock()
	t.faults.offline = off
	t.faults.mu.Unlock()
	if err := t.pause(ctx); err != nil {
		return err
	}
	params := network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}
	if _, err := Call(ctx, t, network.OverrideNetworkState, params); err == nil {
		return nil
	}
	// A browser that does not know the command yet.
	_, err := Eval[bool](ctx, t, `(() => { Object.defineProperty(navigator, "onLine", {get: () => `+Quote(!off)+`, configurable: true}); window.dispatchEvent(new Event(`+Quote(map[bool]string{true: "offline", false: "online"}[off])+`)); return true; })()`)
	return err
}

// CutSockets breaks the page's sockets off, without a word of farewell, and returns how many. The tab was opened with
// Setting.Sockets.
func (t *Tab) CutSockets(ctx context.Context) (int, error) {
	return Eval[int](ctx, t, "window.__atelierCutSockets ? window.__atelierCutSockets() : 0")
}

// choose finds the rule for a request, and counts it.
func (f *faults) choose(e *fetch.EventRequestPaused) (Rule, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.offline {
		return Rule{Fail: true}, true
	}
	for i, r := range f.rules {
		if len(r.Types) > 0 && !slices.Contains(r.Types, string(e.ResourceType)) || len(r.Methods) > 0 && !slices.Contains(r.Methods, e.Request.Method) ||
			r.Changes && slices.Contains(reading, e.Request.Method) || r.Address != nil && !r.Address(e.Request.URL) || r.Most > 0 && f.used[i] >= r.Most {
			continue
		}
		f.used[i]++
		return r, true
	}
	return Rule{}, false
}

// paused decides about one request. It runs beside the tab's events, since it waits for the browser's answers.
func (t *Tab) paused(e *fetch.EventRequestPaused) {
	rule, ok := t.faults.choose(e)
	if ok {
		t.record.held(e.NetworkID)
	}
	if rule.After > 0 {
		timer := time.NewTimer(rule.After)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-t.ctx.Done():
			return
		}
	}
	_ = chromedp.Do(t.ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error { //nolint:errcheck // the page may have given the request up meanwhile
		var err error
		switch {
		case rule.Fail:
			_, err = cdp.Call(ctx, target, fetch.FailRequest, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonInternetDisconnected})
		case rule.Status > 0:
			_, err = cdp.Call(ctx, target, fetch.FulfillRequest, fetch.FulfillRequestParams{RequestID: e.RequestID, ResponseCode: int64(rule.Status), ResponseHeaders: answerHeaders(e, rule), Body: []byte(rule.Body)})
		default:
			_, err = cdp.Call(ctx, target, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID, Headers: t.carried(e)})
		}
		return err
	}))
}

// answerHeaders are those of an answer in place of the target's. It lets pages of other origins read it, since the target
// that would have answered does so, or they would not ask.
func answerHeaders(e *fetch.EventRequestPaused, rule Rule) []*fetch.HeaderEntry {
	kind := rule.Kind
	if kind == "" {
		kind = "text/plain; charset=utf-8"
	}
	list := []*fetch.HeaderEntry{{Name: "Content-Type", Value: kind}, {Name: "Cache-Control", Value: "no-store"}}
	if origin := texts(e.Request.Headers)["Origin"]; origin != "" {
		list = append(list, &fetch.HeaderEntry{Name: "Access-Control-Allow-Origin", Value: origin}, &fetch.HeaderEntry{Name: "Access-Control-Allow-Credentials", Value: "true"})
	}
	return list
}
