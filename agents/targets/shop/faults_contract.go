package shop

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// piece is something in the store room.
type piece struct {
	ID     int    `json:"id"`
	Name   string `json:"name"`
	Colour string `json:"colour"`
	Cents  int    `json:"cents"`
}

// boards are three hundred pieces, in no order of anything but their numbers.
func boards() []piece {
	list := make([]piece, 300)
	for i := range list {
		list[i] = piece{i + 1, fmt.Sprintf("board %03d", i*7%300), []string{"oak", "ash", "elm"}[i%3], 500 + i*37%300}
	}
	return list
}

// wish is what somebody would like to have; each name once.
type wish struct {
	ID     string `json:"id"`
	Owner  string `json:"-"`
	Name   string `json:"name"`
	Pieces int    `json:"pieces"`
	made   int
	gone   bool
}

// agreed are the parts of the API on which its contract can be broken, and a page that leads to them.
func (s *Shop) agreed(add func(string, http.HandlerFunc)) {
	s.page("GET /stock", "What is in the store room", s.drawStock)
	if s.has("debug-vars") {
		s.mux.HandleFunc("GET /debug/vars", func(w http.ResponseWriter, _ *http.Request) {
			answer(w, http.StatusOK, map[string]any{"cmdline": []string{"shop"}, "memstats": map[string]int{"Alloc": 1 << 20}})
		})
	}
	if s.has("hidden-operation") {
		add("GET /api/v1/hits", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, map[string]any{"hits": 7}) })
	}
	add("GET /api/v1/stock", s.listStock)
	add("GET /api/v1/wishes", s.apiMember(func(w http.ResponseWriter, r *http.Request, u *user) {
		limit, from, ok := pageOf(w, r)
		if !ok {
			return
		}
		list := s.wishesOf(u.Name)
		from = min(from, len(list))
		answer(w, http.StatusOK, map[string]any{"items": list[from:min(from+limit, len(list))], "total": len(list)})
	}))
	add("POST /api/v1/wishes", s.apiMember(s.addWish))
	add("GET /api/v1/wishes/{id}", s.apiWish(func(w http.ResponseWriter, _ *http.Request, x *wish) {
		if s.has("wishes-vanish") {
			problem(w, http.StatusNotFound, "There is no wish of that id.")
			return
		}
		answer(w, http.StatusOK, x)
	}))
	add("DELETE /api/v1/wishes/{id}", s.apiWish(func(w http.ResponseWriter, _ *http.Request, x *wish) {
		s.mu.Lock()
		defer s.mu.Unlock()
		x.gone = true
		s.record(x.Owner, "deleted the wish "+x.Name)
		w.WriteHeader(http.StatusNoContent)
	}))
}

func (s *Shop) drawStock(w http.ResponseWriter, r *http.Request) {
	code := r.FormValue("code")
	if len(code) > 100 {
		code = code[:100]
	}
	said := ""
	if code != "" {
		said = "<p>There is no piece of that code.</p>"
		if s.has("slow-code") {
			slowMatch(strings.TrimSuffix(code, "!"), 0)
		}
	}
	basket := "b-1042"
	if s.has("serialised-basket") {
		basket = "rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcAUH2sHDFmDRAwACRgAKbG9hZEZhY3Rvcg=="
	}
	link := "/api/v1/stock"
	if s.has("hidden-operation") {
		link = "/api/v1/hits"
	}
	s.draw(w, r, http.StatusOK, "", view{Title: "The store room", Body: htmlOf(`<h1>The store room</h1><p>Boards of oak, ash and elm, each with a code of its own.</p>` + said +
		`<form action="/stock"><label for="code">Code</label> <input id="code" name="code" maxlength="100"><input type="hidden" name="basket" value="` + basket + `"> <button>Look up</button></form>
<p><a href="` + link + `">The list for programs</a></p>`)})
}

// slowMatch cuts a run of one letter into pieces in every way, as (a+)+$ does, and looks at each way for a while.
func slowMatch(text string, at int) bool {
	const patience = 150
	if strings.Count(text+strings.Repeat("b", patience), "a") < at {
		return true
	}
	for end := at + 1; end <= len(text) && end <= 24 && text[end-1] == 'a'; end++ {
		if slowMatch(text, end) {
			return true
		}
	}
	return false
}

