package forms_test

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
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/probes/forms"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

type entry struct{ title, mail, count string }

// target is a site with a list of guests, a search and an upload; its forms are careful, or not at all. A key in a cookie
// goes with each form.
func target(bad bool) http.Handler {
	var (
		mu   sync.Mutex
		kept = map[int]entry{}
		next int
	)
	mux := http.NewServeMux()
	page := func(w http.ResponseWriter, status int, format string, args ...any) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		http.SetCookie(w, &http.Cookie{Name: "visit", Value: "v1", Path: "/"})
		w.WriteHeader(status)
		fmt.Fprintf(w, `<!doctype html><html lang=en><title>Guests</title><nav><a href=/guests>Guests</a> <a href=/guests/new>Write</a> <a href=/files>Files</a></nav>`+format, args...)
	}
	form := func(w http.ResponseWriter, status int, e entry, wrong string) {
		said, invalid, novalidate := "", "", ""
		if wrong != "" {
			said, invalid = `<p id=title-error class=error>`+wrong+`</p>`, ` aria-invalid=true aria-describedby=title-error`
		}
		if bad {
			novalidate, invalid = " novalidate", ""
			if wrong != "" {
				e = entry{}
				said = "<p>Sorry, an error.</p>"
			}
		}
		page(w, status, `%s<form method=post action=/guests%s><input type=hidden name=key value=k1><label>Mail <input type=email name=mail required value="%s"></label>
<label>Name <input name=title required maxlength=60 value="%s"%s></label><label>Guests <input type=number name=count min=1 max=9 value="%s"></label><button>Save</button></form>`,
			said, novalidate, html.EscapeString(e.mail), html.EscapeString(e.title), invalid, html.EscapeString(e.count))
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { page(w, 200, `<form action=/find><input name=q></form>`) })
	mux.HandleFunc("GET /find", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query().Get("q")
		if bad && strings.ContainsRune(q, 0) {
			page(w, 500, "broken")
			return
		}
		page(w, 200, `<p>Nothing for %s</p>`, html.EscapeString(q))
	})
	mux.HandleFunc("GET /guests", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		var b strings.Builder
		for id := 1; id <= next; id++ {
			if e, ok := kept[id]; ok {
				fmt.Fprintf(&b, `<li><a href=/guests/%d>%s</a></li>`, id, html.EscapeString(e.title))
			}
		}
		page(w, 200, "<ul>%s</ul>", b.String())
	})
	mux.HandleFunc("GET /guests/new", func(w http.ResponseWriter, _ *http.Request) { form(w, 200, entry{}, "") })
	mux.HandleFunc("POST /guests", func(w http.ResponseWriter, r *http.Request) {
		e := entry{r.PostFormValue("title"), r.PostFormValue("mail"), r.PostFormValue("count")}
		if c, err := r.Cookie("visit"); err != nil || c.Value != "v1" || r.PostFormValue("key") != "k1" {
			page(w, 403, "forged")
			return
		}
		n, err := strconv.Atoi(e.count)
		inRange := e.count == "" || err == nil && n >= 1 && n <= 9
		switch {
		case bad && !r.PostForm.Has("count") && r.PostForm.Has("count[]"):
			page(w, 500, "broken")
			return
		case bad && e.title == "" && r.PostForm.Has("title"):
			form(w, 422, e, "A name is wanted.")
			return
		case !bad && (e.title == "" || !utf8.ValidString(e.title) || strings.ContainsRune(e.title, 0) || utf8.RuneCountInString(e.title) > 60 || !regexp.MustCompile(`^\S+@\S+\.\S+$`).MatchString(e.mail) || !inRange):
			form(w, 422, e, "A name is wanted, and a mail address.")
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if !bad {
			for _, other := range kept {
				if other == e {
					http.Redirect(w, r, "/guests", http.StatusSeeOther)
					return
				}
			}
		} else {
			e.title = strings.Map(func(r rune) rune {
				if r > 0xffff {
					return -1
				}
				return r
			}, e.title)
		}
		next++
		kept[next] = e
		http.Redirect(w, r, fmt.Sprintf("/guests/%d", next), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /guests/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.Atoi(r.PathValue("id"))
		mu.Lock()
		defer mu.Unlock()
		e, ok := kept[id]
		if !ok {
			page(w, 404, "none")
			return
		}
		page(w, 200, `<h1>%s</h1><p>%s %s</p><form method=post action=/guests/%d/delete><button>Delete</button></form>`, html.EscapeString(e.title), html.EscapeString(e.mail), html.EscapeString(e.count), id)
	})
	mux.HandleFunc("POST /guests/{id}/delete", func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.Atoi(r.PathValue("id"))
		mu.Lock()
		defer mu.Unlock()
		delete(kept, id)
		http.Redirect(w, r, "/guests", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /files", func(w http.ResponseWriter, _ *http.Request) {
		page(w, 200, `<form method=post action=/files enctype=multipart/form-data><input type=file name=picture accept="image/*"><button>Send</button></form>`)
	})
	mux.HandleFunc("POST /files", func(w http.ResponseWriter, r *http.Request) {
		file, header, err := r.FormFile("picture")
		if err != nil {
			page(w, 400, "no file")
			return
		}
		head := make([]byte, 512)
		n, _ := io.ReadFull(file, head)
		if !bad && (!slices.Contains([]string{".png", ".jpg"}, path.Ext(header.Filename)) || !strings.HasPrefix(http.DetectContentType(head[:n]), "image/")) {
			page(w, 422, "<p class=error>A picture, please.</p>")
			return
		}
		page(w, 200, "<p>Thank you for your picture.</p>")
	})
	return mux
}

func TestForms(t *testing.T) {
	t.Parallel()
	for _, bad := range []bool{true, false} {
		t.Run(fmt.Sprintf("bad %v", bad), func(t *testing.T) {
			t.Parallel()
			result := try.Probes(t, forms.Probes(), target(bad), try.Options{Intrusive: true, Browser: true, PerSecond: 5000})
			for _, p := range forms.Probes() {
				found := try.Found(result, p.ID)
				if bad != (len(found) > 0) {
					t.Errorf("%s found %d: %+v", p.ID, len(found), result.ByProbe[p.ID])
				}
				for _, f := range found {
					t.Logf("%s %s at %s: %s", f.Severity, f.Probe, f.Where.URL, f.Text)
					if len(f.Evidence) == 0 || f.Severity == agents.Info {
						t.Errorf("%s shows nothing", f.Probe)
					}
				}
				if count := result.ByProbe[p.ID]; count == nil || count.NotTested+count.Blocked > 0 {
					t.Errorf("%s could not test all: %+v", p.ID, count)
				}
			}
		})
	}
}
