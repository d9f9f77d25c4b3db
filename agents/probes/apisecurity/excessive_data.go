package apisecurity

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func excessiveData() *agents.Probe {
	return &agents.Probe{
		ID: "excessive-data", Title: "API answer with secrets of accounts", Severity: agents.High, References: []string{"CWE-200", "API3"},
		Decides: "An answer in JSON has a record of somebody with the key of a password, a hash, a secret or a token, and a value in it.",
		Keeps:   "The path to the key, with its value masked.",
		Advice:  "Answer with the fields that the page needs, listed by name, and keep passwords, hashes and tokens out of what is serialised.",
		Check:   agents.Each(answering, excessive),
	}
}

// answering are the operations that were seen to answer with JSON.
func answering(s *surface.Surface) []*surface.Operation {
	return slices.DeleteFunc(slices.Clone(s.Operations), func(o *surface.Operation) bool { return asked(o) == nil })
}

var (
	secretKey = regexp.MustCompile(`(?i)^(?:pass(?:word|wd|phrase)?|pwd|(?:hashed_?|encrypted_?)password|password_?(?:hash|salt|digest|encrypted)|hash|salt|secret|(?:client|totp|mfa|otp|api)_?secret|private_?key|api_?key|(?:reset|recovery|refresh|remember)_?token|recovery_?codes?)$`)
	tokenKey  = regexp.MustCompile(`(?i)^(?:access_?)?token$`)
	// personKey is a key that records of people have.
	personKey = regexp.MustCompile(`(?i)^(?:e?-?mail|user_?name|login|account|user|user_?id|full_?name|first_?name|last_?name|role|is_?admin|admin)$`)
	masked    = regexp.MustCompile(`(?i)^(?:[*•x.\-_ ]+|null|none|n/?a|redacted|\[.*\]|<.*>|hidden|masked|password|string|undefined|true|false)$`)
)

func excessive(_ context.Context, _ *agents.Lab, o *surface.Operation) agents.Outcome {
	x := asked(o)
	var found [][]string
	records := 0
	var look func(v any, path string, depth int)
	look = func(v any, path string, depth int) {
		const deepest, most = 12, 20
		if depth > deepest || len(found) >= most {
			return
		}
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				look(item, path+"[]", depth+1)
			}
		case map[string]any:
			person := false
			for name := range v {
				person = person || personKey.MatchString(name)
			}
			if person {
				records++
			}
			for _, name := range sorted(v) {
				if text, ok := v[name].(string); ok && person && isSecret(name, text, strings.HasSuffix(path, "[]")) {
					row := []string{path + "." + name, reading.Mask(text)}
					if !slices.ContainsFunc(found, func(r []string) bool { return r[0] == row[0] }) {
						found = append(found, row)
					}
				}
				look(v[name], path+"."+name, depth+1)
			}
		}
	}
	look(reading.JSON(x.Body), "$", 0)
	if len(found) == 0 {
		return agents.Pass()
	}
	var keys []string
	for _, row := range found {
		keys = append(keys, row[0])
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("%s %s answers with %s in records of people: whoever may ask gets what nobody should see.", o.Method, o.Path, strings.Join(keys, ", ")),
		Where: agents.Place{URL: x.URL, Method: o.Method, Parameter: keys[0], As: x.Request.As}, Cause: o.Key() + " " + strings.Join(keys, " "),
		Evidence: []agents.Evidence{agents.Table("secrets in the answer", agents.ByReading, append([][]string{{"key", "value, masked"}}, found...)...)},
	})
}

// isSecret tells whether a key and its value are a secret of the record that they are in. Tokens are one in a list only: a
// single record may be the one who asks, and the token their own.
func isSecret(name, value string, listed bool) bool {
	if len(value) < 4 || masked.MatchString(value) || strings.ContainsRune(value, ' ') {
		return false
	}
	return secretKey.MatchString(name) || listed && tokenKey.MatchString(name)
}
