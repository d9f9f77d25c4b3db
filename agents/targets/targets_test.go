package targets_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/probes"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/targets"
	"github.com/atelier-studio/atelier/agents/targets/shop"
	"github.com/atelier-studio/atelier/agents/wire"
)

func TestDefectsAreWhole(t *testing.T) {
	t.Parallel()
	list, err := targets.Defects()
	if err != nil {
		t.Fatal(err)
	}
	all, seen := probes.All(), map[string]bool{}
	for _, d := range list {
		if d.ID == "" || d.Title == "" || !slices.Contains(agents.Areas, d.Area) || seen[d.ID] {
			t.Errorf("%+v is no whole defect, or there twice", d)
		}
		seen[d.ID] = true
		if d.Where == "" && len(d.Also) > 0 && d.ID != "found-everywhere" { // else it would excuse what is wrong anywhere
			t.Errorf("%s does not say where %v may see it too", d.ID, d.Also)
		}
		for _, id := range append([]string{d.Probe}, d.Also...) {
			if all[id] == nil {
				t.Errorf("%s names the probe %q, which there is not", d.ID, id)
			}
		}
	}
}

// surfaceOf looks around a shop as nobody.
func surfaceOf(t *testing.T, address string) *surface.Surface {
	t.Helper()
	scope, err := wire.NewScope(address, nil, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	client := wire.NewClient(scope, wire.NewBudget(5000, 2000), "test", time.Now)
	t.Cleanup(client.Close)
	s, err := discover.Surface(t.Context(), client, discover.Options{Pages: 300, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestShopWorks(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(shop.New())
	t.Cleanup(server.Close)
	s := surfaceOf(t, server.URL)
	for _, page := range s.Pages {
		if page.Answer != nil && page.Answer.Status >= 400 {
			t.Errorf("%s answers %d:\n%s", page.URL, page.Answer.Status, page.Answer.Body)
		}
	}
	if len(s.Pages) < 12 || len(s.Forms) < 4 || len(s.Operations) < 8 || s.SignIn == nil {
		t.Errorf("%d pages, %d forms, %d operations, sign-in %v", len(s.Pages), len(s.Forms), len(s.Operations), s.SignIn)
	}
}

func everybody(t *testing.T) []agents.Persona {
	t.Helper()
	list, err := agents.Personas()
	if err != nil {
		t.Fatal(err)
	}
	all := probes.All()
	for i := range list {
		list[i].Probes = slices.DeleteFunc(list[i].Probes, func(id string) bool { return all[id] == nil })
	}
	return slices.DeleteFunc(list, func(p agents.Persona) bool { return len(p.Probes) == 0 })
}

func TestDeadTarget(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	personas := everybody(t)
	if len(personas) == 0 {
		t.Skip("no persona has a probe yet")
	}
	result, err := campaign.Run(t.Context(), campaign.Settings{Target: address, Personas: personas}, campaign.Parts{Probes: probes.All()})
	if !errors.Is(err, discover.ErrNoAnswer) || result != nil {
		t.Errorf("a dead port gives %v, %v", result, err)
	}
}

var _ http.Handler = targets.Broken()
