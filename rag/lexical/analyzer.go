package lexical

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"golang.org/x/text/unicode/norm"
)

// stemmers are the Snowball algorithms (Porter 2001) by language, ISO 639-1.
var stemmers = map[string]func(*snowballstem.Env) bool{
	"da": danish.Stem, "de": german.Stem, "en": english.Stem, "es": spanish.Stem, "fi": finnish.Stem, "fr": french.Stem,
	"it": italian.Stem, "nl": dutch.Stem, "no": norwegian.Stem, "pt": portuguese.Stem, "ru": russian.Stem, "sv": swedish.Stem,
}

//go:embed stopwords.txt
var stopWordLines string

var stopWords = sync.OnceValue(func() map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for line := range strings.Lines(stopWordLines) {
		words := strings.Fields(line)
		set := make(map[string]bool, len(words))
		for _, w := range words[1:] {
			set[w] = true
		}
		all[words[0]] = set
	}
	return all
})

// maxTermBytes bounds a term; what is longer is not a word that somebody will ask for, and is cut.
const maxTermBytes = 64

// Token is a term of a text and the place it was read from, in bytes of the text.
type Token struct {
	Term       string // normalised and stemmed
	Word       string // as it stands in the text
	Start, End int
	Stop       bool // a word that says nothing about the subject: never indexed
}

// Analyzer turns texts of a language into terms. It may be used by many at once.
type Analyzer struct {
	language string
	stem     func(*snowballstem.Env) bool
	stop     map[string]bool
	stems    sync.Pool // of *stemCache
}

// stemCache remembers stems, because a text's words repeat. It is emptied when it is full.
type stemCache struct {
	env   *snowballstem.Env
	stems map[string]string
}

const maxStems = 1 << 14

// NewAnalyzer returns the analyzer of a language (ISO 639-1). Words of a language that it does not know are taken as they
// are, which is right for those that do not inflect.
func NewAnalyzer(language string) *Analyzer {
	a := &Analyzer{language: language, stem: stemmers[language], stop: stopWords()[language]}
	a.stems.New = func() any { return &stemCache{snowballstem.NewEnv(""), map[string]string{}} }
	return a
}

// Language is what the analyzer was made for.
func (a *Analyzer) Language() string { return a.language }

// Languages are those whose words are brought to their stems.
func Languages() []string {
	return []string{"da", "de", "en", "es", "fi", "fr", "it", "nl", "no", "pt", "ru", "sv"}
}

// Tokens appends the tokens of a text, with the stop words among them. Words are runs of letters and digits (with
// apostrophes inside); scripts that put no spaces between words are cut into overlapping pairs of characters.
func (a *Analyzer) Tokens(dst []Token, text string) []Token {
	cache, _ := a.stems.Get().(*stemCache)
	defer a.stems.Put(cache)
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case unspaced(r):
			end := at + size
			next, width := utf8.DecodeRuneInString(text[end:])
			paired := unspaced(next)
			if paired {
				end += width
			}
			if before, _ := utf8.DecodeLastRuneInString(text[:at]); paired || !unspaced(before) { // the last of a run stands in its pair
				dst = append(dst, Token{Term: text[at:end], Word: text[at:end], Start: at, End: end})
			}
			at += size
		case inWord(r):
			end := wordEnd(text, at)
			dst = append(dst, a.token(cache, text, at, end))
			at = end
		default:
			at += size
		}
	}
	return dst
}

func (a *Analyzer) token(cache *stemCache, text string, start, end int) Token {
	word := text[start:end]
	t := Token{Word: word, Start: start, End: end}
	if known, ok := cache.stems[word]; ok {
		t.Term, t.Stop = known, known == ""
		return t
	}
	lower := normalise(word)
	t.Stop = a.stop[lower]
	if !t.Stop {
		t.Term = a.stemmed(cache, lower)
	}
	if len(cache.stems) >= maxStems {
		clear(cache.stems)
	}
	cache.stems[strings.Clone(word)] = t.Term
	return t
}

func (a *Analyzer) stemmed(cache *stemCache, word string) string {
	if a.stem != nil && !strings.ContainsFunc(word, unicode.IsDigit) {
		cache.env.SetCurrent(word)
		a.stem(cache.env)
		if stem := cache.env.Current(); stem != "" {
			word = stem
		}
	}
	return strings.Clone(cut(plain(word), maxTermBytes))
}

// wordEnd returns where the word ends that begins at a place. An apostrophe between letters belongs to it.
func wordEnd(text string, at int) int {
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		if !inWord(r) || unspaced(r) {
			if next, _ := utf8.DecodeRuneInString(text[at+size:]); (r == '\'' || r == '’') && unicode.IsLetter(next) && !unspaced(next) {
				at += size
				continue
			}
			break
		}
		at += size
	}
	return at
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// unspaced tells whether a character belongs to a script without spaces between words.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// normalise folds case and compatibility forms, and takes the English possessive and French elisions off.
func normalise(word string) string {
	word = strings.ToLower(norm.NFKC.String(word))
	word = strings.ReplaceAll(word, "’", "'")
	if before, after, found := strings.Cut(word, "'"); found {
		if utf8.RuneCountInString(before) <= 2 && len(after) > 1 { // l'eau, qu'il, d'or
			return after
		}
		return before
	}
	return word
}

// plain takes accents off Latin letters, so that what people leave away when they type is found.
func plain(word string) string {
	if isASCII(word) {
		return word
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(word) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// cut shortens a text to a number of bytes, between two characters.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
