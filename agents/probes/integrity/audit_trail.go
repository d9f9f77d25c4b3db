package integrity

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func auditTrail() *agents.Probe {
	return &agents.Probe{
		ID: "audit-trail", Title: "Change that the journal does not show", Severity: agents.Info, Needs: agents.NeedsIntrusive, References: []string{"CWE-778"},
		Decides: "The application has a journal of what was done, and it is the same after an object was made and deleted.",
		Keeps:   "The journal before and after.",
		Advice:  "Write every change into the journal, in the same transaction.",
		Check:   agents.Each(watched, unwritten),
	}
}

var journalPath = regexp.MustCompile(`(?i)/(?:audit|journal|activity|activities|audit[_-]?(?:log|trail)|event-?log|changelog|history|logs?)/?$`)

// journalOf is the page that shows what was done; nil when there is none.
func journalOf(s *surface.Surface) *surface.Page {
	for _, p := range s.Pages {
		u, err := url.Parse(p.URL)
		if err == nil && journalPath.MatchString(u.Path) && p.Answer != nil && p.Answer.OK() {
			return p
		}
	}
	return nil
}

// watched are the resources of a target that has a journal.
func watched(s *surface.Surface) []*resource.Resource {
	if journalOf(s) == nil {
		return nil
	}
	return resource.With()(s)
}

func unwritten(ctx context.Context, lab *agents.Lab, r *resource.Resource) agents.Outcome {
	page := journalOf(lab.Surface)
	if page == nil {
		return agents.Block("the journal is not there any more")
	}
	read := func() *wire.Exchange {
		return lab.Send(ctx, wire.Request{URL: page.URL, As: page.As, Follow: true})
	}
	before := read()
	s := resource.Open(lab, r)
	defer s.Close(ctx)
	o, err := s.Make(ctx, 0, nil)
	if err != nil {
		return agents.Skip("no object could be made of it: %v", err)
	}
	after := read()
	if !before.OK() || !after.OK() {
		return agents.Skip("the journal cannot be read: it answers %d", after.Status)
	}
	body := string(after.Body)
	if strings.Contains(body, lab.Marker(0)) || o.ID != "" && len(o.ID) > 4 && strings.Contains(body, o.ID) || strings.Count(body, "<tr")+strings.Count(body, "<li") > strings.Count(string(before.Body), "<tr")+strings.Count(string(before.Body), "<li") {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("An object of %s was made, and the journal at %s does not show it.", r.Path, page.URL),
		Where: agents.Place{URL: page.URL, As: page.As}, Cause: r.Key(), Evidence: sequence([]string{"made", "journal before", "journal after"}, o.Made, before, after),
	})
}
