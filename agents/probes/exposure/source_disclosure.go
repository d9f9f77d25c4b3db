package exposure

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func sourceDisclosure() *agents.Probe {
	return &agents.Probe{
		ID: "source-disclosure", Title: "A file's name in the request shows the server's source",
		Decides:  "An input that takes a file's name is given the name of a source file, learned from a stack trace or usual for its language, and answers with source that the answer to its known value does not have.",
		Keeps:    "An excerpt of the source.",
		Advice:   "Choose files by an id or from a list, and keep the source outside of the folder that is read.",
		Needs:    agents.NeedsHTTP | agents.NeedsIntrusive,
		Severity: agents.Medium, References: []string{"CWE-540"}, Skills: []string{"leak detection"},
		Check: agents.Each(takingFiles, runSourceDisclosure),
	}
}

var (
	fileName  = regexp.MustCompile(`(?i)file|path|page|doc|include|template|view|load|read|download|attachment|report|module|content|^name$`)
	hasEnding = regexp.MustCompile(`\.[A-Za-z0-9]{1,5}$`)
	// sourceName is a source file in a trace, without the folders before it.
	sourceName = regexp.MustCompile(`([\w-]+(?:/[\w-]+)?\.(?:php|py|rb|js|ts|go|java|jsp|cs|aspx|pl))\b`)
	// sourceText is source of one of these languages.
	sourceText = regexp.MustCompile(`<\?php\s|(?m)^package \w+\s*$|^(?:from [\w.]+ import |import [\w.]+\s*$)|^\s*(?:const|let|var) [\w{} ,]+ = require\(['"]|^\s*require ['"][\w/]+['"]\s*$|^\s*def \w+\(.*\):\s*$|^using [\w.]+;\s*$|^import (?:java|javax|org)\.[\w.]+;`)
	usual      = []string{"index.php", "app.py", "main.py", "server.js", "app.js", "index.js", "main.go", "app.rb"}
)

// takingFiles are the inputs whose name or value says that they take a file's name.
func takingFiles(s *surface.Surface) []*surface.Input {
	var list []*surface.Input
	for _, in := range s.Inputs {
		if !in.Changes() && in.In == surface.InQuery && (fileName.MatchString(in.Name) && strings.Trim(in.Known, "0123456789") != "" || hasEnding.MatchString(in.Known)) {
			list = append(list, in)
		}
	}
	return list
}

func runSourceDisclosure(ctx context.Context, lab *agents.Lab, in *surface.Input) agents.Outcome {
	ask := func(value string) *wire.Exchange {
		r, err := in.Request(value)
		if err != nil {
			return &wire.Exchange{Request: r, Fault: &wire.Fault{Kind: wire.Unsendable, Text: err.Error()}}
		}
		r.Follow = true
		return lab.Send(ctx, r)
	}
	base := ask(in.Known)
	if !base.Answered() {
		return agents.BlockOn(base.Fault)
	}
	if sourceText.MatchString(plain(base)) {
		return agents.Pass() // it shows source anyway, as a text about it does
	}
	for _, name := range sourceNames(lab.Surface, ask("\x00"+lab.Marker(1)), ask(lab.Marker(2))) {
		for _, value := range []string{name, "../" + name} {
			x := ask(value)
			if !x.Answered() && ctx.Err() != nil {
				return agents.BlockOn(x.Fault)
			}
			text := plain(x)
			if at := sourceText.FindStringIndex(text); x.OK() && at != nil {
				return agents.Fail(agents.Finding{
					Text:  fmt.Sprintf("%s with the value %s answers with the source of the application.", in.Name, value),
					Where: agents.Place{URL: in.URL, Method: in.Method, Parameter: in.Name, As: in.As}, Cause: "source by " + surface.ShapeOf(in.URL) + " " + in.Name,
					Evidence: []agents.Evidence{agents.Excerpt("the source", reading.Shorten(text[at[0]:], 300)), agents.Exchanged("the answer", x)},
				})
			}
		}
	}
	return agents.Pass()
}

// plain is what an answer says, without the entities of HTML.
func plain(x *wire.Exchange) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#34;", `"`, "&#39;", "'", "<pre>", "\n", "<code>", "\n").Replace(string(x.Body))
}

// sourceNames are names of source files: those in traces first, here and wherever the target showed one, then usual ones.
func sourceNames(s *surface.Surface, answers ...*wire.Exchange) []string {
	const most = 12
	var list []string
	add := func(name string) {
		for _, n := range []string{name, path.Base(name)} {
			if !slices.Contains(list, n) && len(list) < most {
				list = append(list, n)
			}
		}
	}
	for _, p := range s.ByShape() {
		if p.Answer != nil {
			answers = append(answers, p.Answer)
		}
	}
	for _, x := range answers {
		if _, line := traceIn(x); line == "" && x.Status < 500 {
			continue
		}
		for _, m := range sourceName.FindAllStringSubmatch(plain(x), 5) {
			add(m[1])
		}
	}
	for _, name := range usual {
		add(name)
	}
	return list
}
