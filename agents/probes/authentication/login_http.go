package authentication

import (
	"context"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func loginHTTP() *agents.Probe {
	return &agents.Probe{
		ID: "login-http", Title: "A password is sent without encryption",
		Decides:  "A form with a password goes to an address with http, or stands on a page that came by it. A target on this machine, where nobody else listens, may do so.",
		Keeps:    "The form.",
		Advice:   "Serve the page and take the password by https only, and redirect what is asked by http.",
		Severity: agents.High, References: []string{"CWE-319", "WSTG-CRYP-03"}, Skills: []string{"login"},
		Check: agents.Each(withPassword, runLoginHTTP),
	}
}

// withPassword are the forms with a password, one for each address that they go to.
func withPassword(s *surface.Surface) []*surface.Form {
	var list []*surface.Form
	seen := map[string]bool{}
	for _, f := range s.Forms {
		if !seen[f.Action] && passwordIn(f) != nil {
			seen[f.Action] = true
			list = append(list, f)
		}
	}
	return list
}

func passwordIn(f *surface.Form) *surface.Field {
	for i := range f.Fields {
		if f.Fields[i].Type == "password" {
			return &f.Fields[i]
		}
	}
	return nil
}

func runLoginHTTP(_ context.Context, _ *agents.Lab, f *surface.Form) agents.Outcome {
	page, errPage := url.Parse(f.Page)
	action, errAction := url.Parse(f.Action)
	if errPage != nil || errAction != nil {
		return agents.Pass()
	}
	secure := func(u *url.URL) bool { return strings.EqualFold(u.Scheme, "https") }
	alone := wire.IsLoopback(page.Hostname()) && wire.IsLoopback(action.Hostname())
	if secure(action) && secure(page) || alone && secure(page) == secure(action) {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  "The password that is entered here goes over the network as everybody on the way can read it, or from a page that everybody on the way can change.",
		Where: agents.Place{URL: f.Page, Method: f.Method, Parameter: passwordIn(f).Name}, Cause: "password by http " + surface.ShapeOf(f.Action), Evidence: []agents.Evidence{agents.Excerpt("the form", f.HTML)},
	})
}
