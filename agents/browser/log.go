package browser

import (
	"sync"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// Bounds of what is kept of a tab.
const (
	maxMessages = 200
	maxRequests = 2000
	maxText     = 2000 // characters of a message
	maxAddress  = 8 << 10
	maxSent     = 64 << 10 // bytes of what a request sends
)

// Message is a line of the console.
type Message struct {
	Level string `json:"level"` // log, info, warning, error
	Text  string `json:"text"`
	URL   string `json:"url,omitempty"`
	Line  int64  `json:"line,omitempty"`
	// Source is "console" for what scripts wrote, and the browser's part for what it wrote itself.
	Source string `json:"source"`
}

// Exception is an error that no script caught.
type Exception struct {
	Text   string `json:"text"`
	Stack  string `json:"stack,omitempty"`
	URL    string `json:"url,omitempty"`
	Line   int64  `json:"line"`
	Column int64  `json:"column"`
	// Promise tells that it is a rejection that nobody handles.
	Promise bool `json:"promise,omitempty"`
}

// Request is what a tab asked for.
type Request struct {
	ID       string            `json:"-"`
	URL      string            `json:"url"`
	Method   string            `json:"method"`
	Type     string            `json:"type"` // Document, Stylesheet, Image, Font, Script, XHR, Fetch, WebSocket, …
	Document string            `json:"document"`
	Header   map[string]string `json:"header,omitempty"`
	Body     string            `json:"body,omitempty"`
	// Status is 0 as long as nothing came. Failed says why nothing did.
	Status  int               `json:"status"`
	Answer  map[string]string `json:"answer,omitempty"` // headers
	MIME    string            `json:"mime,omitempty"`
	Proto   string            `json:"proto,omitempty"`
	Failed  string            `json:"failed,omitempty"`
	Blocked bool              `json:"blocked,omitempty"` // by the campaign's scope: it was not sent
	Held    bool              `json:"held,omitempty"`    // a rule of the tab decided about it
	Bytes   int64             `json:"bytes"`             // as they came over the network
	From    string            `json:"from,omitempty"`    // the script or parser that asked
	Cached  bool              `json:"cached,omitempty"`
	Begun   time.Duration     `json:"begun"` // since the first request of the tab
	Ended   time.Duration     `json:"ended"` // 0 as long as it is under way
	Render  bool              `json:"render_blocking,omitempty"`
}

// Dialog is an alert, a question or the like, as it was answered.
type Dialog struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// Socket is a WebSocket of a page.
type Socket struct {
	ID     string `json:"-"`
	URL    string `json:"url"`
	Closed bool   `json:"closed"`
	Sent   int    `json:"sent"`
	Got    int    `json:"got"`
}

// Log is what happened in a tab so far.
type Log struct {
	Messages   []Message   `json:"messages,omitempty"`
	Exceptions []Exception `json:"exceptions,omitempty"`
	Requests   []Request   `json:"requests,omitempty"`
	Dialogs    []Dialog    `json:"dialogs,omitempty"`
	Sockets    []Socket    `json:"sockets,omitempty"`
	// Opened are addresses of windows that the page opened; they were closed again.
	Opened []string `json:"opened,omitempty"`
	// Went are the addresses that the tab's page went to, one after the other.
	Went []string `json:"went,omitempty"`
	// Deprecated are what scripts used that the browser will take away; only a tab that audits has them.
	Deprecated []Deprecated `json:"deprecated,omitempty"`
	Crashed    bool         `json:"crashed,omitempty"`
}

// recorder writes a tab's log. Its listen is called in the order of events.
type recorder struct {
	inside  func(address string) bool
	mu      sync.Mutex
	log     Log
	index   map[network.RequestID]int
	sockets map[network.RequestID]int
	pending map[network.RequestID]bool
	ruled   map[network.RequestID]bool // by the tab's rules
	first   float64
	changed chan struct{} // closed and renewed whenever something happens
	dialog  chan page.DialogType
	crashed chan struct{}
}

func newRecorder(inside func(string) bool) *recorder {
	return &recorder{
		index: map[network.RequestID]int{}, sockets: map[network.RequestID]int{}, pending: map[network.RequestID]bool{}, ruled: map[network.RequestID]bool{},
		inside: inside, changed: make(chan struct{}), dialog: make(chan page.DialogType, 64), crashed: make(chan struct{}),
	}
}

// Copy of the log as it is now.
func (r *recorder) copy() Log {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.log
	l.Messages = append([]Message(nil), l.Messages...)
	l.Exceptions = append([]Exception(nil), l.Exceptions...)
	l.Requests = append([]Request(nil), l.Requests...)
	l.Dialogs = append([]Dialog(nil), l.Dialogs...)
	l.Sockets = append([]Socket(nil), l.Sockets...)
	l.Opened = append([]string(nil), l.Opened...)
	l.Went = append([]string(nil), l.Went...)
	l.Deprecated = append([]Deprecated(nil), l.Deprecated...)
	return l
}

// quiet returns how many requests are under way, and a channel that is closed at the next event.
func (r *recorder) quiet() (pending int, changed <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.pending), r.changed
}

