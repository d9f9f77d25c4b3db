package contract

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func errorFormat() *agents.Probe {
	return &agents.Probe{
		ID: "error-format", Title: "API errors in different forms", Severity: agents.Info, Needs: agents.NeedsHTTP, References: []string{"RFC 9457"},
		Decides: "Answers with 4xx are neither application/problem+json nor all of one form: their types or the names of their fields differ.",
		Keeps:   "The bodies.",
		Advice:  "Answer errors in one form everywhere, best as application/problem+json.",
		Check:   agents.WholeIf(func(s *surface.Surface) bool { return len(reads(s)) > 0 }, forms),
	}
}

func forms(ctx context.Context, lab *agents.Lab) agents.Outcome {
	const most = 8 // operations that are asked
	rows := [][]string{{"operation", "status", "type", "fields or beginning"}}
	kinds := map[string]bool{}
	answered := false
	list := reads(lab.Surface)
	for _, o := range list[:min(len(list), most)] {
		_, _, answers := look(ctx, lab, o)
		for _, x := range answers {
			answered = answered || x.Answered()
			kind, _, _ := strings.Cut(x.Header.Get("Content-Type"), ";")
			if x.Status < 400 || x.Status >= 500 || kind == "application/problem+json" || len(x.Body) == 0 {
				continue
			}
			form := string(x.Body[:min(len(x.Body), 60)])
			key := kind
			if fields, ok := reading.JSON(x.Body).(map[string]any); ok {
				form = strings.Join(slices.Sorted(maps.Keys(fields)), ", ")
				key += " " + form
			}
			if !kinds[key] {
				kinds[key] = true
				rows = append(rows, []string{o.Method + " " + o.Path, strconv.Itoa(x.Status), kind, form})
			}
		}
	}
	switch {
	case !answered:
		return agents.Block("no operation answered")
	case len(kinds) < 2:
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  "Errors of the API come in different forms, so that clients need a reader for each.",
		Where: agents.Place{URL: list[0].URL}, Cause: "errors", Evidence: []agents.Evidence{agents.Table("errors", agents.ByHTTP, rows...)},
	})
}
