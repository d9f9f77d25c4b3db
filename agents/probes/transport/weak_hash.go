package transport

import (
	"context"
	"crypto/md5"  //nolint:gosec // it is what is looked for
	"crypto/sha1" //nolint:gosec // it is what is looked for
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func weakHash() *agents.Probe {
	return &agents.Probe{
		ID: "weak-hash", Title: "Passwords as MD5 or SHA-1 in an answer",
		Decides:  "An answer shows 32 or 40 hexadecimal digits as the value of a password, or the MD5 or SHA-1 of a password that many people have.",
		Keeps:    "The place in the answer, with the value masked.",
		Advice:   "Never send what is kept of a password, and keep it by argon2id, scrypt or bcrypt.",
		Severity: agents.Medium, References: []string{"CWE-328"}, Skills: []string{"leak detection"},
		Check: agents.Each(texts, func(_ context.Context, _ *agents.Lab, item surface.Item) agents.Outcome {
			for _, x := range answersOf(item) {
				body := string(x.Body)
				for _, at := range digits.FindAllStringIndex(body, maxHashes) {
					value := strings.ToLower(body[at[0]:at[1]])
					name := named(body[max(0, at[0]-80):at[0]])
					if name == "" && !common[value] {
						continue
					}
					kind := map[int]string{32: "MD5", 40: "SHA-1"}[len(value)]
					text := "The answer shows what looks like the " + kind + " of a password, from which the password is found in minutes."
					if common[value] {
						text = "The answer shows the " + kind + " of a password that many people have: everybody who reads it knows the password."
					}
					masked := strings.ReplaceAll(reading.Around(body, at[0], at[1], 60), body[at[0]:at[1]], reading.Mask(value))
					return agents.Fail(agents.Finding{
						Text: text, Where: agents.Place{URL: x.URL, Method: x.Request.Method, Parameter: name, As: x.Request.As},
						Evidence: []agents.Evidence{agents.Excerpt("in the answer", masked), agents.Exchanged("answer", x)},
					})
				}
			}
			return agents.Pass()
		}),
	}
}

const maxHashes = 2000

var (
	digits  = regexp.MustCompile(`\b(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{32})\b`)
	passing = regexp.MustCompile(`(?i)token|reset|nonce|csrf|id$|link|version`)
	// before is the name of a value, in JSON, in an attribute, or in words: "password_hash": ", password = '.
	before = regexp.MustCompile(`(?i)([\w.-]*(?:passw(?:or)?d|passwd|pwd|pass[-_]?hash|passphrase)[\w.-]*)["']?\s*(?:</t[hd]>\s*<td>|[:=>|]|\s)\s*["']?$`)
)

// named is the name of a password that a value has, as what stands before it tells; "" when it has none.
func named(text string) string {
	if m := before.FindStringSubmatch(text); m != nil && !passing.MatchString(m[1]) {
		return m[1]
	}
	return ""
}

// texts are the answers that people and scripts read: pages, one of every shape, and operations.
func texts(s *surface.Surface) []surface.Item {
	var list []surface.Item
	for _, p := range s.ByShape() {
		if p.Answer != nil && reading.IsText(p.Answer) {
			list = append(list, p)
		}
	}
	for _, o := range s.Operations {
		if slices.ContainsFunc(o.Seen, func(x *wire.Exchange) bool { return len(x.Body) > 0 }) {
			list = append(list, o)
		}
	}
	return list
}

func answersOf(item surface.Item) []*wire.Exchange {
	switch item := item.(type) {
	case *surface.Page:
		return []*wire.Exchange{item.Answer}
	case *surface.Operation:
		return item.Seen
	}
	return nil
}

// common are the hashes of passwords that are on every list.
var common = func() map[string]bool {
	hashes := map[string]bool{}
	for _, word := range strings.Fields("password 123456 12345678 123456789 1234567890 qwerty qwerty123 admin admin123 letmein welcome welcome1 password1 password123 Password1 Password123 " +
		"abc123 monkey dragon football iloveyou sunshine princess master shadow secret test test123 guest root toor user demo changeme default passw0rd P@ssw0rd 111111 000000 hunter2 trustno1 alice bob charley") {
		m, s := md5.Sum([]byte(word)), sha1.Sum([]byte(word)) //nolint:gosec // to be recognised
		hashes[hex.EncodeToString(m[:])], hashes[hex.EncodeToString(s[:])] = true, true
	}
	return hashes
}()
