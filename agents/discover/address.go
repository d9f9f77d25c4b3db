package discover

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// clean drops what does not matter of an address, so that it is asked once: the place in the page, an empty query, the
// order of parameters.
func clean(u *url.URL) {
	if !strings.HasPrefix(u.Fragment, "/") && !strings.HasPrefix(u.Fragment, "!/") {
		u.Fragment, u.RawFragment = "", ""
	}
	u.ForceQuery = false
	if u.Path == "" {
		u.Path = "/"
	}
	if u.RawQuery != "" {
		query := u.Query()
		for name := range query {
			if strings.HasPrefix(name, "utm_") || name == "fbclid" || name == "gclid" {
				query.Del(name)
			}
		}
		u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	}
}

var changing = regexp.MustCompile(`(?i)(?:^|[/_.=&?-])(?:log[-_]?out|log[-_]?off|sign[-_]?out|sign[-_]?off|delete|remove|destroy|unsubscribe|deactivate|purge|drop|reset-db|shutdown|restart)(?:$|[/_.=&?-])`)

// Changes tells whether an address looks as if asking for it changed something.
func Changes(u *url.URL) bool {
	return changing.MatchString(u.Path) || changing.MatchString(u.RawQuery)
}

// repeats tells whether the same parts come again and again in a path, as relative links without end make them.
func repeats(u *url.URL) bool {
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) > 20 {
		return true
	}
	counts := map[string]int{}
	for _, part := range parts {
		if counts[part]++; counts[part] > 3 && part != "" {
			return true
		}
	}
	return false
}

func sortSteps(list []step) {
	slices.SortFunc(list, func(a, b step) int { return cmp.Or(strings.Compare(a.address, b.address), strings.Compare(a.as, b.as)) })
}

// resolve makes an address of a reference in a document; "" when it is none that could be asked.
func resolve(base *url.URL, reference string) string {
	reference = strings.TrimSpace(reference)
	if reference == "" {
		return ""
	}
	u, err := base.Parse(reference)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}