func (r *recorder) listen(event any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		r.sent(e)
	case *network.EventResponseReceived:
		r.answered(e)
	case *network.EventRequestServedFromCache:
		if q := r.request(e.RequestID); q != nil {
			q.Cached = true
		}
	case *network.EventLoadingFinished:
		if q := r.request(e.RequestID); q != nil {
			q.Bytes, q.Ended = int64(e.EncodedDataLength), r.since(float64(e.Timestamp))
		}
		delete(r.pending, e.RequestID)
	case *network.EventLoadingFailed:
		if q := r.request(e.RequestID); q != nil {
			q.Ended = r.since(float64(e.Timestamp))
			if !e.Canceled {
				q.Failed = e.ErrorText
			}
			q.Blocked = q.Blocked || e.BlockedReason != ""
		}
		delete(r.pending, e.RequestID)
	case *network.EventWebSocketCreated:
		r.sockets[e.RequestID] = len(r.log.Sockets)
		if len(r.log.Sockets) < maxMessages {
			r.log.Sockets = append(r.log.Sockets, Socket{ID: string(e.RequestID), URL: address(e.URL)})
		}
	case *network.EventWebSocketClosed:
		if s := r.socket(e.RequestID); s != nil {
			s.Closed = true
		}
	case *network.EventWebSocketFrameSent:
		if s := r.socket(e.RequestID); s != nil {
			s.Sent++
		}
	case *network.EventWebSocketFrameReceived:
		if s := r.socket(e.RequestID); s != nil {
			s.Got++
		}
	case *runtime.EventConsoleAPICalled:
		r.console(e)
	case *runtime.EventExceptionThrown:
		r.exception(e.ExceptionDetails)
	case *log.EventEntryAdded:
		r.message(Message{Level: string(e.Entry.Level), Text: e.Entry.Text, URL: e.Entry.URL, Line: e.Entry.LineNumber, Source: string(e.Entry.Source)})
	case *page.EventJavascriptDialogOpening:
		if len(r.log.Dialogs) < maxMessages {
			r.log.Dialogs = append(r.log.Dialogs, Dialog{Kind: string(e.Type), Text: shorten(e.Message)})
		}
		select {
		case r.dialog <- e.Type:
		default:
		}
	case *page.EventWindowOpen:
		if len(r.log.Opened) < maxMessages {
			r.log.Opened = append(r.log.Opened, address(e.URL))
		}
	case *page.EventFrameNavigated:
		if e.Frame.ParentID == "" && len(r.log.Went) < maxMessages {
			r.log.Went = append(r.log.Went, address(e.Frame.URL+e.Frame.URLFragment))
		}
	case *page.EventNavigatedWithinDocument:
		if len(r.log.Went) < maxMessages {
			r.log.Went = append(r.log.Went, address(e.URL))
		}
	case *audits.EventIssueAdded:
		r.issue(e.Issue)
	case *inspector.EventTargetCrashed:
		if !r.log.Crashed {
			r.log.Crashed = true
			close(r.crashed)
		}
	default:
		return
	}
	close(r.changed)
	r.changed = make(chan struct{})
}

// address is one as far as it is kept.
func address(s string) string { return s[:min(len(s), maxAddress)] }

func (r *recorder) request(id network.RequestID) *Request {
	if i, ok := r.index[id]; ok {
		return &r.log.Requests[i]
	}
	return nil
}

// held marks a request as one that a rule of the tab decided about.
func (r *recorder) held(id network.RequestID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if id == "" || len(r.ruled) >= maxRequests {
		return
	}
	r.ruled[id] = true
	if q := r.request(id); q != nil {
		q.Held = true
	}
}

func (r *recorder) socket(id network.RequestID) *Socket {
	if i, ok := r.sockets[id]; ok && i < len(r.log.Sockets) {
		return &r.log.Sockets[i]
	}
	return nil
}

