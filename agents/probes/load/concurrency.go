package load

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Readers of one page.
const (
	oneByOne = 6  // reads after each other, which have to say the same
	together = 16 // reads at once
	tries    = 3
)

func concurrencyCorrectness() *agents.Probe {
	return &agents.Probe{
		ID: "concurrency-correctness", Title: "Readers at the same time get different answers",
		Decides:  "Six reads after each other give the same body (tokens, ids and times aside), and of sixteen at once some give another one; afterwards, reads after each other give the first again.",
		Keeps:    "The hashes of all bodies, and two that differ.",
		Advice:   "Find what requests share: a variable of the program, a buffer that is used again, a connection in which answers are mixed up.",
		Severity: agents.High, References: []string{"CWE-362"}, Needs: needs, Skills: []string{"throughput"},
		Check: agents.Each(readAlike, sameForAll),
	}
}

// readAlike are pages that are read and nothing else, one of every shape, also those of accounts.
func readAlike(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range s.ByShape() {
		if p.Answer != nil && p.Answer.OK() && p.Answer.Status == 200 && reading.IsText(p.Answer) {
			list = append(list, p)
		}
	}
	return list
}

// read is what a page says: "" when it answers with something else than before.
type read struct {
	x    *wire.Exchange
	text string
}

func sameForAll(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	permit := lab.Client.Budget().Permit(lab.Client.Budget().Fastest(), 2*oneByOne+tries*together)
	if permit.Requests() < 2*oneByOne+together {
		return agents.Skip("the campaign has not enough requests left to read a page many times")
	}
	ask := func() read {
		x := lab.Client.Send(ctx, wire.Request{URL: p.URL, As: p.As, Permit: permit})
		if x.Fault != nil || x.Status != 200 {
			return read{x, ""} // refused or failed: that is for others to judge
		}
		return read{x, similar.Text(string(x.Body))}
	}
	first := ask()
	if first.text == "" {
		return agents.Block("the page does not answer as before: %d", first.x.Status)
	}
	if !steady(first, ask) {
		return agents.Pass() // it says something else every time, and promises nothing
	}
	for range tries {
		reads := atOnce(ask)
		odd := -1
		for i, r := range reads {
			if r.text != "" && r.text != first.text {
				odd = i
				break
			}
		}
		if odd < 0 {
			continue
		}
		if !steady(first, ask) {
			return agents.Pass() // it has changed in the meantime
		}
		return agents.Fail(agents.Finding{
			Cause: p.Shape, Where: agents.Place{URL: p.URL, As: p.As},
			Text: fmt.Sprintf("%d reads after each other say the same, and of %d at once some say something else.", 2*oneByOne, together),
			Evidence: []agents.Evidence{
				agents.Table("Bodies", agents.ByHTTP, hashes(first, reads)...), agents.Exchanged("By itself", first.x), agents.Exchanged("Among others", reads[odd].x),
			},
		})
	}
	return agents.Pass()
}

// steady tells whether reads after each other say the same as the first.
func steady(first read, ask func() read) bool {
	for range oneByOne - 1 {
		if r := ask(); r.text != "" && r.text != first.text {
			return false
		}
	}
	return true
}

func atOnce(ask func() read) []read {
	reads := make([]read, together)
	var wait sync.WaitGroup
	for i := range reads {
		wait.Go(func() { reads[i] = ask() })
	}
	wait.Wait()
	return reads
}

func hashes(first read, reads []read) [][]string {
	rows := [][]string{{"read", "status", "body"}, {"by itself", fmt.Sprint(first.x.Status), hash(first.text)}}
	for i, r := range reads {
		rows = append(rows, []string{fmt.Sprintf("%d of %d at once", i+1, len(reads)), fmt.Sprint(r.x.Status), hash(r.text)})
	}
	return rows
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
