package web

import (
	"strings"
	"unicode/utf8"
)

const (
	maxFolder = 200 // bytes of a folder's path
	maxName   = 200 // bytes of a workflow's name
)

// cleanFolder brings the path of a folder into its one form: parts without spaces around them, divided by one stroke.
func cleanFolder(path string) (string, error) {
	var parts []string
	for part := range strings.SplitSeq(path, "/") {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			parts = append(parts, part)
		}
	}
	clean := strings.Join(parts, "/")
	if len(clean) > maxFolder || !utf8.ValidString(clean) || strings.ContainsFunc(clean, isControl) {
		return "", invalidInput("A folder's path has at most %d characters, and no control characters.", maxFolder)
	}
	return clean, nil
}

// cleanName checks a name that a person gave.
func cleanName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" {
		return "", invalidInput("A workflow needs a name.")
	}
	if len(name) > maxName || !utf8.ValidString(name) || strings.ContainsFunc(name, isControl) {
		return "", invalidInput("A name has at most %d characters, and no control characters.", maxName)
	}
	return name, nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
