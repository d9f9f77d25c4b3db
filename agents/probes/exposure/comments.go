package exposure

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func comments() *agents.Probe {
	return &agents.Probe{
		ID: "comments", Title: "A comment that was not meant for readers",
		Decides:  "A comment in HTML or in a script has a word that its writers use among themselves: TODO, FIXME, a password, a name of a host inside.",
		Keeps:    "The comment.",
		Advice:   "Take comments out when pages are built, or write them where only the server reads them.",
		Severity: agents.Info, References: []string{"CWE-615"},
		Check: agents.Each(bodies, runComments),
	}
}

var (
	telling  = regexp.MustCompile(`\b(?:TODO|FIXME|XXX|HACK)\b|(?i:\bpassw(?:or)?d\s*[:=]|\b(?:login|user(?:name)?)\s*[:=]\s*\S+\s*/|\bbackdoor\b|\bdo not (?:ship|deploy)\b|//[a-z0-9-]+\.(?:internal|corp|intranet|lan)\b)`)
	inScript = regexp.MustCompile(`(?s)/\*.*?\*/|(?m:(?:^|[;{}\s])//[^\n]{0,500})`)
)

func runComments(_ context.Context, _ *agents.Lab, item surface.Item) agents.Outcome {
	x := answerOf(item)
	var found []string
	const most = 5
	look := func(comment string) {
		if comment = strings.TrimSpace(comment); telling.MatchString(comment) && !strings.HasPrefix(comment, "/*!") && len(found) < most {
			found = append(found, reading.Shorten(strings.Join(strings.Fields(comment), " "), 200))
		}
	}
	if strings.Contains(x.Header.Get("Content-Type"), "javascript") {
		for _, comment := range inScript.FindAllString(string(x.Body), 2000) {
			look(comment)
		}
	} else if reading.IsHTML(x) {
		z := html.NewTokenizer(bytes.NewReader(x.Body))
		z.SetMaxBuf(1 << 20)
		for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
			if kind == html.CommentToken {
				look(string(z.Text()))
			}
		}
	}
	if len(found) == 0 {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text: fmt.Sprintf("%d comments say what their writers told each other.", len(found)), Where: place(x), Cause: strings.Join(found, "\n"),
		Evidence: []agents.Evidence{agents.Excerpt("the comments", strings.Join(found, "\n"))},
	})
}
