package discover_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/wire"
)

// TestCookiesOnTheWay wants the cookies that redirects set, as they were written, and what an account got first.
func TestCookiesOnTheWay(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/":
			if _, err := r.Cookie("sid"); err != nil {
				w.Header().Add("Set-Cookie", "sid=0123456789abcdef01; Path=/; HttpOnly; samesite=weird")
			}
			w.Header().Add("Set-Cookie", "csrf_token=0123456789abcdef01; Path=/")
			w.Header().Add("Set-Cookie", "gone=; Max-Age=0")
			fmt.Fprint(w, "<title>Home</title><a href=/go>go</a>")
		case "/go":
			w.Header().Add("Set-Cookie", "seen=1; Path=/")
			http.Redirect(w, r, "/", http.StatusFound)
		case "/in":
			w.Header().Add("Set-Cookie", "sid=fedcba98765432100f; Path=/")
			http.Redirect(w, r, "/", http.StatusSeeOther)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	scope, err := wire.NewScope(server.URL, nil, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	client := wire.NewClient(scope, wire.NewBudget(0, 0), "test", time.Now)
	client.Send(t.Context(), wire.Request{Method: http.MethodPost, URL: server.URL + "/in", As: "anna", Follow: true})
	s, err := discover.Surface(t.Context(), client, discover.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Cookies) != 3 {
		t.Fatalf("%d cookies", len(s.Cookies))
	}
	csrf, seen, sid := s.Cookies[0], s.Cookies[1], s.Cookies[2]
	if csrf.Session || seen.Session || !sid.Session {
		t.Errorf("sessions are told wrong: %+v %+v %+v", csrf, seen, sid)
	}
	if sid.As != "anna" || sid.Line != "sid=fedc…0f; Path=/" || len(sid.Others) != 1 || sid.Others[0] != "sid=0123…01; Path=/; HttpOnly; samesite=weird" {
		t.Errorf("%+v", sid)
	}
}
