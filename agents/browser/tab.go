package browser

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/atelier-studio/atelier/agents/wire"
)

// Times after which a page is looked at as it is.
const (
	quietFor    = 400 * time.Millisecond // without a request under way, a page counts as drawn
	longestLoad = 20 * time.Second
	longestRest = 6 * time.Second // after its load event
)

// ErrCrashed says that the page's process ended.
var ErrCrashed = errors.New("the page's process crashed")

// Setting is how a tab is set up.
type Setting struct {
	Width, Height int     // CSS pixels; 0: 1280 by 800
	Scale         float64 // device pixels a CSS pixel; 0: 1
	Mobile        bool
	Dark          bool
	NoScripts     bool
	NoCookies     bool
	Media         string // "" or "print"
	ForcedColors  bool
	Slowdown      float64 // how many times slower the processor is; 0: not
	Header        map[string]string
	// Cookies go to the site at URL before it is opened, and Stored to its storage; Carry are headers that go with every
	// request to the target, and to nobody else.
	URL     string
	Cookies []*http.Cookie
	Carry   http.Header
	Stored  wire.Storage
	// Before is a script that runs in every document before its own.
	Before string
	// Measure observes paints, shifts and long tasks, for Tab.Measured.
	Measure bool
	// ReadOnly holds back every request that may change something, from the beginning; Rules do what they say. A service
	// worker is left out then, since it sends by itself what the page asks it for; with Worker it is not.
	ReadOnly bool
	Worker   bool
	Rules    []Rule
	// Agree answers the page's questions with yes; else they are answered with no. Alerts are taken note of, and whoever goes
	// may go, in either case.
	Agree bool
	// Sockets lets CutSockets break sockets off.
	Sockets bool
	// Timeout is for everything that the tab does; 0: two minutes.
	Timeout time.Duration
}

// As is the setting for an account: with its cookies, its headers and what scripts keep for it. "" is nobody.
func (s Setting) As(client *wire.Client, account string) Setting {
	if account != "" {
		target := client.Scope().Target()
		s.URL, s.Cookies, s.Carry, s.Stored = target.String(), client.Cookies(account, target), client.Carried(account), client.Stored(account)
	}
	return s
}

// Tab is one page with cookies, storage and cache of its own.
type Tab struct {
	ctx     context.Context
	cancel  context.CancelFunc
	record  *recorder
	faults  faults
	apart   atomic.Pointer[apart]
	carry   http.Header
	agree   bool
	release func()
}

// Open opens an empty tab. It waits until fewer than the browser's tabs are open.
func (b *Browser) Open(ctx context.Context, s Setting) (*Tab, error) {
	if other, err := b.inPlace(); err != nil || other != nil {
		if err != nil {
			return nil, fmt.Errorf("the browser has ended: %w", err)
		}
		return other.Open(ctx, s)
	}
	select {
	case b.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-b.ctx.Done():
		return nil, errors.New("the browser has ended")
	}
	t, err := b.open(ctx, s)
	if err != nil {
		<-b.slots
		return nil, err
	}
	return t, nil
}

func (b *Browser) open(ctx context.Context, s Setting) (*Tab, error) {
	if s.Timeout == 0 {
		s.Timeout = 2 * time.Minute
	}
	record := newRecorder(b.inside)
	t := &Tab{record: record, carry: s.carried(), agree: s.Agree}
	tab, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(t.listen))
	timed, end := context.WithTimeout(tab, s.Timeout)
	unhook := context.AfterFunc(ctx, cancel)
	t.ctx = timed
	var once sync.Once
	t.cancel = func() { once.Do(func() { unhook(); end(); cancel() }) }
	t.release = sync.OnceFunc(func() { t.cancel(); <-b.slots })
	if err := chromedp.Do(timed, chromedp.Func(func(ctx context.Context, page *chromedp.Target) error { return t.prepare(ctx, page, s) })); err != nil {
		t.cancel()
		return nil, fmt.Errorf("no tab could be opened: %w", errors.Join(ctx.Err(), err))
	}
	go t.answerDialogs()
	rules := s.Rules
	if s.ReadOnly {
		rules = append([]Rule{ReadOnly()}, rules...)
	}
	err := t.Intercept(ctx, rules...)
	if err == nil && len(t.carry) > 0 {
		err = t.pause(ctx)
	}
	if err != nil {
		t.cancel()
		return nil, fmt.Errorf("no tab could be opened: %w", errors.Join(ctx.Err(), err))
	}
	return t, nil
}

// listen takes what happens in the tab.
func (t *Tab) listen(event any) {
	switch e := event.(type) {
	case *fetch.EventRequestPaused:
		go t.paused(e)
	case *target.EventTargetCreated:
		t.opened(e.TargetInfo)
	default:
		t.record.listen(event)
	}
}

// Close closes the tab and forgets what it kept.
func (t *Tab) Close() { t.release() }

// Log is what happened in the tab so far.
func (t *Tab) Log() Log { return t.record.copy() }

// Do runs actions of chromedp in the tab.
func (t *Tab) Do(ctx context.Context, steps ...chromedp.Action[chromedp.Void]) error {
	_, err := Run(ctx, t, chromedp.Steps(steps...))
	return err
}

