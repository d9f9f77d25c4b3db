package shop

import "net/http"

// readable are the pages whose words, markup and manners can go wrong: one of letters, one of an almanac that is drawn
// without the frame, one that keeps track of friends.
func (s *Shop) readable() {
	s.page("GET /letters", "Letters from the workshop", func(w http.ResponseWriter, r *http.Request) {
		s.draw(w, r, http.StatusOK, "letters.html", view{Title: "Letters from the workshop", Data: s.which([]string{"broken-signs", "name-of-a-text", "dates-both-ways", "file-for-a-picture"})})
	})
	s.page("GET /almanac", "Almanac of a year", func(w http.ResponseWriter, _ *http.Request) {
		kind := "text/html; charset=utf-8"
		if s.has("no-encoding") {
			kind = "text/html"
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-store")
		_ = s.views.ExecuteTemplate(w, "almanac.html", view{Data: s.which([]string{ //nolint:errcheck // whoever asked is gone
			"no-encoding", "no-doctype", "wrong-language", "tags-that-cross", "newest-style", "one-browsers-style", "drawn-by-scripts", "storage-taken-for-granted", "blank-on-paper", "white-on-white", "waits-in-the-middle", "nobody-knows-what-for",
		})})
	})
	s.page("GET /friends", "Friends of the shop", func(w http.ResponseWriter, r *http.Request) {
		if s.has("marks-visitors") {
			http.SetCookie(w, &http.Cookie{Name: "visitor_id", Value: "7d1e" + secret()[:20], Path: "/friends", MaxAge: 86400, SameSite: http.SameSiteLaxMode})
		}
		months := 6
		if s.has("remembers-for-ever") {
			months = 60
		}
		http.SetCookie(w, &http.Cookie{Name: "shelf", Value: "oak", Path: "/friends", MaxAge: months * 30 * 86400, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		if s.has("mail-in-a-header") {
			w.Header().Set("X-Shown-To", "ada@quiet-rooms.shop")
		}
		s.draw(w, r, http.StatusOK, "friends.html", view{Title: "Friends of the shop", Data: s.which([]string{"mail-in-an-address"})})
	})
}
