package shop

import (
	"html/template"
	"net/http"
	"time"
)

// usable are the pages on which it can be made hard to see, to reach and to use things: one or two for whoever looks at
// rules of accessibility, at the keyboard, at the screen and at phones.
func (s *Shop) usable() {
	for _, p := range []struct {
		path, words, template string
		faults                []string
	}{
		{"/gallery", "Pictures of the workshop", "gallery.html", []string{"picture-without-text", "pale-text", "pale-in-the-dark", "nameless-menu", "hidden-picture", "deep-heading", "text-on-a-ramp"}},
		{"/planner", "Plan your room", "planner.html", []string{"outline-taken-away", "clickable-box", "mouse-button", "dialog-of-its-own", "silent-toast", "nameless-button"}},
		{"/seating", "Seats by size", "seating.html", []string{"focus-goes-round", "wide-on-phones"}},
		{"/workbench", "At the workbench", "workbench.html", []string{"tiny-buttons", "buttons-on-each-other", "text-cut-off", "veil", "click-here", "slow-in-silence", "deletes-at-once"}},
		{"/samples", "Samples of cloth", "samples.html", []string{"page-too-wide", "many-sizes"}},
		{"/pocket", "The shop in your pocket", "pocket.html", []string{"size-of-the-window", "fixed-height", "tiny-on-phones", "upright-only", "wrong-keyboard", "only-with-a-mouse", "small-print", "high-bar"}},
	} {
		s.page("GET "+p.path, p.words, func(w http.ResponseWriter, r *http.Request) {
			s.draw(w, r, http.StatusOK, p.template, view{Title: p.words, Head: s.usableHead(), Data: s.which(p.faults)})
		})
	}
	for _, p := range []struct {
		path, words, template string
		faults                []string
	}{
		{"/leaflet", "Leaflet", "leaflet.html", []string{"no-language", "no-title", "no-enlarging", "no-heading", "bare-head"}},
		{"/atlas", "Where our wood grows", "atlas.html", []string{"no-way-past", "backwards-row", "pushes-in", "behind-the-bar"}},
	} {
		s.page("GET "+p.path, p.words, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			_ = s.views.ExecuteTemplate(w, p.template, view{Head: s.usableHead(), Data: s.which(p.faults)}) //nolint:errcheck // whoever asked is gone
		})
	}
	s.mux.HandleFunc("GET /workbench/stock", func(w http.ResponseWriter, r *http.Request) {
		if s.has("slow-in-silence") {
			timer := time.NewTimer(900 * time.Millisecond)
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-r.Context().Done():
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write([]byte(`{"stock":"Two of them are there."}`)) //nolint:errcheck // whoever asked is gone
	})
	s.mux.HandleFunc("POST /workbench/sketch", func(w http.ResponseWriter, r *http.Request) {
		if f := s.read(w, r); f.bad() {
			s.refuse(w, r, f.status(), "Not deleted", f.Faults[""])
			return
		}
		http.Redirect(w, r, "/workbench", http.StatusSeeOther)
	})
}

func (s *Shop) usableHead() template.HTML {
	return htmlOf(`<link rel="stylesheet" href="` + s.staticPath("usable.css") + `"><script src="` + s.staticPath("usable.js") + `" defer></script>`)
}

// which tells templates the faults that are switched on.
func (s *Shop) which(faults []string) map[string]bool {
	list := map[string]bool{}
	for _, name := range faults {
		list[name] = s.has(name)
	}
	return list
}
