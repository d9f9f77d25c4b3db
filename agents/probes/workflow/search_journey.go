package workflow

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Bounds of a search.
const (
	leastTried = 3 // words that were not found before a search counts as broken
	mostTried  = 9
)

func searchJourney() *agents.Probe {
	return &agents.Probe{
		ID: "search-journey", Title: "Search that does not find what is there",
		Decides:  "Words from the titles of at least three pages, or from the list that the form filters, are entered into the search form, and the result of none of them differs from that of a word that stands nowhere.",
		Keeps:    "The words, and a picture of a result.",
		Advice:   "Look whether the index is built from what is on the pages, and whether the form sends what is entered.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Medium, Skills: []string{"user journeys"},
		Check: agents.Each(searches, func(ctx context.Context, lab *agents.Lab, f *surface.Form) agents.Outcome {
			field := ""
			for i := range f.Fields {
				if t := f.Fields[i].Type; field == "" && (t == "search" || t == "text" || t == "") {
					field = f.Fields[i].Name
				}
			}
			words := wordsFor(lab.Surface, f)
			if field == "" || len(words) < leastTried {
				return agents.Skip("there are no %d words of which it is known that they should be found", leastTried)
			}
			tab, err := lab.Open(ctx, f.As, browser.Setting{ReadOnly: true})
			if err != nil {
				return agents.BlockOn(err)
			}
			defer tab.Close()
			nothing, err := search(ctx, tab, f, field, lab.Marker(1))
			if err != nil {
				return agents.BlockOn(err)
			}
			rows := [][]string{{"word", "from", "fingerprint of the result"}, {lab.Marker(1), "nowhere", fingerprint(place{text: nothing})}}
			for _, w := range words {
				result, err := search(ctx, tab, f, field, w[0])
				if err != nil {
					return agents.BlockOn(err)
				}
				if result != without(nothing, w[0]) { // the word may stand on every page
					return agents.Pass()
				}
				rows = append(rows, []string{w[0], w[1], fingerprint(place{text: result})})
			}
			picture, err := tab.Screenshot(ctx, nil)
			if err != nil {
				return agents.BlockOn(err)
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("The search of %s gives the same for %d words that stand on pages of the target as for one that stands nowhere.", pathOf(f.Page), len(words)),
				Where: agents.Place{URL: f.Page, Method: f.Method, Parameter: field, As: f.As}, Cause: surface.ShapeOf(f.Action),
				Evidence: []agents.Evidence{agents.Table("searches", agents.ByBrowser, rows...), agents.Shot("the last result", picture)},
			})
		}),
	}
}

// searches are forms that search, one for each address that they ask: of several, one that stands on another page.
func searches(s *surface.Surface) []*surface.Form {
	var list []*surface.Form
	at := map[string]int{}
	for _, f := range s.Forms {
		if f.Purpose != surface.ForSearch || f.Changes() {
			continue
		}
		key := surface.ShapeOf(f.Action)
		switch i, known := at[key]; {
		case !known:
			at[key] = len(list)
			list = append(list, f)
		case filters(list[i]) && !filters(f):
			list[i] = f
		}
	}
	return list
}

// filters tells whether a form searches the page that it stands on.
func filters(f *surface.Form) bool { return pathOf(f.Page) == pathOf(f.Action) }

var searchPage = regexp.MustCompile(`(?i)/(?:search|find|query|such(?:e|en)|buscar|recherche)[^/]*$`)

// wordsFor are words that a search should find, with the page that each is from. What stands on the same page as the form
// may search only the list that is there, such as that of what was thrown away.
func wordsFor(s *surface.Surface, f *surface.Form) [][2]string {
	if !filters(f) {
		return titleWords(s, f)
	}
	if words := listWords(s, f); len(words) >= leastTried || !searchPage.MatchString(pathOf(f.Page)) {
		return words
	}
	return titleWords(s, f)
}

// listWords are words of the links of a form's own page.
func listWords(s *surface.Surface, f *surface.Form) (list [][2]string) {
	taken := map[string]bool{}
	for _, p := range s.Pages {
		doc := reading.HTML(p.Answer)
		if doc == nil || p.URL != f.Page || p.As != f.As {
			continue
		}
		doc.Find("a[href]").Not("nav a, header a, footer a, form a").Each(func(_ int, a *goquery.Selection) {
			if word := longest(a.Text()); word != "" && !taken[strings.ToLower(word)] && len(list) < mostTried {
				taken[strings.ToLower(word)] = true
				list = append(list, [2]string{word, p.URL})
			}
		})
	}
	return list
}

// titleWords are words of the headings of pages, with the page that each is from: a few of every shape, and the most
// numerous shape first, since what a site has most of is what its search is for.
func titleWords(s *surface.Surface, f *surface.Form) [][2]string {
	pages := map[string]int{}
	byShape := map[string][][2]string{}
	taken := map[string]bool{}
	for _, p := range s.Pages {
		pages[p.Shape]++
		doc := reading.HTML(p.Answer)
		if doc == nil || p.As != f.As || pathOf(p.URL) == pathOf(f.Action) || len(byShape[p.Shape]) == leastTried {
			continue
		}
		if word := longest(doc.Find("h1").First().Text()); word != "" && !taken[strings.ToLower(word)] {
			taken[strings.ToLower(word)] = true
			byShape[p.Shape] = append(byShape[p.Shape], [2]string{word, p.URL})
		}
	}
	var list [][2]string
	for _, shape := range slices.SortedFunc(maps.Keys(byShape), func(a, b string) int {
		return cmp.Or(cmp.Compare(pages[b], pages[a]), cmp.Compare(a, b))
	}) {
		list = append(list, byShape[shape]...)
	}
	return list[:min(len(list), mostTried)]
}

// longest is the longest word of a heading, which tells most; "" when it has none of four letters.
func longest(heading string) (word string) {
	for _, w := range strings.Fields(heading) {
		if w = strings.Trim(w, ".,:;!?\"'()“”„«»"); len([]rune(w)) > max(3, len([]rune(word))) {
			word = w
		}
	}
	return word
}

// search enters a word into a form and returns what is shown then, without the word.
func search(ctx context.Context, tab *browser.Tab, f *surface.Form, field, word string) (string, error) {
	if err := tab.Go(ctx, f.Page); err != nil {
		return "", err
	}
	selector := fmt.Sprintf("form [name=%s]", browser.Quote(field))
	if err := tab.Fill(ctx, selector, word); err != nil {
		return "", err
	}
	if err := tab.Press(ctx, browser.Enter, false); err != nil {
		return "", err
	}
	if err := moved(ctx, tab); err != nil {
		return "", err
	}
	at, err := here(ctx, tab)
	if err != nil {
		return "", err
	}
	if pathOf(at.url) == pathOf(f.Page) && pathOf(f.Page) != pathOf(f.Action) {
		return "", fmt.Errorf("pressing Enter did not send the search of %s", pathOf(f.Page))
	}
	requests := tab.Log().Requests
	for i := len(requests) - 1; i >= 0; i-- { // a refusal, such as of who asks too often, is no result
		if q := requests[i]; q.Type == "Document" && pathOf(q.URL) == pathOf(f.Action) {
			if q.Status >= 400 {
				return "", fmt.Errorf("the search answers %d", q.Status)
			}
			break
		}
	}
	return without(strings.ToLower(strings.Join(strings.Fields(at.text), " ")), word), nil
}

func without(text, word string) string { return strings.ReplaceAll(text, strings.ToLower(word), "") }
