package shop

import (
	"cmp"
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// note is what a customer wants to remember.
type note struct {
	ID      string `json:"id"`
	Owner   string `json:"-"`
	Title   string `json:"title"`
	Text    string `json:"text"`
	Day     string `json:"day,omitempty"` // when it is due
	Version int    `json:"version"`
	made    int    // their order
}

const (
	maxTitle = 80
	maxText  = 4000
	maxNotes = 2000
)

func (s *Shop) notebook() {
	s.mux.HandleFunc("GET /account/notes", s.members(func(w http.ResponseWriter, r *http.Request, u *user) {
		s.draw(w, r, http.StatusOK, "notes.html", view{Title: "Your notes", Data: s.notesOf(u.Name)})
	}))
	s.mux.HandleFunc("GET /account/notes.csv", s.members(s.exportNotes))
	s.mux.HandleFunc("GET /account/notes/new", s.members(func(w http.ResponseWriter, r *http.Request, _ *user) {
		s.draw(w, r, http.StatusOK, "note-form.html", view{Title: "A new note", Data: map[string]any{"Action": "/account/notes/new", "Form": form{}}})
	}))
	s.mux.HandleFunc("POST /account/notes/new", s.members(func(w http.ResponseWriter, r *http.Request, u *user) {
		f := s.readNote(w, r)
		if f.bad() {
			s.draw(w, r, f.status(), "note-form.html", view{Title: "A new note", Data: map[string]any{"Action": "/account/notes/new", "Form": f}})
			return
		}
		n, ok := s.addNote(u.Name, f.Values["title"], f.Values["text"], f.Values["day"])
		if !ok {
			s.refuse(w, r, http.StatusConflict, "Too many notes", "Please delete some notes first.")
			return
		}
		http.Redirect(w, r, "/account/notes/"+n.ID, http.StatusSeeOther)
	}))
	s.mux.HandleFunc("GET /account/notes/{id}", s.myNote(func(w http.ResponseWriter, r *http.Request, n note) {
		s.draw(w, r, http.StatusOK, "note.html", view{Title: n.Title, Data: n})
	}))
	s.mux.HandleFunc("GET /account/notes/{id}/edit", s.myNote(func(w http.ResponseWriter, r *http.Request, n note) {
		s.draw(w, r, http.StatusOK, "note-form.html", view{Title: "Change a note", Data: map[string]any{"Action": "/account/notes/" + n.ID + "/edit", "Form": form{
			Values: map[string]string{"title": n.Title, "text": n.Text, "day": n.Day, "version": strconv.Itoa(n.Version)},
		}}})
	}))
	s.mux.HandleFunc("POST /account/notes/{id}/edit", s.myNote(s.changeNote))
	s.mux.HandleFunc("POST /account/notes/{id}/delete", s.myNote(func(w http.ResponseWriter, r *http.Request, n note) {
		if f := s.read(w, r); f.bad() {
			s.refuse(w, r, f.status(), "Not deleted", f.Faults[""])
			return
		}
		s.dropNote(n)
		http.Redirect(w, r, "/account/notes", http.StatusSeeOther)
	}))
}

func (s *Shop) changeNote(w http.ResponseWriter, r *http.Request, n note) {
	f := s.readNote(w, r)
	if f.Values["version"] != strconv.Itoa(n.Version) {
		f.fault("", "The note was changed meanwhile. Please look at it again before you save.")
	}
	if !f.bad() && !s.setNote(n, f.Values["title"], f.Values["text"], f.Values["day"]) {
		f.fault("", "The note was changed meanwhile. Please look at it again before you save.")
	}
	if f.bad() {
		s.draw(w, r, f.status(), "note-form.html", view{Title: "Change a note", Data: map[string]any{"Action": "/account/notes/" + n.ID + "/edit", "Form": f}})
		return
	}
	http.Redirect(w, r, "/account/notes/"+n.ID, http.StatusSeeOther)
}

// readNote reads the form of a note.
func (s *Shop) readNote(w http.ResponseWriter, r *http.Request) form {
	f := s.read(w, r, "title", "text", "day", "version")
	for field, words := range faultsOf(f.Values["title"], f.Values["text"], f.Values["day"]) {
		f.fault(field, words)
	}
	return f
}

// faultsOf says what is wrong with a note, by field.
func faultsOf(title, text, due string) map[string]string {
	faults := map[string]string{}
	if n := utf8.RuneCountInString(title); strings.TrimSpace(title) == "" || n > maxTitle {
		faults["title"] = "A title has 1 to 80 characters."
	}
	if utf8.RuneCountInString(text) > maxText {
		faults["text"] = "A note has at most 4,000 characters."
	}
	if due != "" {
		if _, err := time.Parse(day, due); err != nil {
			faults["day"] = "A day is written such as 2030-01-15."
		}
	}
	return faults
}

// myNote finds a note of the one who asks; others' notes are not there.
func (s *Shop) myNote(next func(http.ResponseWriter, *http.Request, note)) http.HandlerFunc {
	return s.members(func(w http.ResponseWriter, r *http.Request, u *user) {
		n, ok := s.noteOf(u.Name, r.PathValue("id"))
		if !ok {
			s.missing(w, r)
			return
		}
		next(w, r, n)
	})
}

func (s *Shop) noteOf(owner, id string) (note, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.notes[id]
	if n == nil || n.Owner != owner {
		return note{}, false
	}
	return *n, true
}

func (s *Shop) notesOf(owner string) []note {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []note{}
	for _, n := range s.notes {
		if n.Owner == owner {
			list = append(list, *n)
		}
	}
	slices.SortFunc(list, func(a, b note) int { return cmp.Compare(a.made, b.made) })
	return list
}

// addNote makes a note. The same note twice within a moment is one: a form sent twice.
func (s *Shop) addNote(owner, title, text, due string) (note, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.notes) >= maxNotes {
		return note{}, false
	}
	made := 0
	for _, n := range s.notes {
		if n.Owner == owner && n.Title == title && n.Text == text && n.Day == due {
			return *n, true
		}
		made = max(made, n.made)
	}
	n := &note{ID: secret(), Owner: owner, Title: title, Text: text, Day: due, Version: 1, made: made + 1}
	s.notes[n.ID] = n
	s.record(owner, "wrote the note "+title)
	return *n, true
}

// setNote changes a note, unless it is another one by now.
func (s *Shop) setNote(was note, title, text, due string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.notes[was.ID]
	if n == nil || n.Version != was.Version {
		return false
	}
	if n.Title != title || n.Text != text || n.Day != due {
		n.Title, n.Text, n.Day = title, text, due
		n.Version++
	}
	s.record(n.Owner, "changed the note "+title)
	return true
}

func (s *Shop) dropNote(n note) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.notes, n.ID)
	s.record(n.Owner, "deleted the note "+n.Title)
}

// exportNotes writes notes as a table. A cell that a spreadsheet would calculate begins with an apostrophe.
func (s *Shop) exportNotes(w http.ResponseWriter, _ *http.Request, u *user) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="notes.csv"`)
	w.Header().Set("Cache-Control", "no-store")
	table := csv.NewWriter(w)
	defer table.Flush()
	_ = table.Write([]string{"title", "text", "day"}) //nolint:errcheck // Flush says it
	for _, n := range s.notesOf(u.Name) {
		_ = table.Write([]string{s.cell(n.Title), s.cell(n.Text), s.cell(n.Day)}) //nolint:errcheck // Flush says it
	}
}

func (s *Shop) cell(text string) string {
	if text != "" && !s.has("csv-formula") && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
