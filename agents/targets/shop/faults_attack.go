package shop

import (
	"context"
	"database/sql"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	texttemplate "text/template"
	"time"

	_ "modernc.org/sqlite" // the stock is kept in a real database
)

// stock is a database of what is there.
var stock = sync.OnceValue(func() *sql.DB {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		panic(err) // only for a driver that is not there
	}
	db.SetMaxOpenConns(1)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if _, err := db.ExecContext(ctx, `CREATE TABLE stock (n INTEGER PRIMARY KEY, name TEXT, place TEXT); INSERT INTO stock VALUES (1, 'desk', 'hall'), (2, 'lamp', 'loft'), (3, 'shelf', 'yard')`); err != nil {
		panic(err)
	}
	return db
})

// attackable are pages that do something with what they are asked: real databases, commands, files and templates. Each
// takes it as data, unless its fault is on.
func (s *Shop) attackable() {
	links := ""
	for _, p := range []struct {
		link string
		do   http.HandlerFunc
	}{
		{"/stock/article?n=1", s.stockArticle},
		{"/stock/any?word=lamp", s.stockAny},
		{"/stock/list?word=lamp", s.stockList},
		{"/stock/ask?name=lamp", s.stockAsk},
		{"/greeting?to=Ada", s.greeting},
		{"/banner?text=Sale", s.banner},
		{"/label?text=Desk", s.label},
		{"/voucher?text=Dear", s.voucher},
		{"/leaflets?name=care.txt", s.leaflet},
		{"/preview?url=https%3A%2F%2Fexample.org%2F", s.preview},
		{"/choose?language=en", s.choose},
		{"/members?nick=ada", s.nicks},
	} {
		path, _, _ := strings.Cut(p.link, "?")
		s.page("GET "+path, "", p.do)
		links += `<li><a href="` + p.link + `">` + strings.Trim(path, "/") + `</a></li>`
	}
	s.page("GET /enquiries", "Enquiries", func(w http.ResponseWriter, r *http.Request) {
		s.draw(w, r, http.StatusOK, "", view{Title: "Enquiries", Body: htmlOf("<h1>Enquiries</h1><ul>" + links + "</ul>")})
	})
	s.page("GET /catalogue-import", "Send us your catalogue", func(w http.ResponseWriter, r *http.Request) {
		s.importPage(w, r, "")
	})
	s.mux.HandleFunc("POST /catalogue-import", s.importCatalogue)
}

// say answers with a sentence that is HTML already.
func (s *Shop) say(w http.ResponseWriter, r *http.Request, title, words string) {
	s.draw(w, r, http.StatusOK, "", view{Title: title, Body: htmlOf("<h1>" + title + "</h1><p>" + words + "</p>")})
}

// rows selects from the stock: what was asked is part of the statement when the fault is on, and else its parameter.
func (s *Shop) rows(r *http.Request, fault, before, asked, after, safe string) (list []string, err error) {
	query, values := safe, []any{asked}
	if s.has(fault) {
		query, values = before+asked+after, nil
	}
	rows, err := stock().QueryContext(r.Context(), query, values...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name, place string
		if err := rows.Scan(&name, &place); err != nil {
			return nil, err
		}
		list = append(list, html.EscapeString(name)+" in the "+html.EscapeString(place))
	}
	return list, rows.Err()
}

// stockArticle says what the database complains of, and else always the same.
func (s *Shop) stockArticle(w http.ResponseWriter, r *http.Request) {
	if _, err := s.rows(r, "number-in-statement", "SELECT name, place FROM stock WHERE n = ", r.FormValue("n"), "", "SELECT name, place FROM stock WHERE n = ?"); err != nil {
		s.say(w, r, "Stock by number", html.EscapeString(err.Error()))
		return
	}
	s.say(w, r, "Stock by number", "We have noted what you are looking for.")
}

func (s *Shop) stockAny(w http.ResponseWriter, r *http.Request) {
	list, err := s.rows(r, "word-in-statement", "SELECT name, place FROM stock WHERE name = '", r.FormValue("word"), "' LIMIT 1", "SELECT name, place FROM stock WHERE name = ? LIMIT 1")
	if err != nil || len(list) == 0 {
		s.say(w, r, "Is it there?", "There is none of that.")
		return
	}
	s.say(w, r, "Is it there?", "There are some, and you can fetch them on any day but Sunday.")
}

func (s *Shop) stockList(w http.ResponseWriter, r *http.Request) {
	list, err := s.rows(r, "list-in-statement", "SELECT name, place FROM stock WHERE name LIKE '%", r.FormValue("word"), "%'", "SELECT name, place FROM stock WHERE name LIKE '%' || ? || '%'")
	if err != nil || len(list) == 0 {
		s.say(w, r, "Where it stands", "There is none of that.")
		return
	}
	s.say(w, r, "Where it stands", strings.Join(list, "; "))
}

// stockAsk answers the same whatever is found.
func (s *Shop) stockAsk(w http.ResponseWriter, r *http.Request) {
	_, _ = s.rows(r, "question-in-statement", "SELECT name, place FROM stock WHERE name = '", r.FormValue("name"), "'", "SELECT name, place FROM stock WHERE name = ?") //nolint:errcheck // nobody hears of it
	s.say(w, r, "Questions about stock", "Thank you, we will look and write to you.")
}

// asked is what was asked, as text in HTML unless the fault is on.
func (s *Shop) asked(r *http.Request, name, fault string) string {
	if s.has(fault) {
		return r.FormValue(name)
	}
	return html.EscapeString(r.FormValue(name))
}

