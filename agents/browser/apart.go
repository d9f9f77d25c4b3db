package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/atelier-studio/atelier/agents/wire"
)

// readOnlyScript keeps forms that change something in the tab, where they are held back.
//
//go:embed readonly.js
var readOnlyScript string

// apart is what a tab has for itself alone: whatever else appears there is a window that its page opened.
type apart struct {
	context cdp.BrowserContextID
	page    target.ID
}

// seclude denies downloads to the tab, and has the windows closed that it opens.
func (t *Tab) seclude(ctx context.Context, page *chromedp.Target) error {
	mine := &apart{context: chromedp.FromContext(ctx).BrowserContextID, page: page.TargetID}
	t.apart.Store(mine)
	_, err := chromedp.CallBrowser(ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorDeny, BrowserContextID: mine.context,
	})
	return err
}

// opened closes a window that the page opened. It is called in the order of events, and so must not wait.
func (t *Tab) opened(info *target.Info) {
	mine := t.apart.Load()
	if mine == nil || info.Type != "page" || info.BrowserContextID != mine.context || info.TargetID == mine.page {
		return
	}
	go chromedp.CallBrowser(t.ctx, target.CloseTarget, target.CloseTargetParams{TargetID: info.TargetID}) //nolint:errcheck // it may have closed itself
}

// cookies are those that the tab begins with, also those that are carried as a header.
func (s *Setting) cookies() []*http.Cookie {
	list := slices.Clone(s.Cookies)
	for _, line := range s.Carry.Values("Cookie") {
		if more, err := http.ParseCookie(line); err == nil {
			list = append(list, more...)
		}
	}
	return list
}

// storing is a script that gives the site at URL what is stored for it, before its own scripts look; "" for nothing.
func (s *Setting) storing() string {
	u, err := url.Parse(s.URL)
	if err != nil || len(s.Stored.Local)+len(s.Stored.Session) == 0 {
		return ""
	}
	list, err := json.Marshal([]map[string]string{s.Stored.Local, s.Stored.Session})
	if err != nil {
		return ""
	}
	return `if (location.origin === ` + Quote(wire.Origin(u)) + `) try {
		` + string(list) + `.forEach((items, i) => { const at = i ? sessionStorage : localStorage; for (const [k, v] of Object.entries(items || {})) if (at.getItem(k) === null) at.setItem(k, v); });
	} catch { /* denied to this document */ }`
}

// Held is what whoever signed in in the tab holds now: cookies, what scripts keep, and the last Authorization that they sent.
func (t *Tab) Held(ctx context.Context) (cookies []*http.Cookie, stored wire.Storage, authorization string, err error) {
	r, err := Call(ctx, t, network.GetCookies, network.GetCookiesParams{})
	if err != nil {
		return nil, wire.Storage{}, "", err
	}
	for _, c := range r.Cookies {
		cookie := &http.Cookie{Name: c.Name, Value: c.Value, Path: c.Path, HttpOnly: c.HTTPOnly, Secure: c.Secure}
		switch c.SameSite {
		case network.CookieSameSiteStrict:
			cookie.SameSite = http.SameSiteStrictMode
		case network.CookieSameSiteLax:
			cookie.SameSite = http.SameSiteLaxMode
		case network.CookieSameSiteNone:
			cookie.SameSite = http.SameSiteNoneMode
		}
		if c.Expires > 0 {
			cookie.Expires = time.Unix(int64(c.Expires), 0)
		}
		cookies = append(cookies, cookie)
	}
	stored, err = Eval[wire.Storage](ctx, t, `(() => { const all = (s) => { try { return Object.fromEntries(Object.entries(s()).slice(0, 200)); } catch { return {}; } };
		return { Local: all(() => localStorage), Session: all(() => sessionStorage) }; })()`)
	for _, q := range t.Log().Requests {
		for name, value := range q.Header {
			if strings.EqualFold(name, "Authorization") && t.record.inside != nil && t.record.inside(q.URL) {
				authorization = value
			}
		}
	}
	return cookies, stored, authorization, err
}

// carried are the headers that are sent as such: a browser makes that of its cookies itself.
func (s *Setting) carried() http.Header {
	list := s.Carry.Clone()
	list.Del("Cookie")
	return list
}

// carried are the headers of a request together with those that the tab carries to the target; nil leaves them as they are.
func (t *Tab) carried(e *fetch.EventRequestPaused) []*fetch.HeaderEntry {
	if len(t.carry) == 0 || t.record.inside == nil || !t.record.inside(e.Request.URL) {
		return nil
	}
	var list []*fetch.HeaderEntry
	for name, value := range texts(e.Request.Headers) {
		if t.carry.Values(name) == nil {
			list = append(list, &fetch.HeaderEntry{Name: name, Value: value})
		}
	}
	for name, values := range t.carry {
		list = append(list, &fetch.HeaderEntry{Name: name, Value: strings.Join(values, ", ")})
	}
	return list
}
