package campaign_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// shop has pages with and without a title, and one that answers 500.
func shop(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, `<title>Shop</title><a href=/one>1</a><a href=/two>2</a><a href=/three>3</a><a href=/private>P</a><form method=post action=/sign-in><input name=user><input type=password name=pass></form>`)
		case "/one", "/three":
			fmt.Fprint(w, `<p>no title</p>`, r.URL.Path)
		case "/two":
			w.WriteHeader(http.StatusInternalServerError)
			fmt.Fprint(w, `<title>Broken</title>`)
		case "/sign-in":
			if r.PostFormValue("pass") == "right" {
				http.SetCookie(w, &http.Cookie{Name: "sid", Value: "0123456789", Path: "/"})
				http.Redirect(w, r, "/", http.StatusSeeOther)
				return
			}
			fmt.Fprint(w, `<title>Again</title><form method=post><input type="password" name=pass></form>`)
		case "/private":
			if _, err := r.Cookie("sid"); err != nil {
				http.Error(w, "sign in", http.StatusForbidden)
				return
			}
			fmt.Fprint(w, `<title>Private</title>`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

func pages(s *surface.Surface) []*surface.Page { return s.Pages }

// world is a set of small probes, and what they did.
type world struct {
	flaky, blocked, loud atomic.Int64
	loudOrder            []string
}

func (w *world) probes() map[string]*agents.Probe {
	list := []*agents.Probe{
		{ID: "title", Title: "Page without a title", Severity: agents.Low, Check: agents.Each(pages, func(_ context.Context, _ *agents.Lab, p *surface.Page) agents.Outcome {
			if p.Title == "" {
				return agents.Fail(agents.Finding{Text: "It has no title."})
			}
			return agents.Pass()
		})},
		{ID: "errors", Title: "Server error", Severity: agents.High, Needs: agents.NeedsHTTP, Skills: []string{"http"}, Check: agents.Each(pages, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			x := lab.Get(ctx, p.URL)
			if !x.Answered() {
				return agents.BlockOn(x.Fault)
			}
			if x.Status >= 500 {
				return agents.Fail(agents.Finding{Text: "It answers 500.", Evidence: []agents.Evidence{agents.Exchanged("answer", x)}})
			}
			return agents.Pass()
		})},
		{ID: "flaky", Title: "Seen once", Severity: agents.Critical, Check: agents.Whole(func(context.Context, *agents.Lab) agents.Outcome {
			if w.flaky.Add(1) == 1 {
				return agents.Fail(agents.Finding{Text: "Only the first time."})
			}
			return agents.Pass()
		})},
		{ID: "stumbles", Title: "Blocked once", Check: agents.Whole(func(context.Context, *agents.Lab) agents.Outcome {
			if w.blocked.Add(1) == 1 {
				return agents.Block("the first time")
			}
			return agents.Pass()
		})},
		{ID: "panics", Title: "Panics", Check: agents.Whole(func(context.Context, *agents.Lab) agents.Outcome { panic("oh") })},
		{ID: "loud", Title: "Intrusive", Severity: agents.Medium, Needs: agents.NeedsHTTP | agents.NeedsIntrusive, Check: agents.Each(pages, func(_ context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			if w.loud.Add(1) != 1 {
				return agents.Block("two intrusive cases at once")
			}
			defer w.loud.Add(-1)
			w.loudOrder = append(w.loudOrder, lab.Case)
			return agents.Pass()
		})},
		{ID: "drawn", Title: "Needs a browser", Needs: agents.NeedsBrowser, Check: agents.Whole(func(context.Context, *agents.Lab) agents.Outcome { return agents.Pass() })},
		{ID: "signed", Title: "Needs an account", Needs: agents.NeedsHTTP | agents.NeedsAccount, Check: agents.Whole(func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			a, _ := lab.Account("member")
			if x := lab.Send(ctx, wire.Request{URL: strings.TrimSuffix(lab.Surface.Target, "/") + "/private", As: a.Name}); x.Status != 200 {
				return agents.Block("not in: %d", x.Status)
			}
			return agents.Pass()
		})},
	}
	m := map[string]*agents.Probe{}
	for _, p := range list {
		m[p.ID] = p
	}
	return m
}

var personas = []agents.Persona{
	{ID: "reader", Name: "Reader", Area: agents.Usability, Probes: []string{"title", "flaky", "stumbles", "panics"}},
	{ID: "sender", Name: "Sender", Area: agents.Functional, Skills: []string{"http"}, Probes: []string{"errors", "drawn", "signed"}},
	{ID: "breaker", Name: "Breaker", Area: agents.Security, Skills: []string{"http"}, Probes: []string{"loud"}},
}

