package injection

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// kept is what an API keeps in texts that pages may show: an object, or what is added to one, such as a comment.
type kept struct {
	what  *resource.Resource
	child *surface.Operation // that adds something to an object; nil: the object itself
}

// Key implements surface.Item.
func (k *kept) Key() string {
	if k.child != nil {
		return k.what.Key() + " " + k.child.Path
	}
	return k.what.Key()
}

// Address implements surface.Item.
func (k *kept) Address() string { return k.what.Address() }

// keeping are the resources of an API that have texts and can be taken away again, with what is added to them.
func keeping(s *surface.Surface) []surface.Item {
	var list []surface.Item
	for _, r := range resource.With(resource.Delete)(s) {
		if !r.API() {
			continue
		}
		if r.Title() != nil {
			list = append(list, &kept{what: r})
		}
		for _, o := range s.Operations {
			rest, below := strings.CutPrefix(o.Path, strings.TrimSuffix(r.Path, "/")+"/{")
			if _, name, ok := strings.Cut(rest, "}/"); below && ok && o.Method == http.MethodPost && o.Origin == "" && !strings.ContainsAny(name, "{/") && !changes(o) {
				list = append(list, &kept{r, o})
			}
		}
	}
	return list
}

func changes(o *surface.Operation) bool {
	u, err := url.Parse(o.URL)
	return err != nil || discover.Changes(u)
}

// handler is markup that runs where it is put into a page as markup, also by scripts that were loaded before, and what its
// dialog says then: another number for each case, so that what one has left is not taken for another's.
func handler(lab *agents.Lab) (markup, says string) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(lab.Case)) //nolint:errcheck // it never fails
	const least = 100_000
	n := least + h.Sum32()%(9*least)
	return fmt.Sprintf("<img src=data:, onerror=alert(%d*3)>", n), strconv.FormatUint(3*uint64(n), 10)
}

// runKept keeps markup in texts by the API, and looks whether it runs on pages that show them.
func runKept(ctx context.Context, lab *agents.Lab, k *kept) agents.Outcome {
	if lab.Browser == nil {
		return agents.Skip("no browser draws what the API keeps")
	}
	markup, says := handler(lab)
	s := resource.Open(lab, k.what)
	defer s.Close(ctx)
	give := map[string]any{}
	if k.child == nil {
		for _, f := range k.what.Sorted(resource.Text) {
			if text := lab.Marker(70) + markup; f.Free && (f.Longest == 0 || f.Longest >= len(text)) {
				give[f.Name] = text
			}
		}
	}
	o, err := s.Make(ctx, 7, give)
	if err != nil && len(give) > 1 { // where only one of them takes markup
		title := k.what.Title().Name
		o, err = s.Make(ctx, 8, map[string]any{title: lab.Marker(71) + markup})
	}
	switch {
	case ctx.Err() != nil:
		return agents.Block("it took too long")
	case err != nil:
		if _, refused := resource.Refused(err); refused && k.child == nil {
			return agents.Pass() // it takes no markup
		}
		return agents.Skip("nothing could be made: %v", err)
	}
	sent := o.Made
	if k.child != nil {
		if sent, err = k.add(ctx, lab, s.As, o.ID, markup); err != nil {
			return agents.Skip("%v", err)
		}
		if !sent.OK() {
			return agents.Skip("nothing could be added: it answered %d", sent.Status)
		}
	}
	for _, at := range k.shown(lab.Surface, s.As, o.ID) {
		tab, err := lab.Open(ctx, at.As, browser.Setting{ReadOnly: true})
		if err != nil {
			return agents.BlockOn(err)
		}
		ran, picture, err := opened(ctx, tab, at.URL, says)
		tab.Close()
		if err != nil {
			return agents.BlockOn(err)
		}
		if !ran {
			continue
		}
		return agents.Fail(agents.Finding{
			Text:  fmt.Sprintf("What %s keeps is put into %s as markup: a script in it ran there, and so it does for whoever opens that page.", sent.Request.URL, at.URL),
			Where: agents.Place{URL: at.URL, As: at.As}, Cause: "kept " + k.Key(),
			Evidence: append([]agents.Evidence{agents.Exchanged("what entered it", sent), {Name: "the dialog of the script", Text: says, Kind: agents.ByBrowser}}, shot("the page after the script ran", picture)...),
		})
	}
	return agents.Pass()
}

