package browser

import (
	"context"
	"sync"
)

// heir is the browser that is started when another has ended by itself, as one may that a page has brought down. There is
// one at most: a target that brings down every browser is not to have them started without end.
type heir struct {
	life    context.Context // of the campaign
	options Options
	last    bool // it is an heir itself

	mu      sync.Mutex
	closed  bool
	begun   bool
	browser *Browser
	err     error
}

// inPlace returns the browser that works in place of b; nil as long as b does, or where there is none.
func (b *Browser) inPlace() (*Browser, error) {
	if !b.Gone() {
		return nil, nil
	}
	h := &b.heir
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.last || h.life.Err() != nil {
		return nil, nil
	}
	if !h.begun {
		h.begun = true
		h.browser, h.err = Start(h.life, h.options)
		if h.browser != nil {
			h.browser.heir.last = true
		}
	}
	return h.browser, h.err
}

// close ends the heir, and has none started any more.
func (h *heir) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	if h.browser != nil {
		h.browser.Close()
	}
}
