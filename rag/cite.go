package rag

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/rag/lexical"
	"github.com/atelier-studio/atelier/rag/split"
)

// Sentence is a part of an answer with the sources that it names.
type Sentence struct {
	Text    string  `json:"text"`    // without the marks
	Sources []int   `json:"sources"` // their numbers, from 1
	Support Support `json:"support"`
	// Missing are the numbers and names of the sentence that no source of it has.
	Missing []string `json:"missing,omitempty"`
	// Coverage is the share of the sentence's words that stand in its sources, weighted by rarity.
	Coverage float64 `json:"coverage"`
}

// Support says whether a sentence's sources bear it out.
type Support string

// What a check of a sentence can find.
const (
	Supported Support = "supported"
	Uncited   Support = "uncited"   // it names no source
	NoSource  Support = "no_source" // it names one that there is not
	Differs   Support = "differs"   // a number or a name in it stands in no source of it
	Weak      Support = "weak"      // too few of its words stand in its sources
	Neutral   Support = "neutral"   // it claims nothing: a greeting, or that nothing was found
)

// minCoverage is the share of a sentence's words that must stand in its sources.
const minCoverage = 0.5

// marks are citations as models write them: [1], [1, 2], [1][2], 【1】.
var marks = regexp.MustCompile(`[ \t]*(?:\[|【)\s*(\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*)\s*(?:\]|】)`)

// number is a number with its separators and sign of percent, as it stands in a text.
var number = regexp.MustCompile(`\d+(?:[.,:/]\d+)*%?`)

// CheckAnswer cuts an answer into sentences and checks each against the sources it names. Sources are the texts in the
// order of their numbers.
func CheckAnswer(words *lexical.Index, answer string, sources []string) []Sentence {
	c := checker{words: words, sources: make([]sourceWords, len(sources))}
	for i, text := range sources {
		c.sources[i] = c.read(text)
	}
	list := cutAnswer(answer)
	for i := range list {
		c.check(&list[i])
	}
	return list
}

// cutAnswer cuts an answer into sentences. Marks that stand behind the full stop belong to the sentence before.
func cutAnswer(answer string) (list []Sentence) {
	for _, span := range split.Sentences(answer) {
		piece := answer[span.Start:span.End]
		if len(list) > 0 {
			for {
				at := marks.FindStringSubmatchIndex(piece)
				if at == nil || at[0] != 0 {
					break
				}
				last := &list[len(list)-1]
				last.Sources = append(last.Sources, numbers(piece[at[2]:at[3]])...)
				piece = strings.TrimLeft(piece[at[1]:], " .\t")
			}
		}
		s := Sentence{Sources: []int{}}
		for _, m := range marks.FindAllStringSubmatch(piece, -1) {
			s.Sources = append(s.Sources, numbers(m[1])...)
		}
		if s.Text = strings.TrimSpace(marks.ReplaceAllString(piece, "")); s.Text != "" {
			list = append(list, s)
		}
	}
	for i := range list {
		slices.Sort(list[i].Sources)
		list[i].Sources = slices.Compact(list[i].Sources)
	}
	return list
}

// numbers reads "1, 3-5".
func numbers(text string) (list []int) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) })
	for _, part := range parts {
		from, to, ranged := strings.Cut(strings.ReplaceAll(part, "–", "-"), "-")
		first, err := strconv.Atoi(from)
		if err != nil {
			continue
		}
		last, err := strconv.Atoi(to)
		if !ranged || err != nil {
			last = first
		}
		for n := first; n <= min(last, first+20); n++ {
			list = append(list, n)
		}
	}
	return list
}

type sourceWords struct {
	terms map[string]bool
	exact map[string]bool // words and numbers as they stand, in lower case
}

type checker struct {
	words   *lexical.Index
	sources []sourceWords
}

func (c *checker) read(text string) sourceWords {
	s := sourceWords{map[string]bool{}, map[string]bool{}}
	for _, t := range c.words.Analyzer().Tokens(nil, text) {
		s.exact[strings.ToLower(t.Word)] = true
		if !t.Stop {
			s.terms[t.Term] = true
		}
	}
	for _, n := range number.FindAllString(text, -1) {
		s.exact[plainNumber(n)] = true
	}
	return s
}

// plainNumber takes separators of thousands off, so that 1,000 and 1000 are one.
func plainNumber(n string) string {
	n = strings.TrimSuffix(n, "%")
	if groups := strings.Split(n, ","); len(groups) > 1 && !slices.ContainsFunc(groups[1:], func(g string) bool { return len(g) < 3 || g[3:] != "" && g[3] != '.' }) {
		return strings.Join(groups, "")
	}
	return n
}

func (c *checker) check(s *Sentence) {
	tokens := c.words.Analyzer().Tokens(nil, s.Text)
	if len(s.Sources) == 0 {
		if s.Support = Uncited; !claims(tokens) {
			s.Support = Neutral
		}
		return
	}
	var cited []sourceWords
	for _, n := range s.Sources {
		if n < 1 || n > len(c.sources) {
			s.Support = NoSource
			return
		}
		cited = append(cited, c.sources[n-1])
	}
	in := func(has func(sourceWords) bool) bool { return slices.ContainsFunc(cited, has) }
	var mass, covered float64
	for i, t := range tokens {
		if t.Stop {
			continue
		}
		weight := c.words.Rarity(t.Term)
		mass += weight
		found := in(func(w sourceWords) bool { return w.terms[t.Term] })
		if found {
			covered += weight
		} else if i > 0 && c.words.Analyzer().Language() != "de" && isName(t.Word) { // German writes every noun with a capital
			s.Missing = append(s.Missing, t.Word)
		}
	}
	for _, n := range number.FindAllString(s.Text, -1) {
		if !in(func(w sourceWords) bool { return w.exact[plainNumber(n)] }) {
			s.Missing = append(s.Missing, n)
		}
	}
	if mass > 0 {
		s.Coverage = covered / mass
	}
	switch {
	case len(s.Missing) > 0:
		s.Support = Differs
	case s.Coverage < minCoverage:
		s.Support = Weak
	default:
		s.Support = Supported
	}
}

// claims tells whether a sentence says something about the world: three words that are no stop words.
func claims(tokens []lexical.Token) bool {
	n := 0
	for _, t := range tokens {
		if !t.Stop {
			n++
		}
	}
	return n >= 3
}

// isName tells whether a word within a sentence looks like a name: it begins with a capital and goes on with letters.
func isName(word string) bool {
	first, size := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(first) && len(word) > size && strings.IndexFunc(word, unicode.IsDigit) < 0
}
