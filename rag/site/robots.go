package site

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of a robots.txt. RFC 9309 asks for 500 KiB at least.
const (
	maxRobots = 512 << 10
	maxRules  = 10_000
	maxDelay  = 30 * time.Second // that is granted to a Crawl-delay
)

// robots is what a robots.txt says to one crawler (RFC 9309).
type robots struct {
	rules []rule
	delay time.Duration // Crawl-delay, which is no part of the standard and yet asked for by many
	maps  []string      // addresses of site maps
}

type rule struct {
	path  string // with * for anything and $ at the end for the end
	allow bool
}

// parseRobots reads the lines for a crawler: those of its own groups, else those for all. Lines that nobody understands are
// passed over.
func parseRobots(data, agent string) *robots {
	data = strings.TrimPrefix(data[:min(len(data), maxRobots)], "\uFEFF")
	agent = strings.ToLower(agent)
	own, all := new(robots), new(robots)
	var maps []string
	found, naming := false, false
	var into []*robots // whom the group that is read is for
	for line := range strings.FieldsFuncSeq(data, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line, _, _ = strings.Cut(line, "#")
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		switch key {
		case "user-agent":
			if !naming {
				into = nil
			}
			naming = true
			switch product := productOf(value); {
			case value == "*":
				into = joined(into, all)
			case product != "" && product == agent:
				found = true
				into = joined(into, own)
			}
			continue
		case "sitemap": // belongs to no group
			if len(maps) < maxMaps {
				maps = append(maps, value)
			}
			continue
		case "allow", "disallow":
			for _, r := range into {
				if value != "" && len(r.rules) < maxRules {
					r.rules = append(r.rules, rule{plainEscapes(value), key == "allow"})
				}
			}
		case "crawl-delay":
			if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 {
				for _, r := range into {
					r.delay = time.Duration(min(seconds, maxDelay.Seconds()) * float64(time.Second))
				}
			}
		}
		naming = false
	}
	chosen := all
	if found {
		chosen = own
	}
	chosen.maps = slices.Compact(maps)
	return chosen
}

// joined has each group once, however often a line names it.
func joined(into []*robots, r *robots) []*robots {
	if slices.Contains(into, r) {
		return into
	}
	return append(into, r)
}

// size is about how many bytes of memory the rules take.
func (r *robots) size() (n int) {
	if r == nil {
		return 0
	}
	for _, one := range r.rules {
		n += len(one.path) + 24
	}
	for _, m := range r.maps {
		n += len(m) + 16
	}
	return n
}

// productOf is the name of a crawler in a line: letters, hyphens and underscores.
func productOf(value string) string {
	end := strings.IndexFunc(value, func(r rune) bool {
		return r != '-' && r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if end >= 0 {
		value = value[:end]
	}
	return strings.ToLower(value)
}

// allows tells whether an address may be fetched: the longest rule that fits decides, of two equally long ones the one that
// allows.
func (r *robots) allows(u *url.URL) bool {
	target := u.EscapedPath()
	if target == "" {
		target = "/"
	}
	if u.RawQuery != "" {
		target += "?" + u.RawQuery
	}
	target = plainEscapes(target)
	longest, allowed := -1, true
	for _, one := range r.rules {
		if n := len(one.path); (n > longest || n == longest && one.allow) && fits(one.path, target) {
			longest, allowed = n, one.allow
		}
	}
	return allowed
}

// fits tells whether a path begins as a rule says. It takes time in proportion to both lengths multiplied, at worst.
func fits(rule, target string) bool {
	rule, whole := strings.CutSuffix(rule, "$")
	parts := strings.Split(rule, "*")
	if !strings.HasPrefix(target, parts[0]) {
		return false
	}
	target = target[len(parts[0]):]
	if len(parts) == 1 {
		return !whole || target == ""
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		i := strings.Index(target, part)
		if i < 0 {
			return false
		}
		target = target[i+len(part):]
	}
	if whole {
		return strings.HasSuffix(target, parts[last])
	}
	return strings.Contains(target, parts[last])
}

// plainEscapes writes escapes of a path in one way, so that a rule and an address can be compared: %C3%A4 for ä, and plain
// letters for theirs.
func plainEscapes(path string) string {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == '%' && i+2 < len(path) {
			if n, err := strconv.ParseUint(path[i+1:i+3], 16, 8); err == nil {
				if isPlain(byte(n)) {
					b.WriteByte(byte(n))
				} else {
					b.WriteString(strings.ToUpper(path[i : i+3]))
				}
				i += 2
				continue
			}
		}
		if c >= 0x80 || c <= ' ' {
			b.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(c)+0x100, 16)[1:]))
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func isPlain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
