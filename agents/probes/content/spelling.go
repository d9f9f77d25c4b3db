package content

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Bounds of the words of a site.
const (
	maxRead      = 80 // pages
	maxWords     = 200_000
	commonEnough = 8 // times that a word stands on the site before another is held against it
	longEnough   = 6 // letters
)

//go:embed misspelled.txt
var misspelledFile string

// misspelled are words that are often written wrongly in English, and how they are right.
var misspelled = func() map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(misspelledFile) {
		wrong, right, _ := strings.Cut(strings.TrimSpace(line), " ")
		m[wrong] = right
	}
	return m
}()

func spelling() *agents.Probe {
	return &agents.Probe{
		ID: "spelling", Title: "Words that may be misspelt",
		Decides:  "A word on an English page is on the list of frequent misspellings, or a word that stands once on the site differs from one that stands there eight times or more in nothing but two letters that changed places or one that is doubled.",
		Keeps:    "The words, what they may be meant to be, and where they stand.",
		Advice:   "Look at each of them, and let a spelling checker with your own words read what is published.",
		Severity: agents.Info, Skills: []string{"wording"},
		Check: agents.WholeIf(func(s *surface.Surface) bool {
			return slices.ContainsFunc(pages.Written(s), func(p *surface.Page) bool { return len(passages(reading.HTML(p.Answer), "")) > 0 })
		}, func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			words := map[string]*word{}
			all := 0
			for i, p := range pages.Written(lab.Surface) {
				if i == maxRead || all > maxWords {
					break
				}
				if ctx.Err() != nil {
					return agents.BlockOn(ctx.Err())
				}
				doc := reading.HTML(p.Answer)
				for _, text := range passages(doc, langOf(doc)) {
					for _, w := range wordShape.FindAllString(text, -1) {
						all++
						if small := strings.ToLower(w); words[small] == nil {
							words[small] = &word{text: small, page: p, english: langOf(doc) == "en", name: unicode.IsUpper([]rune(w)[0]), count: 1}
						} else {
							words[small].count++
						}
					}
				}
			}
			rows := [][]string{{"word", "perhaps", "on"}}
			var first *surface.Page
			for _, key := range slices.Sorted(maps.Keys(words)) {
				w := words[key]
				if right := w.meant(words); right != "" && len(rows) <= 50 {
					rows = append(rows, []string{w.text, right, pathOf(w.page.URL)})
					first = cmp.Or(first, w.page)
				}
			}
			if first == nil {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("%d words look misspelt, such as %q for %q.", len(rows)-1, rows[1][0], rows[1][1]),
				Cause: "words", Where: agents.Place{URL: first.URL, As: first.As}, Evidence: []agents.Evidence{agents.Table("Words", agents.ByReading, rows...)},
			})
		}),
	}
}

// word is one of a site's vocabulary.
type word struct {
	text    string
	page    *surface.Page // the first that has it
	english bool
	name    bool // it begins with a capital there
	count   int
}

// meant is what a word may be meant to be; "" when there is nothing to say against it.
func (w *word) meant(words map[string]*word) string {
	if right := misspelled[w.text]; right != "" && w.english && (!w.name || w.count > 1) {
		return right
	}
	if w.count != 1 || w.name || len(w.text) < longEnough {
		return ""
	}
	for _, other := range neighbours(w.text) {
		if o := words[other]; o != nil && o.count >= commonEnough {
			return other
		}
	}
	return ""
}

// neighbours are what a word is when two letters inside of it change places, a double letter is single or one is doubled.
func neighbours(w string) []string {
	letters := []rune(w)
	var list []string
	for i := 1; i+2 < len(letters); i++ {
		if letters[i] != letters[i+1] {
			swapped := slices.Clone(letters)
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			list = append(list, string(swapped), string(slices.Insert(slices.Clone(letters), i, letters[i])))
		} else {
			list = append(list, string(slices.Delete(slices.Clone(letters), i, i+1)))
		}
	}
	return list
}
