package injection_test

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

// letters lets people write to each other, and to nobody who is not there. Every letter has a page of its own.
type letters struct {
	safe    bool
	outbox  bool // who wrote it sees it too
	refusal int  // the status of an answer with the form again

	mu   sync.Mutex
	list []letter
}

type letter struct{ from, to, subject, text string }

func (l *letters) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	passwords := map[string]string{"ada": "Analytical-1", "bob": "Builder-22"}
	who := ""
	if c, err := r.Cookie("sid"); err == nil && passwords[c.Value] != "" {
		who = c.Value
	}
	const write = `<form method="post" action="/letters/new"><input name="to" value="%s"><input name="subject" value="%s"><textarea name="text">%s</textarea><button>Send</button></form>`
	switch {
	case r.URL.Path == "/in" && r.Method == http.MethodPost:
		if name := r.FormValue("user"); name != "" && passwords[name] == r.FormValue("pass") {
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: name, Path: "/", HttpOnly: true})
			http.Redirect(w, r, "/letters", http.StatusSeeOther)
			return
		}
		w.WriteHeader(http.StatusUnauthorized)
		page(w, "<p>Wrong.</p>")
	case r.URL.Path == "/", who == "" && r.URL.Path == "/letters":
		page(w, `<a href="/letters">Letters</a><form method="post" action="/in"><input name="user"><input type="password" name="pass"><button>Sign in</button></form>`)
	case who == "":
		http.NotFound(w, r)
	case r.URL.Path == "/letters":
		rows := ""
		for i, x := range l.list {
			if l.sees(who, x) {
				rows += fmt.Sprintf(`<li><a href="/letters/%d">%s</a>`, i+1, html.EscapeString(x.subject))
			}
		}
		page(w, `<a href="/letters/new">Write</a><ul>`+rows+`</ul>`)
	case r.URL.Path == "/letters/new" && r.Method == http.MethodPost:
		x := letter{who, r.FormValue("to"), r.FormValue("subject"), r.FormValue("text")}
		if passwords[x.to] == "" || x.to == who {
			w.WriteHeader(l.refusal)
			page(w, "<p>There is nobody of that name.</p>"+fmt.Sprintf(write, html.EscapeString(x.to), html.EscapeString(x.subject), html.EscapeString(x.text)))
			return
		}
		l.list = append(l.list, x)
		http.Redirect(w, r, "/letters", http.StatusSeeOther)
	case r.URL.Path == "/letters/new":
		page(w, fmt.Sprintf(write, "", "", ""))
	default:
		n, err := strconv.Atoi(r.URL.Path[len("/letters/"):])
		if err != nil || n < 1 || n > len(l.list) || !l.sees(who, l.list[n-1]) {
			http.NotFound(w, r)
			return
		}
		x := l.list[n-1]
		text := x.text
		if l.safe {
			text = html.EscapeString(text)
		}
		page(w, "<h2>"+html.EscapeString(x.subject)+"</h2><p>"+text+"</p>")
	}
}

func (l *letters) sees(who string, x letter) bool { return x.to == who || l.outbox && x.from == who }

// What is written to somebody is looked for where it is shown: on a page that was not there before, to whom it was written.
func TestStoredForSomebody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		app  *letters
		want []string
	}{
		"both see it":             {&letters{outbox: true, refusal: 422}, []string{"/letters/new text"}},
		"its reader sees it":      {&letters{refusal: 422}, []string{"/letters/new text"}},
		"refused with a page":     {&letters{refusal: 200}, []string{"/letters/new text"}},
		"escaped":                 {&letters{safe: true, outbox: true, refusal: 422}, nil},
		"escaped, for its reader": {&letters{safe: true, refusal: 200}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.app.list = []letter{{"bob", "ada", "Engine", "It turns."}, {"ada", "bob", "House", "It stands."}}
			r := try.Probes(t, probes(t, "xss-stored"), c.app, try.Options{Intrusive: true, Accounts: []campaign.Login{{Role: "member", User: "ada", Password: "Analytical-1"}, {Role: "member", User: "bob", Password: "Builder-22"}}})
			if got := paths(t, r, "xss-stored"); !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v: %+v", got, c.want, r.ByProbe["xss-stored"])
			}
			if count := r.ByProbe["xss-stored"]; count.Blocked+count.NotTested > 0 {
				t.Errorf("%v", count.Reasons)
			}
			if len(c.app.list) < 3 {
				t.Error("nobody has written")
			}
		})
	}
}
