package session

import (
	"context"
	"net/url"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func sessionInURL() *agents.Probe {
	return &agents.Probe{
		ID: "session-in-url", Title: "Session in an address",
		Decides:  "An address of the target carries a session id (sid, session, jsessionid, phpsessid …) or a JSON Web Token, in its query or after a semicolon.",
		Keeps:    "The address, with the value masked.",
		Advice:   "Keep the session in a cookie or a header: addresses go into histories, logs, and the referrers that other sites get.",
		Severity: agents.Medium, References: []string{"CWE-598"}, Skills: []string{"cookies", "exposure"},
		Check: agents.Each(addresses, func(_ context.Context, _ *agents.Lab, i *surface.Input) agents.Outcome {
			value := i.Known
			isID := sessionID.MatchString(i.Name) && reading.Random(value)
			if !isID && !jwt.MatchString(value) {
				return agents.Pass()
			}
			masked := strings.ReplaceAll(strings.ReplaceAll(i.URL, value, reading.Mask(value)), url.QueryEscape(value), reading.Mask(value))
			return agents.Fail(agents.Finding{
				Text:  "Who sees the address, in a history, a log or as the referrer, has the session.",
				Where: agents.Place{URL: masked, Parameter: i.Name, As: i.As}, Cause: "session in addresses, " + i.Name,
				Evidence: []agents.Evidence{agents.Excerpt("address", masked), agents.Excerpt("where it was found", i.Page)},
			})
		}),
	}
}

var (
	sessionID = regexp.MustCompile(`(?i)^(?:sid|s?ess(?:ion)?(?:[-_]?(?:id|key|token))?|jsessionid|phpsessid|aspsessionid\w*|cfid|cftoken|auth[-_]?session|access[-_]?token|id[-_]?token|jwt)$`)
	jwt       = regexp.MustCompile(`^eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*$`)
	afterPath = regexp.MustCompile(`(?i);(jsessionid|sid|session)=([A-Za-z0-9._!-]+)`)
)

// addresses are the parameters of all addresses that were seen, those after a semicolon too.
func addresses(s *surface.Surface) []*surface.Input {
	list := s.Queries()
	known := map[string]bool{}
	add := func(address, page, as string) {
		if m := afterPath.FindStringSubmatch(address); m != nil && !known[m[1]] {
			known[m[1]] = true
			list = append(list, &surface.Input{Method: "GET", URL: address, In: surface.InPath, Name: m[1], Known: m[2], Page: page, As: as})
		}
	}
	for _, l := range s.Links {
		if l.Inside {
			add(l.URL, l.Page, "")
		}
	}
	for _, p := range s.Pages {
		add(p.URL, p.From, p.As)
	}
	for _, f := range s.Forms {
		add(f.Action, f.Page, f.As)
	}
	return list
}
