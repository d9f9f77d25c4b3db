package authorization_test

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// office is a target with three accounts, an API of orders that belong to who made them, and pages for some; faults are
// switched on by name.
type office struct {
	*http.ServeMux
	faults []string
	taken  atomic.Bool // what takes all away was asked for

	mu       sync.Mutex
	users    map[string]*person
	sessions map[string]string
	orders   map[string]*order
}

type person struct{ password, role string }

type order struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	owner string
}

func (o *office) has(fault string) bool { return slices.Contains(o.faults, fault) }

const description = `{"openapi":"3.0.3","info":{"title":"office","version":"1"},"components":{"securitySchemes":{"sid":{"type":"apiKey","in":"cookie","name":"sid"}}},
"paths":{"/api/orders":{
"get":{"parameters":[{"name":"page","in":"query","schema":{"type":"integer","minimum":1}}],"security":[{"sid":[]}],"responses":{"200":{"description":"ok"}}},
"post":{"security":[{"sid":[]}],"requestBody":{"content":{"application/json":{"schema":{"type":"object","required":["title"],"properties":{"title":{"type":"string","maxLength":100}}}}}},"responses":{"201":{"description":"ok"}}}},
"/api/orders/{id}":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],
"get":{"security":[{"sid":[]}],"responses":{"200":{"description":"ok"}}},
"put":{"security":[{"sid":[]}],"requestBody":{"content":{"application/json":{"schema":{"type":"object","required":["title"],"properties":{"title":{"type":"string","maxLength":100}}}}}},"responses":{"200":{"description":"ok"}}},
"delete":{"security":[{"sid":[]}],"responses":{"204":{"description":"gone"}}}},
"/api/people":{"get":{"summary":"All accounts (administrators)","security":[{"sid":[]}],"responses":{"200":{"description":"ok"}}}},
"/api/me":{"get":{"security":[{"sid":[]}],"responses":{"200":{"description":"ok"}}},
"patch":{"security":[{"sid":[]}],"requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{"motto":{"type":"string"}}}}}},"responses":{"200":{"description":"ok"}}}}}}`

func newOffice(faults ...string) *office {
	o := &office{ServeMux: http.NewServeMux(), faults: faults, sessions: map[string]string{}, orders: map[string]*order{
		"a1b2c3d4e5f6": {"a1b2c3d4e5f6", "Two desks for the long room", "ada"}, "b7c8d9e0f1a2": {"b7c8d9e0f1a2", "Lamp with green shade", "ben"},
	}, users: map[string]*person{
		"ada": {"Violet-Teapot-41", "customer"}, "ben": {"Copper-Ladder-87", "customer"}, "cleo": {"Marble-Engine-23", "admin"},
	}}
	o.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		page(w, http.StatusOK, `<a href="/login">Sign in</a> <a href="/register">Register</a> <a href="/home">Home</a> <a href="/admin">Admin</a> <a href="/help">Help</a>`)
	})
	o.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, description)
	})
	o.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) { page(w, http.StatusOK, loginForm) })
	o.HandleFunc("POST /login", o.login)
	o.HandleFunc("GET /register", func(w http.ResponseWriter, _ *http.Request) { page(w, http.StatusOK, registerForm) })
	o.HandleFunc("POST /register", o.register)
	o.pages()
	o.api()
	return o
}

const (
	loginForm    = `<form method="post" action="/login"><input name="name"><input type="password" name="password"><button>Sign in</button></form>`
	registerForm = `<form method="post" action="/register"><input name="name"><input type="password" name="password"><button>Register</button></form>`
)

func page(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprint(w, "<!doctype html><html lang=en><title>Office</title>", body)
}

func (o *office) who(r *http.Request) (string, *person) {
	o.mu.Lock()
	defer o.mu.Unlock()
	c, err := r.Cookie("sid")
	if err != nil {
		return "", nil
	}
	name := o.sessions[c.Value]
	if name == "" && o.has("ignored") {
		name = "ada"
	}
	return name, o.users[name]
}

