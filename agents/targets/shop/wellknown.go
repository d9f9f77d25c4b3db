package shop

import (
	"fmt"
	"net/http"
	"time"
)

// wellKnown are the files that machines ask for.
func (s *Shop) wellKnown() {
	text := func(path, kind string, body func(r *http.Request) string) {
		s.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Cache-Control", "no-cache")
			_, _ = w.Write([]byte(body(r))) //nolint:errcheck // whoever asked is gone
		})
	}
	text("/robots.txt", "text/plain; charset=utf-8", func(r *http.Request) string {
		return "User-agent: *\nDisallow: /account\n" + s.oldPrices() + "\nSitemap: " + originOf(r) + "/sitemap.xml\n"
	})
	text("/sitemap.xml", "application/xml; charset=utf-8", func(r *http.Request) string {
		body := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n"
		for _, path := range s.listed() {
			body += "<url><loc>" + originOf(r) + path + "</loc></url>\n"
		}
		return body + "</urlset>\n"
	})
	text("/.well-known/security.txt", "text/plain; charset=utf-8", func(r *http.Request) string {
		return "Contact: " + originOf(r) + "/contact\nExpires: " + s.answersUntil().Format(time.RFC3339) + "\nPreferred-Languages: en\n"
	})
	if !s.has("says-nothing") {
		text("/healthz", "application/json", func(*http.Request) string { return `{"status":"ok"}` })
		text("/readyz", "application/json", func(*http.Request) string { return `{"status":"ok"}` })
	}
	s.mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.staticPath("icon.svg"), http.StatusFound)
	})
}

// listed are the pages that the site map names.
func (s *Shop) listed() []string {
	list := []string{"/", "/products", "/search", "/help", "/contact"}
	if s.has("ghosts-on-the-map") {
		list = append(list, "/winter-sale")
	}
	return list
}

// answersUntil is the day until which the shop's word to finders of holes holds.
func (s *Shop) answersUntil() time.Time {
	if s.has("expired-word") {
		return now().AddDate(-1, 0, 0)
	}
	return now().AddDate(0, 6, 0)
}

// originOf is where the shop is, as its socket knows: what a request says of its host is not believed.
func originOf(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	address := r.Context().Value(http.LocalAddrContextKey)
	return fmt.Sprintf("%s://%v", scheme, address)
}