// Run runs an action of chromedp in the tab, and returns its value.
func Run[T any](ctx context.Context, t *Tab, action chromedp.Action[T]) (T, error) {
	var none T
	both, cancel := context.WithCancel(t.ctx)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	done := make(chan struct{})
	defer close(done)
	go func() { // a crashed page answers nothing any more
		select {
		case <-t.record.crashed:
			cancel()
		case <-done:
		}
	}()
	value, err := chromedp.Run(both, action)
	if err == nil {
		return value, nil
	}
	switch {
	case t.record.copy().Crashed:
		return none, ErrCrashed
	case ctx.Err() != nil:
		return none, ctx.Err()
	case t.ctx.Err() != nil:
		return none, fmt.Errorf("the tab's time is over: %w", context.DeadlineExceeded)
	}
	return none, err
}

// Eval evaluates a script in the page, waits for the promise it may give, and returns what it gives as JSON says it.
func Eval[T any](ctx context.Context, t *Tab, script string) (T, error) {
	return Run(ctx, t, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// prepare turns on what the log is made of, and the setting.
func (t *Tab) prepare(ctx context.Context, target *chromedp.Target, s Setting) error {
	steps := []chromedp.Action[chromedp.Void]{
		chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
			return err
		}),
		call(page.Enable, page.EnableParams{}), call(log.Enable, cdp.Empty{}), call(inspector.Enable, cdp.Empty{}),
	}
	if err := t.seclude(ctx, target); err != nil {
		return err
	}
	steps = append(steps, s.looks()...)
	if s.NoScripts {
		steps = append(steps, call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	}
	if s.NoCookies {
		steps = append(steps, call(emulation.SetDocumentCookieDisabled, emulation.SetDocumentCookieDisabledParams{Disabled: true}))
	}
	if s.Slowdown > 1 {
		steps = append(steps, call(emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: s.Slowdown}))
	}
	if len(s.Header) > 0 {
		header := network.Headers{}
		for name, value := range s.Header {
			header[name] = value
		}
		steps = append(steps, call(network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: header}))
	}
	if cookies := s.cookies(); len(cookies) > 0 {
		steps = append(steps, call(network.SetCookies, network.SetCookiesParams{Cookies: cookieParams(s.URL, cookies)}))
	}
	if script := s.storing(); script != "" {
		s.Before = script + "\n" + s.Before
	}
	if s.ReadOnly {
		s.Before = readOnlyScript + "\n" + s.Before
		if !s.Worker {
			steps = append(steps, call(network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true}))
		}
	}
	if s.Sockets {
		s.Before = socketsScript + "\n" + s.Before
	}
	if s.Measure {
		s.Before = measureScript + "\n" + s.Before
		steps = append(steps, call(performance.Enable, performance.EnableParams{TimeDomain: performance.EnableTimeDomainThreadTicks}))
	}
	if s.Before != "" {
		steps = append(steps, call(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: s.Before}))
	}
	_, err := chromedp.Steps(steps...)(ctx, target)
	return err
}

func cookieParams(address string, cookies []*http.Cookie) []*network.CookieParam {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	var list []*network.CookieParam
	for _, c := range cookies {
		list = append(list, &network.CookieParam{Name: c.Name, Value: c.Value, URL: u.Scheme + "://" + u.Host + "/", Path: "/", HTTPOnly: c.HttpOnly})
	}
	return list
}

// answerDialogs answers what would block the page: an alert, and the question before it is left, so that it goes on; and
// what a script asks as the setting says, since "Really delete?" is asked before what cannot be taken back.
func (t *Tab) answerDialogs() {
	for {
		select {
		case <-t.ctx.Done():
			return
		case kind := <-t.record.dialog:
			yes := t.agree || kind == page.DialogTypeAlert || kind == page.DialogTypeBeforeunload
			_, _ = chromedp.Call(t.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: yes}) //nolint:errcheck // the page may have gone meanwhile
		}
	}
}

// Go opens an address and waits until the page is drawn: its load event came and requests have ended, or the time for
// that is over. An answer with an error status is no error; an address that cannot be opened is.
func (t *Tab) Go(ctx context.Context, address string) error {
	timed, cancel := context.WithTimeout(ctx, longestLoad)
	defer cancel()
	_, err := Run(timed, t, chromedp.Navigate(address))
	switch {
	case err == nil:
	case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("the page did not load within %s: %w", longestLoad, err)
	case strings.Contains(err.Error(), "net::ERR_HTTP_RESPONSE_CODE_FAILURE"): // an error page without a body
		return nil
	default:
		return err
	}
	return t.Settle(ctx)
}

// Settle waits until no request was under way for a moment, or the time for that is over.
func (t *Tab) Settle(ctx context.Context) error {
	end := time.NewTimer(longestRest)
	defer end.Stop()
	for {
		pending, changed := t.record.quiet()
		var quiet <-chan time.Time
		if pending == 0 {
			timer := time.NewTimer(quietFor)
			defer timer.Stop()
			quiet = timer.C
		}
		select {
		case <-quiet:
			return nil
		case <-end.C:
			return nil
		case <-changed:
		case <-t.record.crashed:
			return ErrCrashed
		case <-ctx.Done():
			return ctx.Err()
		case <-t.ctx.Done():
			return fmt.Errorf("the tab's time is over: %w", context.DeadlineExceeded)
		}
	}
}
