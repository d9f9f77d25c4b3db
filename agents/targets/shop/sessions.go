package shop

import (
	"crypto/subtle"
	"net/http"
)

func (s *Shop) cookie(r *http.Request, value string, seconds int) *http.Cookie {
	return s.loosen(&http.Cookie{Name: cookieName, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil, MaxAge: seconds})
}

// begin begins a session; u is nil for a visitor.
func (s *Shop) begin(u *user) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.sessionID()
	if len(s.sessions) >= maxSessions {
		for old, x := range s.sessions {
			if x.user == nil || now().After(x.until) {
				delete(s.sessions, old)
			}
		}
	}
	s.sessions[id] = &session{user: u, token: secret(), until: now().Add(sessionTime)}
	return id
}

// session finds the session of a request; nil when there is none.
func (s *Shop) session(r *http.Request) *session {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.sessions[c.Value]
	if x == nil || now().After(x.until) {
		return nil
	}
	return x
}

// signedIn is the session of somebody with an account.
func (s *Shop) signedIn(r *http.Request) *session {
	if x := s.session(r); x != nil && x.user != nil {
		return x
	}
	return nil
}

// visitor makes sure that somebody who is not signed in has a session, and returns its token.
func (s *Shop) visitor(w http.ResponseWriter, r *http.Request) string {
	if x := s.session(r); x != nil {
		return x.token
	}
	id := s.begin(nil)
	http.SetCookie(w, s.cookie(r, id, int(sessionTime.Seconds())))
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions[id].token
}

// end ends the session of a request.
func (s *Shop) end(r *http.Request) {
	if c, err := r.Cookie(cookieName); err == nil {
		s.mu.Lock()
		delete(s.sessions, c.Value)
		s.mu.Unlock()
	}
}

// genuine tells whether a form came from a page of the shop.
func (s *Shop) genuine(r *http.Request) bool {
	x := s.session(r)
	return x != nil && subtle.ConstantTimeCompare([]byte(r.PostFormValue("token")), []byte(x.token)) == 1
}

func (s *Shop) nameOf(r *http.Request) string {
	if x := s.signedIn(r); x != nil {
		return x.user.Name
	}
	return "a visitor"
}

// members lets in who is signed in.
func (s *Shop) members(next func(http.ResponseWriter, *http.Request, *user)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		x := s.signedIn(r)
		if x == nil {
			http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
			return
		}
		next(w, r, x.user)
	}
}

// keepers lets in who keeps the shop.
func (s *Shop) keepers(next func(http.ResponseWriter, *http.Request, *user)) http.HandlerFunc {
	return s.members(func(w http.ResponseWriter, r *http.Request, u *user) {
		if u.Role != "keeper" && !s.has("office-for-all") {
			s.refuse(w, r, http.StatusForbidden, "Not yours", "Only the keeper of the shop comes in here.")
			return
		}
		next(w, r, u)
	})
}