func (s *Shop) listStock(w http.ResponseWriter, r *http.Request) {
	list := boards()
	query := r.URL.Query()
	limit, from := 20, 0
	if text := query.Get("limit"); s.has("any-page-size") && text != "" {
		limit, _ = strconv.Atoi(text) //nolint:errcheck // none is 0
		query.Del("limit")
	}
	if query.Has("limit") || query.Has("offset") {
		r = r.Clone(r.Context())
		r.URL.RawQuery = query.Encode()
		asked, offset, ok := pageOf(w, r)
		if !ok {
			return
		}
		if from = offset; query.Has("limit") {
			limit = asked
		}
	}
	if s.has("pages-overlap") && from > 0 {
		from--
	}
	switch by := query.Get("sort"); {
	case by == "", s.has("unsorted-stock"):
	case by == "name":
		slices.SortFunc(list, func(a, b piece) int { return strings.Compare(a.Name, b.Name) })
	case by == "cents":
		slices.SortStableFunc(list, func(a, b piece) int { return cmp.Compare(a.Cents, b.Cents) })
	default:
		problem(w, http.StatusBadRequest, "sort is name or cents.")
		return
	}
	if colour := query.Get("colour"); colour != "" {
		list = slices.DeleteFunc(list, func(p piece) bool { return p.Colour != colour })
	}
	total := len(list)
	from = min(from, total)
	page := map[string]any{"items": list[from:min(from+max(limit, 0), total)], "total": total}
	if name := query.Get("callback"); name != "" && s.has("jsonp-stock") {
		data, _ := json.Marshal(page) //nolint:errcheck // it can be written
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, "%s(%s)", name, data)
		return
	}
	answer(w, http.StatusOK, page)
}

func (s *Shop) wishesOf(owner string) []*wish {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []*wish{}
	for _, x := range s.wishes {
		if x.Owner == owner && (!x.gone || s.has("wishes-linger")) {
			list = append(list, x)
		}
	}
	slices.SortFunc(list, func(a, b *wish) int { return cmp.Compare(b.made, a.made) })
	return list
}

func (s *Shop) addWish(w http.ResponseWriter, r *http.Request, u *user) {
	var in struct {
		Name   *string `json:"name"`
		Pieces *int    `json:"pieces"`
	}
	if r.Header.Get("Content-Type") != "application/json" {
		problem(w, http.StatusUnsupportedMediaType, "Send application/json.")
		return
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil || decoder.More() {
		problem(w, http.StatusBadRequest, "The body is no wish: an object with name and pieces.")
		return
	}
	if in.Name == nil || strings.TrimSpace(*in.Name) == "" || utf8.RuneCountInString(*in.Name) > 60 || strings.ContainsRune(*in.Name, 0) || !utf8.ValidString(*in.Name) || in.Pieces == nil || *in.Pieces < 1 || *in.Pieces > 9 {
		problem(w, http.StatusUnprocessableEntity, "A wish has a name of 1 to 60 characters, and 1 to 9 pieces.")
		return
	}
	there := func() bool {
		for _, x := range s.wishes {
			if x.Owner == u.Name && x.Name == *in.Name && !x.gone {
				return true
			}
		}
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	refused := there()
	if s.has("wish-race") && !refused { // it asks first, and writes when others have asked, too
		s.mu.Unlock()
		time.Sleep(40 * time.Millisecond) //nolint:forbidigo // what others do meanwhile is the fault
		s.mu.Lock()
	}
	if refused || len(s.wishes) >= maxNotes {
		problem(w, http.StatusConflict, "There is such a wish already.")
		return
	}
	x := &wish{ID: secret(), Owner: u.Name, Name: *in.Name, Pieces: *in.Pieces, made: len(s.wishes)}
	s.wishes[x.ID] = x
	s.record(u.Name, "wished for "+x.Name)
	w.Header().Set("Location", "/api/v1/wishes/"+x.ID)
	answer(w, http.StatusCreated, x)
}

func (s *Shop) apiWish(next func(http.ResponseWriter, *http.Request, *wish)) http.HandlerFunc {
	return s.apiMember(func(w http.ResponseWriter, r *http.Request, u *user) {
		s.mu.Lock()
		x := s.wishes[r.PathValue("id")]
		s.mu.Unlock()
		if x == nil || x.Owner != u.Name || x.gone {
			problem(w, http.StatusNotFound, "There is no wish of that id.")
			return
		}
		next(w, r, x)
	})
}
