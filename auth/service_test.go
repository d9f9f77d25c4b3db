package auth_test

import (
	"errors"
	"io/fs"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/store"
)

// clock is a time that tests move.
type clock struct{ micros atomic.Int64 }

func (c *clock) Now() time.Time          { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *clock) Advance(d time.Duration) { c.micros.Add(d.Microseconds()) }

const good = "three small green boats"

var ada = auth.Person{Email: " Ada@Example.org ", Name: "Ada", Password: good}

func newService(t *testing.T) (*auth.Service, *store.Store, *clock) {
	t.Helper()
	c := &clock{}
	c.micros.Store(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).UnixMicro())
	sealer, err := auth.NewSealer(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler), Now: c.Now, Sealer: sealer})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return auth.New(auth.Options{Store: s, Now: c.Now}), s, c
}

func setUp(t *testing.T, a *auth.Service) string {
	t.Helper()
	link, err := a.SetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	token, err := a.SetUp(t.Context(), link, ada, auth.Client{Agent: "test", Address: "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func who(t *testing.T, a *auth.Service, token string) (auth.Principal, string) {
	t.Helper()
	p, fresh, err := a.Authenticate(t.Context(), token)
	if err != nil {
		t.Fatalf("Authenticate: %v", err)
	}
	return p, fresh
}

func TestSetUp(t *testing.T) {
	t.Parallel()
	a, _, c := newService(t)
	ctx := t.Context()
	first, err := a.SetupToken(ctx)
	if err != nil {
		t.Fatal(err)
	}
	second, err := a.SetupToken(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.CheckSetup(ctx, first); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the link of an earlier start: %v", err)
	}
	if _, err := a.SetUp(ctx, second, auth.Person{Email: "ada@example.org", Password: "short"}, auth.Client{}); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("a short password: %v", err)
	}
	if err := a.CheckSetup(ctx, second); err != nil {
		t.Errorf("a mistake used the link up: %v", err)
	}
	c.Advance(24 * time.Hour)
	if err := a.CheckSetup(ctx, second); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a link of yesterday: %v", err)
	}
	p, _ := who(t, a, setUp(t, a))
	if p.User.Email != "ada@example.org" || p.Member.Role != auth.Owner || p.Member.Workspace.ID == "" {
		t.Errorf("the first account is %+v", p)
	}
	if link, err := a.SetupToken(ctx); link != "" || err != nil {
		t.Errorf("a studio that is set up gave a link: %q, %v", link, err)
	}
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	a, _, c := newService(t)
	setUp(t, a)
	in := func() string {
		token, err := a.SignIn(t.Context(), "ada@example.org", good, auth.Client{})
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	idle := in()
	c.Advance(auth.SessionIdle)
	if _, _, err := a.Authenticate(t.Context(), idle); !errors.Is(err, auth.ErrSignedOut) {
		t.Errorf("after eight idle hours: %v", err)
	}
	busy := in()
	begun := c.Now()
	for c.Now().Sub(begun) < auth.SessionLife-5*time.Hour {
		c.Advance(4 * time.Hour)
		if _, fresh := who(t, a, busy); fresh != "" {
			busy = fresh
		}
	}
	c.Advance(5 * time.Hour)
	if _, _, err := a.Authenticate(t.Context(), busy); !errors.Is(err, auth.ErrSignedOut) {
		t.Errorf("after thirty days of use: %v", err)
	}
	out := in()
	if err := a.SignOut(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.Authenticate(t.Context(), out); !errors.Is(err, auth.ErrSignedOut) {
		t.Errorf("after signing out: %v", err)
	}
}

func TestTokenChanges(t *testing.T) {
	t.Parallel()
	a, _, c := newService(t)
	old := setUp(t, a)
	if _, fresh := who(t, a, old); fresh != "" {
		t.Error("a token of this minute was changed")
	}
	c.Advance(10 * time.Minute)
	p, fresh := who(t, a, old)
	if fresh == "" {
		t.Fatal("a token of ten minutes was not changed")
	}
	// The browser's other requests still carry the old token, and the new one has not arrived.
	if again, more := who(t, a, old); again.Session.ID != p.Session.ID || more != "" {
		t.Errorf("a request that was under way got the session %q and the token %q", again.Session.ID, more)
	}
	c.Advance(time.Second)
	who(t, a, fresh)
	c.Advance(28 * time.Second)
	who(t, a, old)
	c.Advance(2 * time.Second)
	if _, _, err := a.Authenticate(t.Context(), old); !errors.Is(err, auth.ErrSignedOut) {
		t.Errorf("the old token after half a minute: %v", err)
	}
	who(t, a, fresh)
}

func TestLostAnswer(t *testing.T) {
	t.Parallel()
	a, _, c := newService(t)
	held := setUp(t, a)
	c.Advance(10 * time.Minute)
	who(t, a, held) // the answer with the new token never arrives
	c.Advance(5 * time.Minute)
	who(t, a, held)
	c.Advance(5 * time.Minute)
	if _, fresh := who(t, a, held); fresh == "" {
		t.Error("the browser holds a token that nobody will ever change")
	} else {
		who(t, a, fresh)
	}
}

func TestGuessing(t *testing.T) {
	t.Parallel()
	a, _, c := newService(t)
	setUp(t, a)
	try := func(email, password, address string) error {
		_, err := a.SignIn(t.Context(), email, password, auth.Client{Address: address})
		return err
	}
	wrong, unknown := try("ada@example.org", "not this one", "192.0.2.2"), try("bob@example.org", "not this one", "192.0.2.3")
	if !errors.Is(wrong, auth.ErrWrongPassword) || wrong.Error() != unknown.Error() {
		t.Errorf("a wrong password says %q, an unknown account %q", wrong, unknown)
	}
	var waits []time.Duration
	for range 40 {
		err := try("ada@example.org", "not this one", "198.51.100.7")
		if many, ok := errors.AsType[auth.TooMany](err); ok {
			waits = append(waits, many.Wait)
			c.Advance(many.Wait)
		}
	}
	if len(waits) < 5 || waits[len(waits)-1] <= waits[0] || waits[len(waits)-1] > 15*time.Minute {
		t.Errorf("the waits of someone who guesses: %v", waits)
	}
	if err := try("ada@example.org", good, "198.51.100.7"); err == nil {
		t.Error("who guessed was let in without a wait")
	}
	// Strangers cannot keep the owner out: from elsewhere it takes half a minute at most.
	c.Advance(30 * time.Second)
	if err := try("ada@example.org", good, "192.0.2.1"); err != nil {
		t.Errorf("the owner: %v", err)
	}
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	for password, ok := range map[string]bool{
		good:                              true,
		"correct-battery-7-stap":          true,
		"ein langer Weg 日本":               true,
		strings.Repeat("a long way ", 11): true,
		strings.Repeat("a long way ", 12): false,
		"short":                           false,
		"password1234":                    false,
		"P@ssw0rd!!!!":                    false,
		"Passwordpassword":                false,
		"qwertyuiop12":                    false,
		"123456789012":                    false,
		"aaaaaaaaaaaa":                    false,
		"abcabcabcabc":                    false,
		"ada@example.org":                 false,
		"iloveyouiloveyou":                false,
		"1234567890abc":                   false,
	} {
		err := auth.CheckPassword(password, "ada@example.org", "Ada")
		if ok != (err == nil) {
			t.Errorf("CheckPassword(%q) = %v", password, err)
		}
	}
}

func TestPasswordChange(t *testing.T) {
	t.Parallel()
	a, _, _ := newService(t)
	ctx := t.Context()
	here := setUp(t, a)
	there, err := a.SignIn(ctx, "ada@example.org", good, auth.Client{})
	if err != nil {
		t.Fatal(err)
	}
	p, _ := who(t, a, here)
	if _, err := a.ChangePassword(ctx, p, "not this one", "four large blue houses", auth.Client{}); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("with a wrong current password: %v", err)
	}
	fresh, err := a.ChangePassword(ctx, p, good, "four large blue houses", auth.Client{})
	if err != nil {
		t.Fatal(err)
	}
	who(t, a, fresh)
	for name, token := range map[string]string{"the earlier token": here, "another browser": there} {
		if _, _, err := a.Authenticate(ctx, token); !errors.Is(err, auth.ErrSignedOut) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := a.SignIn(ctx, "ada@example.org", good, auth.Client{}); !errors.Is(err, auth.ErrWrongPassword) {
		t.Errorf("the old password: %v", err)
	}
	if _, err := a.SignIn(ctx, "ADA@example.org", "four large blue houses", auth.Client{}); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

func TestStaleHashIsRenewed(t *testing.T) {
	t.Parallel()
	a, s, _ := newService(t)
	p, _ := who(t, a, setUp(t, a))
	p.User.PasswordHash = cheapHash(good)
	if err := s.UpdateUser(t.Context(), p.User); err != nil {
		t.Fatal(err)
	}
	if _, err := a.SignIn(t.Context(), "ada@example.org", good, auth.Client{}); err != nil {
		t.Fatal(err)
	}
	u, err := s.UserByID(t.Context(), p.User.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(u.PasswordHash, "$m=19456,t=2,p=1$") {
		t.Errorf("the hash is still %q", u.PasswordHash)
	}
}

func TestInvitation(t *testing.T) {
	t.Parallel()
	a, s, c := newService(t)
	ctx := t.Context()
	owner, _ := who(t, a, setUp(t, a))
	scope := owner.Member.Scope()
	invite := func(email string, role auth.Role) string {
		link, err := a.Invite(ctx, scope, email, role)
		if err != nil {
			t.Fatal(err)
		}
		return link
	}
	bob := auth.Person{Email: "bob@example.org", Name: "Bob", Password: good}
	link := invite("", auth.Viewer)
	token, err := a.AcceptInvite(ctx, link, bob, auth.Client{})
	if err != nil {
		t.Fatal(err)
	}
	guest, _ := who(t, a, token)
	if guest.Member.Role != auth.Viewer || guest.Member.Workspace.ID != scope.Workspace() {
		t.Errorf("the guest came in as %+v", guest.Member)
	}
	if _, err := a.Invite(ctx, guest.Member.Scope(), "", auth.Owner); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a viewer invites: %v", err)
	}
	refused := func(name, link string, p auth.Person, want error) {
		t.Helper()
		if _, err := a.AcceptInvite(ctx, link, p, auth.Client{}); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	eve := auth.Person{Email: "eve@example.org", Name: "Eve", Password: good}
	refused("a link that was used", link, eve, fs.ErrNotExist)
	refused("an address that has an account", invite("", auth.Editor), bob, fs.ErrInvalid)
	late := invite("", auth.Editor)
	revoked := invite("", auth.Editor)
	if err := a.Revoke(ctx, scope, auth.HashToken(revoked)); err != nil {
		t.Fatal(err)
	}
	refused("a revoked link", revoked, eve, fs.ErrNotExist)
	c.Advance(7 * 24 * time.Hour)
	refused("a link of last week", late, eve, fs.ErrNotExist)

	bound := invite("carol@example.org", auth.Owner)
	if _, err := a.Join(ctx, bound, guest); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("someone else's invitation: %v", err)
	}
	token, err = a.AcceptInvite(ctx, bound, eve, auth.Client{})
	if err != nil {
		t.Fatal(err)
	}
	carol, _ := who(t, a, token)
	if carol.User.Email != "carol@example.org" {
		t.Errorf("a bound invitation made %s", carol.User.Email)
	}
	// What a removed owner gave out is void, and they are out at once.
	voided, err := a.Invite(ctx, carol.Member.Scope(), "", auth.Owner)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveMember(ctx, scope, carol.User.ID); err != nil {
		t.Fatal(err)
	}
	refused("the link of a removed owner", voided, eve, fs.ErrNotExist)
	if p, _ := who(t, a, token); p.Member.Role != "" || p.Member.Scope().Allows(auth.WorkflowView) {
		t.Errorf("a removed member still is %+v", p.Member)
	}
}
