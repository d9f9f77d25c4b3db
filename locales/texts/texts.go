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
	failures = regexp.MustCompile(`(?:failure\{[^"\n]*?|http\.Status\w+: +|Mistake\{"\w+", |Detail: |d\.Title = [^"\n]*|\{(?:fs|auth|errors|context|store)\.\w+, [\w.]+, )` + literal)
	// Problems of a drawing: their formats are keys.
	problems = regexp.MustCompile(`\bv\.(?:add|warn)\([^\n]*?, "[\w-]+", ` + literal)
	fixes    = regexp.MustCompile(`(?:\bv\.fix\(|engine\.Fix\{Title: )` + literal)
	count    = regexp.MustCompile(`\blocales\.Count\([^"\n]*?,\s*` + literal + `,\s*` + literal)
)

const long = `("(?:[^"\\\n]|\\.)*"(?:\s*\+\s*"(?:[^"\\\n]|\\.)*")*)`

var (
	made  = regexp.MustCompile(`\b(fmt\.Errorf|fmt\.Sprintf|errors\.New|invalid|missing|exists|conflict|absent|taken|invalidInput|unless|bad)\((?:"[\w.]*"[^,\n]*,\s*)?(?:\w+, )?\s*` + long + `[^\n]*`)
	about = regexp.MustCompile(`\b(about)\("\w+", [^,\n]*, ` + long)
	// models are the errors of models, which have a kind and perhaps a cause before their words.
	models = regexp.MustCompile(`\.?\b(fail|say)\([A-Z]\w+, (?:nil, |err, )?` + long)
	// lost are remarks about what another product's file has and a workflow has not, and the other way round.
	lost  = regexp.MustCompile(`\b(sprintf|lose|warn)\(` + long)
	ready = regexp.MustCompile(`\b(Text:|return false,)\s+` + long)
	part  = regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"`)
	// sort is the end of a call that wraps one of the shared errors.
	sort    = regexp.MustCompile(`: %w"(?:,[^\n]*)?\b(?:fs|errors|context|engine|io)\.(?:Err\w+|DeadlineExceeded)\)`)
	verb    = regexp.MustCompile(`%[-+#0]*\d*(?:\.\d+)?[a-zA-Z]`)
	telling = regexp.MustCompile(`\pL{2,}\P{L}+\pL{2,}`)
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

// Errors returns the formats of errors and of other texts that Go makes of values, `there is no node called %q`, in the
// sources of some folders, without some files. What an error wraps to say of which sort it is, is not part of its words.
func Errors(tree fs.FS, folders, without []string) ([]string, error) {
	var keys []string
	for _, folder := range folders {
		files, err := fs.Glob(tree, folder+"/*.go")
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") || slices.Contains(without, name) {
				continue
			}
			source, err := fs.ReadFile(tree, name)
			if err != nil {
				return nil, err
			}
			keys = append(keys, errorsIn(string(source))...)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil
}

func errorsIn(source string) []string {
	var keys []string
	for _, pattern := range []*regexp.Regexp{made, about, models, lost, ready} {
		for _, found := range pattern.FindAllStringSubmatch(source, -1) {
			text := ""
			for _, part := range part.FindAllString(found[len(found)-1], -1) {
				text += unquote(part)
			}
			if found[1] == "absent" && text[0] >= 'a' && text[0] <= 'z' { // the store's, which begins the sentence
				text = "there is no " + text
			}
			if sort.MatchString(found[0]) {
				text = strings.TrimSuffix(text, ": %w")
			}
			text = strings.TrimPrefix(text, "%w: ")
			if telling.MatchString(verb.ReplaceAllString(text, "")) {
				keys = append(keys, text)
			}
		}
	}
	return keys
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
