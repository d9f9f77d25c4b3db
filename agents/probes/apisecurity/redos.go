package apisecurity

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func redos() *agents.Probe {
	return &agents.Probe{
		ID: "redos", Title: "Input that is matched in a time that explodes with its length", Severity: agents.High, Needs: agents.NeedsIntrusive, References: []string{"CWE-1333"},
		Decides: "The answer takes more than twice as long for 18 repetitions as for 12, more than three times as long again for 21, and more than 40 milliseconds, each the least of three tries and seen twice.",
		Keeps:   "The times for each length.",
		Advice:  "Write the pattern without nested or overlapping repetitions, use a matcher that needs linear time, or bound the length before matching.",
		Check:   agents.Each(texts, exploding),
	}
}

// texts are the inputs that take free text.
func texts(s *surface.Surface) []*surface.Input {
	return slices.DeleteFunc(slices.Clone(s.Inputs), func(i *surface.Input) bool {
		switch i.Type {
		case "", "text", "search", "email", "url", "tel", "textarea":
		default:
			return true
		}
		_, err := strconv.ParseFloat(i.Known, 64)
		return err == nil || i.In != surface.InQuery && i.In != surface.InBody || strings.Contains(strings.ToLower(i.Name), "csrf") || strings.Contains(strings.ToLower(i.Name), "token")
	})
}

// families are texts that patterns with nested repetitions try in every way before they say no; n is bounded, so that even
// the worst takes about a second.
var families = []func(n int) string{
	func(n int) string { return strings.Repeat("a", n) + "!" },
	func(n int) string { return strings.Repeat("1", n) + "!" },
	func(n int) string { return "a@" + strings.Repeat("a.", n) + "!" },
	func(n int) string { return strings.Repeat(" ", n) + "!" },
}

func exploding(ctx context.Context, lab *agents.Lab, input *surface.Input) agents.Outcome {
	const (
		slow  = 40 * time.Millisecond
		tries = 3
	)
	var fault *wire.Fault
	once := func(text string) time.Duration {
		r, err := input.Request(text)
		if err != nil {
			return 0
		}
		x := lab.Send(ctx, r)
		if !x.Answered() {
			fault = x.Fault
		}
		return x.First
	}
	least := func(text string) time.Duration {
		best := once(text)
		for range tries - 1 {
			best = min(best, once(text))
		}
		return best
	}
	for _, family := range families {
		if once(family(21)) <= slow || least(family(21)) <= slow { // quick is quick: once is enough
			if fault != nil {
				return agents.BlockOn(fault)
			}
			continue
		}
		var rows [][]string
		for range 2 {
			short, middle, long := least(family(12)), least(family(18)), least(family(21))
			rows = append(rows, []string{ms(short), ms(middle), ms(long)})
			if fault != nil {
				return agents.BlockOn(fault)
			}
			if middle <= 2*short || long <= 3*middle || long <= slow {
				rows = nil
				break
			}
		}
		if rows == nil {
			continue
		}
		return agents.Fail(agents.Finding{
			Text:  fmt.Sprintf("The time that %s needs for %s grows several times with every few characters: a text of fifty keeps the server busy for hours.", surface.ShapeOf(input.URL), input.Name),
			Where: agents.Place{URL: input.URL, Method: input.Method, Parameter: input.Name, As: input.As}, Cause: surface.ShapeOf(input.URL) + " " + input.Name,
			Evidence: []agents.Evidence{agents.Table("milliseconds to the answer, for "+strconv.Quote(family(3))+" and longer", agents.ByTiming, append([][]string{{"12", "18", "21"}}, rows...)...)},
		})
	}
	return agents.Pass()
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }
