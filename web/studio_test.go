package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/live"
	"github.com/atelier-studio/atelier/ops"
	"github.com/atelier-studio/atelier/store"
	"github.com/atelier-studio/atelier/web"
)

const password = "three small green boats"

// clock is a time that tests move.
type clock struct{ micros atomic.Int64 }

func (c *clock) Now() time.Time          { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *clock) Advance(d time.Duration) { c.micros.Add(d.Microseconds()) }

// studio is a whole server on a real store.
type studio struct {
	*web.Server
	*clock
	URL   string
	Store *store.Store
	Auth  *auth.Service
	Log   *lockedText
}

// kinds is a catalogue of two.
type kinds map[string]*engine.Kind

func (k kinds) Kind(name string) (*engine.Kind, bool) { v, ok := k[name]; return v, ok }

func (k kinds) Kinds() []*engine.Kind {
	var all []*engine.Kind
	for _, v := range k {
		all = append(all, v)
	}
	return all
}

func pass(_ context.Context, _ any, c *engine.Call) (engine.Outputs, error) {
	return engine.One(c.Items()), nil
}

func testKinds() kinds {
	return kinds{
		"trigger.manual": {Name: "trigger.manual", Title: "Manual", Group: "Triggers", Icon: "play", Trigger: true, Run: pass},
		"flow.noop":      {Name: "flow.noop", Title: "Nothing", Group: "Flow", Icon: "circle-dot", Run: pass},
	}
}

var testTypes = []engine.CredentialType{{
	Name: "http.basic", Title: "Name and password",
	Fields: []engine.Param{{Name: "user", Label: "User", Type: "string", Required: true}, {Name: "password", Label: "Password", Type: "string", Required: true}, {Name: "note", Label: "Note", Type: "string"}},
	Secret: []string{"password"},
}}

func newStudio(t *testing.T, change ...func(*web.Options)) *studio {
	t.Helper()
	c := &clock{}
	c.micros.Store(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).UnixMicro())
	sealer, err := auth.NewSealer(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	text := &lockedText{}
	log := ops.NewLog(text, ops.LogOptions{})
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Log: log, Now: c.Now, Sealer: sealer})
	if err != nil {
		t.Fatal(err)
	}
	a := auth.New(auth.Options{Store: s, Log: log, Now: c.Now})
	hub := live.NewHub(live.NewMemory(), log)
	o := web.Options{
		Store: s, Auth: a, Catalogue: testKinds(), CredentialTypes: testTypes, Live: hub,
		Metrics: ops.NewMetrics("test"), Log: log, Now: c.Now, Version: "test", Development: true,
	}
	for _, f := range change {
		f(&o)
	}
	runner := engine.NewRunner(engine.Options{
		Catalogue: o.Catalogue, Journal: s.Journal(), Source: s, JavaScript: o.JavaScript, Publish: web.Publisher(hub.Bus(), log), Log: log, Now: c.Now,
	})
	o.Runner = runner
	server, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(server.Handler())
	t.Cleanup(func() {
		hub.Close()
		front.Close()
		runner.Close(context.Background())
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &studio{Server: server, clock: c, URL: front.URL, Store: s, Auth: a, Log: text}
}

// browser keeps cookies and follows no redirect.
type browser struct {
	*http.Client
	t      *testing.T
	studio *studio
	User   auth.User
	Member auth.Member
}

func (s *studio) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, studio: s, Client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is a response that was read.
type answer struct {
	*http.Response
	Text string
}

func (b *browser) do(method, path, contentType, body string, headers ...string) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.studio.URL+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res, string(text)}
}

func (b *browser) get(path string) answer { b.t.Helper(); return b.do("GET", path, "", "") }

func (b *browser) post(path string, fields ...string) answer {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.do("POST", path, "application/x-www-form-urlencoded", form.Encode())
}

// owner sets the studio up, or makes one more user with a workspace of their own, and signs them in.
func (s *studio) owner(t *testing.T, email string) *browser {
	t.Helper()
	if _, err := s.Auth.CreateOwner(t.Context(), auth.Person{Email: email, Password: password}); err != nil {
		t.Fatal(err)
	}
	return s.signIn(t, email)
}

// member makes a user with a role in the host's workspace and signs them in.
func (s *studio) member(t *testing.T, host *browser, email string, role auth.Role) *browser {
	t.Helper()
	link, err := s.Auth.Invite(t.Context(), host.Member.Scope(), email, role)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Auth.AcceptInvite(t.Context(), link, auth.Person{Password: password}, auth.Client{}); err != nil {
		t.Fatal(err)
	}
	return s.signIn(t, email)
}

func (s *studio) signIn(t *testing.T, email string) *browser {
	t.Helper()
	b := s.browser(t)
	if res := b.post("/signin", "email", email, "password", password); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign in as %s: %d %s", email, res.StatusCode, res.Text)
	}
	var err error
	if b.User, err = s.Store.UserByEmail(t.Context(), email); err != nil {
		t.Fatal(err)
	}
	all, err := s.Store.Memberships(t.Context(), b.User.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.Member = all[0]
	return b
}

// lockedText collects the log.
type lockedText struct {
	text atomic.Pointer[string]
}

func (l *lockedText) Write(p []byte) (int, error) {
	for {
		old := l.text.Load()
		next := string(p)
		if old != nil {
			next = *old + next
		}
		if l.text.CompareAndSwap(old, &next) {
			return len(p), nil
		}
	}
}

func (l *lockedText) String() string {
	if p := l.text.Load(); p != nil {
		return *p
	}
	return ""
}
