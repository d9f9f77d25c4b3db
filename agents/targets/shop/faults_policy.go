package shop

import (
	"crypto/md5" //nolint:gosec // one of the faults
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// policies are the pages on which headers, sessions and scripts can be set up badly: what the shop's answers allow, and
// what others can do with them.
func (s *Shop) policies() {
	s.greetings = map[string]string{}
	s.page("GET /find-us", "How to find us", s.findUs)
	s.page("GET /opening", "Opening hours", s.hours)
	s.page("GET /circle", "The club", s.club)
	s.page("GET /fitting-room", "Try it in a room", s.room)
	s.page("GET /onward", "", s.leave)
	s.downloads()
	s.wishList()
	s.mux.HandleFunc("GET /account/salutation", s.members(s.salutation))
	s.mux.HandleFunc("POST /account/salutation", s.members(s.greet))
	if s.has("echoes-requests") {
		s.mux.HandleFunc("TRACE /{$}", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "message/http")
			fmt.Fprintf(w, "TRACE %s HTTP/1.1\r\n", r.URL.Path)
			_ = r.Header.Write(w) //nolint:errcheck // whoever asked is gone
		})
	}
}

// findUs can come without a Content Security Policy, and with links to a host that the visitor names.
func (s *Shop) findUs(w http.ResponseWriter, r *http.Request) {
	if s.has("no-content-policy") {
		w.Header().Del("Content-Security-Policy")
	}
	link := "/contact"
	if host := r.Header.Get("X-Forwarded-Host"); host != "" && s.has("believes-forwarded-host") {
		link = "https://" + template.HTMLEscapeString(host) + "/contact"
	}
	s.draw(w, r, http.StatusOK, "", view{Title: "How to find us", Body: htmlOf(`<h1>How to find us</h1><p>We are by the harbour, in the second house behind the crane.</p><p><a href="` + link + `">Tell us that you are coming</a></p>`)})
}

// hours can come with headers that are too weak, or without them.
func (s *Shop) hours(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if s.has("weak-content-policy") {
		h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "default-src 'self'", "default-src 'self'; script-src 'self' 'unsafe-inline' https:", 1))
	}
	if s.has("framed-by-anybody") {
		h.Del("X-Frame-Options")
		h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "; frame-ancestors 'none'", "", 1))
	}
	for fault, header := range map[string]string{"guessed-types": "X-Content-Type-Options", "tells-addresses": "Referrer-Policy"} {
		if s.has(fault) {
			h.Del(header)
		}
	}
	if s.has("names-its-version") {
		h.Set("Server", "QuietRooms/1.4.2")
	}
	if origin := r.Header.Get("Origin"); origin != "" && s.has("every-origin-reads") {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	s.draw(w, r, http.StatusOK, "opening.html", view{Title: "Opening hours"})
}

// club can show what belongs into no address and no answer.
func (s *Shop) club(w http.ResponseWriter, r *http.Request) {
	next, key := "/help", "/help?topic=club"
	if s.has("session-in-a-link") {
		next = "/help?sessionid=5f2b9c04e7d1a8364b7e"
	}
	if s.has("key-in-a-link") {
		key = "/help?api_key=9c1e7a42b05d8f3366aa"
	}
	member := `<dt>Number</dt><dd>1024</dd>`
	if s.has("weak-hash-shown") {
		sum := md5.Sum([]byte("sunshine")) //nolint:gosec // the fault
		member = `<dt>password</dt><dd>password: ` + hex.EncodeToString(sum[:]) + `</dd>`
	}
	s.draw(w, r, http.StatusOK, "", view{Title: "The club", Body: htmlOf(`<h1>The club</h1><p>Members hear of new things first.</p><dl>` + member + `</dl><ul><li><a href="` + next + `">How to become a member</a></li><li><a href="` + key + `">What members get</a></li></ul>`)})
}

// room has scripts that read its address.
func (s *Shop) room(w http.ResponseWriter, r *http.Request) {
	on := ""
	for _, fault := range []string{"markup-from-address", "leads-by-script", "tells-every-window"} {
		if s.has(fault) {
			on += " " + fault
		}
	}
	library := "measure.js"
	if s.has("old-library") {
		library = "measure-old.js"
	}
	s.draw(w, r, http.StatusOK, "fitting-room.html", view{
		Title: "Try it in a room", Data: strings.TrimSpace(on),
		Head: htmlOf(`<script src="` + s.staticPath(library) + `" defer></script><script src="` + s.staticPath("fitting-room.js") + `" defer></script>`),
	})
}

