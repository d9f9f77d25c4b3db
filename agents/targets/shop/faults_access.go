package shop

import "net/http"

// What opens more than it should, each with its fault only.

// wrongWords say why somebody is not let in.
func (s *Shop) wrongWords(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.has("names-told") && s.users[name] == nil {
		return "Nobody of that name has an account here."
	}
	return "Name or password are not right."
}

// byVoucher lets in whose password is a voucher; with the fault it is looked up by a statement that it is part of.
func (s *Shop) byVoucher(r *http.Request, voucher string) *user {
	if !s.has("condition-signs-in") {
		return nil
	}
	list, err := s.rows(r, "condition-signs-in", "SELECT name, place FROM stock WHERE name = 'voucher ", voucher, "'", "")
	if err != nil || len(list) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.users["ada"]
}

// roleFor is the role of whoever opens an account.
func (s *Shop) roleFor(r *http.Request) string {
	if role := r.PostFormValue("role"); role != "" && s.has("role-from-form") {
		return role
	}
	return "customer"
}

// lenient is a session for a request to the API that has none.
func (s *Shop) lenient(r *http.Request) *session {
	let := s.has("open-operation") && r.URL.Path == "/api/v1/me" || s.has("any-token") && r.Header.Get("Authorization") != "" ||
		s.has("method-in-header") && r.Header.Get("X-Http-Method-Override") != ""
	if !let {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return &session{user: s.users["ada"]}
}

// readers lets in who reads the journal: who keeps the shop.
func (s *Shop) readers(next func(http.ResponseWriter, *http.Request, *user)) http.HandlerFunc {
	if s.has("journal-for-customers") {
		return s.members(next)
	}
	return s.keepers(next)
}

// noteOfAnybody is a note, whoever wrote it.
func (s *Shop) noteOfAnybody(r *http.Request) (note, bool) {
	if r.Method == http.MethodGet && !s.has("notes-of-others") || r.Method != http.MethodGet && !s.has("others-change-notes") {
		return note{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.notes[r.PathValue("id")]
	if n == nil {
		return note{}, false
	}
	return *n, true
}
