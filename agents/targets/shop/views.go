package shop

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"
)

//go:embed templates/*.html
var templates embed.FS

// htmlOf marks HTML that the shop itself wrote.
func htmlOf(text string) template.HTML { return template.HTML(text) } //nolint:gosec // for texts of the shop itself, and for its faults

func (s *Shop) parseViews() {
	s.views = template.Must(template.New("").Funcs(template.FuncMap{
		"static": s.staticPath,
		"price": func(cents int) string {
			return "€" + strconv.Itoa(cents/100) + "." + strconv.Itoa(cents%100/10) + strconv.Itoa(cents%10)
		},
	}).ParseFS(templates, "templates/*.html"))
}

// view is what a page is drawn from. Either Name is one of the templates, or Body is the page's own HTML.
type view struct {
	Title string
	Body  template.HTML
	Head  template.HTML // goes to the end of the head
	Data  any
	Once  bool // the ticker does not come back
	// The rest is filled in by draw.
	User  *user
	Token string // against forged requests
	Main  template.HTML
	Path  string
}

// draw answers with a page of the shop: a template by its name, or v.Body in the frame that all pages have.
func (s *Shop) draw(w http.ResponseWriter, r *http.Request, status int, name string, v view) {
	if in := s.signedIn(r); in != nil {
		v.User, v.Token = in.user, in.token
		w.Header().Set("Cache-Control", "no-store")
		if s.has("kept-by-caches") && r.URL.Path == "/account" {
			w.Header().Set("Cache-Control", "max-age=600")
		}
	} else {
		v.Token = s.visitor(w, r)
		w.Header().Set("Cache-Control", "no-store")
	}
	v.Path = r.URL.Path
	v.Main = v.Body
	if name != "" {
		var main bytes.Buffer
		if err := s.views.ExecuteTemplate(&main, name, v); err != nil {
			s.sorry(w, err)
			return
		}
		v.Main = template.HTML(main.String()) //nolint:gosec // drawn by html/template just now
	}
	var page bytes.Buffer
	if err := s.views.ExecuteTemplate(&page, "frame.html", v); err != nil {
		s.sorry(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) //nolint:errcheck // whoever asked is gone
}

// sorry is a mistake of the shop itself.
func (s *Shop) sorry(w http.ResponseWriter, err error) {
	http.Error(w, "the shop is broken: "+err.Error(), http.StatusInternalServerError)
}

// missing is the page of what is not there.
func (s *Shop) missing(w http.ResponseWriter, r *http.Request) {
	status := http.StatusNotFound
	switch {
	case s.has("found-everywhere") && strings.Count(r.URL.Path, "/") == 1:
		status = http.StatusOK
	case s.has("lost-in-nothing") && !strings.HasPrefix(r.URL.Path, "/api/"):
		http.Error(w, "There is nothing here.", http.StatusNotFound)
		return
	}
	s.draw(w, r, status, "missing.html", view{Title: "Page not found"})
}

// refuse is the page of what is not allowed.
func (s *Shop) refuse(w http.ResponseWriter, r *http.Request, status int, title, text string) {
	s.draw(w, r, status, "refused.html", view{Title: title, Data: text})
}
