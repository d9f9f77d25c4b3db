// Package texts finds in sources the texts that people see: the keys of the catalogues in package locales.
package texts

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

const literal = `("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')`

var (
	one = regexp.MustCompile(`\b(?:t|tr|c\.T)\(\s*(?:ctx,\s*)?` + literal)
	// Between the name and the two forms stands the number, which may be a call itself.
	two = regexp.MustCompile(`\b(?:tn|trn)\((?:[^"'\x60\n]|"[^"\n]*"\))*?,\s*` + literal + `,\s*` + literal)
	// Go says a text of a language outside of pages with locales.Say and locales.Count.
	say = regexp.MustCompile(`\blocales\.Say\([^"\n]*?,\s*` + literal)
	// Errors are said where they are answered: those without values in them are keys as they stand.
	failures = regexp.MustCompile(`(?:failure\{[^"\n]*?|Mistake\{"\w+", |Detail: |d\.Title = [^"\n]*|\{(?:fs|auth|errors|context|store)\.\w+, [\w.]+, )` + literal)
	// Problems of a drawing: their formats are keys.
	problems = regexp.MustCompile(`\bv\.(?:add|warn)\([^\n]*?, "[\w-]+", ` + literal)
	fixes    = regexp.MustCompile(`(?:\bv\.fix\(|engine\.Fix\{Title: )` + literal)
	count    = regexp.MustCompile(`\blocales\.Count\([^"\n]*?,\s*` + literal + `,\s*` + literal)
)

// In returns the keys in one source text, a script (t, tn), a page (tr, trn) or Go: each once, in order.
func In(source string) []string {
	var keys []string
	for _, found := range slices.Concat(one.FindAllStringSubmatch(source, -1), say.FindAllStringSubmatch(source, -1), failures.FindAllStringSubmatch(source, -1),
		problems.FindAllStringSubmatch(source, -1), fixes.FindAllStringSubmatch(source, -1)) {
		keys = append(keys, unquote(found[1]))
	}
	for _, found := range slices.Concat(two.FindAllStringSubmatch(source, -1), count.FindAllStringSubmatch(source, -1)) {
		keys = append(keys, unquote(found[1])+"|"+unquote(found[2]))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Under returns the keys of all sources in a tree whose names end in one of the endings, without tests.
func Under(tree fs.FS, endings ...string) ([]string, error) {
	var keys []string
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if slices.Contains([]string{"node_modules", "vendor", "dist", ".git", "e2e", "bench"}, path.Base(name)) {
				return fs.SkipDir
			}
			return nil
		}
		wanted := slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(name, ending) })
		if !wanted || strings.HasSuffix(name, ".test.ts") || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
			return nil
		}
		source, err := fs.ReadFile(tree, name)
		keys = append(keys, In(string(source))...)
		return err
	})
	slices.SortFunc(keys, func(a, b string) int { return cmp.Compare(a, b) })
	return slices.Compact(keys), err
}

func unquote(literal string) string {
	body := literal[1 : len(literal)-1]
	if literal[0] == '\'' {
		body = strings.ReplaceAll(strings.ReplaceAll(body, `\'`, `'`), `"`, `\"`)
	}
	var text string
	if err := json.Unmarshal([]byte(`"`+body+`"`), &text); err != nil {
		return body // an escape that JSON does not know; the key is then missed by its catalogue, which a test says
	}
	return text
}
