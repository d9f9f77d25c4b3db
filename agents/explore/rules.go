package explore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/claim"
	"github.com/atelier-studio/atelier/agents/journey"
	"github.com/atelier-studio/atelier/agents/surface"
)

// CartMath is the probe that weighs rules about amounts: who makes it is asked for them.
const CartMath = "cart-math"

// Bounds of what is asked about amounts.
const (
	maxRulePages = 3
	minAmounts   = 3
)

// related is a rule in the model's words.
type related struct {
	Relation string `json:"relation"`
	Parts    []int  `json:"parts"`
	Whole    int    `json:"whole"`
	Field    int    `json:"field"`
	Why      string `json:"why"`
}

var rulesSchema = json.RawMessage(object(`
	"rules": {"type": "array", "items": ` + object(`
		"relation": {"type": "string", "enum": ["sum", "product", "count"], "description": "sum: the parts add up to the whole; product: two parts, such as price and quantity, make the whole; count: the whole is how many parts there are."},
		"parts": {"type": "array", "items": {"type": "integer"}, "description": "Numbers of the lines with one part each."},
		"whole": {"type": "integer", "description": "The number of the line with the whole."},
		"field": {"type": "integer", "description": "The number of a field (a quantity, say) that changes the numbers; 0 when there is none."},
		"why": {"type": "string", "description": "The rule in one sentence."}`) + `}`))

const rulesText = `This page shows amounts or counts. Name relations between them that have to hold at any time: lines that add up to a total, a price times a quantity, a count of what is listed. Name elements by their numbers in brackets. No relation is a good answer, too.`

// rules asks for relations between the numbers of the pages that show the most amounts.
func (e *Explorer) rules(ctx context.Context, personas []agents.Persona) {
	i := slices.IndexFunc(personas, func(p agents.Persona) bool { return slices.Contains(p.Probes, CartMath) })
	if i < 0 {
		return
	}
	for _, page := range e.withAmounts() {
		if ctx.Err() != nil || e.left() <= 0 {
			return
		}
		e.rulesOf(ctx, &personas[i], page)
	}
}

// withAmounts are pages, one of a kind, on which several amounts stand; those with most of them first.
func (e *Explorer) withAmounts() []*surface.Page {
	counts := map[*surface.Page]int{}
	var list []*surface.Page
	for _, p := range e.starts() {
		if p.Answer == nil {
			continue
		}
		body := string(p.Answer.Body)
		n := strings.Count(body, "€") + strings.Count(body, "$") + strings.Count(body, "£") + strings.Count(body, "EUR") + strings.Count(body, "USD")
		for _, word := range []string{"total", "sum", "quantity", "price", "amount", "gesamt", "summe", "menge", "cantidad", "quantité", "prix", "precio", "合计", "总计", "数量"} {
			if strings.Contains(strings.ToLower(body), word) {
				n += minAmounts
			}
		}
		if n >= minAmounts {
			counts[p] = n
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b *surface.Page) int { return cmp.Compare(counts[b], counts[a]) })
	return list[:min(len(list), maxRulePages)]
}

func (e *Explorer) rulesOf(ctx context.Context, p *agents.Persona, page *surface.Page) {
	tab, err := e.Open(ctx, page.As, browser.Setting{ReadOnly: !e.Changes})
	if err != nil {
		return
	}
	defer tab.Close()
	if err := tab.Go(ctx, page.URL); err != nil {
		return
	}
	v, err := see(ctx, tab)
	if err != nil || len(claim.Amounts(v.said)) < minAmounts {
		return
	}
	answer, err := ask[struct{ Rules []related }](ctx, e, Question{
		System: e.role(p) + "\n" + rulesText, Text: e.data("PAGE", v.URL+"\n"+v.Text), Schema: rulesSchema, Tokens: 1500,
	})
	if err != nil {
		return
	}
	const most = 6
	for _, r := range answer.Rules[:min(len(answer.Rules), most)] {
		rule, why := e.compile(ctx, tab, v, r)
		if why != "" {
			e.drop(why)
			continue
		}
		rule.Persona, rule.As, rule.Changes, rule.Steps = p.ID, page.As, e.Changes, []journey.Step{{Go: pathOf(page.URL)}}
		e.weigh(ctx, rule)
	}
}

