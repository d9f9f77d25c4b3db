package authorization

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func idPredictability() *agents.Probe {
	return &agents.Probe{
		ID: "id-predictability", Title: "What belongs to somebody is numbered one after the other",
		Decides:  "Addresses that only accounts see have numbers for ids, two or more of them close to each other.",
		Keeps:    "The numbers.",
		Advice:   "Draw ids by chance (UUID), beside the check of who may: a number tells the next one, and how many there are.",
		Severity: agents.Info, References: []string{"CWE-340"}, Skills: []string{"BOLA"},
		Check: agents.Each(numbered, runIDPredictability),
	}
}

// numbered are the shapes of addresses with a number that only accounts see.
func numbered(s *surface.Surface) []*seat {
	var list []*seat
	for _, x := range seats(s) {
		if strings.Contains(surface.ShapeOf(x.url), "{n}") {
			list = append(list, x)
		}
	}
	return list
}

func runIDPredictability(_ context.Context, lab *agents.Lab, n *seat) agents.Outcome {
	shape := surface.ShapeOf(n.url)
	var ids []int
	add := func(address string) {
		if surface.ShapeOf(address) != shape {
			return
		}
		u, err := url.Parse(address)
		if err != nil {
			return
		}
		for i, part := range strings.Split(strings.SplitN(shape, "?", 2)[0], "/") {
			if id, err := strconv.Atoi(at(strings.Split(u.EscapedPath(), "/"), i)); part == "{n}" && err == nil && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	for _, p := range lab.Surface.Pages {
		if p.As != "" {
			add(p.URL)
		}
	}
	for _, l := range lab.Surface.Links {
		add(l.URL)
	}
	for _, o := range lab.Surface.Operations {
		for _, x := range o.Seen {
			add(x.URL)
		}
	}
	slices.Sort(ids)
	const near = 20
	close := false
	for i := 1; i < len(ids); i++ {
		close = close || ids[i]-ids[i-1] <= near
	}
	if !close {
		return agents.Pass()
	}
	var list []string
	for _, id := range ids[:min(len(ids), 20)] {
		list = append(list, strconv.Itoa(id))
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("The ids at %s are numbers one after the other: who has one knows the others.", shape),
		Where: agents.Place{URL: n.url, As: n.as}, Cause: "ids " + shape, Evidence: []agents.Evidence{agents.Excerpt("the ids", strings.Join(list, ", "))},
	})
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}
