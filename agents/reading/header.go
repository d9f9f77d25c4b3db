package reading

import (
	"net/http"
	"strings"
)

// List is a header that holds a list: all of its lines, cut at commas, without space around; nil when it is not there.
func List(h http.Header, name string) []string {
	var list []string
	for _, line := range h.Values(name) {
		for part := range strings.SplitSeq(line, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
	}
	return list
}

// Settings are a header of names with or without values, cut at separator (";" for Strict-Transport-Security, "," for
// Cache-Control): {"max-age": "31536000", "includesubdomains": ""}. Names are in small letters; the first of a name counts.
func Settings(h http.Header, name string, separator byte) map[string]string {
	settings := map[string]string{}
	for _, line := range h.Values(name) {
		for part := range strings.SplitSeq(line, string(separator)) {
			key, value, _ := strings.Cut(part, "=")
			key = strings.ToLower(strings.TrimSpace(key))
			if _, twice := settings[key]; key != "" && !twice {
				settings[key] = strings.Trim(strings.TrimSpace(value), `"`)
			}
		}
	}
	return settings
}

// Lines writes those headers of an answer that are named, one a line, for evidence; one that is missing is said to be.
func Lines(h http.Header, names ...string) string {
	var b strings.Builder
	for _, name := range names {
		values := h.Values(name)
		if len(values) == 0 {
			b.WriteString(http.CanonicalHeaderKey(name) + ": (not there)\n")
		}
		for _, value := range values {
			b.WriteString(http.CanonicalHeaderKey(name) + ": " + value + "\n")
		}
	}
	return b.String()
}
