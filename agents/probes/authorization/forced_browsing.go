package authorization

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func forcedBrowsing() *agents.Probe {
	return &agents.Probe{
		ID: "forced-browsing", Title: "What only an account is led to opens to nobody in particular",
		Decides:  "An address that only an account was led to, and that says that it belongs to somebody (by its path, or by the account's name, and no other's, in the answer), answers nobody in particular the same.",
		Keeps:    "Both answers.",
		Advice:   "Ask who somebody is at the address itself: that nothing leads there keeps nobody away.",
		Needs:    agents.NeedsHTTP | agents.NeedsAccount,
		Severity: agents.High, References: []string{"CWE-425"}, Skills: []string{"forced browsing"},
		Check: agents.Each(seats, runForcedBrowsing),
	}
}

func runForcedBrowsing(ctx context.Context, lab *agents.Lab, s *seat) agents.Outcome {
	right, nobody := lab.Send(ctx, wire.Request{URL: s.url, As: s.as}), lab.Get(ctx, s.url)
	switch {
	case !right.Answered():
		return agents.BlockOn(right.Fault)
	case !nobody.Answered():
		return agents.BlockOn(nobody.Fault)
	case !admits(right), !admits(nobody), discover.IsMissing(lab.Surface, nobody, pathOf(s.url)):
		return agents.Pass()
	}
	user := account(lab, s.as).User
	if _, equal := same(right, nobody, user); !equal || !personal.MatchString(pathOf(s.url)) && !isOf(lab, nobody.Body, user) {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  "Only an account is led to this address, and nobody in particular is answered the same.",
		Where: agents.Place{URL: s.url, Method: http.MethodGet}, Cause: "open " + surface.ShapeOf(s.url), Evidence: []agents.Evidence{agents.Exchanged("as the account", right), agents.Exchanged("as nobody", nobody)},
	})
}

// isOf tells whether a text names one account and no other: one with the names of several is a list, and names of roles
// stand anywhere.
func isOf(lab *agents.Lab, text []byte, user string) bool {
	if len(user) < 3 || roles[strings.ToLower(user)] {
		return false
	}
	for _, a := range lab.Accounts {
		if a.User != user && a.User != "" && names(text, a.User) {
			return false
		}
	}
	return names(text, user)
}

var roles = map[string]bool{"admin": true, "administrator": true, "author": true, "customer": true, "demo": true, "editor": true, "guest": true, "manager": true, "member": true, "moderator": true, "owner": true, "reader": true, "root": true, "staff": true, "support": true, "test": true, "user": true, "viewer": true}

// names tells whether a text has a name in it, and not as a part of another word.
func names(text []byte, name string) bool {
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
	for rest := text; ; {
		i := bytes.Index(rest, []byte(name))
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRune(rest[:i])
		after, _ := utf8.DecodeRune(rest[i+len(name):])
		if !word(before) && !word(after) {
			return true
		}
		rest = rest[i+len(name):]
	}
}
