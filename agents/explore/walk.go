package explore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/claim"
	"github.com/atelier-studio/atelier/agents/journey"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Bounds of walks.
const (
	minSteps   = 4
	maxSteps   = 10
	walkTime   = 6 * time.Minute
	maxNoticed = 10 // of a campaign
	maxTyped   = 200
	maxSpec    = 6000 // characters of a specification in one question
)

// walk is a persona under way.
type walk struct {
	*Explorer
	persona *agents.Persona
	as      string
	tab     *browser.Tab
	goal    string
	steps   []journey.Step
	history []string
	seen    []string // texts of pages
	places  []string // addresses, for going back
	limit   int
	claimed map[claim.Norm]map[string]bool
}

// move is what a model wants to do.
type move struct {
	Goal    string `json:"goal"`
	Thought string `json:"thought"`
	Action  string `json:"action"`
	ID      int    `json:"id"`
	Text    string `json:"text"`
	Claims  []told `json:"claims"`
}

// told is a claim in the model's words.
type told struct {
	Expect string `json:"expect"` // "text" or "no text"
	Text   string `json:"text"`
	Quote  string `json:"quote"`
	Why    string `json:"why"`
}

var moveSchema = json.RawMessage(object(`
	"goal": {"type": "string", "description": "What you want to achieve on this walk, in one sentence; the same from step to step."},
	"thought": {"type": "string", "description": "What you see and what follows from it, in one or two sentences."},
	"action": {"type": "string", "enum": ["click", "type", "choose", "enter", "back", "stop"]},
	"id": {"type": "integer", "description": "The number of the line that is clicked, typed into or chosen in; 0 with back and stop."},
	"text": {"type": "string", "description": "What is typed, or the option that is chosen; else empty."},
	"claims": {"type": "array", "items": ` + object(`
		"expect": {"type": "string", "enum": ["text", "no text"], "description": "What should be so on the page as it is now, and is not."},
		"text": {"type": "string", "description": "The text that should stand there, or should not. It has to be a part of the quotation."},
		"quote": {"type": "string", "description": "Word for word: the sentence of the specification, or of a page that you saw, that says so."},
		"why": {"type": "string", "description": "What is wrong, for whoever mends it, in one or two sentences."}`) + `}`))

const moveText = `You walk through the application in a browser that only you use. In every answer choose one action:
click (a link, button, tab, box), type (a text into a field), choose (an option of a list), enter (press Enter in a field), back (to the page before), stop (when your goal is reached or nothing more can be learned).
Try what this persona cares about, above all what takes several steps: dialogs, filters, forms that search, lists and what follows from them. Failures of the server, of scripts and missing pages are noticed by themselves; lead there.
Claim something only when the page as it is now is not as words that you can quote say it should be. Most walks end without a claim.
`

// walks sends personas off, one area after the other, each from another kind of page, as long as questions are left.
func (e *Explorer) walks(ctx context.Context, personas []agents.Persona) {
	pages := e.starts()
	if len(pages) == 0 || len(personas) == 0 {
		return
	}
	order := byArea(personas)
	left := e.left()
	steps := min(max(left/min(len(order), 9), minSteps), maxSteps)
	slots := make(chan struct{}, max(1, e.Walkers))
	if e.Changes {
		slots = make(chan struct{}, 1) // they would be in each other's way
	}
	var all sync.WaitGroup
	for i := 0; ctx.Err() == nil && e.left() > 0 && i < len(order); i++ {
		slots <- struct{}{}
		if e.left() <= 0 {
			break
		}
		page := pages[i%len(pages)]
		as := page.As
		if as == "" && len(e.Accounts) > 0 && i%2 == 1 {
			as = e.Accounts[(i/2)%len(e.Accounts)]
		}
		w := &walk{Explorer: e, persona: &order[i], as: as, limit: steps, claimed: map[claim.Norm]map[string]bool{}}
		all.Go(func() {
			defer func() { <-slots }()
			timed, cancel := context.WithTimeout(ctx, walkTime)
			defer cancel()
			w.run(timed, page)
		})
	}
	all.Wait()
}

// starts are pages to begin at: of every kind one.
func (e *Explorer) starts() []*surface.Page {
	var list []*surface.Page
	for _, p := range e.Surface.ByShape() {
		if p.Answer == nil || p.Answer.OK() && strings.Contains(p.Answer.Header.Get("Content-Type"), "html") {
			list = append(list, p)
		}
	}
	return list
}