// opened opens a page and tells whether the script ran.
func opened(ctx context.Context, tab *browser.Tab, address, says string) (ran bool, picture []byte, err error) {
	if err := tab.Go(ctx, address); err != nil {
		return false, nil, err
	}
	if !slices.ContainsFunc(tab.Log().Dialogs, func(d browser.Dialog) bool { return d.Text == says }) {
		return false, nil, nil
	}
	picture, _ = tab.Screenshot(ctx, nil) //nolint:errcheck // the proof is the dialog
	return true, picture, nil
}

// plain is a text that a field takes for no reason but that it is a text.
var plain = regexp.MustCompile(`^[\p{L} .,!?'-]*$`)

// add adds something with markup in its texts to an object. The error says that it has none.
func (k *kept) add(ctx context.Context, lab *agents.Lab, as, id, markup string) (*wire.Exchange, error) {
	r, err := discover.RequestOf(lab.Surface, k.child)
	if err != nil {
		return nil, err
	}
	fields, _ := reading.JSON(r.Body).(map[string]any) //nolint:errcheck // what is no object has no fields
	texts := 0
	for name, v := range maps.Clone(fields) {
		if text, ok := v.(string); ok && plain.MatchString(text) {
			fields[name] = lab.Marker(72) + markup
			texts++
		}
	}
	if texts == 0 || !strings.Contains(r.Header.Get("Content-Type"), "json") {
		return nil, errors.New("what is added has no texts in JSON")
	}
	if r.Body, err = json.Marshal(fields); err != nil {
		return nil, err
	}
	u, err := url.Parse(k.child.URL)
	if err != nil {
		return nil, err
	}
	before, rest, _ := strings.Cut(k.child.Path, "{")
	_, after, _ := strings.Cut(rest, "}")
	r.URL, r.As = surface.Absolute(u, before+url.PathEscape(id)+after), as
	return lab.Send(ctx, r), nil
}

// shown are pages that most likely show an object: its own, and then those that list what there is.
func (k *kept) shown(s *surface.Surface, as, id string) []*surface.Page {
	const most = 6
	name := strings.ToLower(k.what.Path[strings.LastIndex(k.what.Path, "/")+1:])
	own := regexp.MustCompile(`(?i)/(?:` + regexp.QuoteMeta(name) + `|` + regexp.QuoteMeta(strings.TrimSuffix(name, "s")) + `)/\{(?:n|id)\}$`)
	var list, lists []*surface.Page
	known := map[string]bool{}
	for _, p := range pages.Drawn(s) {
		who := p.As
		if who == "" {
			who = as
		}
		switch u, err := url.Parse(p.URL); {
		case err != nil || p.Origin != "":
		case own.MatchString(p.Shape):
			one := &surface.Page{URL: surface.Absolute(&url.URL{Scheme: u.Scheme, Host: u.Host}, u.EscapedPath()[:strings.LastIndex(u.EscapedPath(), "/")+1]+url.PathEscape(id)), As: who}
			if !known[one.URL] {
				known[one.URL] = true
				list = append(list, one)
			}
		case !strings.Contains(p.Shape, "{"):
			lists = append(lists, &surface.Page{URL: p.URL, As: who})
		}
	}
	slices.SortStableFunc(lists, func(a, b *surface.Page) int { // those that are called like it first
		return strings.Count(strings.ToLower(b.URL), name) - strings.Count(strings.ToLower(a.URL), name)
	})
	list = append(list, lists...)
	return list[:min(most, len(list))]
}