// greeting has no policy against scripts when its fault is on, as many pages have none.
func (s *Shop) greeting(w http.ResponseWriter, r *http.Request) {
	if s.has("greeting-runs-scripts") {
		w.Header().Del("Content-Security-Policy")
	}
	s.say(w, r, "Greeting", "Good morning, "+s.asked(r, "to", "greeting-runs-scripts"))
}

func (s *Shop) banner(w http.ResponseWriter, r *http.Request) {
	s.say(w, r, "Banner", s.asked(r, "text", "banner-with-tags"))
}

func (s *Shop) label(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, "/bin/echo", "Label:", r.FormValue("text"))
	if s.has("label-by-shell") {
		command = exec.CommandContext(ctx, "/bin/sh", "-c", "echo Label: "+r.FormValue("text")) //nolint:gosec // this is the fault
	}
	out, err := command.CombinedOutput()
	if err != nil {
		out = []byte("No label.")
	}
	s.say(w, r, "Label", html.EscapeString(string(out)))
}

func (s *Shop) voucher(w http.ResponseWriter, r *http.Request) {
	text := r.FormValue("text")
	if s.has("voucher-is-template") {
		if t, err := texttemplate.New("voucher").Parse(text); err == nil {
			var out strings.Builder
			if t.Execute(&out, nil) == nil {
				text = out.String()
			}
		}
	}
	s.say(w, r, "Voucher", html.EscapeString(text))
}

func (s *Shop) leaflet(w http.ResponseWriter, r *http.Request) {
	name, text := r.FormValue("name"), "There is no leaflet of that name."
	switch {
	case name == "care.txt":
		text = "Dust it with a soft cloth, and oil it once a year."
	case s.has("leaflet-of-any-path"):
		if data, err := os.ReadFile(filepath.Join("/srv/shop/leaflets", name)); err == nil { //nolint:gosec // this is the fault
			text = string(data[:min(len(data), 4000)])
		}
	}
	s.say(w, r, "Leaflet", html.EscapeString(text))
}

func (s *Shop) preview(w http.ResponseWriter, r *http.Request) {
	if s.has("preview-of-any-address") {
		fetch(r.Context(), r.FormValue("url"))
	}
	s.say(w, r, "Preview", "We will look at it.")
}

// fetch asks an address on this machine; the shop of tests reaches nobody else.
func fetch(ctx context.Context, address string) string {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil || request.URL.Hostname() != "127.0.0.1" {
		return ""
	}
	client := &http.Client{Timeout: 3 * time.Second}
	answer, err := client.Do(request)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(io.LimitReader(answer.Body, 4000))
	if err != nil {
		return ""
	}
	return string(data)
}

// choose writes a header; with the fault by hand, as Go would not let it happen.
func (s *Shop) choose(w http.ResponseWriter, r *http.Request) {
	language := r.FormValue("language")
	if s.has("language-in-header") {
		if before, after, ok := strings.Cut(language, "\r\n"); ok {
			language = before
			if name, value, ok := strings.Cut(after, ": "); ok {
				w.Header().Set(name, value)
			}
		}
	}
	w.Header().Set("Content-Language", strings.NewReplacer("\r", "", "\n", "").Replace(language))
	s.say(w, r, "Language", "We will write to you in that language.")
}

// nicks obeys operators in names of fields when its fault is on: nick[$ne]=x.
func (s *Shop) nicks(w http.ResponseWriter, r *http.Request) {
	var list []string
	for _, nick := range []string{"ada", "ben", "cleo"} {
		match := nick == r.FormValue("nick")
		if query := r.URL.Query(); s.has("operators-in-names") {
			match = match || query.Has("nick[$eq]") && query.Get("nick[$eq]") == nick || query.Has("nick[$ne]") && query.Get("nick[$ne]") != nick
		}
		if match {
			list = append(list, nick)
		}
	}
	s.say(w, r, "Nicknames", fmt.Sprintf("%d of our members: %s", len(list), strings.Join(list, ", ")))
}

func (s *Shop) importPage(w http.ResponseWriter, r *http.Request, words string) {
	s.draw(w, r, http.StatusOK, "", view{Title: "Send us your catalogue", Body: htmlOf(`<h1>Send us your catalogue</h1>` + importForm + "<p>" + html.EscapeString(words) + "</p>")})
}

const importForm = `<form method="post" action="/catalogue-import"><label for="xml">Catalogue in XML</label> <textarea id="xml" name="xml" maxlength="4000"></textarea> <button>Send</button></form>`

// importCatalogue reads XML; with the fault it looks up entities that lie elsewhere.
func (s *Shop) importCatalogue(w http.ResponseWriter, r *http.Request) {
	source := r.PostFormValue("xml")
	if len(source) > 4000 {
		s.refuse(w, r, http.StatusUnprocessableEntity, "Not read", "A catalogue has at most 4,000 characters.")
		return
	}
	decoder := xml.NewDecoder(strings.NewReader(source))
	if _, rest, ok := strings.Cut(source, `<!ENTITY e SYSTEM "`); ok && s.has("entities-from-elsewhere") {
		address, _, _ := strings.Cut(rest, `"`)
		text := ""
		if name, ok := strings.CutPrefix(address, "file://"); ok {
			data, err := os.ReadFile(name) //nolint:gosec // this is the fault
			if err == nil {
				text = string(data[:min(len(data), 4000)])
			}
		} else {
			text = fetch(r.Context(), address)
		}
		decoder.Entity = map[string]string{"e": text}
	}
	var words strings.Builder
	for {
		token, err := decoder.Token()
		if err != nil {
			break
		}
		if text, ok := token.(xml.CharData); ok {
			words.Write(text)
		}
	}
	s.importPage(w, r, words.String())
}
