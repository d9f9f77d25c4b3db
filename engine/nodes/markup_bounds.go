package nodes

import (
	"errors"
	"fmt"
	"strings"
)

// Bounds of texts that readers of markup take much longer or much more memory for than their size tells. Texts come
// from anywhere: without these, a few hundred kilobytes stop the studio.
const (
	maxMarkdown   = 1 << 20   // bytes
	maxHTML       = 4 << 20   // bytes; a page in memory is about a hundred times its text
	maxMarkers    = 500       // of quotes and lists at the begin of one line: each is a level
	maxBrackets   = 10_000    // reading links takes the square of them
	maxTableCells = 1_000_000 // short rows are filled up to the width of the table
	maxSelector   = 1000      // bytes of a CSS selector
)

var errSelectorLength = fmt.Errorf("a selector has at most %d characters", maxSelector)

// checkMarkdown refuses Markdown that would take too much time or memory.
func checkMarkdown(s string) error {
	if len(s) > maxMarkdown {
		return fmt.Errorf("the text is larger than %d MiB", maxMarkdown>>20)
	}
	if strings.Count(s, "[") > maxBrackets || strings.Count(s, "<") > 10*maxBrackets {
		return fmt.Errorf("the text has more than %d brackets", maxBrackets)
	}
	lines, width := 0, 0
	for line := range strings.Lines(s) {
		lines++
		width = max(width, strings.Count(line, "|"))
		rest := strings.TrimLeft(line, " \t>-+*.)0123456789")
		if markers := len(line) - len(rest) - strings.Count(line[:len(line)-len(rest)], " "); markers > maxMarkers && strings.ContainsAny(line[:len(line)-len(rest)], ">-+*.)") {
			return errors.New("a line has quotes or lists in each other, more than a reader can follow")
		}
	}
	if lines*width > maxTableCells {
		return fmt.Errorf("the text may be a table of more than %d cells", maxTableCells)
	}
	return nil
}
