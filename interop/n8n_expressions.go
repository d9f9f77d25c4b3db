package interop

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

// expressions counts the expressions of a node of the file and names those that will not work here.
func (im *n8nImport) expressions(node string, params any) {
	walkTexts(params, "", func(path, s string) {
		if !expr.IsExpression(s) {
			return
		}
		e := &im.report.Expressions
		e.Total++
		reason := im.unsupported(s)
		if reason == "" {
			e.Supported++
			return
		}
		if r := []rune(s); len(r) > 200 {
			s = string(r[:200]) + "…"
		}
		e.Unsupported = append(e.Unsupported, UnsupportedExpression{Node: node, Param: path, Text: s, Reason: reason})
	})
}

// walkTexts calls f for every text in a value, with its path: "rules.values.0.name".
func walkTexts(v any, path string, f func(path, s string)) {
	at := func(key string) string {
		if path == "" {
			return key
		}
		return path + "." + key
	}
	switch v := v.(type) {
	case string:
		f(path, v)
	case []any:
		for i, e := range v {
			walkTexts(e, at(strconv.Itoa(i)), f)
		}
	case map[string]any:
		for _, k := range sortedKeys(v) {
			walkTexts(v[k], at(k), f)
		}
	}
}

// unsupported tells why an expression will not work, "" when nothing speaks against it.
func (im *n8nImport) unsupported(s string) string {
	compiled, err := expr.Compile(s, nil)
	if err != nil {
		return err.Error()
	}
	for _, name := range compiled.Nodes() {
		if _, ok := im.byName[name]; !ok {
			return sprintf("it refers to %q, which is not in the file", name)
		}
	}
	for i, code := range holes(s) {
		if i%2 == 1 {
			if reason := unsupportedCode(code); reason != "" {
				return reason
			}
		}
	}
	return ""
}

// knownRoots are the names with a $ that expressions know here.
var knownRoots = []string{
	"$json", "$item", "$itemIndex", "$input", "$node", "$binary", "$files", "$now", "$today", "$vars", "$run", "$runIndex",
	"$prevNode", "$position", "$workflow", "$execution", "$items", "$if", "$ifEmpty", "$min", "$max", "$not",
}

var (
	rootName    = regexp.MustCompile(`\$[A-Za-z_][A-Za-z0-9_]*`)
	nodeMember  = regexp.MustCompile(`\$node\s*(?:\[""\]|\.[A-Za-z_]\w*)\s*(?:\.|\["?)\s*(context|parameter|data|binary|runIndex)\b`)
	otherMember = regexp.MustCompile(`(\$input|\$\(""\))\s*\.\s*(context|params|pairedItem|itemMatching)\b`)
	resume      = regexp.MustCompile(`\$execution\s*\.\s*(resumeUrl|resumeFormUrl|customData)\b`)
	extension   = regexp.MustCompile(`\.\s*([A-Za-z]+)\s*\(`)
)

// n8nMethods are methods that n8n adds to texts, numbers, lists, objects and dates, and that are missing here.
var n8nMethods = []string{
	"extract", "isDst", "toWholeNumber", "hash",
}

// unsupportedCode looks for what JavaScript here does not have.
func unsupportedCode(code string) string {
	bare := withoutStrings(code)
	for _, name := range rootName.FindAllString(bare, -1) {
		if !slices.Contains(knownRoots, name) {
			return "it uses " + name
		}
	}
	if m := nodeMember.FindStringSubmatch(bare); m != nil {
		return "it uses the " + m[1] + " of another node"
	}
	if m := otherMember.FindStringSubmatch(bare); m != nil {
		return "it uses " + strings.TrimSuffix(m[1], `("")`) + "…" + "." + m[2]
	}
	if m := resume.FindStringSubmatch(bare); m != nil {
		return "it uses $execution." + m[1]
	}
	for _, m := range extension.FindAllStringSubmatch(bare, -1) {
		if slices.Contains(n8nMethods, m[1]) {
			return "it uses n8n's method " + m[1] + "()"
		}
	}
	return ""
}

// withoutStrings empties the quoted texts and comments in JavaScript, so that names in them are not taken for code.
// What stands in ${ } of a template stays.
func withoutStrings(code string) string {
	var b strings.Builder
	for i := 0; i < len(code); {
		switch c := code[i]; {
		case c == '"' || c == '\'':
			end := i + 1
			for end < len(code) && code[end] != c && code[end] != '\n' {
				if code[end] == '\\' {
					end++
				}
				end++
			}
			b.WriteString(`""`)
			i = end + 1
		case strings.HasPrefix(code[i:], "//"):
			if end := strings.IndexByte(code[i:], '\n'); end >= 0 {
				i += end
			} else {
				i = len(code)
			}
		case strings.HasPrefix(code[i:], "/*"):
			if end := strings.Index(code[i+2:], "*/"); end >= 0 {
				i += end + 4
			} else {
				i = len(code)
			}
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}