func TestRun(t *testing.T) {
	t.Parallel()
	server := shop(t)
	w := &world{}
	r, err := campaign.Run(t.Context(), campaign.Settings{
		Target: server.URL, Personas: personas, Accounts: []campaign.Login{{Role: "member", User: "ada", Password: "right"}, {Role: "member", User: "eve", Password: "wrong"}},
		Require: agents.Requirements{agents.Usability: 0.5, agents.Security: 0.9}, Budget: campaign.Budget{PerSecond: 1000},
	}, campaign.Parts{Probes: w.probes()})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range r.Findings {
		found = append(found, fmt.Sprintf("%s %s %s", f.Severity, f.Probe, strings.TrimPrefix(f.Where.URL, server.URL)))
	}
	if want := []string{"high errors /two", "low title /one", "low title /three"}; !slices.Equal(found, want) {
		t.Errorf("found %v", found)
	}
	if !r.Accounts[0].In || r.Accounts[1].In || !strings.Contains(r.Accounts[1].Why, "not taken") {
		t.Errorf("accounts %+v", r.Accounts)
	}
	if !slices.Equal(r.Sessions, []string{"0123456789"}) {
		t.Errorf("sessions that a report must not tell: %q", r.Sessions)
	}
	outcomes := map[string]agents.Outcome{}
	for _, x := range r.Cases {
		outcomes[x.ID] = x.Outcome
		if x.State != campaign.Done {
			t.Errorf("%s is %s", x.ID, x.State)
		}
	}
	for id, want := range map[string]agents.Verdict{
		"flaky site": agents.Blocked, "stumbles site": agents.Passed, "panics site": agents.Blocked, "drawn site": agents.NotTested, "signed site": agents.Passed, "loud page /": agents.NotTested,
	} {
		if outcomes[id].Verdict != want {
			t.Errorf("%s: %+v", id, outcomes[id])
		}
	}
	security := r.Counts[agents.Security]
	if security.Executed != 0 || security.Applicable == 0 || security.Reasons["not allowed: intrusive"] != security.Applicable || r.Gates[0].Area != agents.Security || r.Gates[0].Met || !r.Gates[1].Met || r.OK() {
		t.Errorf("security %+v, gates %+v", security, r.Gates)
	}
	if data, err := json.Marshal(r); err != nil || strings.Contains(string(data), `"right"`) {
		t.Errorf("%v, or a password in the result", err)
	}
}

// The same is found whatever the number of personas at once, and intrusive cases keep their order.
func TestSameFindings(t *testing.T) {
	t.Parallel()
	server := shop(t)
	var first, firstOrder string
	for _, active := range []int{1, 2, 9, 27} {
		w := &world{}
		r, err := campaign.Run(t.Context(), campaign.Settings{Target: server.URL, Personas: personas, Intrusive: true, Budget: campaign.Budget{Active: active, PerSecond: 1000}}, campaign.Parts{Probes: w.probes()})
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for _, f := range r.Findings {
			fmt.Fprintln(&text, f.ID, f.Severity, f.Where.URL)
		}
		order := strings.Join(w.loudOrder, "\n")
		if first == "" {
			first, firstOrder = text.String(), order
		}
		if text.String() != first || order != firstOrder || len(w.loudOrder) == 0 {
			t.Errorf("with %d: %s\n%s", active, text.String(), order)
		}
	}
}

