package session

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func csrfReplay() *agents.Probe {
	return &agents.Probe{
		ID: "csrf-replay", Title: "What another site sends is done",
		Decides:  "A form of somebody who is signed in, sent without its token and as if from another site, is accepted, and a word from it stands on a page afterwards. Where browsers would not send the session's cookie along, it is not tried.",
		Keeps:    "The forged request with its answer, and the page that shows the word.",
		Advice:   "Refuse requests without the right token, or with a foreign Origin or Sec-Fetch-Site; set the session's cookie with SameSite=Lax.",
		Needs:    agents.NeedsIntrusive | agents.NeedsAccount,
		Severity: agents.High, References: []string{"CWE-352"}, Skills: []string{"CSRF"},
		Check: agents.Each(writable, func(ctx context.Context, lab *agents.Lab, f *surface.Form) agents.Outcome {
			if !ridesAlong(lab.Surface) {
				return agents.Pass()
			}
			as := f.As
			if as == "" {
				account, ok := lab.Account("")
				if !ok {
					return agents.Skip("no account is signed in")
				}
				as = account.Name
			}
			page := lab.Send(ctx, wire.Request{URL: f.Page, As: as, Follow: true})
			if !page.Answered() {
				return agents.BlockOn(page.Fault)
			}
			fresh := discover.FormOn(page, f)
			if fresh == nil {
				return agents.Skip("the form is not on its page any more")
			}
			word := lab.Marker(1)
			values := fresh.Values()
			values.Set(free(fresh).Name, word)
			for i := range fresh.Fields {
				if isToken(&fresh.Fields[i]) {
					values.Del(fresh.Fields[i].Name)
				}
			}
			r, err := fresh.Request(values)
			if err != nil {
				return agents.BlockOn(err)
			}
			for name, value := range map[string]string{"Origin": "https://evil.invalid", "Referer": "https://evil.invalid/", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"} {
				r.Header.Set(name, value)
			}
			r.Header["Authorization"] = nil // a browser sends cookies by itself, and no token
			r.As = as
			forged := lab.Send(ctx, r)
			if !forged.Answered() {
				return agents.BlockOn(forged.Fault)
			}
			if forged.Status >= 400 {
				return agents.Pass()
			}
			shown := seen(ctx, lab, word, as, append([]string{f.Page, forged.Header.Get("Location")}, around(lab.Surface, as)...))
			if shown == nil {
				return agents.Pass()
			}
			cleanUp(ctx, lab, f, as, forged, word)
			return agents.Fail(agents.Finding{
				Text:  "A request as another site sends it, without the form's token, was done: what it said stands on a page now.",
				Where: agents.Place{URL: f.Page, Method: f.Method, Element: f.Name, As: as}, Cause: "form " + surface.ShapeOf(f.Action),
				Evidence: []agents.Evidence{agents.Exchanged("the forged request", forged), agents.Excerpt("on "+shown.URL, excerpt(shown, word)), agents.Exchanged("the page that shows it", shown)},
			})
		}),
	}
}

// writable are the forms that take a free text, by which it is seen again what was done with them.
func writable(s *surface.Surface) []*surface.Form {
	return slices.DeleteFunc(acting(s), func(f *surface.Form) bool {
		return f.Purpose == surface.ForDelete || f.Purpose == surface.ForSignOut || free(f) == nil
	})
}

// free is the first field that takes any text, and is no e-mail address or password.
func free(f *surface.Form) *surface.Field {
	const shortest = 12 // as long as a marker
	for i := range f.Fields {
		field := &f.Fields[i]
		if (field.Type == "text" || field.Type == "textarea") && !field.ReadOnly && field.Pattern == "" && (field.MaxLength == 0 || field.MaxLength >= shortest) && field.Name != "" {
			return field
		}
	}
	return nil
}

// around are pages on which something new may stand: what an account sees, one of every shape.
func around(s *surface.Surface, as string) []string {
	const most = 12
	var list []string
	for _, p := range s.ByShape() {
		if (p.As == as || p.As == "") && len(list) < most && p.Answer != nil {
			list = append(list, p.URL)
		}
	}
	return list
}

// seen looks for a word on pages, asked for anew; the first that shows it is returned.
func seen(ctx context.Context, lab *agents.Lab, word, as string, addresses []string) *wire.Exchange {
	asked := map[string]bool{}
	for _, address := range addresses {
		u, err := lab.Client.Scope().Target().Parse(address)
		if err != nil || address == "" || strings.Contains(address, word) || asked[u.String()] || !lab.Client.Scope().Allows(u) {
			continue
		}
		asked[u.String()] = true
		if x := lab.Send(ctx, wire.Request{URL: u.String(), As: as, Follow: true, Method: http.MethodGet}); x.OK() && strings.Contains(string(x.Body), word) && !strings.Contains(x.URL, word) {
			return x
		}
	}
	return nil
}

func excerpt(x *wire.Exchange, word string) string {
	at := strings.Index(string(x.Body), word)
	return reading.Around(string(x.Body), at, at+len(word), 120)
}

// cleanUp takes away what a forged request made, where the target's own forms do that.
func cleanUp(ctx context.Context, lab *agents.Lab, f *surface.Form, as string, x *wire.Exchange, word string) {
	for _, r := range resource.All(lab.Surface) {
		if r.API() || !strings.HasSuffix(surface.ShapeOf(f.Action), r.Path) {
			continue
		}
		work := resource.Open(lab, r)
		work.As = as
		work.Adopt(ctx, x, map[string]any{free(f).Name: word})
		work.Close(ctx)
	}
}
