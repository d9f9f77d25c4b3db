package campaign_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/try"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Who is signed in by a header is so in the browser, and a page that could not be looked at once can be later.
func TestLooks(t *testing.T) {
	t.Parallel()
	var hung atomic.Int64
	var mended atomic.Bool
	hanging := make(chan bool, 1)
	target := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch {
		case r.URL.Path == "/breaks" && !mended.Load():
			panic(http.ErrAbortHandler)
		case r.URL.Path == "/hangs" && hung.Add(1) == 1:
			hanging <- true
			<-r.Context().Done()
		case r.Header.Get("Authorization") == "Bearer abc":
			fmt.Fprint(w, `<title>T</title><p>member</p><script>const a = document.createElement("a"); a.href = "/drawn"; a.textContent = "More"; document.body.append(a);</script>`)
		default:
			fmt.Fprint(w, `<title>T</title><p>guest</p>`)
		}
	})
	probe := &agents.Probe{ID: "looks", Title: "Looks", Severity: agents.Low, Needs: agents.NeedsBrowser, Check: agents.Whole(func(ctx context.Context, lab *agents.Lab) agents.Outcome {
		at := strings.TrimSuffix(lab.Surface.Target, "/")
		sees := func(as, path, want string) {
			v, err := lab.Visits.Visit(ctx, at+path, as)
			if err != nil || !strings.Contains(v.Snapshot.Text, want) {
				t.Errorf("%s as %q: %v, want %q", path, as, err, want)
			}
		}
		sees("", "/", "guest")
		sees("account 1", "/", "member")
		tab, err := lab.Open(ctx, "account 1", browser.Setting{})
		if err != nil {
			return agents.BlockOn(err)
		}
		defer tab.Close()
		if err := tab.Go(ctx, at+"/"); err != nil {
			return agents.BlockOn(err)
		}
		if html, err := tab.HTML(ctx); err != nil || !strings.Contains(html, "member") {
			t.Errorf("a tab of the account shows %q (%v)", html, err)
		}
		if _, err := lab.Visits.Visit(ctx, at+"/breaks", ""); err == nil {
			t.Error("a page that broke off was looked at")
		}
		mended.Store(true)
		sees("", "/breaks", "guest")
		short, cancel := context.WithCancel(ctx)
		var wait sync.WaitGroup
		wait.Go(func() {
			if _, err := lab.Visits.Visit(short, at+"/hangs", ""); err == nil {
				t.Error("a page that hangs was looked at")
			}
		})
		<-hanging
		wait.Go(func() { sees("", "/hangs", "guest") })
		cancel()
		wait.Wait()
		return agents.Pass()
	})}
	r := try.Probe(t, probe, target, try.Options{Browser: true, Accounts: []campaign.Login{{Role: "member", Header: "Authorization: Bearer abc"}}})
	try.Want(t, r, "looks", 0)
	if !containsPage(r.Surface, "/drawn", "account 1") {
		t.Error("what scripts draw for the account is not known")
	}
}

func containsPage(s *surface.Surface, path, as string) bool {
	for _, p := range s.Pages {
		if strings.HasSuffix(p.URL, path) && p.As == as {
			return true
		}
	}
	return false
}
