package rag

import (
	"regexp"
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

var (
	link     = regexp.MustCompile(`!?\[([^\]]*)\]\([^)\s]*(?:\s+"[^"]*")?\)`)
	emphasis = regexp.MustCompile("(\\*\\*|__|`)")
	opening  = regexp.MustCompile(`^\s*(?:[-*+>]|\d{1,3}[.)])\s+`)
)

// plainLine takes the marks of Markdown off a sentence and makes it one line.
func plainLine(text string) string {
	text = link.ReplaceAllString(opening.ReplaceAllString(text, ""), "$1")
	return strings.Join(strings.Fields(emphasis.ReplaceAllString(text, "")), " ")
}
