package browser

import (
	"net/url"
	"regexp"
	"strings"
)

// harmlessErrors are thrown by browsers, or by what is taken back on purpose.
var harmlessErrors = regexp.MustCompile(`^(?:Uncaught )?(?:\(in promise\) )?(?:ResizeObserver loop|AbortError|Script error\.?$|NotAllowedError|NotSupportedError: (?:The element has no supported sources|Failed to load))`)

// Uncaught are those exceptions that are faults of the page, each cause once.
func Uncaught(list []Exception) []Exception {
	var kept []Exception
	seen := map[string]bool{}
	for _, x := range list {
		if key := x.Cause(); !harmlessErrors.MatchString(x.Text) && !seen[key] && !strings.HasPrefix(x.URL, "chrome-extension:") {
			seen[key] = true
			kept = append(kept, x)
		}
	}
	return kept
}

// varying is what differs in the words of an error from time to time.
var (
	varying = regexp.MustCompile(`https?://\S+|\d+|'[^']*'|"[^"]*"`)
	digits  = regexp.MustCompile(`\d+`)
)

// Cause names where an error is thrown: its words and its script. Lines move with every change of a page, so they are
// none of it.
func (x *Exception) Cause() string {
	first, _, _ := strings.Cut(x.Text, "\n")
	script := x.URL
	if u, err := url.Parse(x.URL); err == nil {
		script = u.Path
	}
	return varying.ReplaceAllString(first, "#") + " in " + digits.ReplaceAllString(script, "#")
}
