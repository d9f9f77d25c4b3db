package reading_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/wire"
)

func page(body string, headers ...string) *wire.Exchange {
	x := &wire.Exchange{URL: "http://shop.example/a/b?c=d", Status: 200, Header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}}, Body: []byte(body)}
	for i := 0; i+1 < len(headers); i += 2 {
		x.Header.Add(headers[i], headers[i+1])
	}
	return x
}

func TestType(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ written, body, want string }{
		{"text/HTML; charset=utf-8", "", "text/html"},
		{"", "<!DOCTYPE html><p>", "text/html"},
		{"", " {}", "application/json"},
		{"", "GIF89a", ""},
		{"application/problem+json", "{}", "application/problem+json"},
		{"text/html; charset", "", "text/html"},
		{"text/html;;=", "", "text/html"},
	} {
		x := &wire.Exchange{Header: http.Header{}, Body: []byte(c.body)}
		if c.written != "" {
			x.Header.Set("Content-Type", c.written)
		}
		if got := reading.Type(x); got != c.want {
			t.Errorf("%q %q is %q, want %q", c.written, c.body, got, c.want)
		}
	}
	if x := page(""); reading.Charset(x) != "utf-8" || !reading.IsHTML(x) || reading.IsJSON(x) {
		t.Error("the page is none")
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	x := page("<!doctype html>\n<head><base href=/x/>\n<title>T</title></head>\n<table><tr><td>\n<input name=a required>\n<input name=a required></table>\n<script>if (1 < 2) '<input name=a>'\n</script>\n<a href=y>z</a>")
	doc := reading.HTML(x)
	if doc == nil || doc != reading.HTML(x) {
		t.Fatal("it is not parsed once")
	}
	inputs := doc.Find("input")
	if a, b, c := doc.Line(inputs.Eq(0)), doc.Line(inputs.Eq(1)), doc.Line(doc.Find("a")); a != 5 || b != 6 || c != 9 {
		t.Errorf("lines %d, %d and %d", a, b, c)
	}
	if doc.Line(doc.Find("tbody")) != 0 {
		t.Error("an element that nobody wrote has a line")
	}
	if got := doc.Resolve("y").String(); got != "http://shop.example/x/y" {
		t.Error(got)
	}
	if reading.HTML(page(strings.Repeat("<div>", 100_000))) != nil {
		t.Error("what is nested without end was parsed")
	}
	if json := page("{}"); reading.HTML(&wire.Exchange{Header: http.Header{"Content-Type": {"application/json"}}, Body: json.Body}) != nil {
		t.Error("JSON is a document")
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	doc := reading.HTML(page(`<title>Not this</title><h1>One <b>two</b></h1><p>three<script>no</script><span hidden>no</span><div style="display: none">no</div>
		<template>no</template><ul id=list><li class="item n12">four<li class="item">five <input type=hidden value=no><button type=submit class=x>six</button></ul>`))
	if got := doc.Text(); got != "One two\nthree\nfour\nfive six" {
		t.Errorf("%q", got)
	}
	button := doc.Find("button")
	if got := reading.Tag(button); got != `<button type="submit" class="x">` {
		t.Error(got)
	}
	if got := reading.Selector(button); got != "ul#list > li.item > button[type=submit]" {
		t.Error(got)
	}
	if a, b := reading.Selector(doc.Find("li").Eq(0)), reading.Selector(doc.Find("li").Eq(1)); a != b {
		t.Errorf("%s and %s of one template", a, b)
	}
	if got := reading.Mask("eyJhbGciOiJIUzI1NiJ9"); got != "eyJh…J9" {
		t.Error(got)
	}
	if got := reading.Around("one two three", 4, 7, 2); got != "…e two t…" {
		t.Error(got)
	}
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	x := page(`<head><meta http-equiv="content-security-policy" content="img-src *; frame-ancestors 'none'"></head>`,
		"Content-Security-Policy", "default-src 'self'; script-src 'nonce-x' ; SCRIPT-SRC *, object-src 'none'",
		"Content-Security-Policy-Report-Only", "default-src 'none'")
	list := reading.Policies(x)
	if len(list) != 4 || !list[2].Report || !list[3].Meta || len(reading.Enforced(x)) != 3 {
		t.Fatalf("%+v", list)
	}
	if values, from := list[0].Sources("script-src-elem"); from != "script-src" || !slices.Equal(values, []string{"'nonce-x'"}) {
		t.Error(values, from)
	}
	if values, from := list[0].Sources("img-src"); from != "default-src" || !slices.Equal(values, []string{"'self'"}) {
		t.Error(values, from)
	}
	if _, from := list[0].Sources("base-uri"); from != "" {
		t.Error("base-uri falls back to", from)
	}
	if _, ok := list[3].Get("frame-ancestors"); ok {
		t.Error("a meta element sets frame-ancestors")
	}
	if len(reading.Policies(page("", "Content-Security-Policy", " ; ,"))) != 0 {
		t.Error("nothing is a policy")
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	x := page("", "Cache-Control", "no-store, Max-Age=\"60\"", "Cache-Control", "max-age=9", "Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	if got := reading.Settings(x.Header, "Cache-Control", ','); got["max-age"] != "60" || len(got) != 2 {
		t.Error(got)
	}
	if got := reading.Settings(x.Header, "Strict-Transport-Security", ';'); got["max-age"] != "31536000" {
		t.Error(got)
	}
	if got := reading.List(x.Header, "Cache-Control"); len(got) != 3 {
		t.Error(got)
	}
	if got := reading.Lines(x.Header, "Strict-Transport-Security", "x-none"); got != "Strict-Transport-Security: max-age=31536000; includeSubDomains\nX-None: (not there)\n" {
		t.Errorf("%q", got)
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	x := page("",
		"Set-Cookie", "sid=abcdef0123456789; domain=.Example.org; path=/; httponly; SameSite=Nonsense; SECURE; Max-Age=60",
		"Set-Cookie", "gone=; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
		"Set-Cookie", "; Path=/",
		"Set-Cookie", "plain=1")
	list := reading.Cookies(x)
	if len(list) != 3 {
		t.Fatalf("%+v", list)
	}
	c := list[0]
	if c.Name != "sid" || c.Domain != "example.org" || !c.HTTPOnly || !c.Secure || c.SameSite != "Nonsense" || c.Path != "/" {
		t.Errorf("%+v", c)
	}
	if strings.Contains(c.Masked(), "0123456789") || !strings.Contains(c.Masked(), "; domain=.Example.org") {
		t.Error(c.Masked())
	}
	if d, ok := c.Lasts(now); !ok || d != time.Minute {
		t.Error(d, ok)
	}
	if !list[1].Deletes(now) || list[2].Deletes(now) || c.Deletes(now) {
		t.Error("deleted cookies are told wrong")
	}
	if _, ok := list[2].Lasts(now); ok {
		t.Error("a cookie of the session lasts")
	}
}
