package shop

import (
	"net/http"
	"net/mail"
	"strings"
	"unicode/utf8"
)

// message is what somebody wrote to the shop.
type message struct{ From, Text string }

const maxMessages = 500

// words are the pages of text, and the form that writes to the shop.
func (s *Shop) words() {
	for path, title := range map[string]string{
		"/help": "Help", "/privacy": "Privacy", "/terms": "Terms of sale", "/imprint": "Imprint", "/accessibility": "Accessibility statement",
	} {
		s.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			s.draw(w, r, http.StatusOK, path[1:]+".html", view{Title: title})
		})
	}
	s.mux.HandleFunc("GET /more", func(w http.ResponseWriter, r *http.Request) {
		s.draw(w, r, http.StatusOK, "more.html", view{Title: "More pages", Data: s.more})
	})
	s.mux.HandleFunc("GET /contact", func(w http.ResponseWriter, r *http.Request) {
		s.draw(w, r, http.StatusOK, "contact.html", view{Title: "Write to us", Data: form{}})
	})
	s.mux.HandleFunc("POST /contact", func(w http.ResponseWriter, r *http.Request) {
		f := s.read(w, r, "from", "text")
		if _, err := mail.ParseAddress(f.Values["from"]); err != nil {
			f.fault("from", "Please give an address that we can answer to, such as you@example.org.")
		}
		if n := utf8.RuneCountInString(f.Values["text"]); n == 0 || n > 2000 {
			f.fault("text", "Please write something, up to 2,000 characters.")
		}
		if f.bad() {
			s.draw(w, r, f.status(), "contact.html", view{Title: "Write to us", Data: f})
			return
		}
		s.mu.Lock()
		m := message{f.Values["from"], f.Values["text"]}
		if n := len(s.messages); n == 0 || s.messages[n-1] != m { // sent twice is said once
			s.messages = append(s.messages[max(0, n-maxMessages+1):], m)
		}
		s.mu.Unlock()
		s.note(s.nameOf(r), "wrote to the shop")
		s.draw(w, r, http.StatusOK, "thanks.html", view{Title: "Thank you"})
	})
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
			w.Header().Set("Allow", "GET, HEAD, POST")
			s.refuse(w, r, http.StatusMethodNotAllowed, "Not possible here", "This address cannot be asked in that way.")
			return
		}
		s.missing(w, r)
	})
}

// form is what somebody filled in, and what is wrong with it.
type form struct {
	Values, Faults map[string]string
	forged         bool
}

func (f *form) fault(field, words string) {
	if f.Faults[field] == "" {
		f.Faults[field] = words
	}
}

func (f *form) bad() bool { return len(f.Faults) > 0 }

func (f *form) status() int {
	if f.forged {
		return http.StatusForbidden
	}
	return http.StatusUnprocessableEntity
}

const maxBody = 1 << 20

// read reads a form that came with the token that the page had.
func (s *Shop) read(w http.ResponseWriter, r *http.Request, fields ...string) form {
	f := form{Values: map[string]string{}, Faults: map[string]string{}}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		f.fault("", "The form could not be read: it is too long, or broken.")
	}
	if !s.genuine(r) {
		f.forged = true
		f.fault("", "This form is too old. Please send it again.")
	}
	for _, name := range fields {
		value := r.PostForm.Get(name)
		if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
			f.fault(name, "This has characters that are none.")
			value = strings.ToValidUTF8(strings.ReplaceAll(value, "\x00", ""), "")
		}
		f.Values[name] = value
	}
	return f
}
