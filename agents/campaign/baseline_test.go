package campaign_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

func TestBaseline(t *testing.T) {
	t.Parallel()
	server := shop(t)
	probes := (&world{}).probes()
	read := 0
	probes["last"] = &agents.Probe{ID: "last", Title: "Reads what others found", Last: true, Check: agents.Whole(func(_ context.Context, lab *agents.Lab) agents.Outcome {
		read = len(lab.Found)
		return agents.Pass()
	})}
	run := func(baseline *agents.Baseline, ids ...string) *campaign.Result {
		t.Helper()
		r, err := campaign.Run(t.Context(), campaign.Settings{
			Target: server.URL, Personas: []agents.Persona{{ID: "tester", Name: "T", Area: agents.Functional, Probes: ids}}, Budget: campaign.Budget{PerSecond: 500},
		}, campaign.Parts{Probes: probes, Baseline: baseline})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	first := run(nil, "last", "title", "errors")
	if read != len(first.Findings) || read == 0 {
		t.Errorf("the last probe read %d findings of %d", read, len(first.Findings))
	}
	data, err := campaign.BaselineOf(first).Encode()
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte("0123456789")) || bytes.Contains(data, []byte(`"body":`)) {
		t.Error("a baseline keeps cookies or bodies")
	}
	b, err := agents.DecodeBaseline(data)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Findings) != len(first.Findings) || len(b.Surface.Pages) != len(first.Surface.Pages) || b.Executed["title"] == 0 || b.Seen["page /"].Title != "Shop" || len(b.Fixed) != 0 {
		t.Errorf("%+v", b)
	}
	if b.Findings[0].Print() != first.Findings[0].ID {
		t.Error("a finding has another print after it was kept")
	}

	// What is found no more is fixed, but only where it was looked for.
	gone := agents.Finding{Probe: "title", Cause: "a page that was mended"}
	unseen := agents.Finding{Probe: "stumbles", Cause: "not looked for"}
	b.Findings = append(b.Findings, gone, unseen)
	next := campaign.BaselineOf(run(b, "title"))
	if _, ok := next.Fixed[gone.Print()]; !ok || len(next.Fixed) != 1 {
		t.Errorf("fixed: %v", next.Fixed)
	}
	if after := campaign.BaselineOf(run(next, "title")); len(after.Fixed) != 1 {
		t.Errorf("what was fixed is forgotten: %v", after.Fixed)
	}
}

func TestBaselineIsBounded(t *testing.T) {
	t.Parallel()
	b := campaign.BaselineOf(func() *campaign.Result {
		r, err := campaign.Run(t.Context(), campaign.Settings{Target: shop(t).URL, Personas: []agents.Persona{{ID: "tester", Name: "T", Area: agents.Functional, Probes: []string{"title"}}}}, campaign.Parts{Probes: (&world{}).probes()})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}())
	for _, name := range []string{"a", "b", "c"} {
		b.Seen[name] = agents.Seen{Title: name, Picture: bytes.Repeat([]byte{1}, agents.MaxBaseline/3)}
	}
	b.Seen["small"] = agents.Seen{Picture: []byte("small")}
	data, err := b.Encode()
	if err != nil || len(data) > agents.MaxBaseline {
		t.Fatalf("%d bytes, %v", len(data), err)
	}
	back, err := agents.DecodeBaseline(data)
	if err != nil || len(back.Seen) != len(b.Seen) || string(back.Seen["small"].Picture) != "small" || len(back.Seen["a"].Picture) != 0 || len(b.Seen["a"].Picture) == 0 {
		t.Errorf("%v", err)
	}
	b.Findings = []agents.Finding{{Text: strings.Repeat("x", agents.MaxBaseline)}}
	if _, err := b.Encode(); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("%v", err)
	}
	for _, bad := range []string{"", "[]", "{}", strings.Repeat(" ", agents.MaxBaseline+1)} {
		if _, err := agents.DecodeBaseline([]byte(bad)); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%.10q: %v", bad, err)
		}
	}
}
