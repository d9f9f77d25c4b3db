package session

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func getStateChange() *agents.Probe {
	return &agents.Probe{
		ID: "get-state-change", Title: "Following a link changes something",
		Decides:  "A word that was sent as a parameter of a GET stands on a page that is asked for afterwards without it. What a search was asked for last does not count.",
		Keeps:    "The request, and the page that shows the word.",
		Advice:   "Change things by POST, PUT or DELETE only: links are followed by previews, crawlers and pictures on other sites.",
		Needs:    agents.NeedsIntrusive,
		Severity: agents.Medium, References: []string{"CWE-650"}, Skills: []string{"CSRF"},
		Check: agents.Each(stored, func(ctx context.Context, lab *agents.Lab, i *surface.Input) agents.Outcome {
			word := lab.Marker(1)
			r, err := i.Request(word)
			if err != nil {
				return agents.BlockOn(err)
			}
			sent := lab.Send(ctx, r)
			if !sent.Answered() {
				return agents.BlockOn(sent.Fault)
			}
			if sent.Status >= 400 {
				return agents.Pass()
			}
			plain, _, _ := strings.Cut(i.URL, "?")
			shown := seen(ctx, lab, word, i.As, append([]string{i.Page, plain}, around(lab.Surface, i.As)...))
			if shown == nil {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  "A GET has stored what it was sent: a picture on another site, or a crawler, does the same.",
				Where: agents.Place{URL: i.URL, Method: http.MethodGet, Parameter: i.Name, As: i.As}, Cause: "GET " + surface.ShapeOf(plain),
				Evidence: []agents.Evidence{agents.Exchanged("the request", sent), agents.Excerpt("on "+shown.URL, excerpt(shown, word)), agents.Exchanged("the page that shows it", shown)},
			})
		}),
	}
}

// asks are names of parameters that say what to show, and not what to keep.
var asks = regexp.MustCompile(`(?i)^(?:q|query|search|s|term|keyword|page|p|offset|limit|sort|order|dir|per_page|size|tab|view|lang|locale|next|return|redirect|url|callback|utm_.*)$`)

// stored are parameters of GETs that could be kept: not those of a search.
func stored(s *surface.Surface) []*surface.Input {
	searches := map[string]bool{}
	for _, f := range s.Forms {
		if f.Purpose == surface.ForSearch {
			searches[f.Key()] = true
		}
	}
	return slices.DeleteFunc(s.Queries(), func(i *surface.Input) bool {
		return i.Method != http.MethodGet || asks.MatchString(i.Name) || searches[i.Form]
	})
}