// byArea orders personas so that the first ones are of different areas.
func byArea(personas []agents.Persona) []agents.Persona {
	var list []agents.Persona
	for round := 0; len(list) < len(personas); round++ {
		nth := map[agents.Area]int{}
		for i := range personas {
			if nth[personas[i].Area] == round {
				list = append(list, personas[i])
			}
			nth[personas[i].Area]++
		}
	}
	return list
}

// left is how many questions may still be asked.
func (e *Explorer) left() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	limit := e.Limits.withDefaults()
	if e.fails >= maxFails || e.use.Input+e.use.Output >= limit.Tokens {
		return 0
	}
	return limit.Questions - e.reserve - e.use.Questions
}

// run walks. What goes wrong with the browser ends the walk and nothing else.
func (w *walk) run(ctx context.Context, start *surface.Page) {
	tab, err := w.Open(ctx, w.as, browser.Setting{ReadOnly: !w.Changes, Agree: w.Changes, Timeout: walkTime})
	if err != nil {
		return
	}
	defer tab.Close()
	w.tab = tab
	w.mu.Lock()
	w.use.Walks++
	w.mu.Unlock()
	if err := tab.Go(ctx, start.URL); err != nil {
		return
	}
	w.steps = []journey.Step{{Go: pathOf(start.URL)}}
	for n := range w.limit {
		again, err := w.step(ctx, n)
		if err != nil || !again {
			break
		}
	}
}

// step asks for a move and makes it.
func (w *walk) step(ctx context.Context, n int) (again bool, err error) {
	v, err := see(ctx, w.tab)
	if err != nil {
		return false, err
	}
	s, err := w.tab.Snapshot(ctx)
	if err != nil {
		return false, err
	}
	w.seen = append(w.seen, s.Text)
	if w.Say != nil {
		picture, _ := w.tab.Screenshot(ctx, nil) //nolint:errcheck // it is only shown
		w.Say(w.persona.ID, v.URL, picture)
	}
	m, err := ask[move](ctx, w.Explorer, w.question(v, n))
	if err != nil {
		if errors.Is(err, ErrSpent) || ctx.Err() != nil {
			return false, err
		}
		w.tell("your answer could not be read")
		return true, nil
	}
	if w.goal == "" {
		w.goal = short(m.Goal, 300)
	}
	const most = 3
	for _, t := range m.Claims[:min(len(m.Claims), most)] {
		w.claim(ctx, t)
	}
	if m.Action == "stop" {
		return false, nil
	}
	return true, w.do(ctx, v, m)
}

// question shows the page and what was done so far.
func (w *walk) question(v *view, n int) Question {
	var b strings.Builder
	if w.Text != "" {
		b.WriteString("What the application should do, as a person wrote it:\n" + w.data("SPECIFICATION", cut(w.Text, maxSpec)))
	}
	if w.goal != "" {
		fmt.Fprintf(&b, "Your goal: %s\n", w.goal)
	}
	if lines := w.history[max(0, len(w.history)-12):]; len(lines) > 0 { // with labels and messages of the page in them
		b.WriteString("What was done and noticed so far:\n" + w.data("HISTORY", strings.Join(lines, "\n")))
	}
	fmt.Fprintf(&b, "Step %d of %d. The page now, a line a node, with its number in brackets:\n", n+1, w.limit)
	b.WriteString(w.data("PAGE", v.URL+"\n"+v.Text))
	return Question{System: w.role(w.persona) + "\n" + moveText, Text: b.String(), Schema: moveSchema, Tokens: 1500}
}

func (w *walk) tell(format string, args ...any) {
	w.history = append(w.history, short(fmt.Sprintf(format, args...), 300))
}

// do makes a move, notes it as a step, and looks what it broke.
func (w *walk) do(ctx context.Context, v *view, m move) error {
	before, err := claim.Stand(ctx, w.tab)
	if err != nil {
		return err
	}
	from, err := w.tab.Location(ctx)
	if err != nil {
		return err
	}
	step, done, refused, err := w.act(ctx, v, m)
	switch {
	case err != nil:
		return err
	case refused != "":
		w.tell("%s [%d]: not done: %s", m.Action, m.ID, refused)
		return nil
	}
	if err := w.tab.Settle(ctx); err != nil {
		return err
	}
	w.mu.Lock()
	w.use.Steps++
	w.mu.Unlock()
	at, err := w.tab.Location(ctx)
	if err != nil {
		return err
	}
	if !w.inside(at) {
		w.tell("%s: it leads away from the application, and was taken back", done)
		return w.tab.Go(ctx, from)
	}
	w.steps = append(w.steps, step)
	if at != from && m.Action != "back" {
		w.places = append(w.places, from)
	}
	wrong, err := before.Since(ctx, w.tab, w.inside)
	if err != nil {
		return err
	}
	w.tell("%s, on %s", done, pathOf(at))
	for _, one := range wrong {
		w.tell("noticed: %s", one.Text)
		w.noticed(ctx, one)
	}
	return nil
}

