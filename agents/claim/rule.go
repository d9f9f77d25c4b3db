package claim

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/journey"
)

// State is how the numbers of a rule stand at one time.
type State struct {
	Name    string // what was done for it
	URL     string
	Parts   []float64
	Whole   float64
	Holds   bool
	Known   bool // something else on the page says why it does not hold
	Total   bool // the page calls the whole a total, and writes it as it writes the parts
	Picture []byte
}

// Weighed is what a rule came to.
type Weighed struct {
	States []State
	// Broken is the state in which the rule does not hold; nil when it holds in all.
	Broken *State
	// Why says why nothing can be said; "" when something can.
	Why string
}

// read is what a page shows of a rule.
type read struct {
	Parts []string `json:"parts"`
	Whole string   `json:"whole"`
	Near  string   `json:"near"` // the words around the whole
	Text  string   `json:"text"` // of the page without the parts and the whole
	Field struct {
		Value, Min, Max string
	} `json:"field"`
	Seen bool `json:"seen"`
}

const readScript = `(() => {
	const ask = (sel) => { try { return [...document.querySelectorAll(sel)]; } catch { return []; } };
	const say = (e) => /^(INPUT|SELECT|TEXTAREA)$/.test(e.tagName) ? e.value : (e.innerText ?? e.textContent ?? "");
	const parts = [], seen = new Set();
	for (const sel of PARTS) for (const e of ask(sel)) if (!seen.has(e)) { seen.add(e); parts.push(e); }
	const whole = ask(WHOLE)[0], field = FIELD ? ask(FIELD)[0] : null;
	if (!whole || !parts.length || parts.includes(whole)) return {seen: false};
	const row = whole.closest("tr, dl, li, p, div") || whole.parentElement || whole;
	let rest = "";
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const at = walk.currentNode.parentElement;
		if (!at || at.closest("script, style, noscript, template") || whole.contains(at) || parts.some((p) => p.contains(at)) || !at.checkVisibility?.()) continue;
		if ((rest += walk.currentNode.data + "\n").length > 20000) break;
	}
	for (const i of document.querySelectorAll("input, select")) if (!parts.includes(i) && i !== field) rest += i.value + "\n";
	return {seen: true, parts: parts.slice(0, 200).map(say), whole: say(whole), near: (row.innerText || "").slice(0, 200) + " " + (whole.getAttribute("aria-label") || ""), text: rest,
		field: field ? {Value: String(field.value ?? ""), Min: field.min || "", Max: field.max || ""} : {Value: "", Min: "", Max: ""}};
})()`

// look reads the numbers as they stand. ok is false where the page does not show them.
func (r *Rule) look(ctx context.Context, tab *browser.Tab) (s State, now read, ok bool, err error) {
	script := strings.NewReplacer("PARTS", browser.Quote(r.Parts), "WHOLE", browser.Quote(r.Whole), "FIELD", browser.Quote(r.Field)).Replace(readScript)
	if now, err = browser.Eval[read](ctx, tab, script); err != nil || !now.Seen {
		return s, now, false, err
	}
	s.Total = r.Relation == Sum && len(now.Parts) > 1 && totals.MatchString(now.Near) && len(now.Near) < 120
	whole := Amounts(now.Whole)
	if len(whole) != 1 {
		return s, now, false, nil
	}
	s.Whole = whole[0]
	made := 0.0
	if r.Relation == Product {
		made = 1
	}
	for _, text := range now.Parts {
		s.Total = s.Total && written(text) == written(now.Whole)
		n := Amounts(text)
		if r.Relation == Count {
			n = []float64{1}
		}
		if len(n) != 1 {
			return s, now, false, nil
		}
		s.Parts = append(s.Parts, n[0])
		if r.Relation == Product {
			made *= n[0]
		} else {
			made += n[0]
		}
	}
	if r.Relation == Product && len(s.Parts) != 2 {
		return s, now, false, nil
	}
	s.Holds = near(made, s.Whole, len(s.Parts))
	s.Known = !s.Holds && explained(made, s.Whole, Amounts(now.Text), now.Text)
	if s.URL, err = tab.Location(ctx); err != nil {
		return s, now, false, err
	}
	return s, now, true, nil
}

// settled looks until the rule holds, or for a while: numbers may be reckoned anew a moment after they were changed.
func (r *Rule) settled(ctx context.Context, tab *browser.Tab) (State, read, bool, error) {
	const (
		tries = 4
		pause = 400 * time.Millisecond
	)
	for try := 1; ; try++ {
		s, now, ok, err := r.look(ctx, tab)
		if err != nil || ok && s.Holds || try == tries {
			if err == nil && ok {
				s.Picture, err = tab.Screenshot(ctx, nil)
			}
			return s, now, ok, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return s, now, false, ctx.Err()
		}
	}
}

// tried are the values that a field is given.
var tried = []int{2, 3, 5}

