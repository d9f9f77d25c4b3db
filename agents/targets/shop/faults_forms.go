package shop

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// guest is an entry of the guest book.
type guest struct {
	Name, Mail, Visits, Text string
	token                    string // of the session that wrote it
}

const maxGuests = 500

var mailShape = regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@]+$`)

// visited is the guest book: a form whose checks can be left out one by one, and what was written with it. Next to it
// stands a place to leave a picture.
func (s *Shop) visited() {
	s.page("GET /guests", "Guest book", func(w http.ResponseWriter, r *http.Request) { s.drawGuests(w, r, http.StatusOK, guest{}, nil) })
	s.mux.HandleFunc("POST /guests", s.signGuests)
	s.mux.HandleFunc("POST /guests/{id}/delete", func(w http.ResponseWriter, r *http.Request) {
		if f := s.read(w, r); f.bad() {
			s.refuse(w, r, f.status(), "Not deleted", f.Faults[""])
			return
		}
		s.mu.Lock()
		if g := s.guests[r.PathValue("id")]; g != nil && g.token == r.PostFormValue("token") {
			delete(s.guests, r.PathValue("id"))
		}
		s.mu.Unlock()
		http.Redirect(w, r, "/guests", http.StatusSeeOther)
	})
	s.page("GET /pictures", "Leave us a picture", func(w http.ResponseWriter, r *http.Request) { s.drawPictures(w, r, http.StatusOK, "") })
	s.mux.HandleFunc("POST /pictures", s.takePicture)
}

func (s *Shop) signGuests(w http.ResponseWriter, r *http.Request) {
	f := s.read(w, r, "name", "mail", "visits", "text")
	g := guest{Name: f.Values["name"], Mail: f.Values["mail"], Visits: f.Values["visits"], Text: f.Values["text"], token: r.PostFormValue("token")}
	if s.has("guests-break") && strings.ContainsRune(r.PostFormValue("text"), 0) {
		s.sorry(w, fmt.Errorf("a text ends too early"))
		return
	}
	if strings.TrimSpace(g.Name) == "" && !s.has("guests-without-name") {
		f.fault("name", "Please write a name.")
	}
	if utf8.RuneCountInString(g.Name) > 60 || utf8.RuneCountInString(g.Text) > 500 && !s.has("guests-without-end") {
		f.fault("name", "A name has at most 60 characters, and an entry 500.")
	}
	if !mailShape.MatchString(g.Mail) && !s.has("guests-any-mail") {
		f.fault("mail", "Please write an e-mail address. It is not shown.")
	}
	if n, err := strconv.Atoi(g.Visits); g.Visits != "" && (err != nil || n < 1 || n > 99) {
		f.fault("visits", "Visits are a number from 1 to 99.")
	}
	if f.bad() {
		if s.has("guests-forget") {
			g = guest{}
		}
		s.drawGuests(w, r, f.status(), g, f.Faults)
		return
	}
	if s.has("guests-lose-signs") {
		g.Text = strings.Map(func(r rune) rune {
			if r > 0xffff {
				return '?'
			}
			return r
		}, g.Text)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	twice := false
	for _, other := range s.guests {
		twice = twice || *other == g && !s.has("guests-twice")
	}
	if !twice && len(s.guests) < maxGuests {
		s.guests[strconv.Itoa(s.guest)] = &g
		s.guest++
	}
	http.Redirect(w, r, "/guests", http.StatusSeeOther)
}

func (s *Shop) drawGuests(w http.ResponseWriter, r *http.Request, status int, g guest, faults map[string]string) {
	token, r := s.tokenFor(w, r)
	var b strings.Builder
	b.WriteString("<h1>Guest book</h1>")
	if words := faults[""]; words != "" {
		fmt.Fprintf(&b, `<p class="fault" role="alert">%s</p>`, html.EscapeString(words))
	}
	novalidate, loose := "", s.has("guests-loose-message")
	if loose {
		novalidate = " novalidate"
		if len(faults) > 0 {
			b.WriteString("<p>Something is not right.</p>")
		}
	}
	fmt.Fprintf(&b, `<form method="post" action="/guests"%s><input type="hidden" name="token" value="%s">`, novalidate, token)
	field := func(name, label, element string) {
		said, about := "", ""
		if words := faults[name]; words != "" && !loose {
			about = fmt.Sprintf(` aria-invalid="true" aria-describedby="%s-fault"`, name)
			said = fmt.Sprintf(`<p class="fault" id="%s-fault">%s</p>`, name, html.EscapeString(words))
		}
		fmt.Fprintf(&b, `<label for="%s">%s</label> %s%s`, name, label, strings.Replace(element, " id=", about+" id=", 1), said)
	}
	field("mail", "E-mail address (is not shown)", fmt.Sprintf(`<input id="mail" name="mail" type="email" autocomplete="email" required maxlength="200" value="%s">`, html.EscapeString(g.Mail)))
	field("visits", "How often were you here?", fmt.Sprintf(`<input id="visits" name="visits" type="number" min="1" max="99" value="%s">`, html.EscapeString(g.Visits)))
	field("text", "What did you like?", fmt.Sprintf(`<textarea id="text" name="text" maxlength="500" rows="4">%s</textarea>`, html.EscapeString(g.Text)))
	field("name", "Your name", fmt.Sprintf(`<input id="name" name="name" autocomplete="name" required maxlength="60" value="%s">`, html.EscapeString(g.Name)))
	b.WriteString(`<button>Write</button></form>`)
	s.mu.Lock()
	var ids []int
	for id := range s.guests {
		n, _ := strconv.Atoi(id) //nolint:errcheck // they are numbers
		ids = append(ids, n)
	}
	slices.Sort(ids)
	if len(ids) > 0 {
		b.WriteString("<ul>")
		for _, id := range ids {
			entry := s.guests[strconv.Itoa(id)]
			fmt.Fprintf(&b, `<li><p>%s</p><p>%s</p>`, html.EscapeString(entry.Name), html.EscapeString(entry.Text))
			if entry.token == token {
				fmt.Fprintf(&b, `<form method="post" action="/guests/%d/delete"><input type="hidden" name="token" value="%s"><button>Take back entry %d</button></form>`, id, token, id)
			}
			b.WriteString("</li>")
		}
		b.WriteString("</ul>")
	}
	s.mu.Unlock()
	s.draw(w, r, status, "", view{Title: "Guest book", Body: htmlOf(b.String())})
}

// tokenFor is the token of a form in HTML of its own, and the request with the session that it belongs to.
func (s *Shop) tokenFor(w http.ResponseWriter, r *http.Request) (string, *http.Request) {
	if x := s.session(r); x != nil {
		return x.token, r
	}
	id := s.begin(nil)
	cookie := s.cookie(r, id, int(sessionTime.Seconds()))
	http.SetCookie(w, cookie)
	r = r.Clone(r.Context())
	r.AddCookie(cookie)
	return s.session(r).token, r
}

func (s *Shop) drawPictures(w http.ResponseWriter, r *http.Request, status int, said string) {
	token, r := s.tokenFor(w, r)
	s.draw(w, r, status, "", view{Title: "Leave us a picture", Body: htmlOf(`<h1>Leave us a picture</h1>` + said +
		`<form method="post" action="/pictures" enctype="multipart/form-data"><input type="hidden" name="token" value="` + token + `"><label for="picture">A picture of your room (PNG or JPEG)</label> <input id="picture" name="picture" type="file" accept="image/png,image/jpeg" required> <button>Send</button></form>`)})
}

// takePicture looks at a picture and keeps nothing of it.
func (s *Shop) takePicture(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	file, header, err := r.FormFile("picture")
	if err != nil {
		s.drawPictures(w, r, http.StatusUnprocessableEntity, `<p class="fault" role="alert">Please choose a picture of at most one megabyte.</p>`)
		return
	}
	if !s.genuine(r) {
		s.refuse(w, r, http.StatusForbidden, "Not taken", "This form is too old. Please send it again.")
		return
	}
	head := make([]byte, 512)
	n, _ := io.ReadFull(file, head) //nolint:errcheck // a short one is judged by what it has
	kind := http.DetectContentType(head[:n])
	if !s.has("any-file") && (kind != "image/png" && kind != "image/jpeg" || !slices.Contains([]string{".png", ".jpg", ".jpeg"}, strings.ToLower(path.Ext(header.Filename)))) {
		s.drawPictures(w, r, http.StatusUnprocessableEntity, `<p class="fault" role="alert">This is no picture in PNG or JPEG.</p>`)
		return
	}
	s.draw(w, r, http.StatusOK, "", view{Title: "Thank you", Body: htmlOf(`<h1>Thank you</h1><p>We will look at your picture.</p>`)})
}
