// Package shop is a small shop that personas are tried on: a catalogue with a search, accounts, notes, an API, a live
// ticker. As it is it is a clean application; every fault that it knows can be switched on by name.
//
// It is a target and nothing else: it listens where a test puts it, keeps everything in memory, and its faults are real
// ones. Nobody should offer it to the world.
package shop

import (
	"crypto/rand"
	"encoding/hex"
	"html/template"
	"net/http"
	"sync"
	"time"
)

// Shop is the application. It is an http.Handler.
type Shop struct {
	faults map[string]bool // what is switched on
	all    bool
	mux    *http.ServeMux
	more   []link // pages that are listed at /more
	views  *template.Template

	mu       sync.Mutex
	users    map[string]*user
	sessions map[string]*session
	notes    map[string]*note
	wrong    map[string]*attempts
	journal  []entry
	wishes   map[string]*wish
	guests   map[string]*guest
	guest    int // the number of the next entry
	messages []message
	// These are of the pages in faults_policy.go.
	wished    []string
	greetings map[string]string
	counted   int
}

type link struct{ Path, Words string }

// All switches every fault on.
const All = "all"

// New makes a shop with faults switched on; with none it is clean.
func New(faults ...string) *Shop {
	s := &Shop{
		faults: map[string]bool{}, mux: http.NewServeMux(), users: map[string]*user{}, sessions: map[string]*session{}, notes: map[string]*note{}, wrong: map[string]*attempts{},
		wishes: map[string]*wish{}, guests: map[string]*guest{},
	}
	for _, name := range faults {
		s.faults[name] = true
		s.all = s.all || name == All
	}
	s.parseViews()
	s.seed()
	s.catalogue()
	s.words()
	s.accounts()
	s.notebook()
	s.administration()
	s.api()
	s.ticker()
	s.static()
	s.wellKnown()
	s.faulty()
	return s
}

// has tells whether a fault is switched on.
func (s *Shop) has(fault string) bool { return s.all || s.faults[fault] }

// page serves an address, and lists it at /more when words are given, so that it is found.
func (s *Shop) page(pattern, words string, handler http.HandlerFunc) {
	s.mux.HandleFunc(pattern, handler)
	if words != "" {
		s.more = append(s.more, link{Path: pathIn(pattern), Words: words})
	}
}

func pathIn(pattern string) string {
	for i := range pattern {
		if pattern[i] == '/' {
			return pattern[i:]
		}
	}
	return pattern
}

// ServeHTTP implements http.Handler.
func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := r.Header.Get("X-Request-Id")
	if len(id) != 32 {
		id = secret()
	}
	h := w.Header()
	h.Set("X-Request-Id", id)
	s.policy(h)
	s.headers(h)
	packed := pack(w, r)
	defer packed.close()
	s.mux.ServeHTTP(packed, r)
}

// policy are the headers of every answer.
func (s *Shop) policy(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
}

func secret() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) //nolint:errcheck // it never fails
	return hex.EncodeToString(b[:])
}

const day = "2006-01-02"

func now() time.Time { return time.Now().UTC() }
