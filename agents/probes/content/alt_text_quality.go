package content

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// longestAlt is how much somebody listens to who only wants to know what a picture shows.
const longestAlt = 150

func altTextQuality() *agents.Probe {
	return &agents.Probe{
		ID: "alt-text-quality", Title: "Picture whose description describes nothing",
		Decides:    "The alt of a picture is the name of its file, a word such as \"image\", or longer than 150 characters.",
		Keeps:      "The picture's tag.",
		Advice:     "Say in a short sentence what the picture tells; leave alt empty (alt=\"\") where it only decorates, and put what is long into the text beside it.",
		References: []string{"WCAG 1.1.1"}, Severity: agents.Low, Skills: []string{"wording"},
		Check: onDocument(func(doc *reading.Document) bool { return doc.Find(described).Length() > 0 }, func(_ *agents.Lab, p *surface.Page, doc *reading.Document) agents.Outcome {
			var findings []agents.Finding
			seen := map[string]bool{}
			doc.Find(described).EachWithBreak(func(_ int, e *goquery.Selection) bool {
				alt := strings.TrimSpace(e.AttrOr("alt", ""))
				kind, fault := faultOfAlt(alt, e.AttrOr("src", ""))
				cause := reading.Selector(e) + " " + kind
				if fault == "" || seen[cause] {
					return true
				}
				seen[cause] = true
				findings = append(findings, agents.Finding{
					Text: fmt.Sprintf("A picture on %s is described as %q: %s.", pathOf(p.URL), reading.Shorten(alt, 80), fault), Cause: cause,
					Where:    agents.Place{URL: p.URL, As: p.As, Element: reading.Selector(e), Line: doc.Line(e)},
					Evidence: []agents.Evidence{agents.Excerpt("The picture", reading.Tag(e))},
				})
				return len(findings) < 20
			})
			return agents.Fail(findings...)
		}),
	}
}

const described = `img[alt]:not([alt=""]):not([aria-hidden=true]):not([role=presentation]), input[type=image][alt]:not([alt=""])`

var (
	fileEnding = regexp.MustCompile(`(?i)^\S+\.(?:png|jpe?g|gif|webp|svg|avif|bmp|ico|tiff?)$`)
	cameraName = regexp.MustCompile(`(?i)^(?:img|dsc|dscn|pict|image|photo|screenshot|scan)[-_ ]?\d{2,}$`)
	saysNone   = regexp.MustCompile(`(?i)^(?:an? |the )?(?:image|picture|photo|photograph|img|graphic|placeholder|untitled|null|undefined|alt|alt text|bild|foto|imagen?|imagem|obrázek)[.!]?$`)
)

func faultOfAlt(alt, src string) (kind, fault string) {
	base := ""
	if u, err := url.Parse(src); err == nil && u.Scheme != "data" {
		base = path.Base(u.Path)
		base = strings.TrimSuffix(base, path.Ext(base))
	}
	switch {
	case fileEnding.MatchString(alt), cameraName.MatchString(alt), base != "" && alt == base && strings.ContainsAny(alt, "-_0123456789") && !strings.Contains(alt, " "):
		return "file", "that is the name of a file"
	case saysNone.MatchString(alt):
		return "word", "that says only that there is a picture"
	case utf8.RuneCountInString(alt) > longestAlt:
		return "long", fmt.Sprintf("that is %d characters long, and cannot be skipped or read again", utf8.RuneCountInString(alt))
	}
	return "", ""
}
