package shop

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// user is somebody with an account.
type user struct {
	Name string
	Role string // customer or keeper
	salt string
	key  []byte
}

// session is somebody who looks around: signed in, or a visitor, who has user nil.
type session struct {
	user  *user
	token string
	until time.Time
}

type attempts struct {
	n     int
	until time.Time
}

// Account is an account that every shop has.
type Account struct{ Role, Name, Password string }

// Accounts are the accounts that every shop has: two customers and the keeper.
func Accounts() []Account {
	return []Account{{"customer", "ada", "Violet-Teapot-41"}, {"customer", "ben", "Copper-Ladder-87"}, {"keeper", "cleo", "Marble-Engine-23"}}
}

const (
	cookieName   = "sid"
	sessionTime  = 2 * time.Hour
	maxSessions  = 20000
	maxWrong     = 5
	wrongTime    = 5 * time.Minute
	maxUsers     = 5000
	shortestPass = 10
	rounds       = 5000 // few: a shop of tests signs in often
)

var nameShape = regexp.MustCompile(`^[a-z][a-z0-9]{2,23}$`)

// common passwords are refused, whatever their length.
var common = []string{"password", "123456", "qwerty", "letmein", "welcome", "iloveyou", "abc123", "football", "monkey", "dragon"}

func (s *Shop) seed() {
	for _, a := range Accounts() {
		s.users[a.Name] = newUser(a.Name, a.Role, a.Password)
	}
	if s.has("came-with-a-password") {
		s.users["admin"] = newUser("admin", "customer", "admin")
	}
}

func newUser(name, role, password string) *user {
	u := &user{Name: name, Role: role, salt: secret()}
	u.key = u.derive(password)
	return u
}

func (u *user) derive(password string) []byte {
	key, err := pbkdf2.Key(sha256.New, password, []byte(u.salt), rounds, 32)
	if err != nil {
		panic(err) // only for a length that is none
	}
	return key
}

// check tells whether somebody has this name and password. It takes as long when there is nobody of that name.
func (s *Shop) check(name, password string) *user {
	s.mu.Lock()
	u := s.users[name]
	s.mu.Unlock()
	if u == nil {
		nobody := &user{salt: "nobody"}
		nobody.derive(password)
		return nil
	}
	if subtle.ConstantTimeCompare(u.derive(password), u.key) != 1 {
		return nil
	}
	return u
}

func (s *Shop) accounts() {
	s.mux.HandleFunc("GET /sign-in", func(w http.ResponseWriter, r *http.Request) {
		s.draw(w, r, http.StatusOK, "sign-in.html", view{Title: "Sign in", Data: form{}})
	})
	s.mux.HandleFunc("POST /sign-in", s.signIn)
	s.mux.HandleFunc("POST /sign-out", func(w http.ResponseWriter, r *http.Request) {
		if f := s.read(w, r); f.bad() {
			s.refuse(w, r, f.status(), "Not signed out", f.Faults[""])
			return
		}
		if !s.has("session-goes-on") {
			s.end(r)
		}
		http.SetCookie(w, s.cookie(r, "", -1))
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	s.mux.HandleFunc("GET /register", func(w http.ResponseWriter, r *http.Request) {
		s.draw(w, r, http.StatusOK, "register.html", view{Title: "Open an account", Data: form{}})
	})
	s.mux.HandleFunc("POST /register", s.register)
	s.mux.HandleFunc("GET /account", s.members(func(w http.ResponseWriter, r *http.Request, _ *user) {
		s.draw(w, r, http.StatusOK, "account.html", view{Title: "Your account"})
	}))
}

func (s *Shop) signIn(w http.ResponseWriter, r *http.Request) {
	f := s.read(w, r, "name", "password")
	name := strings.ToLower(strings.TrimSpace(f.Values["name"]))
	if !f.bad() && s.tired(name) {
		w.Header().Set("Retry-After", "300")
		f.fault("", "That was too often. Please wait five minutes and try again.")
		f.Values["password"] = ""
		s.draw(w, r, http.StatusTooManyRequests, "sign-in.html", view{Title: "Sign in", Data: f})
		return
	}
	var u *user
	if !f.bad() {
		if u = s.check(name, f.Values["password"]); u == nil {
			u = s.byVoucher(r, f.Values["password"])
		}
		if u == nil {
			s.failed(name)
			f.fault("", s.wrongWords(name))
		}
	}
	if f.bad() {
		f.Values["password"] = ""
		status := f.status()
		if !f.forged {
			status = http.StatusUnauthorized
		}
		s.draw(w, r, status, "sign-in.html", view{Title: "Sign in", Data: f})
		return
	}
	s.enter(w, r, u)
	http.Redirect(w, r, "/account", http.StatusSeeOther)
}

// enter begins a new session, whatever there was before.
func (s *Shop) enter(w http.ResponseWriter, r *http.Request, u *user) {
	s.note(u.Name, "signed in")
	if s.stay(r, u) {
		return
	}
	s.end(r)
	http.SetCookie(w, s.cookie(r, s.begin(u), int(sessionTime.Seconds())))
}

func (s *Shop) register(w http.ResponseWriter, r *http.Request) {
	f := s.read(w, r, "name", "password", "agree")
	name, password := strings.ToLower(strings.TrimSpace(f.Values["name"])), f.Values["password"]
	if !nameShape.MatchString(name) {
		f.fault("name", "A name is 3 to 24 small letters and digits, beginning with a letter.")
	}
	if why := weak(name, password); why != "" && !s.has("weak-passwords") {
		f.fault("password", why)
	}
	if f.Values["agree"] != "yes" {
		f.fault("agree", "Please agree to the terms of sale.")
	}
	if !f.bad() {
		u := newUser(name, s.roleFor(r), password)
		s.mu.Lock()
		if len(s.users) >= maxUsers {
			f.fault("", "There are too many accounts just now.")
		} else if s.users[name] != nil {
			f.fault("", "This did not work. Another name, or signing in, may.")
		} else {
			s.users[name] = u
		}
		s.mu.Unlock()
		if !f.bad() {
			s.enter(w, r, u)
			http.Redirect(w, r, "/account", http.StatusSeeOther)
			return
		}
	}
	f.Values["password"] = ""
	s.draw(w, r, f.status(), "register.html", view{Title: "Open an account", Data: f})
}

// weak says what is wrong with a password; "" when it will do.
func weak(name, password string) string {
	low := strings.ToLower(password)
	switch {
	case len(password) < shortestPass:
		return fmt.Sprintf("A password has at least %d characters.", shortestPass)
	case len(password) > 200:
		return "A password has at most 200 characters."
	case strings.Contains(low, name) && name != "":
		return "A password must not have the name in it."
	}
	for _, word := range common {
		if strings.Contains(low, word) {
			return "This password is among those that are tried first."
		}
	}
	return ""
}

// tired tells whether a name was tried too often.
func (s *Shop) tired(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.wrong[name]
	return !s.has("tries-without-end") && a != nil && a.n >= maxWrong && now().Before(a.until)
}

func (s *Shop) failed(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.wrong[name]
	if a == nil || now().After(a.until) {
		if len(s.wrong) > maxUsers {
			clear(s.wrong)
		}
		a = &attempts{}
		s.wrong[name] = a
	}
	a.n++
	a.until = now().Add(wrongTime)
}
