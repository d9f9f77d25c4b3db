package authentication_test

import (
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	_ "modernc.org/sqlite"
)

// house is a target that people sign in at, with accounts in a real database; faults are switched on by name.
type house struct {
	*http.ServeMux
	faults []string
	db     *sql.DB
	key    []byte

	mu       sync.Mutex
	sessions map[string]string
	wrong    map[string]int
}

func (h *house) has(fault string) bool { return slices.Contains(h.faults, fault) }

func newHouse(t *testing.T, faults ...string) *house {
	t.Helper()
	h := &house{ServeMux: http.NewServeMux(), faults: faults, key: []byte(rand.Text() + rand.Text()), sessions: map[string]string{}, wrong: map[string]int{}}
	if h.has("weak-secret") {
		h.key = []byte("keyboard cat")
	}
	var err error
	if h.db, err = sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "house.db")); err != nil {
		t.Fatal(err)
	}
	h.db.SetMaxOpenConns(1)
	t.Cleanup(func() { h.db.Close() })
	if _, err := h.db.ExecContext(t.Context(), `CREATE TABLE users (name TEXT PRIMARY KEY, password TEXT); INSERT INTO users VALUES ('ada', 'Violet-Teapot-41'), ('ben', 'Copper-Ladder-87')`); err != nil {
		t.Fatal(err)
	}
	if h.has("admin") {
		h.add("admin", "password")
	}
	h.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		page(w, http.StatusOK, `<a href="/login">Sign in</a> <a href="/register">Register</a> <a href="/reset">Forgot</a> <a href="/me">Me</a>`)
	})
	h.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) { page(w, http.StatusOK, h.loginForm("")) })
	h.HandleFunc("POST /login", h.login)
	h.HandleFunc("GET /register", func(w http.ResponseWriter, _ *http.Request) { page(w, http.StatusOK, registerForm) })
	h.HandleFunc("POST /register", h.register)
	h.HandleFunc("GET /reset", func(w http.ResponseWriter, _ *http.Request) {
		page(w, http.StatusOK, `<form method="post" action="/reset"><input name="email" type="text"><button>Reset password</button></form>`)
	})
	h.HandleFunc("POST /reset", func(w http.ResponseWriter, r *http.Request) {
		if h.has("reset-tells") && !h.there(r.FormValue("email")) {
			page(w, http.StatusOK, "<p>We know nobody of that name.")
			return
		}
		page(w, http.StatusOK, "<p>If there is an account, a mail is on its way to "+html.EscapeString(r.FormValue("email")))
	})
	h.HandleFunc("GET /me", func(w http.ResponseWriter, r *http.Request) {
		name := h.who(r)
		if name == "" {
			http.Redirect(w, r, "/login", http.StatusSeeOther)
			return
		}
		form := `<form method="post" action="/logout"><button>Sign out</button></form>`
		if h.has("by-script") {
			form = "<button>Sign out</button>"
		}
		page(w, http.StatusOK, "<h1>Hello "+name+"</h1><p>Your orders, addresses and letters are here.</p>"+form)
	})
	h.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, r *http.Request) {
		if !h.has("by-script") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"openapi":"3.0.3","info":{"title":"House","version":"1"},"paths":{"/logout":{"post":{
			"parameters":[{"name":"X-Requested-With","in":"header","required":true,"schema":{"type":"string","enum":["house"]}}],"responses":{"204":{"description":"out"}}}}}}`)
	})
	h.HandleFunc("POST /logout", func(w http.ResponseWriter, r *http.Request) {
		if h.has("by-script") && r.Header.Get("X-Requested-With") != "house" {
			page(w, http.StatusForbidden, "<p>Not from here.")
			return
		}
		if c, err := r.Cookie("sid"); err == nil && !h.has("stays-in") {
			h.mu.Lock()
			delete(h.sessions, c.Value)
			h.mu.Unlock()
		}
		http.SetCookie(w, &http.Cookie{Name: "sid", Path: "/", MaxAge: -1})
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	return h
}

const registerForm = `<form method="post" action="/register"><input name="name"><input type="password" name="password" autocomplete="new-password"><input type="checkbox" name="agree" value="yes" required><button>Register</button></form>`

func (h *house) loginForm(word string) string {
	hint := ` autocomplete="current-password"`
	if h.has("no-hint") {
		hint = ""
	}
	return "<p>" + word + `</p><form method="post" action="/login"><input type="hidden" name="csrf_token" value="` + rand.Text() + `"><input name="name"><input type="password" name="password"` + hint + `><button>Sign in</button></form>`
}

func page(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprint(w, "<!doctype html><html lang=en><title>House</title>", body)
}

func (h *house) there(name string) bool {
	var n int
	name = strings.TrimSuffix(name, "@example.org")
	_ = h.db.QueryRow("SELECT COUNT(*) FROM users WHERE name = ?", name).Scan(&n)
	return n > 0
}

func (h *house) add(name, password string) {
	_, _ = h.db.Exec("INSERT INTO users VALUES (?, ?)", name, password)
}

func (h *house) login(w http.ResponseWriter, r *http.Request) {
	name, password := r.FormValue("name"), r.FormValue("password")
	h.mu.Lock()
	h.wrong[name]++
	tries := h.wrong[name]
	h.mu.Unlock()
	if tries > 12 && !h.has("no-limit") {
		w.Header().Set("Retry-After", "60")
		page(w, http.StatusTooManyRequests, h.loginForm("Too often."))
		return
	}
	query, values := "SELECT name FROM users WHERE name = ? AND password = ?", []any{name, password}
	if h.has("bypass") {
		query, values = "SELECT name FROM users WHERE name = '"+name+"' AND password = '"+password+"'", nil
	}
	var found string
	err := h.db.QueryRowContext(r.Context(), query, values...).Scan(&found)
	if h.has("everybody-in") {
		found, err = "ada", nil
	}
	if err != nil {
		word := "Name or password are wrong."
		if h.has("login-tells") && !h.there(name) {
			word = "There is no such account."
		}
		page(w, http.StatusOK, h.loginForm(word))
		return
	}
	h.mu.Lock()
	h.wrong[name] = 0
	h.mu.Unlock()
	value := rand.Text()
	if h.has("jwt") {
		claims := jwt.MapClaims{"sub": found, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix()}
		if h.has("no-expiry") {
			delete(claims, "exp")
		}
		value, _ = jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(h.key)
	} else {
		h.mu.Lock()
		h.sessions[value] = found
		h.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: "sid", Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/me", http.StatusSeeOther)
}

// who is the name of the session; "" for nobody.
func (h *house) who(r *http.Request) string {
	c, err := r.Cookie("sid")
	if err != nil {
		return ""
	}
	if !h.has("jwt") {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.sessions[c.Value]
	}
	methods := []string{"HS256"}
	if h.has("none") {
		methods = append(methods, "none")
	}
	token, err := jwt.Parse(c.Value, func(t *jwt.Token) (any, error) {
		if t.Method == jwt.SigningMethodNone {
			return jwt.UnsafeAllowNoneSignatureType, nil
		}
		return h.key, nil
	}, jwt.WithValidMethods(methods))
	if err != nil {
		return ""
	}
	name, _ := token.Claims.GetSubject()
	return name
}

func (h *house) register(w http.ResponseWriter, r *http.Request) {
	name, password := r.FormValue("name"), r.FormValue("password")
	switch {
	case h.has("register-tells") && h.there(name):
		page(w, http.StatusConflict, "<p>That name is taken.</p>"+registerForm)
	case len(password) < 12 && !h.has("weak"), len(password) < 6, name == "", r.FormValue("agree") != "yes":
		page(w, http.StatusUnprocessableEntity, "<p>A password has 12 characters.</p>"+registerForm)
	case h.there(name):
		page(w, http.StatusUnprocessableEntity, "<p>This did not work.</p>"+registerForm)
	default:
		h.add(name, password)
		http.Redirect(w, r, "/login", http.StatusSeeOther)
	}
}

// api is a target whose page signs in by JSON and carries a token.
func api(faults ...string) http.Handler {
	mux := http.NewServeMux()
	has := func(f string) bool { return slices.Contains(faults, f) }
	answer := func(w http.ResponseWriter, status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { page(w, http.StatusOK, "An application") })
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"openapi":"3.0.3","info":{"title":"a","version":"1"},"paths":{
			"/api/login":{"post":{"requestBody":{"content":{"application/json":{"schema":{"type":"object","required":["email","password"],"properties":{"email":{"type":"string","format":"email"},"password":{"type":"string"}}}}}},"responses":{"200":{"description":"ok"}}}}}}`)
	})
	mux.HandleFunc("POST /api/login", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Email, Password string }
		if json.NewDecoder(r.Body).Decode(&in) != nil {
			answer(w, http.StatusBadRequest, map[string]string{"error": "no object"})
			return
		}
		if has("admin") && in.Email == "admin@example.org" && in.Password == "admin" {
			answer(w, http.StatusOK, map[string]any{"authentication": map[string]string{"token": strings.Repeat("t0ken", 6)}})
			return
		}
		answer(w, http.StatusUnauthorized, map[string]string{"error": "Name or password are wrong."})
	})
	return mux
}
