package authentication

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/door"
	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func userEnumeration() *agents.Probe {
	return &agents.Probe{
		ID: "user-enumeration", Title: "Answers tell which accounts there are",
		Decides:  "Signing in with a wrong password, asking for a new one, or opening an account that cannot be opened answers otherwise to a name that there is than to one that there is not (status, text, or five times as long), while two made-up names are answered alike.",
		Keeps:    "Both answers.",
		Advice:   "Say the same in both cases, take the same time, and write what only the owner should know into a mail.",
		Needs:    intrusive,
		Severity: agents.Medium, References: []string{"CWE-204", "WSTG-IDNT-04"}, Skills: []string{"enumeration"},
		Check: agents.Each(telling, runUserEnumeration),
	}
}

// telling are the doors that may tell.
func telling(s *surface.Surface) []*door.Door {
	list := door.SignIns(s)
	list = append(list, door.Registrations(s)...)
	seen := map[string]bool{}
	for _, f := range s.Forms {
		if f.Purpose == surface.ForReset && f.As == "" && f.Changes() && passwordIn(f) == nil && !seen[f.Action] {
			seen[f.Action] = true
			list = append(list, door.Of(f))
		}
	}
	return list
}

func runUserEnumeration(ctx context.Context, lab *agents.Lab, d *door.Door) agents.Outcome {
	// A password that no account can be opened with, and nobody has.
	password := "x"
	for _, in := range door.SignIns(lab.Surface) {
		if in.Key() == d.Key() {
			password = lab.Marker(1) + "-Wrong-1"
		}
	}
	there := door.Newcomer(ctx, lab, d, 2)
	own := there != ""
	if !own && len(lab.Accounts) > 0 {
		there = lab.Accounts[0].User
	}
	if there == "" {
		return agents.Skip("no account is known, and none can be opened: there is no name to compare others with")
	}
	nobody, other := d.Somebody(lab, 3), d.Somebody(lab, 4)
	first, _ := d.Once(ctx, lab, nobody, password)
	second, _ := d.Once(ctx, lab, other, password)
	known, _ := d.Once(ctx, lab, there, password)
	for _, x := range []*wire.Exchange{first, second, known} {
		if stop := door.Unfit(ctx, x); stop != nil {
			return *stop
		}
	}
	sent := []string{nobody, other, there, password}
	if steady := similar.Of(first, second, sent...); steady < 1 {
		return agents.Block("two made-up names are not answered alike (%.2f), so that a third tells nothing", steady)
	}
	if like := similar.Of(first, known, sent...); like < 1 {
		return agents.Fail(tells(d, fmt.Sprintf("A name that there is gets another answer (%d, %.0f %% alike) than one that there is not (%d): whoever asks can collect the names of accounts.", known.Status, like*100, first.Status), first, known))
	}
	if !own {
		return agents.Pass() // a given account is not tried more often
	}
	return times(ctx, lab, d, there, password)
}

// tells is the finding with both answers.
func tells(d *door.Door, text string, nobody, known *wire.Exchange) agents.Finding {
	return agents.Finding{Text: text, Where: d.Place(""), Cause: d.Cause("names"), Evidence: []agents.Evidence{agents.Exchanged("to a name that there is not", nobody), agents.Exchanged("to a name that there is", known)}}
}

// times compares how long a name that there is takes with how long others do.
func times(ctx context.Context, lab *agents.Lab, d *door.Door, there, password string) agents.Outcome {
	const tries, factor, least = 4, 5, 50 * time.Millisecond // fewer than what locks an account
	var with, without []time.Duration
	var known, nobody *wire.Exchange
	for i := range tries {
		known, _ = d.Once(ctx, lab, there, password)
		nobody, _ = d.Once(ctx, lab, d.Somebody(lab, 10+i), password)
		if door.Unfit(ctx, known) != nil || door.Unfit(ctx, nobody) != nil {
			return agents.Pass() // it limits how often somebody tries, and the answers were alike
		}
		with, without = append(with, known.First), append(without, nobody.First)
	}
	slices.Sort(with)
	slices.Sort(without)
	a, b := with[tries/2], without[tries/2]
	long, short := max(a, b), min(a, b)
	if long-short < least || long < factor*short || with[0] < without[tries-1] && without[0] < with[tries-1] {
		return agents.Pass()
	}
	f := tells(d, fmt.Sprintf("A name that there is takes %s and one that there is not takes %s: the time tells which accounts there are.", a.Round(time.Millisecond), b.Round(time.Millisecond)), nobody, known)
	rows := [][]string{{"there is", "there is not"}}
	for i := range with {
		rows = append(rows, []string{with[i].Round(time.Millisecond).String(), without[i].Round(time.Millisecond).String()})
	}
	f.Evidence = append(f.Evidence, agents.Table("how long the answers took", agents.ByTiming, rows...))
	return agents.Fail(f)
}
