package clientside

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

//go:embed hooks.js
var hooksScript string

// word is one that is put into a source, to be seen where it arrives.
type word struct {
	Word   string `json:"word"`
	Source string `json:"source"` // for people: the fragment, the parameter x, …
}

// payload is what stands in a source: the word, and markup that shows whether it was parsed and run.
func (w word) payload() string {
	return w.Word + `"'><img src=data:, id=` + w.Word + ` onerror=__atelierRan('` + w.Word + `')>`
}

// arrived is what the hooks have seen.
type arrived struct {
	Sinks []sink   `json:"sinks"`
	Ran   []string `json:"ran"`  // words whose markup ran as a script
	Live  []string `json:"live"` // words whose markup stands in the document, handler and all
	Names []string `json:"names"`
}

// sink is a place at which a word arrived.
type sink struct {
	Sink   string `json:"sink"`
	Word   string `json:"word"`
	Source string `json:"source"`
	How    string `json:"how"` // raw, encoded, safe
	Code   bool   `json:"code"`
	Value  string `json:"value"`
	Stack  string `json:"stack"`
}

// watch opens an address with words in its sources, and tells where they arrive. Message is sent to the page as one of
// another origin, when it is given.
func watch(ctx context.Context, lab *agents.Lab, p *surface.Page, address string, words []word, message *word) (*arrived, []byte, error) {
	list, err := json.Marshal(words)
	if err != nil {
		return nil, nil, err
	}
	before := "window.__atelierWords = " + string(list) + ";\n"
	for _, w := range words {
		if w.Source == windowName {
			before += "if (window === window.top) window.name = " + browser.Quote(w.payload()) + ";\n"
		}
	}
	tab, err := lab.Open(ctx, p.As, browser.Setting{Before: before + hooksScript})
	if err != nil {
		return nil, nil, err
	}
	defer tab.Close()
	if err := tab.Go(ctx, address); err != nil {
		return nil, nil, err
	}
	if message != nil {
		if _, err := browser.Eval[bool](ctx, tab, sendMessages(message.payload())); err != nil {
			return nil, nil, err
		}
	}
	seen, err := browser.Eval[*arrived](ctx, tab, `new Promise((done) => setTimeout(() => done(window.__atelierSeen ? window.__atelierSeen() : null), 150))`)
	if err != nil {
		return nil, nil, err
	}
	if seen == nil { // a document that no script of ours was let into
		seen = &arrived{}
	}
	var picture []byte
	if len(seen.Ran)+len(seen.Live) > 0 {
		picture, _ = tab.Screenshot(ctx, nil) //nolint:errcheck // the finding holds without it
	}
	return seen, picture, nil
}

const windowName = "window.name"

// sendMessages sends a text to the page as a page of another origin does: by itself, in JSON, and as every field of an object.
func sendMessages(text string) string {
	return `(() => { const text = ` + browser.Quote(text) + `;
		const object = new Proxy({}, { get: (_, key) => key === "toJSON" || key === "then" || typeof key === "symbol" ? undefined : text });
		for (const data of [text, JSON.stringify({ message: text, text, html: text, data: text, content: text, value: text }), { message: text, text, html: text, data: text, content: text, value: text }, object]) {
			try { window.dispatchEvent(new MessageEvent("message", { data, origin: "https://evil.invalid", source: window })); } catch (e) {}
		} return true; })()`
}

var askedFor = regexp.MustCompile(`(?:\.(?:get|getAll|has)|[gG]et(?:Url|URL|Query)?[A-Za-z]*Param\w*|query(?:Param)?)\(\s*["']([A-Za-z][\w.-]{0,39})["']|[?&]([A-Za-z][\w.-]{0,39})=`)

// namesIn are names of parameters that scripts ask for, as their text tells, and those of the page's own address.
func namesIn(scripts, address string) []string {
	var list []string
	add := func(name string) {
		const most = 20
		if name != "" && !slices.Contains(list, name) && len(list) < most {
			list = append(list, name)
		}
	}
	if u, err := url.Parse(address); err == nil {
		var own []string
		for name := range u.Query() {
			own = append(own, name)
		}
		slices.Sort(own)
		for _, name := range own {
			add(name)
		}
	}
	for _, m := range askedFor.FindAllStringSubmatch(scripts, 200) {
		add(m[1])
		add(m[2])
	}
	return list
}

// with is an address with parameters set in its query, and a fragment.
func with(address string, query url.Values, fragment string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	all := u.Query()
	for name, values := range query {
		all[name] = values
	}
	route := u.EscapedFragment()
	u.RawQuery, u.Fragment, u.RawFragment = strings.ReplaceAll(all.Encode(), "+", "%20"), "", ""
	switch {
	case fragment != "" && route != "": // what scripts take as a path stays before it
		return u.String() + "#" + strings.TrimSuffix(route, "/") + "/" + fragment
	case fragment != "" || route != "":
		return u.String() + "#" + route + fragment
	}
	return u.String()
}