// Weigh looks at the numbers of a rule in several states: as they stand, with other values in its field, and on alike pages.
// A rule that holds in two states with different numbers is one of this application, and one in which it does not hold is a
// fault. One that holds nowhere is a fault only where the page itself calls the whole a total, and shows nothing that
// would explain the difference. The error is that of the browser or of ctx.
func (r *Rule) Weigh(ctx context.Context, tab *browser.Tab, target *url.URL, alike []string) (Weighed, error) {
	var w Weighed
	steps, err := journey.Run(ctx, tab, target, journey.Journey{Name: "rule", Steps: r.Steps})
	if err != nil {
		return w, err
	}
	if n := len(steps); n > 0 && steps[n-1].Fault != "" {
		w.Why = "the page cannot be reached any more: " + steps[n-1].Fault
		return w, nil
	}
	first, now, ok, err := r.settled(ctx, tab)
	if err != nil {
		return w, err
	}
	if !ok {
		w.Why = "the numbers are not on the page"
		return w, nil
	}
	first.Name = "as it stands"
	w.States = append(w.States, first)
	if r.Field != "" {
		if err := r.vary(ctx, tab, now, &w); err != nil {
			return w, err
		}
	}
	if len(r.Steps) == 1 {
		for _, address := range alike {
			if err := tab.Go(ctx, address); err != nil {
				if ctx.Err() != nil {
					return w, err
				}
				continue
			}
			s, _, ok, err := r.settled(ctx, tab)
			if err != nil {
				return w, err
			}
			if ok {
				s.Name = "on " + address
				w.States = append(w.States, s)
			}
		}
	}
	w.judge()
	return w, nil
}

// vary gives the field other values, and puts back what stood in it.
func (r *Rule) vary(ctx context.Context, tab *browser.Tab, now read, w *Weighed) error {
	low, high := bound(now.Field.Min, 1), bound(now.Field.Max, 99)
	changed := false
	for _, n := range tried {
		text := strconv.Itoa(n)
		if n < low || n > high || now.Field.Value == text {
			continue
		}
		was := w.States[len(w.States)-1]
		s, ok, err := r.with(ctx, tab, text, was)
		if err != nil {
			return err
		}
		if ok {
			s.Name = "with " + text
			w.States = append(w.States, s)
			changed = true
		}
	}
	if changed && now.Field.Value != "" {
		_, _, err := r.with(ctx, tab, now.Field.Value, w.States[len(w.States)-1])
		return err
	}
	return nil
}

// with writes a value into the field; where nothing follows from that, it is sent with Enter.
func (r *Rule) with(ctx context.Context, tab *browser.Tab, value string, was State) (State, bool, error) {
	if err := tab.Fill(ctx, r.Field, value); err != nil {
		return State{}, false, onlyOf(ctx, err)
	}
	if err := tab.Settle(ctx); err != nil {
		return State{}, false, err
	}
	s, _, ok, err := r.settled(ctx, tab)
	if err != nil || !ok || !s.alike(&was) {
		return s, ok, err
	}
	if err := tab.Press(ctx, browser.Enter, false); err != nil {
		return s, false, err
	}
	if err := tab.Settle(ctx); err != nil {
		return s, false, err
	}
	s, _, ok, err = r.settled(ctx, tab)
	return s, ok && !s.alike(&was), err
}

// onlyOf is the error of the context, if there is one: any other is the page's.
func onlyOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	return nil
}

func bound(text string, none int) int {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return none
}

// alike tells whether the same numbers stand there.
func (s *State) alike(o *State) bool { return s.Whole == o.Whole && slices.Equal(s.Parts, o.Parts) }

// judge says what the states come to.
func (w *Weighed) judge() {
	var held, broken []*State
	total, known := true, false
	for i := range w.States {
		s := &w.States[i]
		into := &held
		if !s.Holds {
			into = &broken
			total, known = total && s.Total, known || s.Known
		}
		if !slices.ContainsFunc(*into, func(o *State) bool { return o.Whole == s.Whole && slices.Equal(o.Parts, s.Parts) }) {
			*into = append(*into, s)
		}
	}
	switch {
	case len(held)+len(broken) < 2:
		w.Why = "the numbers stand in one state only, so nothing shows that they belong together"
	case len(broken) == 0:
	case known:
		w.Why = "something else on the page may explain the difference"
	case apart(held) >= 2, len(held) == 0 && total && apart(broken) >= 2:
		w.Broken = broken[0]
	default:
		w.Why = "the numbers do not fit together often enough to belong together"
	}
}

// apart counts states whose whole differs.
func apart(list []*State) int {
	seen := map[float64]bool{}
	for _, s := range list {
		seen[s.Whole] = true
	}
	return len(seen)
}

// Says is the rule with the numbers of a state.
func (r *Rule) Says(s *State) string {
	mark := map[Relation]string{Sum: " + ", Product: " × ", Count: " + "}[r.Relation]
	var parts []string
	for _, n := range s.Parts[:min(len(s.Parts), 12)] {
		parts = append(parts, show(n))
	}
	if len(s.Parts) > 12 {
		parts = append(parts, "…")
	}
	if r.Relation == Count {
		return fmt.Sprintf("%d of them, and the page says %s", len(s.Parts), show(s.Whole))
	}
	return fmt.Sprintf("%s, and the page says %s", strings.Join(parts, mark), show(s.Whole))
}

func show(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

var place = regexp.MustCompile(`:nth-(?:of-type|child)\(\d+\)`)

// Alike makes one selector of those of several elements, that finds all that are drawn like them. "" when they differ in
// more than their places.
func Alike(selectors []string) string {
	if len(selectors) == 0 || strings.Contains(selectors[0], ">>>") {
		return ""
	}
	pattern := place.ReplaceAllString(selectors[0], "")
	for _, s := range selectors {
		if place.ReplaceAllString(s, "") != pattern {
			return ""
		}
	}
	return pattern
}
