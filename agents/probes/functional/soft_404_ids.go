package functional

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Bounds of what is asked with ids that nobody has.
const (
	maxIDShapes = 5
	shortEnough = 300 // characters that a page that says that there is nothing has of its own
)

var (
	// counted are parts of a path after which a number is no id: what is counted on has no last one.
	counted = regexp.MustCompile(`(?i)^(?:pages?|p|seite|offset|years?|months?|days?|weeks?|archives?|calendar|date|search|room|rooms|tags?)$`)
	// nothingWords say that what was asked for is not there.
	nothingWords = regexp.MustCompile(`(?i)\bnot found\b|\bno such\b|\b(?:does not|doesn['’]t) exist\b|\b(?:could not|couldn['’]t|cannot|can['’]t) (?:be found|find)\b|\bunknown\b|\bno longer (?:exists|available)\b|\b(?:is|are) gone\b` +
		`|\bnicht (?:\pL+ )?gefunden\b|\bexistiert nicht\b|\bgibt es nicht\b|\bnicht (?:mehr )?vorhanden\b|\bunbekannt` +
		`|\bintrouvable|\bn['’]existe (?:pas|plus)\b|\bpas (?:été )?trouvé|\bnon trouvée?\b|\binconnue?s?\b` +
		`|\bno (?:se |ha sido |fue )*encontrad|\bno existe\b|\bno se (?:ha |pudo )?encontr|\bdesconocid[oa]` +
		`|未找到|找不到|不存在|没有找到|沒有找到|无法找到|無法找到`)
)

// nobodys asks for pages with an id in their path, one of every shape, with ids that nobody has.
func nobodys(ctx context.Context, lab *agents.Lab) agents.Outcome {
	var findings []agents.Finding
	seen := map[string]bool{}
	for _, p := range lab.Surface.Pages {
		if len(seen) >= maxIDShapes {
			break
		}
		if seen[p.Shape] || p.Origin != "" || p.Answer == nil || p.Answer.Status != http.StatusOK || len(p.Answer.Hops) > 0 || reading.HTML(p.Answer) == nil || discover.IsShell(p.Answer) {
			continue
		}
		short, long := elses(p.URL, 7), elses(p.URL, 9)
		if short == "" || lab.Surface.Page(short) != nil || lab.Surface.Page(long) != nil {
			continue
		}
		seen[p.Shape] = true
		f, o := nobodysPage(ctx, lab, p, short, long)
		if o != nil {
			return *o
		}
		if f != nil {
			findings = append(findings, *f)
		}
	}
	return agents.Fail(findings...)
}

// nobodysPage asks for a page with two ids that nobody has, and tells whether it shows nothing with 200.
func nobodysPage(ctx context.Context, lab *agents.Lab, p *surface.Page, short, long string) (*agents.Finding, *agents.Outcome) {
	known := lab.Send(ctx, wire.Request{URL: p.URL, As: p.As, Follow: true})
	if known.Status != http.StatusOK || len(known.Hops) > 0 || reading.HTML(known) == nil {
		return nil, nil //nolint:nilnil // it is not what it was: nothing to compare with
	}
	var answers [2]*wire.Exchange
	for i, address := range []string{short, long} {
		x := lab.Send(ctx, wire.Request{URL: address, As: p.As})
		if !x.Answered() {
			o := agents.BlockOn(x.Fault)
			return nil, &o
		}
		doc := reading.HTML(x)
		if x.Status != http.StatusOK || doc == nil || discover.IsShell(x) || doc.Find("input[type=password]").Length() > 0 {
			return nil, nil //nolint:nilnil // it says so, leads elsewhere, or asks to sign in
		}
		answers[i] = x
	}
	// Two that say the same, and something else than where something is.
	of, one, other := pieces(known), pieces(answers[0]), pieces(answers[1])
	own := without(one, of)
	if len(own) == 0 || !slices.Equal(own, without(other, of)) {
		return nil, nil //nolint:nilnil // each has a page of its own
	}
	text := strings.Join(own, " ")
	var why string
	switch {
	case len([]rune(text)) <= shortEnough && nothingWords.MatchString(text):
		why = fmt.Sprintf("says %q", reading.Shorten(text, 120))
	case elsewhere(lab.Surface, p, one) != "":
		why = "shows the page of " + pathOf(elsewhere(lab.Surface, p, one))
	default:
		return nil, nil //nolint:nilnil // who knows what it means
	}
	return &agents.Finding{
		Text:  fmt.Sprintf("%s, with an id that nobody has, answers 200 and %s.", pathOf(short), why),
		Where: agents.Place{URL: short, As: p.As}, Cause: "ids that nobody has: " + p.Shape,
		Evidence: []agents.Evidence{agents.Exchanged("nothing is here", answers[0]), agents.Exchanged("nor here", answers[1])},
	}, nil
}

