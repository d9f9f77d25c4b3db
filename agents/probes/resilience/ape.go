package resilience

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
)

// ape makes random events. Its dice are the lab's: the same in every campaign with the same seed.
type ape struct {
	lab  *agents.Lab
	as   string
	been int            // pages that it went to by itself
	made int            // events
	used map[string]int // page and selector -> events there
}

// stay is how many events the ape makes before it goes to the next page: enough to press two of a few buttons in any order.
const stay = 13

// event is one thing that hands do to a page.
type event struct {
	page     string
	kind     kind
	selector string
	text     string
}

type kind string

const (
	click  kind = "click"
	fill   kind = "fill"
	press  kind = "press"
	scroll kind = "scroll"
	visit  kind = "visit"
)

// texts are what is typed: short and long, odd and empty.
var texts = []string{"", "0", "-1", "x", "Ada Lovelace", "<b>bold</b>", "名前", "🦊", "1e309", strings.Repeat("long ", 100)}

var keys = map[string]string{"Tab": browser.Tabulator, "Escape": browser.Escape, "ArrowDown": browser.Down, "ArrowUp": browser.Up}

func (m *ape) open(ctx context.Context, address string) (*browser.Tab, error) {
	tab, err := m.lab.Open(ctx, m.as, browser.Setting{ReadOnly: true, Timeout: 4 * time.Minute})
	if err != nil {
		return nil, err
	}
	if err := tab.Go(ctx, address); err != nil {
		tab.Close()
		return nil, err
	}
	return tab, nil
}

func (m *ape) inside(address string) bool {
	u, err := url.Parse(address)
	return err == nil && m.lab.Client.Scope().Allows(u)
}

// choose picks an event that fits the page.
func (m *ape) choose(s *browser.Snapshot, here string) event {
	var controls, fields, links []string
	base, err := url.Parse(here)
	for _, e := range s.Elements {
		switch {
		case e.Harmless():
			controls = append(controls, e.Selector)
		case e.Shadow || !e.Seen || e.Disabled:
		case e.Tag == "textarea", e.Tag == "input" && slices.Contains([]string{"", "text", "search", "email", "number", "tel", "url"}, e.Type):
			fields = append(fields, e.Selector)
		case e.Tag == "a" && e.Href != "" && err == nil && e.Covered == "":
			to, err := base.Parse(e.Href)
			words := strings.NewReplacer("-", " ", "_", " ", "/", " ").Replace(e.Href)
			if err == nil && m.inside(to.String()) && !browser.Risky(e.Label) && !browser.Risky(words) {
				links = append(links, e.Selector)
			}
		}
	}
	m.made++
	one := func(list []string) string { return list[m.lab.Random.IntN(len(list))] }
	next := func(list []string) string { return m.rarest(here, list, one) }
	switch n := m.lab.Random.IntN(100); {
	case m.made%stay == 0 || len(controls)+len(fields)+len(links) == 0:
		return event{here, visit, "", m.somewhere()}
	case n < 50 && len(controls) > 0:
		return event{here, click, next(controls), ""}
	case n < 70 && len(fields) > 0:
		return event{here, fill, next(fields), one(texts)}
	case len(links) > 0 && (n >= 70 && n < 73 || n < 50 && len(fields) == 0): // where there is more to do, it stays
		return event{here, click, next(links), ""}
	case n < 95:
		return event{here, press, "", one([]string{"ArrowDown", "ArrowUp", "Escape", "Tab"})}
	default:
		return event{here, scroll, "", ""}
	}
}

// rarest is one of the elements that were used least often on a page: hands that are curious press everything there is
// before they press anything again.
func (m *ape) rarest(here string, list []string, one func([]string) string) string {
	page, _, _ := strings.Cut(here, "#")
	times := func(selector string) int { return m.used[page+" "+selector] }
	least := times(slices.MinFunc(list, func(a, b string) int { return times(a) - times(b) }))
	selector := one(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return times(s) > least }))
	if m.used == nil {
		m.used = map[string]int{}
	}
	m.used[page+" "+selector]++
	return selector
}

// somewhere is the page that the ape goes to next when there is nothing more to do where it is: each of those in turn that
// have scripts of their own, since the others can throw nothing.
func (m *ape) somewhere() string {
	var list []string
	for _, p := range asking(m.lab.Surface) {
		if p.As == m.as {
			list = append(list, p.URL)
		}
	}
	if len(list) == 0 {
		return m.lab.Surface.Target
	}
	m.been++
	return list[(m.been-1)%len(list)]
}

// do makes an event. An element that is not there any more is no error: hands miss, too.
func (m *ape) do(ctx context.Context, tab *browser.Tab, e event) error {
	before := len(tab.Log().Went)
	switch e.kind {
	case click:
		_ = tab.Click(ctx, e.selector) //nolint:errcheck // as above
	case fill:
		_ = tab.Fill(ctx, e.selector, e.text) //nolint:errcheck // as above
	case press:
		if err := tab.Press(ctx, keys[e.text], false); err != nil {
			return err
		}
	case visit:
		return tab.Go(ctx, e.text)
	case scroll:
		_, _ = browser.Eval[bool](ctx, tab, "(scrollBy(0, innerHeight * 0.8), true)") //nolint:errcheck // as above
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	// What an event starts by itself has a moment to happen.
	_, err := browser.Eval[bool](ctx, tab, "new Promise((done) => setTimeout(() => done(true), 40))")
	if err != nil || len(tab.Log().Went) > before {
		return tab.Settle(ctx)
	}
	return nil
}

// maxReplays bounds how often events are made again to shorten them.
const maxReplays = 12

// shrink finds few of the events that bring the error again: the last ones that do, then without each that is not needed.
// The error is nil when not even all of them bring it again.
func (m *ape) shrink(ctx context.Context, events []event, cause string) ([]event, *browser.Exception, error) {
	replays := 0
	again := func(list []event) (*browser.Exception, error) {
		if replays++; replays > maxReplays {
			return nil, nil //nolint:nilnil // not seen again: what is left is short enough
		}
		return m.replay(ctx, list, cause)
	}
	var (
		few []event
		got *browser.Exception
	)
	for n := 1; got == nil; n *= 2 {
		few = events[max(0, len(events)-n):]
		x, err := again(few)
		if err != nil {
			return nil, nil, err
		}
		got = x
		if n >= len(events) {
			break
		}
	}
	if got == nil {
		return nil, nil, nil
	}
	few = slices.Clone(few)
	for i := 0; i < len(few)-1; {
		less := slices.Delete(slices.Clone(few), i, i+1)
		x, err := again(less)
		if err != nil {
			return nil, nil, err
		}
		if x == nil {
			i++
			continue
		}
		few, got = less, x
	}
	return few, got, nil
}

// replay makes events from the page of the first of them.
func (m *ape) replay(ctx context.Context, events []event, cause string) (*browser.Exception, error) {
	tab, err := m.open(ctx, events[0].page)
	if err != nil {
		return nil, err
	}
	defer tab.Close()
	for _, e := range events {
		if err := m.do(ctx, tab, e); err != nil {
			return nil, err
		}
	}
	if err := tab.Settle(ctx); err != nil {
		return nil, err
	}
	for _, x := range tab.Log().Exceptions {
		if x.Cause() == cause {
			return &x, nil
		}
	}
	return nil, nil //nolint:nilnil // it was not seen again, which is no error
}