func (r *recorder) since(monotonic float64) time.Duration {
	return time.Duration((monotonic - r.first) * float64(time.Second))
}

func (r *recorder) sent(e *network.EventRequestWillBeSent) {
	if r.first == 0 {
		r.first = float64(e.Timestamp)
	}
	if e.RedirectResponse != nil { // the same id goes on at another address
		if q := r.request(e.RequestID); q != nil {
			q.Status, q.Answer, q.Ended = int(e.RedirectResponse.Status), texts(e.RedirectResponse.Headers), r.since(float64(e.Timestamp))
		}
	}
	if len(r.log.Requests) >= maxRequests || isInline(e.Request.URL) {
		delete(r.index, e.RequestID)
		return
	}
	q := Request{
		ID: string(e.RequestID), URL: address(e.Request.URL), Method: e.Request.Method, Type: string(e.Type), Document: address(e.DocumentURL), Header: texts(e.Request.Headers),
		Begun: r.since(float64(e.Timestamp)), Render: e.RenderBlockingBehavior == network.RenderBlockingBehaviorBlocking,
	}
	q.Blocked = r.inside != nil && !r.inside(e.Request.URL)
	q.Held = r.ruled[e.RequestID]
	for _, piece := range e.Request.PostDataEntries {
		q.Body += string(piece.Bytes[:min(len(piece.Bytes), maxSent-len(q.Body))])
	}
	if e.Initiator != nil {
		q.From = address(e.Initiator.URL)
		if stack := e.Initiator.Stack; q.From == "" && stack != nil && len(stack.CallFrames) > 0 {
			q.From = address(stack.CallFrames[0].URL)
		}
	}
	r.index[e.RequestID] = len(r.log.Requests)
	r.log.Requests = append(r.log.Requests, q)
	if e.Type != network.ResourceTypeEventSource && e.Type != network.ResourceTypePing {
		r.pending[e.RequestID] = true
	}
}

func (r *recorder) answered(e *network.EventResponseReceived) {
	q := r.request(e.RequestID)
	if q == nil {
		return
	}
	q.Status, q.MIME, q.Proto, q.Answer, q.Type = int(e.Response.Status), e.Response.MimeType, e.Response.Protocol, texts(e.Response.Headers), string(e.Type)
	q.Cached = q.Cached || e.Response.FromDiskCache
	if q.Blocked { // the proxy answered, and not whom the page asked
		q.Status, q.Answer = 0, nil
	}
	if e.Response.MimeType == "text/event-stream" { // it never ends, and the page is there without it
		delete(r.pending, e.RequestID)
	}
}

func (r *recorder) console(e *runtime.EventConsoleAPICalled) {
	text := ""
	for i, arg := range e.Args {
		if i > 0 {
			text += " "
		}
		switch {
		case len(arg.Value) > 0 && arg.Type == "string":
			text += unquote(arg.Value)
		case len(arg.Value) > 0:
			text += string(arg.Value)
		default:
			text += arg.Description
		}
	}
	m := Message{Level: string(e.Type), Text: text, Source: "console"}
	if e.StackTrace != nil && len(e.StackTrace.CallFrames) > 0 {
		m.URL, m.Line = e.StackTrace.CallFrames[0].URL, e.StackTrace.CallFrames[0].LineNumber+1
	}
	r.message(m)
}

func (r *recorder) message(m Message) {
	if len(r.log.Messages) >= maxMessages {
		return
	}
	m.Text = shorten(m.Text)
	r.log.Messages = append(r.log.Messages, m)
}

func (r *recorder) exception(d *runtime.ExceptionDetails) {
	if len(r.log.Exceptions) >= maxMessages {
		return
	}
	x := Exception{Text: d.Text, URL: d.URL, Line: d.LineNumber + 1, Column: d.ColumnNumber + 1, Promise: d.Text == "Uncaught (in promise)"}
	if d.Exception != nil {
		x.Text = d.Exception.Description
		if x.Text == "" && len(d.Exception.Value) > 0 {
			x.Text = d.Text + " " + string(d.Exception.Value)
		}
	}
	x.Text = shorten(x.Text)
	if d.StackTrace != nil {
		for i, frame := range d.StackTrace.CallFrames {
			if i == 10 {
				break
			}
			x.Stack += place(frame) + "\n"
		}
		if x.URL == "" && len(d.StackTrace.CallFrames) > 0 {
			x.URL = d.StackTrace.CallFrames[0].URL
		}
	}
	r.log.Exceptions = append(r.log.Exceptions, x)
}
