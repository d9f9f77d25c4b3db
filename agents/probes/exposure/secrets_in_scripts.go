package exposure

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func secretsInJS() *agents.Probe {
	return &agents.Probe{
		ID: "secrets-in-js", Title: "A secret stands in what browsers are sent",
		Decides:  "A script, a page or a source map has a key in the form that a provider gives its secret keys, or a value that looks drawn by chance under a name that says it is secret. Keys that are made for browsers do not count.",
		Keeps:    "The secret, masked, and where it stands.",
		Advice:   "Change the secret, and call what it opens from the server. What is sent to a browser is known to everybody.",
		Severity: agents.High, References: []string{"CWE-798"}, Skills: []string{"leak detection"},
		Check: agents.Each(bodies, runSecretsInJS),
	}
}

// keys are the forms of secret keys. Those that providers make for browsers (of maps, of analytics, publishable ones) are
// not among them.
var keys = []struct {
	name string
	form *regexp.Regexp
}{
	{"access key of AWS", regexp.MustCompile(`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`)},
	{"secret key of Stripe", regexp.MustCompile(`\b[rs]k_live_[0-9a-zA-Z]{20,}\b`)},
	{"token of GitHub", regexp.MustCompile(`\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{60,}\b`)},
	{"token of GitLab", regexp.MustCompile(`\bglpat-[A-Za-z0-9_-]{20}\b`)},
	{"token of Slack", regexp.MustCompile(`\bxox[abprs]-[0-9A-Za-z-]{20,}|hooks\.slack\.com/services/T\w{8,}/B\w{8,}/\w{20,}`)},
	{"key of SendGrid", regexp.MustCompile(`\bSG\.[\w-]{22}\.[\w-]{43}\b`)},
	{"token of npm", regexp.MustCompile(`\bnpm_[A-Za-z0-9]{36}\b`)},
	{"key of a language model's provider", regexp.MustCompile(`\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}\b`)},
	{"key of Azure storage", regexp.MustCompile(`AccountKey=[A-Za-z0-9+/]{80,}={0,2}`)},
	{"private key", regexp.MustCompile(`-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----\s*(?:\\n)?[A-Za-z0-9+/=\s\\]{40,}`)},
	{"connection with a password", regexp.MustCompile(`\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|amqps?|rediss?)://[^\s:/@"']+:[^\s:/@"']{3,}@[^\s"']+`)},
}

var (
	named       = regexp.MustCompile(`(?i)["']?\b([a-z0-9_$-]{0,30}(?:secret|passwd|password|private_?key|client_?secret|access_?key|auth_?token)[a-z0-9_$]{0,10})["']?\s*[:=]\s*["'` + "`" + `]([^"'` + "`" + `\s<>{}]{10,200})["'` + "`" + `]`)
	placeholder = regexp.MustCompile(`(?i)example|your|xxxx|test|dummy|change|placeholder|sample|insert|todo|\*{3}|\.\.\.|process\.env|undefined|^[a-z_-]+$|^[A-Z_-]+$|^https?:|^[./#]|password|secret|token`)
)

func runSecretsInJS(_ context.Context, _ *agents.Lab, item surface.Item) agents.Outcome {
	x := answerOf(item)
	text := string(x.Body)
	var findings []agents.Finding
	add := func(what, secret string, at []int) {
		excerpt := masked(strings.ReplaceAll(text[max(0, at[0]-300):min(len(text), at[1]+300)], secret, reading.Mask(secret)))
		findings = append(findings, agents.Finding{
			Text:  fmt.Sprintf("A %s stands in what every browser is sent (%s).", what, reading.Mask(secret)),
			Where: place(x), Cause: what + " " + reading.Mask(secret), Evidence: []agents.Evidence{agents.Excerpt("where it stands", strings.ToValidUTF8(excerpt, ""))},
		})
	}
	for _, k := range keys {
		if at := k.form.FindStringIndex(text); at != nil && !known(text[at[0]:at[1]]) {
			add(k.name, strings.TrimSpace(text[at[0]:at[1]]), at)
		}
	}
	if x.Request.As != "" && strings.Contains(x.Header.Get("Content-Type"), "json") {
		return agents.Fail(findings...) // what data says to an account is weighed by excessive-data
	}
	const most = 50
	for _, at := range named.FindAllStringSubmatchIndex(text, most) {
		if name, value := text[at[2]:at[3]], text[at[4]:at[5]]; drawn(value) && !placeholder.MatchString(value) && !strings.Contains(strings.ToLower(name), "csrf") && !strings.Contains(strings.ToLower(name), "xsrf") {
			add("value of "+name, value, at)
			break
		}
	}
	return agents.Fail(findings...)
}

// masked hides all keys of a text: where one stands, others are near.
func masked(text string) string {
	for _, k := range keys {
		text = k.form.ReplaceAllStringFunc(text, reading.Mask)
	}
	return named.ReplaceAllStringFunc(text, func(found string) string {
		m := named.FindStringSubmatch(found)
		return strings.Replace(found, m[2], reading.Mask(m[2]), 1)
	})
}

// known tells whether a key is one of those that providers print in their own documentation.
func known(key string) bool {
	return strings.Contains(key, "EXAMPLE") || strings.Contains(key, "xxxx") || strings.Contains(key, "localhost") || strings.Contains(key, ":password@") || strings.Contains(key, ":pass@")
}

// drawn tells whether a text looks drawn by chance and was not written by somebody.
func drawn(text string) bool {
	digits, letters := 0, 0
	counts := map[rune]int{}
	for _, r := range text {
		counts[r]++
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			letters++
		}
	}
	entropy, n := 0.0, float64(len([]rune(text)))
	for _, c := range counts {
		p := float64(c) / n
		entropy -= p * math.Log2(p)
	}
	return digits >= 2 && letters >= 4 && entropy >= 3
}
