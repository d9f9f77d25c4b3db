package session_test

import (
	"crypto/md5" //nolint:gosec // a fault
	"fmt"
	"html"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/session"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

// guestbook is a small target with accounts, notes and a list of wishes; its fields are its faults.
type guestbook struct {
	cookie    string // how the session's cookie is set, after its value
	token     bool   // forms carry a token, and it is compared
	origin    bool   // a foreign Origin is refused
	keeps     bool   // signing in keeps the session id of before
	takes     bool   // it takes any id that a visitor sends
	wishByGET bool
	recent    bool   // remembers what was searched for
	ids       string // count, hash, short; else random
	links     string
	visitors  bool // visitors get a session too

	mu       sync.Mutex
	next     int
	sessions map[string]string // id -> user, "" for a visitor
	notes    []string
	wishes   []string
	searched []string
}

const secretToken = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

func (g *guestbook) id() string {
	g.next++
	switch g.ids {
	case "count":
		return fmt.Sprintf("session-%06d", 1000+g.next)
	case "hash":
		return fmt.Sprintf("%x", md5.Sum([]byte(fmt.Sprint(g.next)))) //nolint:gosec // a fault
	case "short":
		return fmt.Sprintf("%x", md5.Sum([]byte(fmt.Sprint("salt", g.next))))[:10] //nolint:gosec // a fault
	}
	return fmt.Sprintf("%x", md5.Sum([]byte(fmt.Sprint("a long salt ", g.next)))) //nolint:gosec // stands for chance
}

func (g *guestbook) set(w http.ResponseWriter, id string) {
	w.Header().Add("Set-Cookie", "sid="+id+"; "+g.cookie)
}

func (g *guestbook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.sessions == nil {
		g.sessions = map[string]string{}
	}
	id := ""
	if c, err := r.Cookie("sid"); err == nil {
		id = c.Value
	}
	user, known := g.sessions[id]
	if !known && (id == "" && g.visitors || id != "" && !g.takes) {
		id = ""
		if g.visitors {
			id = g.id()
			g.sessions[id] = ""
			g.set(w, id)
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	token := ""
	if g.token {
		token = `<input type=hidden name=csrf value=` + secretToken + `>`
	}
	if r.Method == http.MethodPost && r.URL.Path != "/in" && (g.token && r.PostFormValue("csrf") != secretToken || g.origin && strings.Contains(r.Header.Get("Origin"), "evil")) {
		http.Error(w, "forged", http.StatusForbidden)
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /":
		fmt.Fprintf(w, `<title>Guestbook</title>Hello %s <a href=/notes>Notes</a><a href=/wishes>Wishes</a>%s<form method=post action=/in><input name=user><input type=password name=pass><button>Sign in</button></form>
			<form action=/search><input type=search name=q><button>Search</button></form>`, html.EscapeString(user), g.links)
	case "POST /in":
		if r.PostFormValue("pass") != "right" {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		if id == "" || !g.keeps {
			id = g.id()
			g.set(w, id)
		}
		g.sessions[id] = r.PostFormValue("user")
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case "GET /notes", "POST /notes":
		if user == "" {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		if r.Method == http.MethodPost {
			g.notes = append(g.notes, r.PostFormValue("text"))
			http.Redirect(w, r, "/notes", http.StatusSeeOther)
			return
		}
		fmt.Fprintf(w, `<title>Notes</title><ul>%s</ul><form method=post action=/notes><input name=text>%s<button>Keep</button></form>`, list(g.notes), token)
	case "GET /wishes":
		if wish := r.URL.Query().Get("wish"); g.wishByGET && wish != "" {
			g.wishes = append(g.wishes, wish)
		}
		fmt.Fprintf(w, `<title>Wishes</title><ul>%s</ul><form action=/wishes><input name=wish value="a pony"><button>Add</button></form>You asked for %s`, list(g.wishes), html.EscapeString(r.URL.Query().Get("wish")))
	case "GET /search":
		if q := r.URL.Query().Get("q"); g.recent && q != "" {
			g.searched = append(g.searched, q)
		}
		fmt.Fprintf(w, `<title>Search</title>Nothing for %s. Lately: %s`, html.EscapeString(r.URL.Query().Get("q")), list(g.searched))
	default:
		http.NotFound(w, r)
	}
}

func list(words []string) string {
	var b strings.Builder
	for _, word := range words {
		b.WriteString("<li>" + html.EscapeString(word))
	}
	return b.String()
}

const safe = "Path=/; HttpOnly; SameSite=Lax"

func TestProbes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		g    *guestbook
		tls  bool
		want map[string]int
	}{
		{"clean", &guestbook{cookie: safe, token: true, recent: true, visitors: true}, false, nil},
		{"protected by SameSite alone", &guestbook{cookie: safe}, false, nil},
		{"protected by a token alone", &guestbook{cookie: "Path=/; HttpOnly; SameSite=None; Secure", token: true, recent: true}, false, nil},
		{"a bare cookie", &guestbook{cookie: "Path=/", token: true}, false, map[string]int{"cookie-httponly": 1, "cookie-samesite": 1}},
		{"over TLS", &guestbook{cookie: safe, token: true}, true, map[string]int{"cookie-secure": 1}},
		{"clean over TLS", &guestbook{cookie: safe + "; secure", token: true}, true, nil},
		{"no protection", &guestbook{cookie: "Path=/; HttpOnly; SameSite=None; Secure"}, false, map[string]int{"csrf-token": 1, "csrf-replay": 1}},
		{"protected by the Origin", &guestbook{cookie: "Path=/; HttpOnly; SameSite=None; Secure", origin: true}, false, map[string]int{"csrf-token": 1}},
		{"stores by GET", &guestbook{cookie: safe, token: true, wishByGET: true}, false, map[string]int{"get-state-change": 1}},
		{"keeps the session id", &guestbook{cookie: safe, token: true, keeps: true, visitors: true}, false, map[string]int{"session-fixation": 1}},
		{"takes any session id", &guestbook{cookie: safe, token: true, keeps: true, takes: true}, false, map[string]int{"session-fixation": 1}},
		{"ids count up", &guestbook{cookie: safe, token: true, visitors: true, ids: "count"}, false, map[string]int{"session-entropy": 1}},
		{"ids are hashes of numbers", &guestbook{cookie: safe, token: true, visitors: true, ids: "hash"}, false, map[string]int{"session-entropy": 1}},
		{"short ids for accounts only", &guestbook{cookie: safe, token: true, ids: "short"}, false, map[string]int{"session-entropy": 1}},
		{"session in links", &guestbook{cookie: safe, token: true, links: `<a href="/wishes;jsessionid=0A1B2C3D4E5F60718293">w</a><a href="/wishes?sid=0a1b2c3d4e5f60718293">w</a><a href="/wishes?session=spring&sort=sid">w</a>`}, false, map[string]int{"session-in-url": 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			result := try.Probes(t, session.Probes(), c.g, try.Options{Accounts: []campaign.Login{{Role: "user", User: "anna-of-the-hill", Password: "right"}}, Intrusive: true, TLS: c.tls})
			for _, probe := range session.Probes() {
				found := try.Found(result, probe.ID)
				if len(found) != c.want[probe.ID] {
					t.Errorf("%s found %d, want %d", probe.ID, len(found), c.want[probe.ID])
				}
				for _, f := range found {
					if f.Text == "" || len(f.Evidence) == 0 || strings.Contains(f.Evidence[0].Text, "0a1b2c3d4e5f60718293") {
						t.Errorf("%+v", f)
					}
				}
				if count := result.ByProbe[probe.ID]; count != nil && count.Blocked > 0 {
					t.Errorf("%s: %v", probe.ID, slices.Sorted(maps.Keys(count.Reasons)))
				}
			}
		})
	}
}
