package wire

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Written is a Set-Cookie line as the target wrote it, on whatever answer: that of a redirect too, which nobody keeps.
type Written struct {
	URL  string
	As   string
	Line string
}

// maxWritten bounds the lines that are remembered: of a name and its attributes, one for every account.
const maxWritten = 1000

// note remembers the cookies of an answer. Of several that say the same, that of the first address in their order is kept,
// so that it does not matter which answer came first.
func (c *Client) note(as, address string, header http.Header) {
	for _, line := range header.Values("Set-Cookie") {
		pair, attributes, _ := strings.Cut(line, ";")
		name, value, _ := strings.Cut(pair, "=")
		key := [3]string{as, strings.TrimSpace(name), withoutTimes(attributes, value == "")}
		c.mu.Lock()
		if as != "" && len(c.given) < maxGiven && len(line) <= maxLine {
			c.given[pair] = line
		}
		if was, known := c.written[key]; len(c.written) < maxWritten && (!known || address < was.URL) {
			c.written[key] = Written{address, as, line}
		}
		c.mu.Unlock()
	}
}

// Bounds of the cookies of accounts that are remembered with all the values that they had, and of the line of one.
const (
	maxGiven = 2000
	maxLine  = 4 << 10
)

// Given are the Set-Cookie lines by which accounts got cookies, one for every value, in their order: a report must know
// them in order not to tell them.
func (c *Client) Given() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Values(c.given))
}

// withoutTimes are a line's attributes without when it ends, which varies from answer to answer.
func withoutTimes(attributes string, empty bool) string {
	var kept []string
	if empty {
		kept = append(kept, "empty") // it is taken away, and says nothing of the one that is set
	}
	for part := range strings.SplitSeq(strings.ToLower(attributes), ";") {
		part = strings.TrimSpace(part)
		if !strings.HasPrefix(part, "expires") && !strings.HasPrefix(part, "max-age") {
			kept = append(kept, part)
		}
	}
	slices.Sort(kept)
	return strings.Join(kept, ";")
}

// Written are the cookies that the target set so far, in the order of accounts, addresses and lines.
func (c *Client) Written() []Written {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]Written, 0, len(c.written))
	for _, w := range c.written {
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b Written) int {
		return cmp.Or(strings.Compare(a.As, b.As), strings.Compare(a.URL, b.URL), strings.Compare(a.Line, b.Line))
	})
	return list
}
