package nodes

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// userInfo is a name and a password in front of a host.
var userInfo = regexp.MustCompile(`://([^/\s:@{}%]{1,100}):([^/\s:@{}%]{3,200})@`)

// keepHTTP says which credential sends a header, a value of the query or a part of the address.
func keepHTTP(params map[string]any, path []any, text, found string) *engine.Keep {
	keep := keepPart(path, text, found)
	if keep == nil {
		return nil
	}
	if address, _ := params["url"].(string); !strings.HasPrefix(address, "=") {
		if u, err := (httpRequest{URL: address}).address(); err == nil {
			keep.Name = u.Hostname()
		}
	}
	return keep
}

func keepPart(path []any, text, found string) *engine.Keep {
	if len(path) == 1 && path[0] == "url" {
		return keepAddress(text, found)
	}
	if len(path) != 2 {
		return nil
	}
	name, _ := path[1].(string)
	switch {
	case path[0] == "headers" && strings.EqualFold(name, "Authorization") && len(text) > 7 && strings.EqualFold(text[:7], "Bearer "):
		return &engine.Keep{Type: "http.bearer", Field: "token", Secret: strings.TrimSpace(text[7:])}
	case path[0] == "headers":
		return keepNamed("http.header", name, text)
	case path[0] == "query":
		return keepNamed("http.query", name, text)
	}
	return nil
}

func keepNamed(kind, name, secret string) *engine.Keep {
	return &engine.Keep{Type: kind, Field: "value", Values: map[string]string{"name": name}, Secret: secret}
}

// keepAddress takes name and password, or one pair of the query, out of an address. What is written with escapes is left
// to people.
func keepAddress(text, found string) *engine.Keep {
	if at := userInfo.FindStringSubmatchIndex(text); at != nil {
		return &engine.Keep{
			Type: "http.basic", Field: "password", Values: map[string]string{"user": text[at[2]:at[3]]},
			Secret: text[at[4]:at[5]], Rest: text[:at[2]] + text[at[1]:],
		}
	}
	before, rest, ok := strings.Cut(text, "?")
	if !ok || strings.ContainsAny(found, "%+") {
		return nil
	}
	query, fragment, hasFragment := strings.Cut(rest, "#")
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		if value != found || value == "" {
			continue
		}
		name, err := url.QueryUnescape(name)
		if err != nil {
			return nil
		}
		keep := keepNamed("http.query", name, value)
		keep.Rest = before
		if len(pairs) > 1 {
			keep.Rest += "?" + strings.Join(append(pairs[:i:i], pairs[i+1:]...), "&")
		}
		if hasFragment {
			keep.Rest += "#" + fragment
		}
		return keep
	}
	return nil
}
