package injection_test

import (
	"context"
	"database/sql"
	"encoding/xml"
	"fmt"
	"html"
	"html/template"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	texttemplate "text/template"

	_ "modernc.org/sqlite"
)

// site is a small target with real parts: a database, a shell, files, templates and a reader of XML. What is typed into it
// reaches them as it is, or, on a safe one, as data.
type site struct {
	*http.ServeMux
	safe bool
	db   *sql.DB
	root *os.Root
	dir  string

	mu    sync.Mutex
	notes []string
}

func newSite(t *testing.T, safe bool, parts ...string) *site {
	t.Helper()
	s := &site{ServeMux: http.NewServeMux(), safe: safe, dir: t.TempDir()}
	var err error
	if s.db, err = sql.Open("sqlite", "file:"+filepath.Join(s.dir, "shop.db")); err != nil {
		t.Fatal(err)
	}
	s.db.SetMaxOpenConns(1)
	t.Cleanup(func() { s.db.Close() })
	for _, statement := range []string{
		`CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, price TEXT)`, `CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)`,
		`INSERT INTO products VALUES (1, 'Oak chair', '90'), (2, 'Pine chair', '70'), (3, 'Lamp', '20')`,
	} {
		if _, err := s.db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(s.dir, "help.txt"), []byte("How to sit on a chair."), 0o600); err != nil {
		t.Fatal(err)
	}
	if s.root, err = os.OpenRoot(s.dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.root.Close() })
	known := map[string]struct {
		link    string
		handler http.HandlerFunc
	}{
		"item":    {`<a href="/item?id=1">One</a>`, s.item},
		"find":    {`<form action="/find"><input name="word" value="chair"><button>Search</button></form>`, s.find},
		"quiet":   {`<a href="/quiet?name=Lamp">Lamp</a>`, s.quiet},
		"add":     {`<form method="post" action="/add"><input name="text"><button>Add</button></form>`, s.add},
		"greet":   {`<a href="/greet?who=Ada">Hello</a>`, s.greet},
		"field":   {`<a href="/field?value=red">Field</a>`, s.field},
		"script":  {`<a href="/script?theme=dark">Theme</a>`, s.script},
		"policy":  {`<a href="/policy?who=Ada">Hello</a>`, s.policy},
		"json":    {`<a href="/json?who=Ada">Hello</a>`, s.json},
		"board":   {`<a href="/board">Board</a>`, s.board},
		"ping":    {`<a href="/ping?host=local">Ping</a>`, s.ping},
		"card":    {`<a href="/card?text=Dear">Card</a>`, s.card},
		"go":      {`<a href="/go?text=Dear">Card</a>`, s.goTemplate},
		"import":  {`<form method="post" action="/import"><textarea name="xml"></textarea></form>`, s.load},
		"lang":    {`<a href="/lang?to=en">English</a>`, s.lang},
		"file":    {`<a href="/file?name=help.txt">Help</a>`, s.file},
		"save":    {`<a href="/save?what=help.txt">Help, to keep</a>`, s.save},
		"fetch":   {`<a href="/fetch?url=https%3A%2F%2Fexample.org%2Fa">Preview</a>`, s.fetch},
		"people":  {`<a href="/people?user=ada">Ada</a>`, s.people},
		"staff":   {`<a href="/staff?name=ada">Ada</a>`, s.staff},
		"article": {`<a href="/article/1">One</a>`, s.article},
	}
	links := ""
	for _, part := range parts {
		links += "<li>" + known[part].link
		s.HandleFunc("/"+part, known[part].handler)
	}
	if _, ok := known["article"]; ok && strings.Contains(links, "/article/1") {
		s.HandleFunc("/article/{id}", s.article)
	}
	s.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) { page(w, links) })
	return s
}

