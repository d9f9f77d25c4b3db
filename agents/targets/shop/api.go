package shop

import (
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

//go:embed openapi.json
var description []byte

// apiLimit is how many requests an address may send in a moment.
const (
	apiLimit  = 30
	apiMoment = 2 * time.Second
)

func (s *Shop) api() {
	gate := &gate{from: map[string]*turn{}}
	add := func(pattern string, handler http.HandlerFunc) {
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			left, ok := gate.pass(r.RemoteAddr[:strings.LastIndexByte(r.RemoteAddr, ':')])
			w.Header().Set("RateLimit", fmt.Sprintf(`"default";r=%d;t=%d`, left, int(apiMoment.Seconds())))
			if s.has("api-without-limit") {
				w.Header().Del("RateLimit")
				ok = true
			}
			if !ok {
				w.Header().Set("Retry-After", strconv.Itoa(int(apiMoment.Seconds())))
				problem(w, http.StatusTooManyRequests, "Too many requests: wait two seconds.")
				return
			}
			handler(w, r)
		})
	}
	s.mux.HandleFunc("GET /api/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(s.describe(description)) //nolint:errcheck // whoever asked is gone
	})
	add("GET /api/v1/products", func(w http.ResponseWriter, r *http.Request) {
		limit, from, ok := pageOf(w, r)
		if !ok {
			return
		}
		from = min(from, len(products))
		if s.has("list-as-text") {
			data, _ := json.Marshal(map[string]any{"items": products[from:min(from+limit, len(products))], "total": len(products)}) //nolint:errcheck // it can be written
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = w.Write(data) //nolint:errcheck // whoever asked is gone
			return
		}
		answer(w, http.StatusOK, map[string]any{"items": products[from:min(from+limit, len(products))], "total": len(products)})
	})
	add("GET /api/v1/products/{id}", func(w http.ResponseWriter, r *http.Request) {
		if p := productOf(r.PathValue("id")); p != nil && s.has("price-as-text") {
			answer(w, http.StatusOK, map[string]any{"id": p.ID, "name": p.Name, "text": p.Text, "cents": strconv.Itoa(p.Cents)})
			return
		} else if p != nil {
			answer(w, http.StatusOK, p)
			return
		}
		problem(w, http.StatusNotFound, "There is no product of that number.")
	})
	add("GET /api/v1/me", s.apiMember(func(w http.ResponseWriter, _ *http.Request, u *user) {
		me := map[string]any{"name": u.Name, "role": u.Role}
		if s.has("account-with-hash") {
			me["password_hash"] = hex.EncodeToString(u.key)
		}
		answer(w, http.StatusOK, me)
	}))
	add("GET /api/v1/notes", s.apiMember(func(w http.ResponseWriter, r *http.Request, u *user) {
		limit, from, ok := pageOf(w, r)
		if !ok {
			return
		}
		list := s.notesOf(u.Name)
		from = min(from, len(list))
		answer(w, http.StatusOK, map[string]any{"items": list[from:min(from+limit, len(list))], "total": len(list)})
	}))
	add("POST /api/v1/notes", s.apiMember(func(w http.ResponseWriter, r *http.Request, u *user) {
		in, ok := s.readJSON(w, r)
		if !ok {
			return
		}
		n, ok := s.addNote(u.Name, in.Title, in.Text, in.Day)
		if !ok {
			problem(w, http.StatusConflict, "There are too many notes: delete some first.")
			return
		}
		w.Header().Set("Location", "/api/v1/notes/"+n.ID)
		w.Header().Set("ETag", tag(n))
		answer(w, http.StatusCreated, n)
	}))
	add("GET /api/v1/notes/{id}", s.apiNote(func(w http.ResponseWriter, _ *http.Request, n note) {
		w.Header().Set("ETag", tag(n))
		if due, err := time.Parse(day, n.Day); err == nil && s.has("day-shifted") {
			n.Day = due.Add(-2 * time.Hour).Format(day)
		}
		answer(w, http.StatusOK, n)
	}))
	add("PUT /api/v1/notes/{id}", s.apiNote(func(w http.ResponseWriter, r *http.Request, n note) {
		in, ok := s.readJSON(w, r)
		if !ok {
			return
		}
		if s.has("note-grows") {
			in.Text = n.Text + in.Text
		}
		match := r.Header.Get("If-Match")
		switch {
		case s.has("last-one-wins") && s.setNote(n, in.Title, in.Text, in.Day):
		case match == "":
			problem(w, http.StatusPreconditionRequired, "Send If-Match with the ETag that you have read, so that nobody's change is lost.")
			return
		case match != tag(n) && match != "*", !s.setNote(n, in.Title, in.Text, in.Day):
			problem(w, http.StatusPreconditionFailed, "The note was changed meanwhile: read it again.")
			return
		}
		n, _ = s.noteOf(n.Owner, n.ID)
		w.Header().Set("ETag", tag(n))
		answer(w, http.StatusOK, n)
	}))
	add("DELETE /api/v1/notes/{id}", s.apiNote(func(w http.ResponseWriter, _ *http.Request, n note) {
		if s.has("notes-never-die") {
			n.Owner += dead // out of the lists, and still there
			s.mu.Lock()
			s.notes[n.ID] = &n
			s.mu.Unlock()
		} else {
			s.dropNote(n)
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	s.agreed(add)
	add("/api/v1/", func(w http.ResponseWriter, r *http.Request) { s.noSuchOperation(w, r) })
}

// noSuchOperation tells a wrong method from an address that is not there.
func (s *Shop) noSuchOperation(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
		try := r.Clone(r.Context())
		try.Method = method
		if _, pattern := s.mux.Handler(try); pattern != "" && pattern != "/api/v1/" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 || s.has("no-405") {
		if s.has("page-in-the-api") && len(allowed) == 0 {
			s.missing(w, r)
			return
		}
		problem(w, http.StatusNotFound, "There is nothing at this address.")
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	problem(w, http.StatusMethodNotAllowed, "This address takes "+strings.Join(allowed, ", ")+".")
}

func tag(n note) string { return `"` + n.ID[:8] + "-" + strconv.Itoa(n.Version) + `"` }

// pageOf reads limit and offset.
func pageOf(w http.ResponseWriter, r *http.Request) (limit, from int, ok bool) {
	limit = 20
	for name, into := range map[string]*int{"limit": &limit, "offset": &from} {
		text := r.URL.Query().Get(name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || name == "limit" && (n < 1 || n > 100) {
			problem(w, http.StatusBadRequest, name+" is a number: limit from 1 to 100, offset from 0.")
			return 0, 0, false
		}
		*into = n
	}
	return limit, from, true
}

// apiMember lets in who is signed in. What changes something wants JSON, which a form of another site cannot send.
func (s *Shop) apiMember(next func(http.ResponseWriter, *http.Request, *user)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		x := s.signedIn(r)
		if x == nil {
			x = s.lenient(r)
		}
		if x == nil {
			w.Header().Set("WWW-Authenticate", `Cookie realm="shop"`)
			problem(w, http.StatusUnauthorized, "Sign in first.")
			return
		}
		next(w, r, x.user)
	}
}

func (s *Shop) apiNote(next func(http.ResponseWriter, *http.Request, note)) http.HandlerFunc {
	return s.apiMember(func(w http.ResponseWriter, r *http.Request, u *user) {
		n, ok := s.noteOf(u.Name, r.PathValue("id"))
		if !ok && s.has("notes-never-die") && r.Method == http.MethodGet {
			n, ok = s.noteOf(u.Name+dead, r.PathValue("id"))
		}
		if !ok {
			n, ok = s.noteOfAnybody(r)
		}
		if !ok {
			problem(w, http.StatusNotFound, "There is no note of that id.")
			return
		}
		next(w, r, n)
	})
}

type noteBody struct {
	Title string `json:"title"`
	Text  string `json:"text"`
	Day   string `json:"day"`
}

// dead is added to the owner of a note that was deleted and not taken away.
const dead = " (deleted)"

// readJSON reads a note, and answers itself when it is none.
func (s *Shop) readJSON(w http.ResponseWriter, r *http.Request) (noteBody, bool) {
	var in noteBody
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); (err != nil || kind != "application/json") && !s.has("json-as-text") {
		problem(w, http.StatusUnsupportedMediaType, "Send application/json.")
		return in, false
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	decoder.DisallowUnknownFields()
	var raw struct {
		Title *string `json:"title"`
		Text  *string `json:"text"`
		Day   *string `json:"day"`
	}
	if err := decoder.Decode(&raw); err != nil || decoder.More() {
		problem(w, http.StatusBadRequest, "The body is no note: an object with title, text and day.")
		return in, false
	}
	if raw.Title == nil {
		problem(w, http.StatusUnprocessableEntity, "A note has a title.")
		return in, false
	}
	for from, into := range map[*string]*string{raw.Title: &in.Title, raw.Text: &in.Text, raw.Day: &in.Day} {
		if from != nil {
			*into = *from
		}
	}
	if s.has("notes-break") && strings.ContainsRune(in.Title, 0) {
		s.sorry(w, fmt.Errorf("a title ends too early"))
		return in, false
	}
	if s.has("notes-lose-signs") {
		in.Text = strings.Map(func(r rune) rune {
			if r > 0xffff {
				return '?'
			}
			return r
		}, in.Text)
	}
	if s.has("refuses-long-titles") && utf8.RuneCountInString(in.Title) == maxTitle {
		problem(w, http.StatusUnprocessableEntity, "This title is too long.")
		return in, false
	}
	if _, err := time.Parse(day, in.Day); err != nil && s.has("takes-any-day") {
		in.Day = ""
	}
	if !utf8.ValidString(in.Title+in.Text) || strings.ContainsRune(in.Title+in.Text, 0) || raw.Day != nil && in.Day == "" && !s.has("takes-any-day") {
		problem(w, http.StatusUnprocessableEntity, "The note has characters that are none, or an empty day.")
		return in, false
	}
	for _, words := range faultsOf(in.Title, in.Text, in.Day) {
		problem(w, http.StatusUnprocessableEntity, words)
		return in, false
	}
	return in, true
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) //nolint:errcheck // whoever asked is gone
}

// problem answers as RFC 9457 wants it.
func problem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{ //nolint:errcheck // whoever asked is gone
		"title": http.StatusText(status), "status": status, "detail": detail, "instance": w.Header().Get("X-Request-Id"),
	})
}

// gate counts requests by address.
type gate struct {
	mu   sync.Mutex
	from map[string]*turn
}

type turn struct {
	n     int
	until time.Time
}

func (g *gate) pass(address string) (left int, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.from[address]
	if t == nil || now().After(t.until) {
		t = &turn{until: now().Add(apiMoment)}
		if len(g.from) > 1000 {
			clear(g.from)
		}
		g.from[address] = t
	}
	t.n++
	return max(0, apiLimit-t.n), t.n <= apiLimit
}

// describe is the description of the API, with what faults change in it.
func (s *Shop) describe(data []byte) []byte {
	text := string(data)
	if s.has("description-without-version") {
		text = strings.Replace(text, `"version": "1.0.0", `, "", 1)
	}
	if s.has("undescribed-status") {
		const product = `"schema": { "$ref": "#/components/schemas/Product" } } } }, "404": { "$ref": "#/components/responses/Problem" }`
		text = strings.Replace(text, product, strings.TrimSuffix(product, `, "404": { "$ref": "#/components/responses/Problem" }`), 1)
	}
	return []byte(text)
}
