package engine

import (
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

// secretShape is how a secret looks; what it is called is said in the person's language.
type secretShape struct {
	Text string
	is   *regexp.Regexp
}

// named is a secret that only the name of its field tells.
var named = secretShape{Text: "a secret value"}

// shapes are how well-known services write their keys.
var shapes = []secretShape{
	{Text: "a private key", is: regexp.MustCompile(`-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----`)},
	{Text: "a key of a model provider", is: regexp.MustCompile(`\bsk-[A-Za-z0-9_-]{20,}`)},
	{Text: "a GitHub token", is: regexp.MustCompile(`\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,})`)},
	{Text: "a GitLab token", is: regexp.MustCompile(`\bglpat-[A-Za-z0-9_-]{20,}`)},
	{Text: "a Slack token", is: regexp.MustCompile(`\bxox[abeprs]-[A-Za-z0-9-]{10,}`)},
	{Text: "a Slack webhook", is: regexp.MustCompile(`\bhooks\.slack\.com/services/T[A-Za-z0-9_]+/B[A-Za-z0-9_]+/[A-Za-z0-9_]{8,}`)},
	{Text: "an AWS access key", is: regexp.MustCompile(`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`)},
	{Text: "a Google API key", is: regexp.MustCompile(`\bAIza[0-9A-Za-z_-]{35}`)},
	{Text: "a Stripe key", is: regexp.MustCompile(`\b[rs]k_(?:live|test)_[0-9A-Za-z]{16,}`)},
	{Text: "a SendGrid key", is: regexp.MustCompile(`\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`)},
	{Text: "an npm token", is: regexp.MustCompile(`\bnpm_[A-Za-z0-9]{36}`)},
	{Text: "a signed token", is: regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}`)},
	{Text: "a password in an address", is: regexp.MustCompile(`://[^/\s:@{}]{1,100}:[^/\s:@{}]{3,200}@`)},
}

// secretNames are names of fields, without dashes and in small letters, whose values are secret.
var secretNames = map[string]bool{
	"password": true, "passwd": true, "passphrase": true, "secret": true, "token": true, "apikey": true, "authorization": true, "xapikey": true,
	"apitoken": true, "accesstoken": true, "authtoken": true, "refreshtoken": true, "bearertoken": true, "xauthtoken": true, "clientsecret": true,
	"secretkey": true, "accesskey": true, "privatekey": true, "signingkey": true, "connectionstring": true,
}

// maxSecretText bounds the text that is looked through.
const maxSecretText = 256 << 10

// secrets warns of what should be kept in a credential. Nothing of a secret but its first letters is ever told.
func (v *validator) secrets(n *Node, kind *Kind) {
	walkTexts(n.Params, nil, func(path []any, text string) {
		if len(text) < 6 || len(text) > maxSecretText || isCredential(kind, path) {
			return
		}
		for _, s := range shapes {
			if at := s.is.FindStringIndex(text); at != nil {
				v.secret(n, kind, path, s.Text, text, text[at[0]:at[1]])
				return
			}
		}
		if expr.IsExpression(text) {
			return
		}
		if secretNames[plainName(nameOf(n.Params, path))] && !placeholder(text) {
			v.secret(n, kind, path, named.Text, text, text)
			return
		}
		for _, pair := range queryPair.FindAllStringSubmatch(text, maxQueryPairs) {
			if secretNames[plainName(pair[1])] && !placeholder(pair[2]) {
				v.secret(n, kind, path, named.Text, text, pair[2])
				return
			}
		}
	})
}

// queryPair is a name and a value in a web address.
var queryPair = regexp.MustCompile(`[?&]([A-Za-z_-]{3,40})=([^&#\s"'<>{}]{6,})`)

const maxQueryPairs = 100

// secret warns of a part of a parameter's text, and offers to keep it in a credential or, when it is all of the text and
// the kind takes no credential for it, to take it out.
func (v *validator) secret(n *Node, kind *Kind, path []any, what, text, found string) {
	v.warn(n.ID, paramPath(path), "plain-secret", "this looks like %s (%s) in plain text, which everybody who sees the workflow or its history can read: keep it in a credential, and renew it", what, masked(found))
	key, ok := path[0].(string)
	if !ok || strings.Contains(key, ".") {
		return
	}
	keep := v.keep(n, kind, path, text, found)
	if keep == nil && text != found {
		return
	}
	var rest any // of an object the key goes too
	if _, inList := path[len(path)-1].(int); inList || nameOf(n.Params, path) != path[len(path)-1] {
		rest = ""
	}
	if keep != nil && keep.Rest != "" {
		rest = keep.Rest
	}
	op := setOp(n.ID, "params."+key, replaceAt(n.Params[key], path[1:], rest))
	if keep == nil {
		v.fix("Take it out", op)
		return
	}
	v.fix("Keep it in a credential", op)
	v.problems[len(v.problems)-1].Fix.Keep = keep
}

// keep is the credential that a secret of a node belongs in, when the node takes one and has none yet.
func (v *validator) keep(n *Node, kind *Kind, path []any, text, found string) *Keep {
	if kind == nil || kind.Keeps == nil || expr.IsExpression(text) {
		return nil
	}
	at := slices.IndexFunc(kind.Params, func(p Param) bool { return p.Widget == "credential" && shown(p.Show, n.Params, kind.Params) })
	if at < 0 || n.Params[kind.Params[at].Name] != nil && n.Params[kind.Params[at].Name] != "" {
		return nil
	}
	keep := kind.Keeps(n.Params, path, text, found)
	if keep == nil || !slices.Contains(kind.Credentials, keep.Type) {
		return nil
	}
	begin := strings.Index(text, keep.Secret)
	if begin < 0 || keep.Secret == "" {
		return nil
	}
	keep.Param, keep.Path = kind.Params[at].Name, slices.Clone(path)
	keep.From = len(units(text[:begin]))
	keep.To = keep.From + len(units(keep.Secret))
	return keep
}

// masked tells enough of a secret to find it, and no more.
func masked(s string) string {
	r := []rune(s)
	if len(r) < 12 {
		return "…"
	}
	return string(r[:4]) + "…"
}

// nameOf is what a text is called: its key, or in a row of name and value what the row says.
func nameOf(root any, path []any) any {
	last, ok := path[len(path)-1].(string)
	if !ok || last != "value" || len(path) == 1 {
		return path[len(path)-1]
	}
	at := root
	for _, key := range path[:len(path)-1] {
		switch value := at.(type) {
		case map[string]any:
			k, _ := key.(string)
			at = value[k]
		case []any:
			i, _ := key.(int)
			at = value[i]
		}
	}
	row, _ := at.(map[string]any)
	for _, key := range []string{"name", "key", "header", "field"} {
		if name, ok := row[key].(string); ok {
			return name
		}
	}
	return last
}

func plainName(name any) string {
	s, _ := name.(string)
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(s))
}

func isCredential(kind *Kind, path []any) bool {
	if kind == nil || len(path) != 1 {
		return len(path) == 1 && path[0] == "credential"
	}
	for _, p := range kind.Params {
		if p.Name == path[0] {
			return p.Widget == "credential"
		}
	}
	return false
}

// placeholder tells what stands for a secret and is none.
func placeholder(s string) bool {
	s = strings.ToLower(s)
	for _, sign := range []string{"<", "…", "...", "***", "xxxx", "your", "{{", "$vars", "change"} {
		if strings.Contains(s, sign) {
			return true
		}
	}
	return strings.Trim(s, s[:1]) == ""
}
