package shop

import "net/http"

// faulty adds the pages on which faults can be switched on. Where a page's fault is off, the page does the same without
// the fault. The shop stays small: faults share pages where they do not disturb each other (see defects.yaml).
func (s *Shop) faulty() {
	s.page("GET /news", "News", s.news)
	s.working()
	s.usable()
	s.swift()
	s.operated()
	s.attackable()
	s.exposed()
	s.visited()
	s.graph()
	s.readable()
	s.policies()
}

// news has texts that nobody has finished.
func (s *Shop) news(w http.ResponseWriter, r *http.Request) {
	text := `<h1>News</h1><p>We have moved to a bigger workshop by the harbour. Come and see us.</p>`
	if s.has("unfinished-text") {
		text = `<h1>News</h1><p>Lorem ipsum dolor sit amet, consectetur adipiscing elit.</p>`
	}
	s.draw(w, r, http.StatusOK, "", view{Title: "News", Body: htmlOf(text)})
}