// noticed makes a claim of a norm that was broken without anybody's word.
func (w *walk) noticed(ctx context.Context, one claim.Wrong) {
	if w.claimed[one.Norm][one.What] {
		return
	}
	if w.claimed[one.Norm] == nil {
		w.claimed[one.Norm] = map[string]bool{}
	}
	w.claimed[one.Norm][one.What] = true
	if w.Explorer.known(one.What) {
		w.drop("another probe found it too")
		return
	}
	w.try(ctx, claim.Claim{Norm: one.Norm})
}

// claim takes a claim in the model's words: it needs a quotation that really stands somewhere, with the expected text in it.
func (w *walk) claim(ctx context.Context, t told) {
	c := claim.Claim{Quote: short(t.Quote, 900), Why: short(t.Why, 900)}
	text := claim.Fold(t.Text)
	switch {
	case t.Expect == "text":
		c.Text = text
	case t.Expect == "no text":
		c.NoText = text
	}
	switch {
	case text == "" || !claim.Quotes(t.Quote, text):
		w.drop("what is expected is not in what is quoted")
		return
	case len(t.Quote) > 900:
		w.drop("the quotation is too long")
		return
	case claim.Quotes(w.Text, t.Quote) && w.speaksOf(t.Quote, text):
		c.Norm = claim.Specified
	case w.onPage(t.Quote) && w.speaksOf(t.Quote, text):
		c.Norm = claim.Noticed
		if w.countNoticed() >= maxNoticed {
			w.drop("enough was noticed already")
			return
		}
	default:
		w.drop("what is quoted stands neither on a page nor in the specification, or speaks of no step that was made")
		return
	}
	w.try(ctx, c)
}

// speaksOf tells whether a quotation speaks of a step of this walk too, besides what is expected after it.
func (w *walk) speaksOf(quote, text string) bool {
	rest := strings.ToLower(strings.ReplaceAll(claim.Fold(quote), text, " "))
	for _, s := range w.steps {
		for _, name := range []string{s.Click, s.Go, fillOf(s)} {
			if name = strings.ToLower(strings.Trim(name, "/ ")); len(name) > 2 && strings.Contains(rest, name) {
				return true
			}
		}
	}
	return false
}

func fillOf(s journey.Step) string {
	if s.Fill == nil {
		return ""
	}
	return s.Fill.Field
}

func (w *walk) onPage(quote string) bool {
	for _, text := range w.seen {
		if claim.Quotes(text, quote) {
			return true
		}
	}
	return false
}

func (e *Explorer) countNoticed() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for i := range e.book.Claims {
		if e.book.Claims[i].Norm == claim.Noticed {
			n++
		}
	}
	return n
}

// try goes the way of a claim in a tab of its own, and keeps it where its norm is broken there too.
func (w *walk) try(ctx context.Context, c claim.Claim) {
	c.Persona, c.As, c.Goal, c.Changes = w.persona.ID, w.as, w.goal, w.Changes
	c.Steps = append([]journey.Step(nil), w.steps...)
	if err := c.Check(w.Scope); err != nil {
		w.drop("it is no journey that can be gone")
		return
	}
	tab, err := w.Open(ctx, c.As, browser.Setting{ReadOnly: !c.Changes, Agree: c.Changes})
	if err != nil {
		w.drop("it could not be tried")
		return
	}
	defer tab.Close()
	shown, err := c.Show(ctx, tab, w.Scope.Target(), w.inside)
	switch {
	case err != nil:
		w.drop("it could not be tried")
	case shown.Broke != "":
		w.drop("its steps could not be made again")
	case shown.Wrong == nil:
		w.drop("the application does what it should")
	case !w.keep(func(b *claim.Book) bool { return b.Add(c) }):
		w.drop("it was claimed before")
	}
}

// pathOf is an address without its origin.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.Scheme, u.Host, u.User = "", "", nil
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}
