package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/web"
)

func wantPage(t *testing.T, res answer, status int, parts ...string) {
	t.Helper()
	if res.StatusCode != status {
		t.Errorf("%s %s: status %d, want %d: %.300s", res.Request.Method, res.Request.URL.Path, res.StatusCode, status, res.Text)
	}
	for _, part := range parts {
		if !strings.Contains(res.Text, part) {
			t.Errorf("%s %s lacks %q", res.Request.Method, res.Request.URL.Path, part)
		}
	}
}

func wantRedirect(t *testing.T, res answer, to string) {
	t.Helper()
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != to {
		t.Errorf("%s %s: %d to %q, want a redirect to %q: %.300s", res.Request.Method, res.Request.URL.Path, res.StatusCode, res.Header.Get("Location"), to, res.Text)
	}
}

func TestSetUpFlow(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	link, err := s.Auth.SetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := s.browser(t)
	wantRedirect(t, b.get("/workflows"), "/setup")
	wantRedirect(t, b.get("/signin"), "/setup")
	wantPage(t, b.get("/setup"), http.StatusOK, "This studio is new")
	wantPage(t, b.get("/setup/guessed"), http.StatusNotFound, "not valid")
	wantPage(t, b.get("/setup/"+link), http.StatusOK, "Set up your studio", `name="password"`)
	wantPage(t, b.post("/setup/"+link, "email", "ada@example.org", "password", "short"), http.StatusUnprocessableEntity, "At least 12", `value="ada@example.org"`)
	wantRedirect(t, b.post("/setup/"+link, "email", "ada@example.org", "password", password), "/workflows")
	wantPage(t, b.get("/settings"), http.StatusOK, "ada@example.org")
	wantRedirect(t, s.browser(t).post("/setup/"+link, "email", "eve@example.org", "password", password), "/signin")
	if log := s.Log.String(); strings.Contains(log, link) || strings.Contains(log, password) {
		t.Error("the log tells the set-up link or the password")
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, public, cookie string
		secure               bool
	}{{"http", "", "atelier", false}, {"https", "https://studio.example.org", "__Host-atelier", true}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newStudio(t, func(o *web.Options) { o.PublicURL = test.public })
			if _, err := s.Auth.CreateOwner(t.Context(), auth.Person{Email: "ada@example.org", Password: password}); err != nil {
				t.Fatal(err)
			}
			planted := s.browser(t)
			address, err := url.Parse(s.URL)
			if err != nil {
				t.Fatal(err)
			}
			planted.Jar.SetCookies(address, []*http.Cookie{{Name: test.cookie, Value: "planted"}})
			res := planted.post("/signin", "email", "ada@example.org", "password", password)
			var found *http.Cookie
			for _, k := range res.Cookies() {
				if k.Value != "" {
					found = k
				}
			}
			if found == nil || found.Name != test.cookie || found.Secure != test.secure || !found.HttpOnly || found.SameSite != http.SameSiteLaxMode || found.Path != "/" || found.Domain != "" {
				t.Fatalf("the cookie is %+v", found)
			}
			if found.Value == "planted" || len(found.Value) < 40 {
				t.Errorf("the token is %q", found.Value)
			}
			if hsts := res.Header.Get("Strict-Transport-Security"); (hsts != "") != test.secure {
				t.Errorf("HSTS is %q", hsts)
			}
		})
	}
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	ada := s.owner(t, "ada@example.org")
	address, _ := url.Parse(s.URL)
	held := ada.Jar.Cookies(address)
	res := ada.post("/signout")
	wantRedirect(t, res, "/signin")
	if !strings.Contains(res.Header.Get("Clear-Site-Data"), `"cache"`) {
		t.Errorf("Clear-Site-Data is %q", res.Header.Get("Clear-Site-Data"))
	}
	ada.Jar.SetCookies(address, held)
	wantRedirect(t, ada.get("/settings"), "/signin?next=%2Fsettings")
}

func TestNextStaysHere(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/runs": "/runs", "/workflows/abc?x=1#y": "/workflows/abc?x=1#y", "": "/workflows",
		"https://evil.example": "/workflows", "//evil.example": "/workflows", `/\evil.example`: "/workflows", `\\evil.example`: "/workflows",
		"/\t/evil.example": "/workflows", "/\n//evil.example": "/workflows", "javascript:alert(1)": "/workflows", "///evil.example": "/workflows",
		"http:evil.example": "/workflows", "@evil.example": "/workflows", "/signin?next=/signin": "/workflows", "%2f%2fevil.example": "/workflows",
		"/%2f/evil.example": "/workflows", ".evil.example": "/workflows", "/" + strings.Repeat("a", 3000): "/workflows",
	} {
		if got := web.SafeNext(next); got != want {
			t.Errorf("SafeNext(%q) = %q, want %q", next, got, want)
		}
	}
	s := newStudio(t)
	s.owner(t, "ada@example.org")
	b := s.browser(t)
	wantRedirect(t, b.get("/runs?status=failed"), "/signin?next=%2Fruns%3Fstatus%3Dfailed")
	wantRedirect(t, b.post("/signin", "email", "ada@example.org", "password", password, "next", "//evil.example"), "/workflows")
	wantRedirect(t, b.get("/signin?next=/runs"), "/runs")
}

func TestGuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	s.owner(t, "ada@example.org")
	b := s.browser(t)
	var refused answer
	for i := range 30 {
		refused = b.post("/signin", "email", "ada@example.org", "password", "guess number "+string(rune('a'+i)))
		if refused.StatusCode == http.StatusTooManyRequests {
			break
		}
		wantPage(t, refused, http.StatusUnprocessableEntity, "The e-mail address or the password is wrong")
	}
	wantPage(t, refused, http.StatusTooManyRequests, "Too many failed attempts")
	if refused.Header.Get("Retry-After") == "" {
		t.Error("it does not say when to try again")
	}
	wantPage(t, b.post("/signin", "email", "ada@example.org", "password", password), http.StatusTooManyRequests)
	s.Advance(15 * time.Minute)
	wantRedirect(t, b.post("/signin", "email", "ada@example.org", "password", password), "/workflows")
}

func TestTokenChangesInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	ada := s.owner(t, "ada@example.org")
	address, _ := url.Parse(s.URL)
	before := ada.Jar.Cookies(address)[0].Value
	ada.get("/settings")
	if ada.Jar.Cookies(address)[0].Value != before {
		t.Error("the token changed at once")
	}
	s.Advance(10 * time.Minute)
	ada.get("/settings")
	after := ada.Jar.Cookies(address)[0].Value
	if after == before {
		t.Error("the token did not change after ten minutes")
	}
	wantPage(t, ada.get("/settings"), http.StatusOK)
	s.Advance(auth.SessionIdle + time.Second)
	wantRedirect(t, ada.get("/settings"), "/signin?next=%2Fsettings")
}

func TestInviteFlow(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	ada := s.owner(t, "ada@example.org")
	made := ada.post("/settings/invitations", "email", "bob@example.org", "role", "editor")
	wantPage(t, made, http.StatusOK, "shown only now")
	link := regexp.MustCompile(`data-testid="copy-value">http://[^/]+(/invite/[^<]+)<`).FindStringSubmatch(made.Text)
	if link == nil {
		t.Fatal("the page shows no link")
	}
	wantPage(t, ada.get("/settings/members"), http.StatusOK, "bob@example.org", "Revoke")
	if strings.Contains(ada.get("/settings/members").Text, link[1]) {
		t.Error("the link is shown again")
	}
	bob := s.browser(t)
	wantPage(t, bob.get(link[1]), http.StatusOK, "Join", "as editor")
	wantRedirect(t, bob.post(link[1], "email", "eve@example.org", "name", "Bob", "password", password), "/workflows")
	wantPage(t, bob.get("/settings"), http.StatusOK, "bob@example.org", "Editor")
	wantPage(t, s.browser(t).get(link[1]), http.StatusNotFound, "used already")
	wantPage(t, bob.get("/settings/workspace"), http.StatusForbidden, "Your role here is editor", "ask an owner")

	user, err := s.Store.UserByEmail(t.Context(), "bob@example.org")
	if err != nil {
		t.Fatal(err)
	}
	wantRedirect(t, ada.post("/settings/members/"+user.ID+"/role", "role", "viewer"), "/settings/members")
	if page := bob.get("/variables"); strings.Contains(page.Text, "add-variable") || strings.Contains(page.Text, `href="/credentials"`) {
		t.Error("a viewer is offered what the server refuses")
	}
	wantPage(t, bob.post("/variables", "name", "A", "value", "1"), http.StatusForbidden)
	wantPage(t, ada.post("/settings/members/"+ada.User.ID+"/remove"), http.StatusUnprocessableEntity)
	wantRedirect(t, ada.post("/settings/members/"+user.ID+"/remove"), "/settings/members")
	wantPage(t, bob.get("/workflows"), http.StatusForbidden, "You belong to no workspace")

	// Someone with an account joins with it, and can go back and forth.
	carol := s.owner(t, "carol@example.org")
	made = ada.post("/settings/invitations", "role", "viewer")
	link = regexp.MustCompile(`data-testid="copy-value">http://[^/]+(/invite/[^<]+)<`).FindStringSubmatch(made.Text)
	wantPage(t, carol.get(link[1]), http.StatusOK, "signed in as")
	wantRedirect(t, carol.post(link[1]+"/join"), "/workflows")
	wantPage(t, carol.get("/settings"), http.StatusOK, "Viewer")
	wantRedirect(t, carol.post("/workspaces/switch", "workspace", carol.Member.Workspace.ID), "/workflows")
	wantPage(t, carol.get("/settings"), http.StatusOK, "Owner")
	if strings.Contains(s.Log.String(), strings.TrimPrefix(link[1], "/invite/")) {
		t.Error("the log tells an invitation")
	}
}

