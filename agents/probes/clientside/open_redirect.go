package clientside

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func openRedirect() *agents.Probe {
	return &agents.Probe{
		ID: "open-redirect", Title: "The server leads to wherever an address says",
		Decides:  "With an address of evil.invalid in one of the ways that browsers understand, a parameter makes the answer redirect there, by Location or meta refresh; of a page to sign in on also after signing in.",
		Keeps:    "The request and the header.",
		Advice:   "Redirect to paths of your own only, or to hosts of a list; take // and \\ at the beginning for another host, as browsers do.",
		Needs:    agents.NeedsIntrusive,
		Severity: agents.Medium, References: []string{"CWE-601", "WSTG-CLNT-04"}, Skills: []string{"third-party script"},
		Check: agents.Each(leading, func(ctx context.Context, lab *agents.Lab, i *surface.Input) agents.Outcome {
			for _, evil := range evils(lab.Client.Scope().Target().Host) {
				r, err := i.Request(evil)
				if err != nil {
					return agents.BlockOn(err)
				}
				x := lab.Send(ctx, r)
				if !x.Answered() {
					return agents.BlockOn(x.Fault)
				}
				if to := outOf(x); to != "" {
					return agents.Fail(redirected(i, x, evil, to))
				}
			}
			return afterSignIn(ctx, lab, i)
		}),
	}
}

func redirected(i *surface.Input, x *wire.Exchange, evil, to string) agents.Finding {
	return agents.Finding{
		Text:  "The answer redirects to " + to + " when " + i.Name + " is " + evil + ": a link that looks like this site's leads people anywhere.",
		Where: agents.Place{URL: i.URL, Method: i.Method, Parameter: i.Name, As: i.As}, Evidence: []agents.Evidence{agents.Excerpt("header", reading.Lines(x.Header, "Location")), agents.Exchanged("request and answer", x)},
	}
}

// evils are ways to write an address at another host that slip through careless comparisons.
func evils(host string) []string {
	return []string{"https://" + evilHost + "/", "//" + evilHost + "/", `/\` + evilHost + "/", "https:" + evilHost + "/", "https://" + host + "@" + evilHost + "/", "https://" + evilHost + "/?" + host}
}

var leadingName = regexp.MustCompile(`(?i)^(?:next|ur[il]|r(?:edirect|edir)?(?:_?ur[il]|_?to)?|return(?:_?ur[il]|_?to|_?path)?|ret|back(?:_?url)?|goto|go|to|dest(?:ination)?|continue|target|forward|out|link|callback(?:_?url)?|success(?:_?url)?|from|ref(?:errer)?|page|checkout_?url|image_?url|service|site|html)$`)

// leading are parameters that may say where to go: by their name, or because an address or a path stands in them.
func leading(s *surface.Surface) []*surface.Input {
	list := s.Queries()
	for _, i := range s.Inputs {
		if i.In == surface.InBody {
			list = append(list, i)
		}
	}
	return slices.DeleteFunc(list, func(i *surface.Input) bool {
		isAddress := strings.HasPrefix(i.Known, "http://") || strings.HasPrefix(i.Known, "https://") || strings.HasPrefix(i.Known, "/")
		return !isAddress && (!leadingName.MatchString(i.Name) || i.Type == "password" || i.Type == "email")
	})
}

// outOf is where an answer leads when that is the evil host; browsers take \ for / and leave out line breaks.
func outOf(x *wire.Exchange) string {
	base, err := url.Parse(x.URL)
	if err != nil {
		return ""
	}
	places := []string{}
	for _, hop := range x.Hops { // a browser leaves at a redirect that was followed as a path here
		places = append(places, hop.To)
	}
	if x.Status >= 300 && x.Status < 400 {
		places = append(places, x.Header.Get("Location"))
	}
	if _, to, ok := strings.Cut(x.Header.Get("Refresh"), "="); ok {
		places = append(places, to)
	}
	if doc := reading.HTML(x); doc != nil {
		doc.Find("meta[http-equiv][content]").Each(func(_ int, e *goquery.Selection) {
			content := e.AttrOr("content", "")
			if at := strings.Index(strings.ToLower(content), "url="); strings.EqualFold(e.AttrOr("http-equiv", ""), "refresh") && at >= 0 {
				places = append(places, strings.Trim(content[at+4:], `'" `))
			}
		})
	}
	for _, place := range places {
		written := strings.NewReplacer(`\`, "/", "\t", "", "\n", "", "\r", "").Replace(strings.TrimSpace(place))
		if rest, ok := strings.CutPrefix(written, base.Scheme+":"); ok && !strings.HasPrefix(rest, "//") { // relative to the scheme, or none for another
			written = rest
		} else if rest, ok := strings.CutPrefix(written, "https:"); ok && !strings.HasPrefix(rest, "/") {
			written = "https://" + rest
		}
		if to, err := base.Parse(written); err == nil && (to.Scheme == "http" || to.Scheme == "https") && strings.EqualFold(to.Hostname(), evilHost) {
			return place
		}
	}
	return ""
}

// afterSignIn signs in on the page of a parameter with the evil address in it, as an application does that leads back. The
// form is the one that this very page shows: the address stands in its hidden fields, in its action, or in the session.
func afterSignIn(ctx context.Context, lab *agents.Lab, i *surface.Input) agents.Outcome {
	who := slices.IndexFunc(lab.Accounts, func(a agents.Account) bool { return a.In && a.Password != "" })
	if i.In != surface.InQuery || who < 0 {
		return agents.Pass()
	}
	for n, evil := range evils(lab.Client.Scope().Target().Host)[:3] {
		r, err := i.Request(evil)
		if err != nil {
			return agents.BlockOn(err)
		}
		x, why := signInAt(ctx, lab, r.URL, lab.Marker(n), lab.Accounts[who])
		if x == nil {
			return agents.Pass()
		}
		if to := outOf(x); to != "" {
			return agents.Fail(redirected(i, x, evil, to))
		}
		switch {
		case ctx.Err() != nil:
			return agents.BlockOn(ctx.Err())
		case x.Status == http.StatusTooManyRequests:
			return agents.Block("the target limits how often somebody signs in")
		case why != "" && n == 0: // for the address, or for whatever it is
			if again, why := signInAt(ctx, lab, i.URL, lab.Marker(9), lab.Accounts[who]); again != nil && why != "" {
				return agents.Block("signing in once more did not succeed: %s", why)
			}
		}
	}
	return agents.Pass()
}

// signInAt signs in by the form of an address, with a session of its own. It returns nothing when there is no such form.
func signInAt(ctx context.Context, lab *agents.Lab, address, as string, account agents.Account) (x *wire.Exchange, why string) {
	defer lab.Client.Forget(as)
	page := lab.Send(ctx, wire.Request{URL: address, As: as, Follow: true})
	if page.Status == http.StatusTooManyRequests {
		return page, "its page came too often"
	}
	forms := discover.FormsOn(page)
	at := slices.IndexFunc(forms, func(f *surface.Form) bool {
		action, err := url.Parse(f.Action)
		return err == nil && f.Purpose == surface.ForSignIn && f.Changes() && lab.Client.Scope().Allows(action)
	})
	if at < 0 {
		return nil, ""
	}
	return discover.SignIn(ctx, lab.Client, forms[at], as, account.User, account.Password)
}
