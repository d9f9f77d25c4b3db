package integrity

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Bounds of what is followed of pagers.
const (
	maxPagers = 6  // pages with one
	maxPaged  = 15 // pages of one
)

var (
	pagerName = regexp.MustCompile(`(?i)^(?:page|page_?number|page_?no|p|seite|pg)$`)
	// toldTotal is how a page tells the number of all rows: "38 tools found", "1–12 of 38".
	toldTotal = []*regexp.Regexp{
		regexp.MustCompile(`(?i)(?:^|[(: ])(\d{1,4}) (?:\pL+ ){0,2}(?:found|gefunden|trouvée?s?|encontrad[oa]s?|results?|Ergebnisse|Treffer|résultats?|resultados?)\b`),
		regexp.MustCompile(`(?i)\b\d{1,4} ?(?:[-–—]|to|bis|à|a) ?\d{1,4} (?:of|out of|von|de|sur) (\d{1,4})(?:[^\d.,+]|[.,]?$|[.,] )`),
		regexp.MustCompile(`共 ?(\d{1,4}) ?[条個个项項件]`),
	}
	// roughly are words before a number that is none of rows, or not exactly.
	roughly = regexp.MustCompile(`(?i)(?:more than|over|about|around|at least|first|top|up to|mehr als|über|etwa|ungefähr|plus de|environ|más de)\s*$`)
)

// leaf is what a page of a list has: its rows by shape, and the other pages that it leads to.
type leaf struct {
	rows  map[string][]string
	pages map[int]string
	name  string // of the parameter
	total int    // -1: none, or more than one
}

// withPager are the pages that are the first of a list, lead to others by a number in the query and tell a total.
func withPager(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	seen := map[string]bool{}
	for _, p := range s.Pages {
		if key := p.As + "\x00" + surface.ShapeOf(p.URL); p.Origin != "" || p.Answer == nil || p.Answer.Status != http.StatusOK || len(p.Answer.Hops) > 0 || seen[key] || len(list) == maxPagers {
			continue
		} else if l := leafOf(p.Answer); l != nil && l.total > 0 && len(l.pages) > 0 && !numbered(p.URL) {
			seen[key] = true
			list = append(list, p)
		}
	}
	return list
}

// numbered tells whether an address says which page of a list it is.
func numbered(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	for name := range u.Query() {
		if pageName.MatchString(name) || pagerName.MatchString(name) {
			return true
		}
	}
	return false
}

// leafOf reads a page of a list; nil when it is none, or has a pager that only scripts or forms know.
func leafOf(x *wire.Exchange) *leaf {
	doc := reading.HTML(x)
	if doc == nil || doc.Find("button[name=page], input[name=page]:not([type=hidden]), select[name=page]").Length() > 0 {
		return nil
	}
	at, err := url.Parse(x.URL)
	if err != nil {
		return nil
	}
	l := &leaf{rows: map[string][]string{}, pages: map[int]string{}, total: -1}
	doc.Find("a[href]").Each(func(_ int, e *goquery.Selection) {
		u := doc.Resolve(e.AttrOr("href", ""))
		if u == nil || u.Host != at.Host {
			return
		}
		u.Fragment = ""
		if u.Path == at.Path {
			if name, n := pageOf(u, at); n > 1 {
				l.pages[n], l.name = u.String(), name
			}
			return
		}
		shape := surface.ShapeOf(u.String())
		if (strings.HasSuffix(shape, "/{n}") || strings.HasSuffix(shape, "/{id}")) && !slices.Contains(l.rows[shape], u.String()) {
			l.rows[shape] = append(l.rows[shape], u.String())
		}
	})
	l.total = told(doc.Text())
	return l
}

// pageOf is the number of a page of the list at an address, whose query says nothing else; 0 when it is none.
func pageOf(u, at *url.URL) (name string, n int) {
	query, own := u.Query(), at.Query()
	for key := range query {
		if pagerName.MatchString(key) {
			name = key
		}
	}
	n, err := strconv.Atoi(query.Get(name))
	if name == "" || err != nil {
		return "", 0
	}
	query.Del(name)
	own.Del(name)
	if query.Encode() != own.Encode() {
		return "", 0
	}
	return name, n
}

