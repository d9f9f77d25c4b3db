package content

import (
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Bounds of what can be said of a language.
const (
	enoughWords = 200
	sureEnough  = 0.85
)

func langMismatch() *agents.Probe {
	return &agents.Probe{
		ID: "lang-mismatch", Title: "Page in another language than it says",
		Decides:    "A page with more than 200 words says one language in its lang attribute, the trigrams of both halves of its text speak surely for another, and the words that hold its sentences together are of that other one. Close languages count as one.",
		Keeps:      "The scores of both languages.",
		Advice:     "Set lang to the language of the text: screen readers choose their voice by it, browsers their hyphens, and translators whether to offer their help. A part in another language has a lang of its own.",
		References: []string{"WCAG 3.1.1"}, Severity: agents.Low, Skills: []string{"language"},
		Check: onDocument(func(doc *reading.Document) bool {
			lang := langOf(doc)
			return len(lang) >= 2 && len(wordsOf(passages(doc, lang))) > enoughWords
		}, func(_ *agents.Lab, p *surface.Page, doc *reading.Document) agents.Outcome {
			lang := langOf(doc)
			texts := passages(doc, lang)
			words := wordsOf(texts)
			half := len(texts) / 2
			first, sure := guess(strings.Join(texts[:half], "\n"))
			second, surer := guess(strings.Join(texts[half:], "\n"))
			whole, surest := guess(strings.Join(texts, "\n"))
			if whole == "" || alike(whole, lang) || surest < sureEnough {
				return agents.Pass()
			}
			if half > 0 && len(wordsOf(texts[:half])) > enoughWords/4 && first != whole || len(wordsOf(texts[half:])) > enoughWords/4 && second != whole {
				return agents.Pass() // a page in two languages
			}
			rows := [][]string{{"language", "trigrams", "function words"}, {whole, fmt.Sprintf("%.2f (halves %.2f, %.2f)", surest, sure, surer), "not counted"}, {lang + " (lang)", "", "not counted"}}
			other, known := share(words, whole)
			own, listed := share(words, lang)
			if known {
				rows[1][2] = fmt.Sprintf("%.0f %%", other*100)
			}
			if listed {
				rows[2][2] = fmt.Sprintf("%.0f %%", own*100)
			}
			const few = 0.1
			if known && other < few || known && listed && other < 2*own || !known && listed && own > few/2 {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("%s says lang=%q, and its %d words are %q.", pathOf(p.URL), lang, len(words), whole),
				Cause: "lang " + lang + " of " + whole, Where: agents.Place{URL: p.URL, As: p.As, Element: "html"},
				Evidence: []agents.Evidence{agents.Table("Scores", agents.ByReading, rows...), agents.Excerpt("The text begins", reading.Shorten(strings.Join(texts, " "), 400))},
			})
		}),
	}
}
