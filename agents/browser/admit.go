package browser

import (
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/chromedp"
)

// maxWaiting bounds how many requests wait for leave: a page can ask for any number at once.
const maxWaiting = 2000

// watch asks for leave of every request with TLS, whoever sends it: tabs, the windows that they open, and workers. Sockets
// are not among them.
func (b *Browser) watch() error {
	if b.admit == nil {
		return nil
	}
	waiting := make(chan struct{}, maxWaiting)
	err := chromedp.ListenBrowser(b.ctx, func(event any) {
		e, ok := event.(*fetch.EventRequestPaused)
		if !ok {
			return
		}
		select {
		case waiting <- struct{}{}:
			go func() { // it may wait for the campaign's pace
				defer func() { <-waiting }()
				b.admitted(e)
			}()
		default: // it is never sent
		}
	})
	if err != nil {
		return err
	}
	_, err = chromedp.CallBrowser(b.ctx, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "https://*"}}})
	return err
}

// admitted sends a request on, or answers it.
func (b *Browser) admitted(e *fetch.EventRequestPaused) {
	status, why := b.admit(b.ctx, e.Request.URL)
	if status == 0 {
		_, _ = chromedp.CallBrowser(b.ctx, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID}) //nolint:errcheck // the page may have given the request up meanwhile
		return
	}
	_, _ = chromedp.CallBrowser(b.ctx, fetch.FulfillRequest, fetch.FulfillRequestParams{ //nolint:errcheck // as above
		RequestID: e.RequestID, ResponseCode: int64(status), ResponseHeaders: answerHeaders(e, Rule{}), Body: []byte(why),
	})
}
