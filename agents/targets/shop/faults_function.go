package shop

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

// working are the pages on which it can be broken what pages and controls do, how somebody goes from one to the next, and
// how a page bears what goes wrong around it.
func (s *Shop) working() {
	s.page("GET /offers", "Offers of the week", s.offers)
	s.mux.HandleFunc("GET /offers/stock", func(w http.ResponseWriter, r *http.Request) {
		if s.has("asks-what-is-gone") {
			s.missing(w, r)
			return
		}
		tell(w, `{"left":"Four of each are left."}`)
	})
	s.mux.HandleFunc("GET /offers/today", func(w http.ResponseWriter, r *http.Request) {
		if s.has("address-that-fails") {
			http.Error(w, "Sorry.", http.StatusInternalServerError)
			return
		}
		s.draw(w, r, http.StatusOK, "", view{Title: "Only today", Body: htmlOf(`<h1>Only today</h1><p>Every cork board comes with twenty brass pins.</p>`)})
	})
	s.mux.HandleFunc("GET /offers/attic", func(w http.ResponseWriter, _ *http.Request) {
		text := `<h1>The attic</h1><p>Things that we made once and do not make any more.</p><p><a href="/offers">All offers</a></p>`
		if s.has("empty-room") {
			text = ""
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The attic - Quiet Rooms</title><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="description" content="Things that we made once."><meta property="og:title" content="The attic"><link rel="icon" href="%s" type="image/svg+xml"><link rel="stylesheet" href="%s"></head><body><main>%s</main><footer><a href="/privacy">Privacy</a> <a href="/imprint">Imprint</a></footer></body></html>`,
			s.staticPath("icon.svg"), s.staticPath("shop.css"), text)
	})
	for from, to := range map[string]string{"/offers/spring": "/offers/summer", "/offers/summer": "/offers/spring"} {
		if !s.has("round-and-round") {
			to = "/offers"
		}
		s.mux.HandleFunc("GET "+from, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, to, http.StatusFound)
		})
	}
	s.page("GET /stockroom", "In the stockroom", func(w http.ResponseWriter, r *http.Request) {
		s.draw(w, r, http.StatusOK, "stockroom.html", view{Title: "In the stockroom", Head: s.workingHead(), Data: s.named("errors-unseen", "text-unread", "waits-in-silence", "asks-at-once", "silent-offline", "half-and-half")})
	})
	s.mux.HandleFunc("GET /stockroom/boxes", func(w http.ResponseWriter, _ *http.Request) {
		tell(w, `{"boxes":["Twelve boxes of brass pins, by the door","Three rolls of undyed wool, on the upper shelf","A walnut board, seasoned for nine years"]}`)
	})
	s.mux.HandleFunc("GET /stockroom/keys", func(w http.ResponseWriter, _ *http.Request) { tell(w, `{"keys":"Two keys hang by the door."}`) })
	s.page("GET /interiors", "Rooms that we furnished", s.rooms)
	s.mux.HandleFunc("GET /interiors/{room}", s.rooms)
}

// offers has what does not lead on, and controls that do not do what they say.
func (s *Shop) offers(w http.ResponseWriter, r *http.Request) {
	s.draw(w, r, http.StatusOK, "offers.html", view{Title: "Offers of the week", Head: s.workingHead(), Data: map[string]any{
		"Faults":  s.named("throws-at-start", "throws-when-clicked", "button-without-effect"),
		"Nowhere": s.has("link-to-nowhere"), "Picture": s.has("picture-that-is-gone"), "Place": s.has("place-that-is-gone"),
	}})
}

// rooms are views that a script draws, each with an address of its own.
func (s *Shop) rooms(w http.ResponseWriter, r *http.Request) {
	room := r.PathValue("room")
	texts := map[string]string{
		"":       "Choose one of the rooms above, and see what we made for it and for whom.",
		"study":  "A study under the roof: the walnut desk below the window, the lamp at its left, and a shelf that takes four hundred books.",
		"cellar": "A cellar with a table for eight, lit by three brass lamps, where wine is tasted twice a year by people who like it.",
	}
	text, ok := texts[room]
	if !ok || room == "cellar" && s.has("room-without-address") {
		s.missing(w, r)
		return
	}
	if room == "study" && s.has("forgets-the-room") {
		text = texts[""]
	}
	title := "Rooms that we furnished"
	if room != "" {
		title = strings.ToUpper(room[:1]) + room[1:]
	}
	s.draw(w, r, http.StatusOK, "interiors.html", view{Title: title, Head: s.workingHead(), Data: map[string]any{"Faults": s.named("no-way-back"), "Text": text, "Title": title}})
}

func tell(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(text)) //nolint:errcheck // whoever asked is gone
}

func (s *Shop) workingHead() template.HTML {
	return htmlOf(`<script src="` + s.staticPath("working.js") + `" defer></script>`)
}

// named are those of the faults that are switched on, for scripts.
func (s *Shop) named(faults ...string) string {
	var list []string
	for _, f := range faults {
		if s.has(f) {
			list = append(list, f)
		}
	}
	return strings.Join(list, " ")
}
