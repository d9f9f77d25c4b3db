package workflow

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// visitor goes through a target by forms and links, with a session of its own.
type visitor struct {
	lab *agents.Lab
	as  string
	log []*wire.Exchange
}

func (v *visitor) get(ctx context.Context, address string) *wire.Exchange {
	x := v.lab.Send(ctx, wire.Request{URL: address, As: v.as, Follow: true})
	v.log = append(v.log, x)
	return x
}

// send fills in a form, as it stands on its page now, and sends it; nil when it is not there.
func (v *visitor) send(ctx context.Context, form *surface.Form, values url.Values) *wire.Exchange {
	page := v.get(ctx, form.Page)
	if !page.OK() {
		return page
	}
	fresh := discover.FormOn(page, form)
	if fresh == nil {
		return nil
	}
	all := fresh.Values()
	for name, list := range values {
		all[name] = list
	}
	r, err := fresh.Request(all)
	if err != nil {
		return nil
	}
	r.As, r.Follow = v.as, true
	x := v.lab.Send(ctx, r)
	v.log = append(v.log, x)
	return x
}

// out signs out by what a page offers for that: a form, or a link. It returns nil when there is nothing.
func (v *visitor) out(ctx context.Context, page *wire.Exchange) *wire.Exchange {
	method, to, body := wayOut(page)
	if to == "" {
		return nil
	}
	r := wire.Request{Method: method, URL: to, As: v.as, Follow: true, Header: http.Header{"Referer": {page.URL}}}
	if method == http.MethodPost {
		r.Body = []byte(body)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	x := v.lab.Send(ctx, r)
	v.log = append(v.log, x)
	return x
}

// outWords are words of what signs out.
var outWords = []string{"logout", "log-out", "log out", "log_out", "signout", "sign-out", "sign out", "sign_out", "logoff", "abmelden", "ausloggen", "cerrar sesi", "déconnexion", "deconnexion", "déconnecter", "退出", "登出", "注销"}

func saysOut(text string) bool {
	text = strings.ToLower(text)
	for _, word := range outWords {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// wayOut is the request of a page's form or link that signs out; to is "" when it has none.
func wayOut(page *wire.Exchange) (method, to, body string) {
	doc := reading.HTML(page)
	if doc == nil {
		return "", "", ""
	}
	doc.Find("form").EachWithBreak(func(_ int, e *goquery.Selection) bool {
		action := e.AttrOr("action", "")
		if !saysOut(action) && !saysOut(e.Find("button, input[type=submit]").Text()) && !saysOut(e.Find("input[type=submit]").AttrOr("value", "")) || e.Find("input[type=password]").Length() > 0 {
			return true
		}
		u := doc.Resolve(action)
		if u == nil {
			return true
		}
		values := url.Values{}
		e.Find("input[type=hidden][name]").Each(func(_ int, field *goquery.Selection) {
			values.Set(field.AttrOr("name", ""), field.AttrOr("value", ""))
		})
		method, to, body = strings.ToUpper(e.AttrOr("method", "get")), u.String(), values.Encode()
		return false
	})
	if to != "" {
		return method, to, body
	}
	doc.Find("a[href]").EachWithBreak(func(_ int, e *goquery.Selection) bool {
		if href := e.AttrOr("href", ""); saysOut(href) || saysOut(e.Text()) {
			if u := doc.Resolve(href); u != nil && (u.Scheme == "http" || u.Scheme == "https") {
				method, to = http.MethodGet, u.String()
			}
		}
		return to == ""
	})
	return method, to, ""
}

// asksPassword tells whether an answer shows a form with a password.
func asksPassword(x *wire.Exchange) bool {
	doc := reading.HTML(x)
	return doc != nil && doc.Find("input[type=password]").Length() > 0
}