func page(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><html lang=en><title>Shop</title><h1>Shop</h1>%s<footer>All that stands here is for sale.</footer>`, body)
}

// rows draws what a query selects; an error as the database words it when it is loud.
func (s *site) rows(ctx context.Context, w http.ResponseWriter, loud bool, query string, values ...any) {
	rows, err := s.db.QueryContext(ctx, query, values...)
	list := ""
	if err == nil {
		defer rows.Close()
		for rows.Next() {
			var id, name, price sql.NullString
			if err = rows.Scan(&id, &name, &price); err != nil {
				break
			}
			list += fmt.Sprintf("<li>%s: %s for %s", html.EscapeString(id.String), html.EscapeString(name.String), html.EscapeString(price.String))
		}
		if err == nil {
			err = rows.Err()
		}
	}
	switch {
	case err != nil && loud:
		w.WriteHeader(http.StatusInternalServerError)
		page(w, "<pre>"+html.EscapeString(err.Error())+"</pre>")
	case err != nil || list == "":
		page(w, "<p>Nothing was found.</p>")
	default:
		page(w, "<ul>"+list+"</ul>")
	}
}

// item shows errors of the database; a safe one too, but the value is a parameter.
func (s *site) item(w http.ResponseWriter, r *http.Request) {
	id := r.FormValue("id")
	if s.safe {
		if _, err := strconv.Atoi(id); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			page(w, "<p>invalid input syntax for type integer: "+html.EscapeString(strconv.Quote(id))+"</p>")
			return
		}
		s.rows(r.Context(), w, true, "SELECT id, name, price FROM products WHERE id = ?", id)
		return
	}
	s.rows(r.Context(), w, true, "SELECT id, name, price FROM products WHERE id = "+id)
}

func (s *site) find(w http.ResponseWriter, r *http.Request) {
	word := r.FormValue("word")
	if s.safe { // any of the words, as searches do
		query, values := "SELECT id, name, price FROM products WHERE 0", []any{}
		for _, part := range strings.Fields(word) {
			query += " OR name LIKE ?"
			values = append(values, "%"+part+"%")
		}
		s.rows(r.Context(), w, false, query, values...)
		return
	}
	s.rows(r.Context(), w, false, "SELECT id, name, price FROM products WHERE name LIKE '%"+word+"%'")
}

// quiet answers the same whatever is found.
func (s *site) quiet(w http.ResponseWriter, r *http.Request) {
	query, values := "SELECT COUNT(*) FROM products WHERE name = '"+r.FormValue("name")+"'", []any{}
	if s.safe {
		query, values = "SELECT COUNT(*) FROM products WHERE name = ?", []any{r.FormValue("name")}
	}
	var n int
	_ = s.db.QueryRowContext(r.Context(), query, values...).Scan(&n)
	page(w, "<p>Thank you, we have noted it.</p>")
}

func (s *site) add(w http.ResponseWriter, r *http.Request) {
	if s.safe {
		_, _ = s.db.ExecContext(r.Context(), "INSERT INTO notes (text) VALUES (?)", r.FormValue("text"))
	} else {
		_, _ = s.db.ExecContext(r.Context(), "INSERT INTO notes (text) VALUES ('"+r.FormValue("text")+"')")
	}
	page(w, "<p>Thank you.</p>")
}

func (s *site) escape(text string) string {
	if s.safe {
		return html.EscapeString(text)
	}
	return text
}

func (s *site) greet(w http.ResponseWriter, r *http.Request) {
	page(w, "<p>Hello "+s.escape(r.FormValue("who"))+"</p>")
}

// field takes the angles out, but not the quote.
func (s *site) field(w http.ResponseWriter, r *http.Request) {
	page(w, `<input value="`+s.escape(strings.NewReplacer("<", "", ">", "").Replace(r.FormValue("value")))+`">`)
}

func (s *site) script(w http.ResponseWriter, r *http.Request) {
	theme := strings.NewReplacer("<", `\u003c`).Replace(r.FormValue("theme"))
	if s.safe {
		theme = template.JSEscapeString(r.FormValue("theme"))
	}
	page(w, `<script>document.documentElement.dataset.theme = '`+theme+`'</script>`)
}

func (s *site) policy(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", "default-src 'self'")
	s.greet(w, r)
}

// json shows what it was sent as it is, and rightly so.
func (s *site) json(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"who": "%s"}`, r.FormValue("who"))
}

// board keeps notes and shows them.
func (s *site) board(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodPost && len(s.notes) < 1000 {
		switch {
		case r.FormValue("delete") != "":
			for i, note := range s.notes {
				if note == r.FormValue("delete") {
					s.notes = append(s.notes[:i:i], s.notes[i+1:]...)
					break
				}
			}
		default:
			s.notes = append(s.notes, r.FormValue("note"))
		}
		http.Redirect(w, r, "/board", http.StatusSeeOther)
		return
	}
	list := `<form method="post" action="/board"><input name="note"><button>Write</button></form>`
	for _, note := range s.notes {
		list += `<li>` + s.escape(note) + `<form method="post" action="/board?remove"><input type="hidden" name="delete" value="` + html.EscapeString(note) + `"><button>Delete</button></form>`
	}
	page(w, list)
}

func (s *site) ping(w http.ResponseWriter, r *http.Request) {
	command := exec.CommandContext(r.Context(), "/bin/sh", "-c", "echo asking '"+r.FormValue("host")+"'")
	if s.safe {
		command = exec.CommandContext(r.Context(), "/bin/echo", "asking", r.FormValue("host"))
	}
	out, _ := command.CombinedOutput()
	page(w, "<pre>"+html.EscapeString(string(out))+"</pre>")
}

// card reads ${…} as Java's templates do.
func (s *site) card(w http.ResponseWriter, r *http.Request) {
	text := r.FormValue("text")
	if before, rest, ok := strings.Cut(text, "${"); ok && !s.safe {
		if expression, after, ok := strings.Cut(rest, "}"); ok {
			if x, y, ok := strings.Cut(expression, "*"); ok {
				a, errA := strconv.Atoi(x)
				b, errB := strconv.Atoi(y)
				if errA == nil && errB == nil {
					text = before + strconv.Itoa(a*b) + after
				}
			}
		}
	}
	page(w, "<p>"+html.EscapeString(text)+"</p>")
}

