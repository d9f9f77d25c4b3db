package content

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// hardBelow is the score below which a text asks for a university degree.
const hardBelow = 30

func readability() *agents.Probe {
	return &agents.Probe{
		ID: "readability", Title: "Help that is hard to read",
		Decides:    "A page of help, in English or German, with at least 100 words in sentences has a Flesch reading ease below 30 (in German by Amstad's formula).",
		Keeps:      "The score and what it is made of.",
		Advice:     "Shorter sentences and common words: people read help when they are stuck already.",
		References: []string{"WCAG 3.1.5"}, Severity: agents.Info, Skills: []string{"wording"},
		Check: onDocument(func(doc *reading.Document) bool {
			lang := langOf(doc)
			return (lang == "en" || lang == "de") && isHelp(doc) && len(wordsOf(prose(doc))) >= 100
		}, func(_ *agents.Lab, p *surface.Page, doc *reading.Document) agents.Outcome {
			m := measure(prose(doc), langOf(doc))
			if m.score >= hardBelow {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("%s has a reading ease of %.0f: a sentence has %.0f words, and a word %.1f syllables.", pathOf(p.URL), m.score, m.perSentence, m.perWord),
				Cause: p.Shape, Where: agents.Place{URL: p.URL, As: p.As},
				Evidence: []agents.Evidence{agents.Table("Reading ease", agents.ByReading, []string{"score", "words", "sentences", "words a sentence", "syllables a word"},
					[]string{fmt.Sprintf("%.1f", m.score), fmt.Sprint(m.words), fmt.Sprint(m.sentences), fmt.Sprintf("%.1f", m.perSentence), fmt.Sprintf("%.2f", m.perWord)})},
			})
		}),
	}
}

var helping = regexp.MustCompile(`(?i)\b(?:help|faq|support|guides?|how[- ]?to|manual|getting[- ]started|tutorials?|documentation|questions|hilfe|anleitung|handbuch|fragen)\b`)

// isHelp tells whether a page helps, as its address and its headings say.
func isHelp(doc *reading.Document) bool {
	return helping.MatchString(doc.Base.Path) || helping.MatchString(doc.Find("title").First().Text()) || helping.MatchString(doc.Find("h1").First().Text())
}

// prose are the passages that are sentences.
func prose(doc *reading.Document) []string {
	var list []string
	for _, text := range passages(doc, langOf(doc)) {
		if strings.ContainsAny(text, ".!?") && strings.Count(text, " ") >= 4 {
			list = append(list, text)
		}
	}
	return list
}

type ease struct {
	words, sentences            int
	score, perSentence, perWord float64
}

var sentenceEnd = regexp.MustCompile(`[.!?…]+(?:["”’)\]]*)(?:\s|$)`)

func measure(texts []string, language string) (m ease) {
	syllables := 0
	for _, text := range texts {
		n := len(sentenceEnd.FindAllString(text, -1))
		m.sentences += max(1, n)
		for _, word := range wordShape.FindAllString(text, -1) {
			m.words++
			syllables += syllablesOf(word, language)
		}
	}
	m.perSentence, m.perWord = float64(m.words)/float64(max(1, m.sentences)), float64(syllables)/float64(max(1, m.words))
	if language == "de" {
		m.score = 180 - m.perSentence - 58.5*m.perWord
	} else {
		m.score = 206.835 - 1.015*m.perSentence - 84.6*m.perWord
	}
	return m
}

// syllablesOf counts groups of vowels; in English a silent e at the end is none.
func syllablesOf(word, language string) int {
	n, before := 0, false
	runes := []rune(strings.ToLower(word))
	for _, r := range runes {
		vowel := unicode.IsLetter(r) && strings.ContainsRune("aeiouyäöüáéíóúàèìòùâêîôûœæ", r)
		if vowel && !before {
			n++
		}
		before = vowel
	}
	if language == "en" && n > 1 && len(runes) > 2 && runes[len(runes)-1] == 'e' && runes[len(runes)-2] != 'l' {
		n--
	}
	return max(1, n)
}