func TestNothingCanBeTested(t *testing.T) {
	t.Parallel()
	server := shop(t)
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	probes := (&world{}).probes()
	for _, c := range []struct {
		name string
		s    campaign.Settings
		want error
	}{
		{"dead port", campaign.Settings{Target: dead.URL, Personas: personas}, discover.ErrNoAnswer},
		{"nobody", campaign.Settings{Target: server.URL}, campaign.ErrNoProbes},
		{"no area", campaign.Settings{Target: server.URL, Personas: personas, Areas: []agents.Area{agents.Compliance}}, campaign.ErrNoProbes},
	} {
		if r, err := campaign.Run(t.Context(), c.s, campaign.Parts{Probes: probes}); !errors.Is(err, c.want) || r != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := campaign.Run(t.Context(), campaign.Settings{Target: server.URL, Personas: []agents.Persona{{ID: "odd", Name: "Odd", Area: agents.Data, Probes: []string{"unknown"}}}}, campaign.Parts{Probes: probes}); err == nil || !strings.Contains(err.Error(), "unknown") {
		t.Error(err)
	}
}

func TestBudgets(t *testing.T) {
	t.Parallel()
	server := shop(t)
	probes := (&world{}).probes()
	r, err := campaign.Run(t.Context(), campaign.Settings{Target: server.URL, Personas: personas, Budget: campaign.Budget{Requests: 45, PerSecond: 1000}}, campaign.Parts{Probes: probes})
	if err != nil {
		t.Fatal(err)
	}
	if r.Requests > 45 {
		t.Errorf("%d requests", r.Requests)
	}
	r, err = campaign.Run(t.Context(), campaign.Settings{Target: server.URL, Personas: personas, Budget: campaign.Budget{Requests: 1000, PerSecond: 1000}}, campaign.Parts{Probes: probes, Spent: campaign.Spent{Requests: 990}})
	if err != nil || r.Requests > 1000 || r.Stopped == "" {
		t.Errorf("after 990 of 1,000 requests of an earlier start: %v, %d in all, %q", err, r.Requests, r.Stopped)
	}
	probes["waits"] = &agents.Probe{ID: "waits", Title: "Waits", Check: agents.Whole(func(ctx context.Context, _ *agents.Lab) agents.Outcome {
		<-ctx.Done()
		return agents.BlockOn(ctx.Err())
	})}
	slow := []agents.Persona{{ID: "slow", Name: "Slow", Area: agents.Data, Probes: []string{"waits", "title"}}}
	r, err = campaign.Run(t.Context(), campaign.Settings{Target: server.URL, Personas: slow, Budget: campaign.Budget{Time: time.Second, PerSecond: 1000}}, campaign.Parts{Probes: probes})
	if err != nil || r.Stopped != "the campaign's time was over" {
		t.Fatalf("%v %+v", err, r)
	}
	if c := r.Counts[agents.Data]; c.Executed != 0 && c.Passed+c.Failed == c.Applicable || c.Reasons["the campaign's time was over"] == 0 {
		t.Errorf("%+v", c)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r, err = campaign.Run(ctx, campaign.Settings{Target: server.URL, Personas: slow, Budget: campaign.Budget{PerSecond: 1000}}, campaign.Parts{Probes: probes, Each: func(e campaign.Event) {
		if e.Kind == campaign.Began && e.Probe == "waits" {
			cancel()
		}
	}})
	if !errors.Is(err, campaign.ErrStopped) || r == nil || r.Stopped == "" {
		t.Errorf("stopped: %v", err)
	}
}

// What discovery had no time for is in no denominator, so that it is said of the whole.
func TestTimeForDiscovery(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hangs" {
			<-r.Context().Done()
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<title>Start</title><a href=/hangs>Hangs</a>")
	}))
	t.Cleanup(server.Close)
	probe := &agents.Probe{ID: "fine", Title: "Fine", Check: agents.Whole(func(context.Context, *agents.Lab) agents.Outcome { return agents.Pass() })}
	who := []agents.Persona{{ID: "reader", Name: "Reader", Area: agents.Data, Probes: []string{"fine"}}}
	r, err := campaign.Run(t.Context(), campaign.Settings{Target: server.URL, Personas: who, Budget: campaign.Budget{Time: 6 * time.Second, PerSecond: 1000}}, campaign.Parts{Probes: map[string]*agents.Probe{"fine": probe}})
	if err != nil || !strings.Contains(r.Stopped, "the time for discovery was over") || r.OK() {
		t.Errorf("%v %q", err, r.Stopped)
	}
}

// notebook keeps cases as a store does.
type notebook struct {
	mu    sync.Mutex
	cases map[string]campaign.Case
}

func (n *notebook) Cases(context.Context) (map[string]campaign.Case, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	copied := map[string]campaign.Case{}
	for id, c := range n.cases {
		copied[id] = c
	}
	return copied, nil
}

func (n *notebook) Keep(_ context.Context, c campaign.Case) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cases[c.ID] = c
	return nil
}

func TestResume(t *testing.T) {
	t.Parallel()
	server := shop(t)
	w := &world{}
	probes := w.probes()
	kept := &notebook{cases: map[string]campaign.Case{}}
	s := campaign.Settings{Target: server.URL, Personas: personas, Intrusive: true, Budget: campaign.Budget{PerSecond: 1000}}
	first, err := campaign.Run(t.Context(), s, campaign.Parts{Probes: probes, Keep: kept})
	if err != nil {
		t.Fatal(err)
	}
	// As if the process had been killed with one intrusive case and one quiet case under way, and one not begun.
	for id, state := range map[string]campaign.State{"loud page /": campaign.UnderWay, "title page /one": campaign.UnderWay, "errors page /two": campaign.Planned} {
		c := kept.cases[id]
		c.State = state
		kept.cases[id] = c
	}
	w.loudOrder = nil
	second, err := campaign.Run(t.Context(), s, campaign.Parts{Probes: probes, Keep: kept})
	if err != nil {
		t.Fatal(err)
	}
	if len(w.loudOrder) != 0 {
		t.Errorf("intrusive cases were made twice: %v", w.loudOrder)
	}
	if len(second.Findings) != len(first.Findings) {
		t.Errorf("%d findings, then %d", len(first.Findings), len(second.Findings))
	}
	for _, x := range second.Cases {
		if x.ID == "loud page /" && x.Outcome.Verdict != agents.NotTested {
			t.Errorf("%+v", x.Outcome)
		}
	}
}