// compile makes selectors of the lines that a rule names.
func (e *Explorer) compile(ctx context.Context, tab *browser.Tab, v *view, r related) (rule claim.Rule, why string) {
	rule = claim.Rule{Relation: claim.Relation(r.Relation), Why: short(r.Why, 900)}
	find := func(id int) string {
		node, ok := v.node(id)
		if !ok {
			return ""
		}
		p, err := tab.Describe(ctx, node)
		if err != nil || strings.Contains(p.Selector, ">>>") {
			return ""
		}
		return p.Selector
	}
	if rule.Whole = find(r.Whole); rule.Whole == "" {
		return rule, "a rule names a line that is not on the page"
	}
	if r.Field != 0 {
		rule.Field = find(r.Field)
	}
	for _, id := range r.Parts[:min(len(r.Parts), claim.MaxParts)] {
		s := find(id)
		if s == "" {
			return rule, "a rule names a line that is not on the page"
		}
		if !slices.Contains(rule.Parts, s) {
			rule.Parts = append(rule.Parts, s)
		}
	}
	// All that are drawn alike are parts, also those that the model left out or that come later.
	if pattern := claim.Alike(rule.Parts); pattern != "" && rule.Relation != claim.Product && (len(rule.Parts) > 1 || pattern != rule.Parts[0]) {
		all, err := browser.Eval[int](ctx, tab, `document.querySelectorAll(`+browser.Quote(pattern)+`).length`)
		whole, err2 := browser.Eval[bool](ctx, tab, `[...document.querySelectorAll(`+browser.Quote(pattern)+`)].some((e) => e.matches(`+browser.Quote(rule.Whole)+`))`)
		if err == nil && err2 == nil && !whole && all >= len(rule.Parts) && all <= len(rule.Parts)*3+3 {
			rule.Parts = []string{pattern}
		}
	}
	if err := rule.Check(e.Scope); err != nil && len(rule.Steps) > 0 {
		return rule, "a rule is none that can be reckoned"
	}
	return rule, ""
}

// weigh tries a rule, and keeps it when something can be said of it.
func (e *Explorer) weigh(ctx context.Context, rule claim.Rule) {
	if err := rule.Check(e.Scope); err != nil {
		e.drop("a rule is none that can be reckoned")
		return
	}
	tab, err := e.Open(ctx, rule.As, browser.Setting{ReadOnly: !rule.Changes, Agree: rule.Changes})
	if err != nil {
		e.drop("it could not be tried")
		return
	}
	defer tab.Close()
	w, err := rule.Weigh(ctx, tab, e.Scope.Target(), Alike(e.Surface, rule.As, claim.Start(e.Scope.Target(), rule.Steps)))
	switch {
	case err != nil:
		e.drop("it could not be tried")
	case w.Why != "":
		e.drop("a rule: " + w.Why)
	case !e.keep(func(b *claim.Book) bool {
		if len(b.Rules) >= claim.MaxRules || slices.ContainsFunc(b.Rules, func(o claim.Rule) bool { return fmt.Sprint(o.Parts, o.Whole) == fmt.Sprint(rule.Parts, rule.Whole) }) {
			return false
		}
		b.Rules = append(b.Rules, rule)
		return true
	}):
		e.drop("it was claimed before")
	}
}

// Alike are other pages of the kind of one, as far as rules are tried on them.
func Alike(s *surface.Surface, as, address string) []string {
	const most = 4
	shape := s.ShapeOf(address)
	var list []string
	for _, p := range s.Pages {
		if len(list) < most && p.URL != address && p.Shape == shape && p.As == as {
			list = append(list, p.URL)
		}
	}
	return list
}
