package locales

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Retell says a finished English text with values in it, such as an error's, in a language. Whoever made the text knows
// nothing of languages: the format that it was made of, `there is no node called %q`, is a key of the catalogue, and is
// found again in the text. So errors can pass through any package, be wrapped, and lie in a journal for years.
//
// A value of %q is what a person typed: it is never translated, and stands in the quotation marks of the language. The
// values of other verbs are retold in turn. What no format fits is returned as it is, or with the part behind a colon
// retold.
func Retell(l Language, text string) string {
	if l == English || text == "" || len(text) > maxRetold {
		return text
	}
	t := teller{l, maxSearches}
	if said, ok := t.retell(text); ok {
		return said
	}
	// The edge makes sentences of errors, with a capital and a full stop.
	first, size := utf8.DecodeRuneInString(text)
	bare := strings.TrimSuffix(text, ".")
	for _, form := range []string{bare, string(unicode.ToLower(first)) + bare[min(size, len(bare)):]} {
		if said, ok := t.retell(form); ok {
			return sentence(l, said, bare != text)
		}
	}
	return text
}

const (
	maxRetold   = 4 << 10 // bytes of a text
	maxSearches = 40      // of formats for one text, however many errors it has in it
)

func sentence(l Language, text string, stop bool) string {
	first, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(first)) + text[size:]
	last, _ := utf8.DecodeLastRuneInString(text)
	switch {
	case !stop || strings.ContainsRune(".!?。！？", last):
		return text
	case l == Chinese:
		return text + "。"
	}
	return text + "."
}

// sorts are the shared errors of the standard library, which say of which sort an error is, and nothing to people.
var sorts = []string{": invalid argument", ": file does not exist", ": file already exists", ": permission denied", ": unsupported operation", ": context deadline exceeded"}

// teller retells one text.
type teller struct {
	language Language
	searches int // that are left
}

func (t *teller) retell(text string) (string, bool) {
	for _, sort := range sorts {
		text = strings.TrimSuffix(text, sort)
	}
	if said, ok := Words(t.language)[text]; ok {
		return said, true
	}
	if t.searches--; t.searches < 0 {
		return "", false
	}
	for _, f := range formats()[t.language] {
		if values, ok := f.match(text); ok {
			for i := range values {
				values[i] = t.value(f.verbs[i], values[i])
			}
			said := f.say(values)
			if t.language == Chinese { // its quotation marks have their room within
				said = strings.ReplaceAll(strings.ReplaceAll(said, " “", "“"), "” ", "”")
			}
			return said, true
		}
	}
	// What wraps an error stands before it: "Orders: the cron line is empty".
	if before, behind, ok := strings.Cut(text, ": "); ok {
		if said, ok := t.retell(behind); ok {
			return Say(t.language, before) + colon(t.language) + said, true
		}
	}
	return "", false
}

func (t *teller) value(verb byte, value string) string {
	switch verb {
	case 'q':
		return quoted(t.language, value)
	case 's', 'v', 'w':
		if strings.HasPrefix(value, `"`) {
			return quoted(t.language, value)
		}
		if said, ok := t.retell(value); ok {
			return said
		}
	}
	return value
}

// quoted gives a value in Go's quotes those of a language.
func quoted(l Language, value string) string {
	if plain, err := strconv.Unquote(value); err == nil && !strings.ContainsAny(plain, "\n\t\r") {
		return quote(l, plain)
	}
	return value
}

func quote(l Language, text string) string {
	switch l {
	case German:
		return "„" + text + "“"
	case Spanish:
		return "«" + text + "»"
	case French:
		return "«\u00a0" + text + "\u00a0»"
	}
	return "“" + text + "”"
}

func colon(l Language) string {
	switch l {
	case French:
		return "\u00a0: "
	case Chinese:
		return "："
	}
	return ": "
}

// verb is a place of a value in a format of package fmt, in a translation perhaps with the number of the value.
var verb = regexp.MustCompile(`%(?:\[(\d+)\])?[-+#0]*\d*(?:\.\d+)?([a-zA-Z])`)

// format is a key of a catalogue with values in it, as it is found again in texts.
type format struct {
	before  string // the first value, so that most formats are ruled out at once
	behind  string // the last value
	literal int    // bytes that are not of values: the format that has most of them fits best
	pattern *regexp.Regexp
	verbs   []byte
	said    string
}

func (f *format) match(text string) ([]string, bool) {
	if len(text) < f.literal || !strings.HasPrefix(text, f.before) || !strings.HasSuffix(text, f.behind) {
		return nil, false
	}
	m := f.pattern.FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	return m[1:], true
}

// say puts values into the translation.
func (f *format) say(values []string) string {
	next := 0
	return verb.ReplaceAllStringFunc(f.said, func(place string) string {
		i := next
		if number := verb.FindStringSubmatch(place)[1]; number != "" {
			n, err := strconv.Atoi(number)
			if err != nil {
				return place
			}
			i = n - 1
		}
		next = i + 1
		if i < 0 || i >= len(values) {
			return place
		}
		return values[i]
	})
}

// formats are those of each catalogue, the most telling first.
var formats = sync.OnceValue(func() map[Language][]format {
	all := map[Language][]format{}
	for _, l := range All {
		for key, said := range Words(l.Language) {
			if places := verb.FindAllStringSubmatchIndex(key, -1); places != nil {
				all[l.Language] = append(all[l.Language], newFormat(key, said, places))
			}
		}
		slices.SortFunc(all[l.Language], func(a, b format) int {
			return cmp.Or(cmp.Compare(b.literal, a.literal), cmp.Compare(a.pattern.String(), b.pattern.String()))
		})
	}
	return all
})

func newFormat(key, said string, places [][]int) format {
	f := format{before: key[:places[0][0]], behind: key[places[len(places)-1][1]:], said: said}
	var pattern strings.Builder
	pattern.WriteString(`(?s)^`)
	at := 0
	for _, place := range places {
		kind := key[place[4]]
		f.verbs = append(f.verbs, kind)
		f.literal += place[0] - at
		pattern.WriteString(regexp.QuoteMeta(key[at:place[0]]) + values[kind])
		at = place[1]
	}
	f.literal += len(key) - at
	pattern.WriteString(regexp.QuoteMeta(key[at:]) + `$`)
	f.pattern = regexp.MustCompile(pattern.String())
	return f
}

// values are what verbs write.
var values = map[byte]string{
	'd': `(-?\d+)`, 'f': `(-?[\d.]+)`, 'q': `("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)+'|\[[^\]]*\])`,
	's': `(.+?)`, 'v': `(.+?)`, 'w': `(.+?)`, 'T': `(\S+)`,
}
