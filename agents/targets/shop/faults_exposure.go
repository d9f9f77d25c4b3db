package shop

import (
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
)

// oldPrices is the line of robots.txt that leads to them, with the fault.
func (s *Shop) oldPrices() string {
	if s.has("robots-lead-there") {
		return "Disallow: /old-prices\n"
	}
	return ""
}

// exposed are files that lie where everybody can ask for them, and answers that say more than they should.
func (s *Shop) exposed() {
	for _, f := range []struct{ fault, path, kind, text string }{
		{"history-served", "/.git/HEAD", "text/plain", "ref: refs/heads/main\n"},
		{"settings-served", "/.env", "text/plain", "SHOP_KEY=k8dj2nq0x9wm\nDATABASE_URL=postgres://shop:Rowboat-93@db/shop\n"},
		{"dump-served", "/dump.sql", "text/plain", "CREATE TABLE customers (name TEXT);\nINSERT INTO customers VALUES ('ada');\n"},
		{"map-served", "/rooms.js.map", "application/json", `{"version":3,"sources":["rooms.ts"],"mappings":"AAAA"}`},
	} {
		s.mux.HandleFunc("GET "+f.path, func(w http.ResponseWriter, r *http.Request) {
			if !s.has(f.fault) {
				s.missing(w, r)
				return
			}
			w.Header().Set("Content-Type", f.kind)
			_, _ = w.Write([]byte(f.text)) //nolint:errcheck // whoever asked is gone
		})
	}
	s.mux.HandleFunc("GET /rooms.js", func(w http.ResponseWriter, _ *http.Request) {
		script := "const rooms = 3;\n"
		if s.has("key-in-script") {
			script += `const settings = {clientSecret: "q8Zr2-Xk19vLm3Tt7w"};` + "\n"
		}
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		_, _ = w.Write([]byte(script)) //nolint:errcheck // whoever asked is gone
	})
	s.page("GET /rooms", "Our rooms", func(w http.ResponseWriter, r *http.Request) {
		text := `<h1>Our rooms</h1><p>There are three of them, by the harbour.</p>`
		if s.has("names-a-machine") {
			text += `<p>Drawn by 10.20.0.7</p>`
		}
		if s.has("notes-to-each-other") {
			text += `<!-- FIXME: ask Ben for the new prices -->`
		}
		if s.has("card-on-page") {
			text += `<p>Paid with 4539 5787 6362 1486</p>`
		}
		s.draw(w, r, http.StatusOK, "", view{Title: "Our rooms", Body: htmlOf(text), Head: htmlOf(`<script src="/rooms.js" defer></script>`)})
	})
	s.page("GET /hours", "When we are open", func(w http.ResponseWriter, r *http.Request) {
		words := "We are open from nine to six."
		if s.has("trace-on-page") {
			words = "We are open.</p><pre>Traceback (most recent call last):\n  File \"hours.py\", line 12, in week</pre><p>Come in."
		}
		s.say(w, r, "Hours", words)
	})
	s.page("GET /visit", "", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.FormValue("people"))
		if err != nil && s.has("trace-on-error") {
			http.Error(w, string(debug.Stack()), http.StatusInternalServerError)
			return
		}
		if err != nil || n < 1 || n > 20 {
			n = 1
		}
		s.say(w, r, "Your visit", strconv.Itoa(n)+` will come. <a href="/visit?people=2">Two?</a> <a href="/guide?file=rooms.txt">The guide</a>`)
	})
	s.page("GET /old-prices", "", func(w http.ResponseWriter, r *http.Request) {
		s.say(w, r, "Old prices", "What things did cost last year is of no use to anybody.")
	})
	s.page("GET /way", "The way to us", func(w http.ResponseWriter, r *http.Request) {
		s.say(w, r, "The way", `<a href="/visit?people=2">Say that you come</a>`)
	})
	s.page("GET /guide", "", func(w http.ResponseWriter, r *http.Request) {
		text := "There is no such guide."
		switch name := r.FormValue("file"); {
		case name == "rooms.txt":
			text = "Three rooms, all of them dry."
		case s.has("source-by-name") && strings.TrimPrefix(name, "../") == "index.php":
			text = "<pre>&lt;?php\n$rooms = 3;</pre>"
		}
		s.say(w, r, "Guide", text)
	})
}