func TestSessionsPage(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	here := s.owner(t, "ada@example.org")
	there := s.signIn(t, "ada@example.org")
	page := here.get("/settings/sessions")
	wantPage(t, page, http.StatusOK, "This one", "Sign out everywhere else")
	end := regexp.MustCompile(`action="(/settings/sessions/[^/"]+/end)"`).FindAllStringSubmatch(page.Text, -1)
	if len(end) != 1 {
		t.Fatalf("%d sessions can be ended, want the other one", len(end))
	}
	eve := s.owner(t, "eve@example.org")
	wantPage(t, eve.post(end[0][1]), http.StatusNotFound)
	wantPage(t, there.get("/settings"), http.StatusOK)
	wantRedirect(t, here.post(end[0][1]), "/settings/sessions")
	wantRedirect(t, there.get("/settings"), "/signin?next=%2Fsettings")

	there = s.signIn(t, "ada@example.org")
	wantPage(t, here.post("/settings/password", "current", "not this one", "password", "four large blue houses"), http.StatusUnprocessableEntity, "not your current password")
	wantRedirect(t, here.post("/settings/password", "current", password, "password", "four large blue houses"), "/settings/password")
	wantRedirect(t, there.get("/settings"), "/signin?next=%2Fsettings")
	wantPage(t, here.get("/settings"), http.StatusOK, "Your other sessions have ended")
	if strings.Contains(here.get("/settings").Text, "Your other sessions have ended") {
		t.Error("the message came twice")
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	ada := s.owner(t, "ada@example.org")
	wantPage(t, ada.get("/no/such/page"), http.StatusNotFound, "There is no page", `action="/workflows"`, `type="search"`)
	wantPage(t, s.browser(t).get("/no/such/page"), http.StatusNotFound, "There is no page")
	if res := ada.do("DELETE", "/settings", "", ""); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("DELETE /settings: %d", res.StatusCode)
	}
	res := ada.get("/api/v1/nothing")
	var problem struct {
		Status                   int
		Title, Detail, RequestID string
	}
	if err := json.Unmarshal([]byte(res.Text), &problem); err != nil || problem.Status != http.StatusNotFound || problem.Detail == "" {
		t.Errorf("the API says %s", res.Text)
	}
	big := strings.Repeat("x", 2<<20)
	if res := ada.do("POST", "/variables", "application/x-www-form-urlencoded", "name=A&value="+big); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of 2 MiB: %d %.200s", res.StatusCode, res.Text)
	}
	if err := s.Store.Close(); err != nil {
		t.Fatal(err)
	}
	// Without the store nobody can be told from anybody: the answer is no.
	wantPage(t, ada.get("/settings"), http.StatusServiceUnavailable, "cannot tell who you are")
	wantPage(t, ada.get("/ready"), http.StatusServiceUnavailable)
	wantPage(t, ada.get("/health"), http.StatusOK, "alive")
}

func TestForgedMessagesAreNotShown(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	ada := s.owner(t, "ada@example.org")
	address, _ := url.Parse(s.URL)
	for _, value := range []string{"eyJ0IjoiY2FuYXJ5In0", "eyJ0IjoiY2FuYXJ5In0.", "eyJ0IjoiY2FuYXJ5In0.AAAA", ".", "%%%"} {
		ada.Jar.SetCookies(address, []*http.Cookie{{Name: "atelier-flash", Value: value}})
		if page := ada.get("/settings"); page.StatusCode != http.StatusOK || strings.Contains(page.Text, "canary") {
			t.Errorf("the cookie %q was believed: %d", value, page.StatusCode)
		}
	}
}

func TestForwardedHeaders(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	s.owner(t, "ada@example.org")
	res := s.browser(t).do("POST", "/signin", "application/x-www-form-urlencoded",
		url.Values{"email": {"ada@example.org"}, "password": {password}}.Encode(),
		"X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https", "X-Real-Ip", "203.0.113.9")
	if res.Header.Get("Strict-Transport-Security") != "" || strings.Contains(s.Log.String(), "203.0.113.9") {
		t.Error("a stranger's word about where it comes from was believed")
	}
}
