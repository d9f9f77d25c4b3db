package campaign_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

// A pause lets what is under way end and begins nothing more; its time is not counted.
func TestPause(t *testing.T) {
	t.Parallel()
	server := shop(t)
	control := &campaign.Control{}
	paused := make(chan struct{})
	var once sync.Once
	var after int
	go func() {
		<-paused
		<-time.After(300 * time.Millisecond)
		before := control.Snapshot()
		<-time.After(700 * time.Millisecond)
		now := control.Snapshot()
		after = now.Done - before.Done
		if !now.Paused || now.Stage != "testing" || now.Of == 0 || len(now.Members) != 3 {
			t.Errorf("%+v", now)
		}
		control.Resume()
	}()
	r, err := campaign.Run(t.Context(), campaign.Settings{Target: server.URL, Personas: personas, Intrusive: true, Budget: campaign.Budget{Active: 1, PerSecond: 1000, Time: time.Second}}, campaign.Parts{
		Probes: (&world{}).probes(), Control: control, Each: func(e campaign.Event) {
			if e.Kind == campaign.Ended {
				once.Do(func() {
					control.Pause()
					close(paused)
				})
			}
		},
	})
	if err != nil || r.Stopped != "" {
		t.Fatalf("%v %+v", err, r)
	}
	if after != 0 {
		t.Errorf("%d cases ended in a pause", after)
	}
	if s := control.Snapshot(); s.Done != s.Of || s.Found["low"] == 0 || s.Members[0].Last == "" {
		t.Errorf("%+v", s)
	}
}

// A persona that joins makes those of its probes that nobody makes yet.
func TestAdd(t *testing.T) {
	t.Parallel()
	server := shop(t)
	control := &campaign.Control{}
	joins := agents.Persona{ID: "joins", Name: "Joins", Area: agents.Data, Probes: []string{"title", "errors", "drawn", "loud"}}
	var once sync.Once
	var refused error
	if err := control.Add(joins); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("before it begins: %v", err)
	}
	w := &world{}
	r, err := campaign.Run(t.Context(), campaign.Settings{Target: server.URL, Personas: personas[:1], Intrusive: true, Budget: campaign.Budget{PerSecond: 1000}}, campaign.Parts{
		Probes: w.probes(), Control: control, Each: func(e campaign.Event) {
			if e.Kind == campaign.Began {
				once.Do(func() {
					if err := control.Add(joins); err != nil {
						t.Error(err)
					}
					refused = control.Add(joins)
				})
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var by []string
	for _, x := range r.Cases {
		if x.State != campaign.Done {
			t.Errorf("%s is %s", x.ID, x.State)
		}
		by = append(by, x.Owner+" "+x.Probe)
	}
	slices.Sort(by)
	want := []string{"joins drawn", "joins errors", "joins loud", "reader flaky", "reader panics", "reader stumbles", "reader title"}
	if got := slices.Compact(by); !slices.Equal(got, want) || len(w.loudOrder) == 0 {
		t.Errorf("%v", got)
	}
	if !errors.Is(refused, fs.ErrInvalid) || !errors.Is(control.Add(agents.Persona{ID: "late", Name: "Late", Area: agents.Data, Probes: []string{"title"}}), fs.ErrInvalid) {
		t.Errorf("it joined twice, or too late: %v", refused)
	}
}

// Single cases are made again without the others.
func TestOnly(t *testing.T) {
	t.Parallel()
	server := shop(t)
	s := campaign.Settings{Target: server.URL, Personas: personas, Only: []string{"errors page /two", "title page /one"}, Budget: campaign.Budget{PerSecond: 1000}}
	r, err := campaign.Run(context.WithoutCancel(t.Context()), s, campaign.Parts{Probes: (&world{}).probes()})
	if err != nil || len(r.Cases) != 2 || len(r.Findings) != 2 {
		t.Fatalf("%v %+v", err, r)
	}
}
