package privacy

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func piiInURL() *agents.Probe {
	return &agents.Probe{
		ID: "pii-in-url", Title: "Personal data in an address",
		Decides:    "The query of a page's own address, of one of its links or requests holds an e-mail address or a telephone number, or a form that asks for one is sent with GET.",
		Keeps:      "The address, masked, or the form.",
		Advice:     "Send personal data in the body of a POST: addresses stand in histories, logs and the Referer that others get.",
		References: []string{"CWE-359"}, Severity: agents.High, Skills: []string{"trackers"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			doc, reason := pages.Document(ctx, lab, p)
			if doc == nil {
				return agents.Skip("%s", reason)
			}
			var findings []agents.Finding
			add := func(cause, text, element, excerpt string) {
				if !slices.ContainsFunc(findings, func(f agents.Finding) bool { return f.Cause == cause }) && len(findings) < 10 {
					findings = append(findings, agents.Finding{Text: text, Cause: cause, Where: agents.Place{URL: maskedEmail(p.URL), As: p.As, Element: element}, Evidence: []agents.Evidence{agents.Excerpt("Masked", maskedEmail(excerpt))}})
				}
			}
			look := func(address, what, element string) {
				if parameter := personal(address); parameter != "" {
					add(surface.ShapeOf(address)+" "+parameter, fmt.Sprintf("The parameter %s of %s on %s holds personal data.", parameter, what, pathIn(p.URL)), element, address)
				}
			}
			look(p.URL, "the page's own address", "")
			doc.Find("a[href], form[action], img[src], script[src], iframe[src]").Each(func(_ int, e *goquery.Selection) {
				for _, attribute := range []string{"href", "action", "src"} {
					if u := doc.Resolve(e.AttrOr(attribute, "")); u != nil && strings.HasPrefix(u.Scheme, "http") {
						look(u.String(), "an address", reading.Selector(e))
					}
				}
			})
			if lab.Browser != nil {
				v, blocked := pages.Visit(ctx, lab, p)
				if blocked != nil {
					return *blocked
				}
				for _, q := range v.Log.Requests {
					look(q.URL, "a request to "+siteOf(q.URL), "")
				}
			}
			doc.Find("form").Each(func(_ int, e *goquery.Selection) {
				if method := strings.ToLower(e.AttrOr("method", "get")); method != "get" && method != "" || byScript(e) {
					return
				}
				field := e.Find("input[type=email][name], input[type=tel][name], input[autocomplete=email][name], input[autocomplete=tel][name]").First()
				if field.Length() > 0 && !searching.MatchString(field.AttrOr("name", "")) {
					add("form "+reading.Selector(e), fmt.Sprintf("A form on %s puts %s into the address (GET).", pathIn(p.URL), field.AttrOr("name", "an e-mail address")), reading.Selector(e), reading.Tag(e)+"\n"+reading.Tag(field))
				}
			})
			return agents.Fail(findings...)
		}),
	}
}

// byScript tells whether a form is most likely sent by a script: it says so, or has nowhere to go to and no name of a
// field that could be sent.
func byScript(form *goquery.Selection) bool {
	if _, ok := form.Attr("onsubmit"); ok {
		return true
	}
	_, acts := form.Attr("action")
	_, says := form.Attr("method")
	return !acts && !says || form.Find("[name]").Length() == 0
}

var (
	// searching are the names of fields that look for something: an order by its telephone number is looked for by shops.
	searching = regexp.MustCompile(`(?i)^(?:q|s|query|search|term|find|keywords?)$`)
	phoneName = regexp.MustCompile(`(?i)^(?:phone|tel|telephone|mobile|cell|telefon)(?:[-_]?(?:number|no|nr))?$`)
	phone     = regexp.MustCompile(`^\+?[\d\s().-]{8,20}$`)
)

// personal is the parameter of an address that holds an e-mail address or a telephone number; "" when none does.
func personal(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	query := u.Query()
	var names []string
	for name := range query {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range query[name] {
			if at := email.FindStringIndex(value); at != nil && at[1]-at[0] == len(strings.TrimSpace(value)) && !isExample(value) || phoneName.MatchString(name) && phone.MatchString(value) && digits(value) >= 8 {
				return name
			}
		}
	}
	return ""
}

// isExample tells whether an address is nobody's: those of the reserved names.
func isExample(value string) bool {
	value = strings.ToLower(strings.TrimSpace(value))
	for _, name := range []string{"example.com", "example.org", "example.net", ".example", ".invalid", ".test"} {
		if strings.HasSuffix(value, name) {
			return true
		}
	}
	return false
}

func digits(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}
