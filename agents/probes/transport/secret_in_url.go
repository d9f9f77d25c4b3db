package transport

import (
	"cmp"
	"context"
	"net/url"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func secretInURL() *agents.Probe {
	return &agents.Probe{
		ID: "secret-in-url", Title: "Secrets in addresses",
		Decides:  "A form that is sent in the address has a field for a password, or an address of the target carries a password, a key, a token or an e-mail address as a parameter. Session ids are the session tester's.",
		Keeps:    "The address, with the value masked.",
		Advice:   "Send secrets in the body of a POST or in a header: addresses are kept in histories, logs and the referrers that other sites get.",
		Severity: agents.Medium, References: []string{"CWE-598"}, Skills: []string{"exposure"},
		Check: agents.Each(queried, func(_ context.Context, lab *agents.Lab, i *surface.Input) agents.Outcome {
			what := secretOf(lab.Surface, i)
			if what == "" {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  "The address carries " + what + ", and addresses are kept in histories and logs.",
				Where: agents.Place{URL: maskIn(i.URL, i.Name), Method: i.Method, Parameter: i.Name, As: i.As}, Cause: surface.ShapeOf(without(i.URL)) + " " + i.Name,
				Evidence: []agents.Evidence{agents.Excerpt("address", maskIn(i.URL, i.Name)), agents.Excerpt("where it was found", cmp.Or(i.Page, i.URL))},
			})
		}),
	}
}

func queried(s *surface.Surface) []*surface.Input { return s.Queries() }

var (
	passwordName = regexp.MustCompile(`(?i)^(?:new|old|current|user|login|confirm)?[-_]?(?:passw(?:or)?d|passwd|pwd|pass|passphrase|secret|pin)(?:[-_]?(?:confirm|confirmation|repeat|again|new|old|\d))?$`)
	keyName      = regexp.MustCompile(`(?i)(?:^|[-_.])(?:api[-_]?key|apikey|access[-_]?token|auth[-_]?token|id[-_]?token|refresh[-_]?token|client[-_]?secret|private[-_]?key|token|auth|secret)$`)
	harmlessName = regexp.MustCompile(`(?i)csrf|xsrf|page|cursor|next|continu|captcha`)
	address      = regexp.MustCompile(`^[^@\s/]+@[^@\s/]+\.[A-Za-z]{2,}$`)
	jwt          = regexp.MustCompile(`^eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*$`)
)

// secretOf says what secret a parameter is, in words; "" when it is none.
func secretOf(s *surface.Surface, i *surface.Input) string {
	field := ""
	if i.Form != "" {
		field = i.Type
		for _, f := range s.Forms {
			if f.Key() == i.Form && f.Purpose == surface.ForSearch && field != "password" {
				return ""
			}
		}
	}
	switch {
	case field == "password":
		return "the password that people type into the form"
	case field == "email":
		return "the e-mail address that people type into the form"
	case field != "" && field != "hidden": // what stands in the others is what the campaign has put there
		return ""
	case passwordName.MatchString(i.Name) && i.Known != "" && i.Known != "0" && i.Known != "1":
		return "a password"
	case jwt.MatchString(i.Known): // session-in-url
		return ""
	case keyName.MatchString(i.Name) && !harmlessName.MatchString(i.Name) && reading.Random(i.Known):
		return "a key"
	case address.MatchString(i.Known):
		return "an e-mail address"
	}
	return ""
}

// maskIn writes an address with the value of a parameter masked.
func maskIn(address, name string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	query := u.Query()
	for i, value := range query[name] {
		query[name][i] = reading.Mask(value)
	}
	text, err := url.QueryUnescape(query.Encode())
	if err != nil {
		text = query.Encode()
	}
	return without(address) + "?" + text
}

// without is an address without its query.
func without(address string) string {
	before, _, _ := strings.Cut(address, "?")
	return before
}