// leave leads on to a page of the shop, or to anywhere.
func (s *Shop) leave(w http.ResponseWriter, r *http.Request) {
	to := r.FormValue("to")
	if !s.has("leads-anywhere") && productOf(strings.TrimPrefix(to, "/products/")) == nil {
		to = "/products"
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}

// downloads is a folder of files, which can list them.
func (s *Shop) downloads() {
	for _, name := range []string{"care-of-oak.txt", "care-of-wool.txt"} {
		s.mux.HandleFunc("GET /leaflets/"+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			_, _ = w.Write([]byte("Wipe it with a dry cloth, and let it breathe.\n")) //nolint:errcheck // whoever asked is gone
		})
	}
	s.mux.HandleFunc("GET /leaflets/{$}", func(w http.ResponseWriter, r *http.Request) {
		if !s.has("listed-folder") {
			s.missing(w, r)
			return
		}
		s.draw(w, r, http.StatusOK, "", view{Title: "Index of /leaflets", Body: htmlOf(`<h1>Index of /leaflets</h1><p><a href="/leaflets/care-of-oak.txt">care-of-oak.txt</a></p><p><a href="/leaflets/care-of-wool.txt">care-of-wool.txt</a></p>`)})
	})
}

// wishList is kept: by a form that says so, or by following a link.
func (s *Shop) wishList() {
	keep := func(wish string, again bool) bool { // what is wished for is there once
		s.mu.Lock()
		defer s.mu.Unlock()
		if wish = strings.TrimSpace(wish); wish == "" || utf8.RuneCountInString(wish) > 79 || len(s.wished) >= maxMessages {
			return false
		}
		if again || !slices.Contains(s.wished, wish) {
			s.wished = append(s.wished, wish)
		}
		return true
	}
	s.page("GET /wish-list", "What others wish for", func(w http.ResponseWriter, r *http.Request) {
		if s.has("kept-by-a-link") {
			keep(r.URL.Query().Get("wish"), true)
		}
		s.mu.Lock()
		list := append([]string(nil), s.wished[max(0, len(s.wished)-20):]...)
		s.mu.Unlock()
		s.draw(w, r, http.StatusOK, "wish-list.html", view{Title: "What others wish for", Data: map[string]any{"List": list, "ByLink": s.has("kept-by-a-link")}})
	})
	s.mux.HandleFunc("POST /wish-list", func(w http.ResponseWriter, r *http.Request) {
		f := s.read(w, r, "wish")
		if f.bad() {
			s.refuse(w, r, f.status(), "Not kept", "This wish could not be kept.")
			return
		}
		if !keep(f.Values["wish"], false) {
			s.refuse(w, r, http.StatusUnprocessableEntity, "Not kept", "A wish has 1 to 79 characters, and the list an end.")
			return
		}
		http.Redirect(w, r, "/wish-list", http.StatusSeeOther)
	})
}

// salutation is what the shop says to a member; its form can go without a token, and its page can keep a token of its own.
func (s *Shop) salutation(w http.ResponseWriter, r *http.Request, u *user) {
	s.mu.Lock()
	words := s.greetings[u.Name]
	s.mu.Unlock()
	s.draw(w, r, http.StatusOK, "salutation.html", view{
		Title: "Your greeting", Data: map[string]any{"Words": words, "Open": s.has("greeting-without-token"), "Key": s.has("token-in-storage")},
		Head: htmlOf(`<script src="` + s.staticPath("fitting-room.js") + `" defer></script>`),
	})
}

func (s *Shop) greet(w http.ResponseWriter, r *http.Request, u *user) {
	f := s.read(w, r, "words")
	if f.bad() && !(f.forged && s.has("greeting-without-token")) {
		s.refuse(w, r, http.StatusForbidden, "Not kept", "This greeting could not be kept.")
		return
	}
	if words := strings.TrimSpace(f.Values["words"]); words == "" || utf8.RuneCountInString(words) > 80 {
		s.refuse(w, r, http.StatusUnprocessableEntity, "Not kept", "A greeting has 1 to 80 characters.")
		return
	}
	s.mu.Lock()
	s.greetings[u.Name] = f.Values["words"]
	s.mu.Unlock()
	http.Redirect(w, r, "/account/salutation", http.StatusSeeOther)
}

// sessionID draws the id of a session, or counts.
func (s *Shop) sessionID() string {
	if !s.has("counted-sessions") {
		return secret()
	}
	s.counted++
	return fmt.Sprintf("%016d", 40_000_000+s.counted)
}

// loosen sets a session's cookie as badly as the faults say.
func (s *Shop) loosen(c *http.Cookie) *http.Cookie {
	if s.has("session-for-scripts") {
		c.HttpOnly = false
	}
	if s.has("session-for-every-site") || s.has("greeting-without-token") {
		c.SameSite = 0
	}
	return c
}

// stay signs a visitor in within the session that is there already.
func (s *Shop) stay(r *http.Request, u *user) bool {
	if !s.has("keeps-the-session") {
		return false
	}
	x := s.session(r)
	if x == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x.user, x.until = u, now().Add(sessionTime)
	return true
}
