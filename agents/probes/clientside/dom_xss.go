package clientside

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

func domXSS() *agents.Probe {
	return &agents.Probe{
		ID: "dom-xss", Title: "Scripts turn an address or a message into markup or code",
		Decides:  "A word from the fragment, a parameter, window.name or a message of another origin arrives in innerHTML, document.write, eval or the like, and its markup runs or stands in the document with its handler, or its quotes are bare in code. Where only the browser's own encoding of addresses keeps it from running, it counts as medium.",
		Keeps:    "The sink with the stack of who called it, what it was given, and a picture where the markup ran.",
		Advice:   "Set what comes from outside by textContent, or clean it (DOMPurify, the Sanitizer API) before it becomes markup; never run it; require Trusted Types in the Content Security Policy.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.High, References: []string{"CWE-79", "WSTG-CLNT-01"}, Skills: []string{"DOM XSS"},
		Check: agents.Each(scripted, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			scripts := pages.Scripts(lab.Surface, p)
			if !sources.MatchString(scripts) || !sinks.MatchString(scripts) {
				return agents.Pass()
			}
			fragment, name, message := word{lab.Marker(1), "the fragment"}, word{lab.Marker(2), windowName}, word{lab.Marker(3), "a message of another origin"}
			seen, picture, err := watch(ctx, lab, p, with(p.URL, nil, url.PathEscape(fragment.payload())), []word{fragment, name, message}, &message)
			if err != nil {
				return agents.BlockOn(err)
			}
			findings := judge(p, seen, picture)
			names := namesIn(scripts, p.URL)
			for _, asked := range seen.Names {
				if !slices.Contains(names, asked) && len(names) < 30 {
					names = append(names, asked)
				}
			}
			names = append(names, "atelier") // for scripts that take the whole query
			query, words, parts := url.Values{}, []word(nil), []string(nil)
			for i, asked := range names {
				w, inFragment := word{lab.Marker(10 + 2*i), "the parameter " + asked}, word{lab.Marker(11 + 2*i), "the parameter " + asked + " in the fragment"}
				words = append(words, w, inFragment)
				query.Set(asked, w.payload())
				parts = append(parts, asked+"="+url.QueryEscape(inFragment.payload()))
			}
			seen, picture, err = watch(ctx, lab, p, with(p.URL, query, strings.ReplaceAll(strings.Join(parts, "&"), "+", "%20")), words, nil)
			if err != nil {
				if len(findings) > 0 {
					return agents.Fail(findings...)
				}
				return agents.BlockOn(err)
			}
			return agents.Fail(append(findings, judge(p, seen, picture)...)...)
		}),
	}
}

// sources are what scripts take from outside.
var sources = regexp.MustCompile(`\blocation\b|URLSearchParams|document\.(?:URL|documentURI|baseURI|referrer)|\bwindow\.name\b|\bself\.name\b|onmessage|["']message["']`)

// sinks are how scripts make markup or code of texts, by themselves or through libraries.
var sinks = regexp.MustCompile("innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|document\\.write|createContextualFragment|srcdoc|DOMParser|\\beval\\b|\\bFunction\\(|set(?:Timeout|Interval)\\(\\s*(?:[\"'`]|[\\w.$]+\\s*[,+)])|" +
	"\\.(?:html|append|prepend|after|before|replaceWith|wrap)\\(|\\$\\(|\\bjQuery\\b|v-html|ng-bind-html|bypassSecurityTrust|unsafeHTML")

// judge makes findings of what arrived where: one for every sink and place of a script.
func judge(p *surface.Page, seen *arrived, picture []byte) []agents.Finding {
	var findings []agents.Finding
	done := map[string]bool{}
	for _, s := range seen.Sinks {
		runs := slices.Contains(seen.Ran, s.Word)
		severity, text := agents.High, "its markup ran as a script"
		switch {
		case s.How == "raw" && !s.Code && runs:
		case s.How == "raw" && !s.Code && slices.Contains(seen.Live, s.Word):
			text = "its markup stands in the document, handler and all"
		case s.How == "raw" && s.Code:
			text = "it stands in code with its quotes bare"
		case s.How == "encoded" && !s.Code:
			severity, text = agents.Medium, "it is parsed as markup, and only the browser's encoding of addresses keeps it from running"
		default:
			continue
		}
		cause := s.Sink + " " + scriptIn(s.Stack)
		if done[cause] {
			continue
		}
		done[cause] = true
		f := agents.Finding{
			Severity: severity, Text: "What stands in " + s.Source + " arrives in " + s.Sink + ": " + text + ". Who sends somebody such an address acts in that person's name.",
			Where: agents.Place{URL: p.URL, Parameter: s.Source, As: p.As}, Cause: cause,
			Evidence: []agents.Evidence{agents.Excerpt("what "+s.Sink+" was given", s.Value), {Name: "stack", Text: s.Stack, Kind: agents.ByBrowser}},
		}
		if picture != nil && runs {
			f.Evidence = append(f.Evidence, agents.Shot("the page", picture))
		}
		findings = append(findings, f)
	}
	return findings
}

var inStack = regexp.MustCompile(`(https?://[^\s)]+?):\d+:\d+`)

// scriptIn is the shape of the address of the script at the top of a stack: scripts that stand in alike pages are one.
func scriptIn(stack string) string {
	if m := inStack.FindStringSubmatch(stack); m != nil {
		address, _, _ := strings.Cut(m[1], "?")
		address, _, _ = strings.Cut(address, "#")
		return surface.ShapeOf(address)
	}
	return "a script"
}
