package campaign

import (
	"context"
	"sync"

	"github.com/atelier-studio/atelier/agents/firefox"
)

// fox is the campaign's Firefox, which is started when the first asks for it.
type fox struct {
	mu      sync.Mutex
	browser *firefox.Browser
	err     error // why it does not start: it is not tried again
}

// start returns the Firefox, behind the proxy that the other browser has as well. It lives as long as the campaign, and not
// only as long as who asked first.
func (f *fox) start(life context.Context, path, proxy string) (*firefox.Browser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.browser == nil && f.err == nil {
		f.browser, f.err = firefox.Start(life, path, proxy)
	}
	return f.browser, f.err
}

func (f *fox) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.browser != nil {
		f.browser.Close()
	}
}
