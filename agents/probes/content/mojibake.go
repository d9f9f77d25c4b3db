package content

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func mojibake() *agents.Probe {
	return &agents.Probe{
		ID: "mojibake", Title: "Text whose signs were broken on the way",
		Decides:  "Read as the page says that it is encoded, its text has the replacement sign � beside letters, or sequences such as Ã© and â€™ that come of UTF-8 read as another encoding. What is shown as code is left out.",
		Keeps:    "The places in the text.",
		Advice:   "Read, store and send text as UTF-8 all the way, and say so: in the database's connection, in files, in the header Content-Type. Texts that were broken once have to be repaired where they are stored.",
		Severity: agents.Medium, Skills: []string{"encoding"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			doc, reason := pages.Document(ctx, lab, p)
			if doc == nil {
				return agents.Skip("%s", reason)
			}
			if again := decoded(p); again != nil && reading.HTML(p.Answer) == doc {
				doc = again
			}
			places := brokenIn(append(passages(doc, ""), doc.Find("title").First().Text()))
			if len(places) == 0 {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("%s shows broken signs, such as %q.", pathOf(p.URL), places[0]),
				Cause: "text " + places[0], Where: agents.Place{URL: p.URL, As: p.As},
				Evidence: []agents.Evidence{agents.Excerpt("Where they stand", strings.Join(places, "\n")), agents.Excerpt("How the page is encoded, as it says", reading.Lines(headerOf(p), "Content-Type"))},
			})
		}),
	}
}

var (
	// replaced is the sign for what could not be read, beside a letter: alone it may be spoken of.
	replaced = regexp.MustCompile(`[\pL\d]\x{FFFD}|\x{FFFD}[\pL\d]`)
	// misread are the two or three signs that Windows-1252 makes of one of UTF-8. A capital before Ã and Â makes it more
	// likely that they are letters of a word.
	misread = regexp.MustCompile(`(?:^|[^\p{Lu}])[ÃÂ][\x{80}-\x{BF}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[™œ\x{9d}\x{99}\x{9c}“”˜¢¦"\x{93}\x{94}\x{a6}]|â‚¬|ðŸ[\x{80}-\x{BF}˜‘’“”€™š›œž]`)
)

const maxPlaces = 8

// brokenIn are the places of broken signs in texts, each with what stands around it.
func brokenIn(texts []string) []string {
	var list []string
	for _, text := range texts {
		for _, shape := range []*regexp.Regexp{replaced, misread} {
			if at := shape.FindStringIndex(text); at != nil && len(list) < maxPlaces {
				list = append(list, reading.Around(text, at[0], at[1], 24))
			}
		}
	}
	return list
}

// decoded is a page's document read in the encoding that it says, as a browser does; nil where it says none, or UTF-8
// that holds.
func decoded(p *surface.Page) *reading.Document {
	if p.Answer == nil {
		return nil
	}
	said := declaredBy(p)
	encoding, name := charset.Lookup(said.first())
	if encoding == nil || name == "utf-8" && utf8.Valid(p.Answer.Body) {
		return nil
	}
	text, err := encoding.NewDecoder().Bytes(p.Answer.Body)
	if name == "utf-8" {
		text, err = []byte(strings.ToValidUTF8(string(p.Answer.Body), "\uFFFD")), nil
	}
	if err != nil {
		return nil
	}
	return reading.Parse(text, p.Answer.URL)
}
