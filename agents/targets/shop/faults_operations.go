package shop

import (
	"net/http"
	"time"
)

// operated are faults that whoever runs the shop would suffer from.
func (s *Shop) operated() {
	s.mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) {
		body := `{"version":"1.4.2"}`
		if s.has("talkative-version") {
			body = `{"version":"1.4.2","hostname":"shop-7","database":"PostgreSQL 15.3","root":"/srv/shop/current"}`
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write([]byte(body)) //nolint:errcheck // whoever asked is gone
	})
	s.mux.HandleFunc("GET /labels/{n}", func(w http.ResponseWriter, r *http.Request) {
		kinds := map[string]string{"1": "boxes", "2": "parcels", "3": "crates"}
		kind := kinds[r.PathValue("n")]
		switch {
		case kind == "":
			s.missing(w, r)
		case s.has("failing-labels"):
			http.Error(w, "The printer does not answer.", http.StatusInternalServerError)
		default:
			s.tell(w, r, "Labels for "+kind, "<p>Ten on a sheet, with room for an address.</p>")
		}
	})
}

// headers are those of every answer that faults change.
func (s *Shop) headers(h http.Header) {
	if s.has("nameless-answers") {
		h.Del("X-Request-Id")
	}
	if s.has("late-clock") {
		h.Set("Date", now().Add(-10*time.Minute).Format(http.TimeFormat))
	}
}