func (s *site) goTemplate(w http.ResponseWriter, r *http.Request) {
	source, data := `{{.}}`, any(r.FormValue("text"))
	if !s.safe {
		source = r.FormValue("text")
	}
	t, err := texttemplate.New("card").Parse(source)
	if err != nil {
		page(w, "<p>No card.</p>")
		return
	}
	var out strings.Builder
	_ = t.Execute(&out, data)
	page(w, "<p>"+html.EscapeString(out.String())+"</p>")
}

// load reads XML with a resolver of its own: Go's reader has none.
func (s *site) load(w http.ResponseWriter, r *http.Request) {
	source := r.FormValue("xml")
	entities := map[string]string{}
	if _, rest, ok := strings.Cut(source, `<!ENTITY e SYSTEM "`); ok && !s.safe {
		address, _, _ := strings.Cut(rest, `"`)
		entities["e"] = resolve(r.Context(), address)
	}
	decoder := xml.NewDecoder(strings.NewReader(source))
	decoder.Entity = entities
	text := ""
	for {
		token, err := decoder.Token()
		if err != nil {
			break
		}
		if data, ok := token.(xml.CharData); ok {
			text += string(data)
		}
	}
	page(w, "<pre>"+html.EscapeString(text)+"</pre>")
}

func resolve(ctx context.Context, address string) string {
	if name, ok := strings.CutPrefix(address, "file://"); ok {
		data, _ := os.ReadFile(name)
		return string(data)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil || !strings.HasPrefix(r.URL.Host, "127.0.0.1:") { // tests ask nobody else
		return ""
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	data, _ := io.ReadAll(io.LimitReader(answer.Body, 1000))
	return string(data)
}

// lang writes a header by hand, which Go would not let happen.
func (s *site) lang(w http.ResponseWriter, r *http.Request) {
	to := r.FormValue("to")
	if s.safe {
		w.Header().Set("Content-Language", to)
		page(w, "ok")
		return
	}
	connection, buffer, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer connection.Close()
	fmt.Fprintf(buffer, "HTTP/1.1 200 OK\r\nContent-Language: %s\r\nContent-Type: text/html\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", to)
	buffer.Flush()
}

func (s *site) file(w http.ResponseWriter, r *http.Request) {
	var data []byte
	var err error
	if s.safe {
		data, err = s.root.ReadFile(r.FormValue("name"))
	} else {
		data, err = os.ReadFile(filepath.Join(s.dir, r.FormValue("name")))
	}
	if err != nil {
		http.NotFound(w, r)
		return
	}
	page(w, "<pre>"+html.EscapeString(string(data))+"</pre>")
}

// save gives the same files as a download, which is no page.
func (s *site) save(w http.ResponseWriter, r *http.Request) {
	var data []byte
	var err error
	if s.safe {
		data, err = s.root.ReadFile(r.FormValue("what"))
	} else {
		data, err = os.ReadFile(filepath.Join(s.dir, r.FormValue("what")))
	}
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", "attachment")
	_, _ = w.Write(data)
}

// fetch asks an address; a safe one lets the reader's browser do it.
func (s *site) fetch(w http.ResponseWriter, r *http.Request) {
	if s.safe {
		page(w, `<a href="`+html.EscapeString(r.FormValue("url"))+`">There</a>`)
		return
	}
	page(w, "<pre>"+html.EscapeString(resolve(r.Context(), r.FormValue("url")))+"</pre>")
}

// people obeys operators of a document database: user[$ne]=x.
func (s *site) people(w http.ResponseWriter, r *http.Request) {
	list := ""
	for _, name := range []string{"ada", "bob", "cy"} {
		match := name == r.FormValue("user")
		if !s.safe {
			for key, values := range r.URL.Query() {
				switch key {
				case "user[$ne]":
					match = name != values[0]
				case "user[$eq]":
					match = name == values[0]
				}
			}
		}
		if match {
			list += "<li>" + name
		}
	}
	page(w, "<p>Found:</p><ul>"+list+"</ul>")
}

// staff complains as a reader of XPath does.
func (s *site) staff(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.FormValue("name"), "'") && !s.safe {
		w.WriteHeader(http.StatusInternalServerError)
		page(w, "<pre>javax.xml.xpath.XPathExpressionException: unterminated string</pre>")
		return
	}
	page(w, "<p>Nobody.</p>")
}

// article has its id in the path.
func (s *site) article(w http.ResponseWriter, r *http.Request) {
	if s.safe {
		s.rows(r.Context(), w, true, "SELECT id, name, price FROM products WHERE id = ?", r.PathValue("id"))
		return
	}
	s.rows(r.Context(), w, true, "SELECT id, name, price FROM products WHERE id = '"+r.PathValue("id")+"'")
}
