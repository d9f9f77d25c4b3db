package exposure

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func stackTrace() *agents.Probe {
	return &agents.Probe{
		ID: "stack-trace", Title: "An answer shows a stack trace",
		Decides:  "An answer has a stack trace of one of eight runtimes: Go, Java, Python, PHP, .NET, Node, Ruby or Rust. A text about one, in a page that is no error, is none.",
		Keeps:    "Its first line.",
		Advice:   "Answer with a page that says that something went wrong and a number to find it by, and write the trace into the log.",
		Severity: agents.Medium, References: []string{"CWE-209"}, Skills: []string{"leak detection"},
		Check: agents.Each(bodies, runStackTrace),
	}
}

// traces are how runtimes write where an error came from: the head of it, and lines of calls.
var traces = []struct {
	runtime string
	trace   *regexp.Regexp
}{
	{"Python", regexp.MustCompile(`Traceback \(most recent call last\):`)},
	{"Java", regexp.MustCompile(`(?:^|\s)at [\w.$]+\.[\w$<>]+\((?:[\w$]+\.(?:java|kt|scala|groovy):\d+|Native Method|Unknown Source)\)`)},
	{"Go", regexp.MustCompile(`goroutine \d+ \[[a-z ,0-9]+\]:|(?:^|\s)panic: [^\n]+\n+goroutine`)},
	{"PHP", regexp.MustCompile(`(?:Fatal error|Parse error|Warning|Notice|Deprecated)(?:</b>)?:\s[^\n]{1,300} in (?:<b>)?/?[\w./\\:-]+\.php(?:</b>)? on line (?:<b>)?\d+|Stack trace:\s*(?:<br ?/?>)?\s*#0 [^\n]+\.php\(\d+\)`)},
	{".NET", regexp.MustCompile(`(?:^|\s)at [\w.<>` + "`" + `\[\],]+\([^)\n]*\) in [^\n]+:line \d+|\[\w+Exception: [^\]\n]+\]\s+[\w.]+\(`)},
	{"Node", regexp.MustCompile(`(?:^|\s|<br ?/?>|&nbsp;)at (?:(?:async |new )?[\w.$<>&;\[\] ]+ \()?(?:file://)?(?:/|[A-Z]:\\|node:)[^\s()<]+\.?(?:[cm]?[jt]sx?)?:\d+:\d+\)?`)},
	{"Ruby", regexp.MustCompile(`[\w./-]+\.rb:\d+:in [` + "`" + `'][^'\n]+'`)},
	{"Rust", regexp.MustCompile(`thread '[^']+' (?:\(\d+\) )?panicked at [^\n]+`)},
}

// traceIn is the first line of a trace in an answer; "" when there is none.
func traceIn(x *wire.Exchange) (runtime, line string) {
	if x == nil || !x.Answered() {
		return "", ""
	}
	text := string(x.Body)
	if x.Status < 400 {
		// A page that is no error may be a text about one, and then shows it as code or among other text.
		if doc := reading.HTML(x); doc != nil {
			if doc.Find("code, article, main p code").Length() > 0 {
				return "", ""
			}
		} else if strings.Contains(x.Header.Get("Content-Type"), "javascript") || strings.Contains(x.Header.Get("Content-Type"), "markdown") {
			return "", ""
		}
	}
	text = strings.NewReplacer("&#39;", "'", "&quot;", `"`, "&#x27;", "'", "&lt;", "<", "&gt;", ">", `\n`, "\n", `\"`, `"`).Replace(text)
	for _, t := range traces {
		if at := t.trace.FindStringIndex(text); at != nil {
			if t.runtime == "Node" && len(t.trace.FindAllStringIndex(text, 2)) < 2 {
				continue // a single place in a script is no trace
			}
			return t.runtime, strings.TrimSpace(reading.Shorten(text[at[0]:at[1]], 300))
		}
	}
	return "", ""
}

func runStackTrace(_ context.Context, _ *agents.Lab, item surface.Item) agents.Outcome {
	x := answerOf(item)
	runtime, line := traceIn(x)
	if line == "" {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("The answer shows a stack trace of %s: names of files and of the parts that the application is made of, which help whoever looks for a way in.", runtime),
		Where: place(x), Cause: "trace " + surface.ShapeOf(x.URL), Evidence: []agents.Evidence{agents.Excerpt("the first line of it", line), agents.Exchanged("the answer", x)},
	})
}