// elses is an address with another id in place of the last one in its path, which has so many digits if it is a number; ""
// when it has none, or what it has may be no id.
func elses(address string, digits int) string {
	u, err := url.Parse(address)
	if err != nil || u.RawQuery != "" || u.Fragment != "" || browser.Risky(strings.NewReplacer("-", " ", "_", " ", "/", " ", ".", " ").Replace(u.Path)) {
		return ""
	}
	parts := strings.Split(u.Path, "/")
	for i := len(parts) - 1; i > 0; i-- {
		switch shape := surface.ShapeOf("/" + parts[i]); shape {
		case "/{n}":
			if counted.MatchString(parts[i-1]) || len(parts[i]) == 4 && parts[i] > "1900" && parts[i] < "2100" {
				return ""
			}
			parts[i] = "918463725"[:digits]
		case "/{id}":
			parts[i] = strings.Map(func(r rune) rune { // one of the same kind
				const hex, letters, decimal = "abcdef", "abcdefghjkmnpqrstvwxyz", "0123456789"
				for _, of := range []string{decimal, hex, strings.ToUpper(hex), letters, strings.ToUpper(letters)} {
					if at := strings.IndexRune(of, r); at >= 0 {
						return rune(of[(at+digits-4)%len(of)])
					}
				}
				return r
			}, parts[i])
		default:
			continue
		}
		u.Path = strings.Join(parts, "/")
		return u.String()
	}
	return ""
}

var figures = regexp.MustCompile(`\d+`)

// pieces are those of the text that a page shows, its title first; figures, which ids and times are, are taken out.
func pieces(x *wire.Exchange) []string {
	doc := reading.HTML(x)
	if doc == nil {
		return nil
	}
	asked := ""
	if u, err := url.Parse(x.URL); err == nil {
		asked = u.Path[strings.LastIndex(u.Path, "/")+1:]
	}
	list := []string{strings.TrimSpace(doc.Find("title").First().Text())}
	doc.Find("body *").Each(func(_ int, e *goquery.Selection) {
		if e.Is("script, style, noscript, template, option") {
			return
		}
		for _, n := range e.Contents().Nodes {
			if n.Type != html.TextNode {
				continue
			}
			text := n.Data
			if asked != "" {
				text = strings.ReplaceAll(text, asked, "")
			}
			if text = strings.Join(strings.Fields(figures.ReplaceAllString(text, "")), " "); strings.IndexFunc(text, unicode.IsLetter) >= 0 {
				list = append(list, text)
			}
		}
	})
	return list
}

// without are the pieces of a list that another has not.
func without(list, other []string) []string {
	var own []string
	for _, text := range list {
		if !slices.Contains(other, text) {
			own = append(own, text)
		}
	}
	return own
}

// elsewhere is the address of a page of another shape that shows the same.
func elsewhere(s *surface.Surface, p *surface.Page, text []string) string {
	for _, q := range s.Pages {
		if q.As == p.As && q.Shape != p.Shape && q.Origin == "" && q.Answer != nil && q.Answer.Status == http.StatusOK && len(q.Answer.Hops) == 0 && slices.Equal(pieces(q.Answer), text) {
			return q.URL
		}
	}
	return ""
}