func (o *office) login(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	u := o.users[r.FormValue("name")]
	if u == nil || u.password != r.FormValue("password") {
		page(w, http.StatusUnauthorized, loginForm)
		return
	}
	value := rand.Text()
	o.sessions[value] = r.FormValue("name")
	http.SetCookie(w, &http.Cookie{Name: "sid", Value: value, Path: "/"})
	http.Redirect(w, r, "/home", http.StatusSeeOther)
}

func (o *office) register(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	name, role := r.FormValue("name"), "customer"
	if o.users[name] != nil || name == "" {
		page(w, http.StatusConflict, registerForm)
		return
	}
	if o.has("mass") && r.FormValue("role") != "" {
		role = r.FormValue("role")
	}
	o.users[name] = &person{r.FormValue("password"), role}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

func (o *office) pages() {
	o.HandleFunc("/home", func(w http.ResponseWriter, r *http.Request) {
		name, u := o.who(r)
		if u == nil {
			http.Redirect(w, r, "/login", http.StatusSeeOther)
			return
		}
		page(w, http.StatusOK, "<main><h1>Hello "+html.EscapeString(name)+`</h1><a href="/invoices/41">41</a> <a href="/invoices/42">42</a> <a href="/club">Club</a></main>`)
	})
	o.HandleFunc("/invoices/{id}", func(w http.ResponseWriter, r *http.Request) {
		name, u := o.who(r)
		if u == nil && !o.has("open") {
			page(w, http.StatusForbidden, "<p>Sign in first.</p>")
			return
		}
		page(w, http.StatusOK, "<main><h1>Invoice "+html.EscapeString(r.PathValue("id"))+"</h1><p>Two desks and a lamp, to be paid by Friday. "+html.EscapeString(name)+"</p></main>")
	})
	o.HandleFunc("/club", func(w http.ResponseWriter, _ *http.Request) { // for everybody, though only accounts are told of it
		page(w, http.StatusOK, "<main><h1>The club</h1><p>Everybody may join the club, as ada and ben have done.</p></main>")
	})
	o.HandleFunc("/help", func(w http.ResponseWriter, _ *http.Request) { page(w, http.StatusOK, "<main>Help</main>") })
	o.HandleFunc("/admin", func(w http.ResponseWriter, r *http.Request) {
		_, u := o.who(r)
		method := r.Method
		if over := r.Header.Get("X-HTTP-Method-Override"); over != "" && o.has("override") {
			method = "TRUSTED"
		}
		if (u == nil || u.role != "admin" && !o.has("bfla")) && method != "TRUSTED" {
			page(w, http.StatusForbidden, "<p>Not for you.</p>")
			return
		}
		page(w, http.StatusOK, "<main><h1>Accounts</h1><table><tr><td>ada<td>customer<tr><td>ben<td>customer<tr><td>cleo<td>keeper of all keys</table><a href=\"/admin/accounts.csv\" download>All as CSV</a> <a href=\"/admin/delete/all.csv\" download>Take all away</a></main>")
	})
	o.HandleFunc("/admin/accounts.csv", func(w http.ResponseWriter, r *http.Request) {
		if _, u := o.who(r); u == nil || u.role != "admin" && !o.has("csv") {
			page(w, http.StatusForbidden, "<p>Not for you.</p>")
			return
		}
		w.Header().Set("Content-Type", "text/csv")
		fmt.Fprint(w, "name,role,telephone\nada,customer,+15550101\nben,customer,+15550102\n")
	})
	o.HandleFunc("/admin/delete/", func(w http.ResponseWriter, _ *http.Request) {
		o.taken.Store(true)
		page(w, http.StatusOK, "<main>All are gone.</main>")
	})
}

func (o *office) api() {
	answer := func(w http.ResponseWriter, status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	member := func(next func(w http.ResponseWriter, r *http.Request, name string)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			name, u := o.who(r)
			if u == nil && !(o.has("no-auth") && r.Method == http.MethodGet) {
				answer(w, http.StatusUnauthorized, map[string]string{"error": "sign in first"})
				return
			}
			o.mu.Lock()
			defer o.mu.Unlock()
			next(w, r, name)
		}
	}
	mine := func(w http.ResponseWriter, r *http.Request, name, fault string) *order {
		x := o.orders[r.PathValue("id")]
		if x == nil || x.owner != name && !o.has(fault) && !o.has("board") {
			answer(w, http.StatusNotFound, map[string]string{"error": "there is none"})
			return nil
		}
		return x
	}
	read := func(w http.ResponseWriter, r *http.Request) (title string, ok bool) {
		var in struct{ Title string }
		if json.NewDecoder(r.Body).Decode(&in) != nil || strings.TrimSpace(in.Title) == "" {
			answer(w, http.StatusUnprocessableEntity, map[string]string{"error": "no title"})
			return "", false
		}
		return in.Title, true
	}
	o.HandleFunc("GET /api/me", member(func(w http.ResponseWriter, _ *http.Request, name string) {
		role := ""
		if u := o.users[name]; u != nil {
			role = u.role
		}
		if o.has("profession") && role == "customer" {
			role = "Designer"
		}
		answer(w, http.StatusOK, map[string]string{"name": name, "role": role})
	}))
	o.HandleFunc("PATCH /api/me", member(func(w http.ResponseWriter, r *http.Request, name string) {
		var in map[string]string
		if json.NewDecoder(r.Body).Decode(&in) != nil {
			answer(w, http.StatusUnprocessableEntity, map[string]string{"error": "no object"})
			return
		}
		if role := in["role"]; role != "" && (o.has("own-role") || o.has("profession")) {
			o.users[name].role = role
		} else if role != "" && !o.has("deaf") {
			answer(w, http.StatusUnprocessableEntity, map[string]string{"role": "cannot be changed here"})
			return
		}
		answer(w, http.StatusOK, map[string]string{"name": name})
	}))
	o.HandleFunc("GET /api/people", member(func(w http.ResponseWriter, _ *http.Request, name string) {
		if u := o.users[name]; u == nil || u.role != "admin" && !o.has("people") {
			answer(w, http.StatusForbidden, map[string]string{"error": "not for you"})
			return
		}
		answer(w, http.StatusOK, []map[string]string{{"name": "ada", "telephone": "+15550101"}, {"name": "ben", "telephone": "+15550102"}})
	}))
	o.HandleFunc("GET /api/orders", member(func(w http.ResponseWriter, r *http.Request, name string) {
		list := []*order{}
		for _, x := range o.orders {
			if x.owner == name || o.has("board") { // a board is for all to read
				list = append(list, x)
			}
		}
		slices.SortFunc(list, func(a, b *order) int { return strings.Compare(a.ID, b.ID) })
		if n, err := strconv.Atoi(cmp.Or(r.FormValue("page"), "1")); o.has("paged") && err == nil { // the first alone, and so on
			list = list[min(max(n-1, 0), len(list)):min(max(n, 0), len(list))]
		}
		answer(w, http.StatusOK, list)
	}))
	o.HandleFunc("POST /api/orders", member(func(w http.ResponseWriter, r *http.Request, name string) {
		if o.has("closed") {
			answer(w, http.StatusForbidden, map[string]string{"error": "we take no more orders"})
			return
		}
		if title, ok := read(w, r); ok {
			x := &order{ID: rand.Text(), Title: title, owner: name}
			o.orders[x.ID] = x
			answer(w, http.StatusCreated, x)
		}
	}))
	o.HandleFunc("GET /api/orders/{id}", member(func(w http.ResponseWriter, r *http.Request, name string) {
		if x := mine(w, r, name, "bola-read"); x != nil {
			answer(w, http.StatusOK, x)
		}
	}))
	o.HandleFunc("PUT /api/orders/{id}", member(func(w http.ResponseWriter, r *http.Request, name string) {
		if x := mine(w, r, name, "bola-write"); x != nil {
			if title, ok := read(w, r); ok {
				x.Title = title
				answer(w, http.StatusOK, x)
			}
		}
	}))
	o.HandleFunc("DELETE /api/orders/{id}", member(func(w http.ResponseWriter, r *http.Request, name string) {
		if x := mine(w, r, name, "bola-delete"); x != nil && x.owner == name || x != nil && o.has("bola-delete") {
			delete(o.orders, x.ID)
			w.WriteHeader(http.StatusNoContent)
		} else if x != nil {
			answer(w, http.StatusForbidden, map[string]string{"error": "not yours"})
		}
	}))
}
