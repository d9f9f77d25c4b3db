package llm

import (
	"regexp"
	"strings"
	"unicode"
)

// keyLike are words that look like a key: what providers repeat of one, also with asterisks in it.
var keyLike = regexp.MustCompile(`(?i)\b(?:sk|key|bearer|token|api)[-_*. ][A-Za-z0-9*_\-.]{6,}|[A-Za-z0-9*_\-]{32,}`)

// Bounds of what is shown of a provider's text.
const (
	maxQuote   = 300
	shortQuote = 12 // bytes of the request that, repeated, make a text unfit to be shown
)

// quote returns what of a provider's text may be shown, behind a colon; nothing when it repeats what was asked. Such
// texts end up in runs' histories and logs, where the people's documents have no business.
func (p endpoint) quote(said string, asked []string) string {
	said = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(said, " "))), " ")
	if len(said) > maxQuote {
		said = strings.ToValidUTF8(said[:maxQuote], "") + "…"
	}
	if p.key != "" {
		said = strings.ReplaceAll(said, p.key, "***")
	}
	said = keyLike.ReplaceAllString(said, "***")
	if said == "" || repeats(said, asked) {
		return ""
	}
	return ": " + said
}

// repeats tells whether a text has a piece of what was asked.
func repeats(said string, asked []string) bool {
	for _, a := range asked {
		if len(a) < shortQuote {
			if len(a) >= 4 && strings.Contains(said, a) {
				return true
			}
			continue
		}
		for i := 0; i+shortQuote <= len(said); i++ {
			if strings.Contains(a, said[i:i+shortQuote]) {
				return true
			}
		}
	}
	return false
}

// texts are all that a person or a document wrote into a request.
func (r *Request) texts() []string {
	all := []string{r.System}
	for _, m := range r.Messages {
		for _, p := range m.Parts {
			all = append(all, p.Text)
		}
		for _, c := range m.Calls {
			all = append(all, string(c.Arguments), c.Unread)
		}
	}
	return all
}