// told is the total that a text tells; -1 when it tells none, or several.
func told(text string) int {
	text = strings.Join(strings.Fields(text), " ")
	total := -1
	for _, say := range toldTotal {
		for _, m := range say.FindAllStringSubmatchIndex(text, -1) {
			n, err := strconv.Atoi(text[m[2]:m[3]])
			if err != nil || roughly.MatchString(text[:m[2]]) || total >= 0 && n != total {
				return -1
			}
			total = n
		}
	}
	return total
}

// pager follows the pager of a page to its end, and looks whether there are more rows behind it.
func pager(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	first := leafOf(p.Answer)
	if first == nil || first.total < 1 || len(first.pages) == 0 {
		return agents.Pass()
	}
	ask := func(address string) (*wire.Exchange, *leaf, *agents.Outcome) {
		x := lab.Send(ctx, wire.Request{URL: address, As: p.As})
		if !x.Answered() {
			o := agents.BlockOn(x.Fault)
			return x, nil, &o
		}
		if x.Status != http.StatusOK {
			return x, nil, nil
		}
		return x, leafOf(x), nil
	}
	todo := map[int]string{1: p.URL}
	read := map[int]*leaf{}
	for len(todo) > 0 {
		n := slices.Min(slices.Collect(maps.Keys(todo)))
		_, l, o := ask(todo[n])
		if o != nil {
			return *o
		}
		if l == nil || len(read) == maxPaged || n > 1 && l.total >= 0 && l.total != first.total {
			return agents.Pass() // it is no list of pages any more, too long to be read, or changes under way
		}
		read[n] = l
		delete(todo, n)
		for k, address := range l.pages {
			if read[k] == nil {
				todo[k] = address
			}
		}
	}
	last := slices.Max(slices.Collect(maps.Keys(read)))
	if last != len(read) || read[1].total != first.total { // not one after the other
		return agents.Pass()
	}
	shape, rows, known := rowsOf(read, last)
	if shape == "" || len(known) >= first.total {
		return agents.Pass()
	}
	u, err := url.Parse(p.URL)
	if err != nil {
		return agents.BlockOn(err)
	}
	query := u.Query()
	query.Set(first.name, strconv.Itoa(last+1))
	u.RawQuery = query.Encode()
	x, l, o := ask(u.String())
	if o != nil {
		return *o
	}
	if l == nil || l.total >= 0 && l.total != first.total { // who knows what is missing
		return agents.Pass()
	}
	more := l.rows[shape]
	if len(more) == 0 || slices.ContainsFunc(more, func(row string) bool { return known[row] }) || len(known)+len(more) > first.total {
		return agents.Pass()
	}
	rows = append(rows, []string{strconv.Itoa(last+1) + ", not linked", strings.Join(more, ", ")})
	return agents.Fail(agents.Finding{
		Title: "Rows of a list that its pager does not lead to",
		Text: fmt.Sprintf("%s tells a total of %d, and the %d pages that its pager leads to have %d: %d more are on page %d, to which nothing links.",
			p.URL, first.total, last, len(known), len(more), last+1),
		Where: agents.Place{URL: p.URL, Parameter: first.name, As: p.As}, Cause: "pager of " + u.EscapedPath(),
		Evidence: []agents.Evidence{agents.Table("pages", agents.ByHTTP, rows...), agents.Exchanged("the page after the last", x)},
	})
}

// rowsOf are the rows of pages 1 to last: links of one shape, as many on every page but the last, none of them twice. The
// shape is "" when there is none such.
func rowsOf(read map[int]*leaf, last int) (shape string, rows [][]string, known map[string]bool) {
	found := 0
	for s := range read[1].rows {
		each := map[string]bool{}
		table := [][]string{{"page", "rows"}}
		good := true
		for n := 1; n <= last; n++ {
			list := read[n].rows[s]
			good = good && len(list) > 0 && len(list) <= len(read[1].rows[s]) && (n == last || len(list) == len(read[1].rows[s]))
			for _, row := range list {
				good = good && !each[row]
				each[row] = true
			}
			table = append(table, []string{strconv.Itoa(n), strings.Join(list, ", ")})
		}
		if good && len(read[1].rows[s]) > 1 {
			found++
			shape, rows, known = s, table, each
		}
	}
	if found != 1 {
		return "", nil, nil
	}
	return shape, rows, known
}
