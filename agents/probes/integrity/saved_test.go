package integrity_test

import (
	"fmt"
	"html"
	"net/http"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/agents/probes/integrity"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

// profile is a page that shows what is kept in a form and takes changes of it, but for what it drops.
type profile struct {
	drops  string // a field that is not kept
	checks bool   // refuses telephone numbers
	mu     sync.Mutex
	kept   map[string]string
	times  int
}

func (p *profile) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	switch {
	case r.URL.Path == "/":
		fmt.Fprint(w, `<!doctype html><title>Home</title><a href="/me">Me</a>`)
	case r.URL.Path != "/me":
		http.NotFound(w, r)
	case r.Method == http.MethodPost && p.checks:
		w.WriteHeader(http.StatusUnprocessableEntity)
		p.form(w)
	case r.Method == http.MethodPost:
		p.times++
		for _, name := range []string{"nick", "phone", "about", "mail", "news"} {
			if name != p.drops {
				p.kept[name] = r.PostFormValue(name)
			}
		}
		http.Redirect(w, r, "/me", http.StatusSeeOther)
	default:
		p.form(w)
	}
}

func (p *profile) form(w http.ResponseWriter) {
	checked := ""
	if p.kept["news"] != "" {
		checked = "checked"
	}
	fmt.Fprintf(w, `<!doctype html><title>Me</title><form method="post" action="/me"><input name="nick" value="%s"><input name="phone" type="tel" value="%s"><textarea name="about">%s</textarea>
		<input name="mail" type="email" value="%s"><input type="checkbox" name="news" value="yes" %s><button>Save</button></form>`,
		html.EscapeString(p.kept["nick"]), html.EscapeString(p.kept["phone"]), html.EscapeString(p.kept["about"]), html.EscapeString(p.kept["mail"]), checked)
}

// A form that says that all is saved and drops a field is found; all stands as it did afterwards.
func TestSavedSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		p    *profile
		want int
	}{
		{"all is kept", &profile{}, 0},
		{"drops the number", &profile{drops: "phone"}, 1},
		{"takes nothing", &profile{checks: true}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			kept := map[string]string{"nick": "Ada", "phone": "", "about": "Sows & reaps", "mail": "ada@example.org", "news": "yes"}
			c.p.kept = kept
			r := try.Probes(t, integrity.Probes(), c.p, try.Options{Intrusive: true})
			if got := try.Found(r, "roundtrip"); len(got) != c.want {
				t.Errorf("%d findings: %+v", len(got), got)
			}
			if count := r.ByProbe["roundtrip"]; count.Applicable != 1 || (count.Executed == 1) == c.p.checks {
				t.Errorf("%+v", count)
			}
			if got := fmt.Sprint(kept["nick"], kept["phone"], kept["about"], kept["mail"], kept["news"]); got != "AdaSows & reapsada@example.orgyes" {
				t.Errorf("%s is left", got)
			}
			if !c.p.checks && c.p.times < 2 {
				t.Errorf("saved %d times", c.p.times)
			}
		})
	}
}
