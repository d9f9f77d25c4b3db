package main_test

import (
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/atelier-studio/atelier/locales"
)

// quoted is what catalogues write for programs: code, expressions, named places, headers.
var quoted = regexp.MustCompile("`[^`]*`|\\{\\{.*?\\}\\}|\\{\\w+\\}|\\$\\([^)]*\\)|Content-Type: |Authorization: |text/plain; charset")

// faults are what a reader of a language stumbles over, outside of code. docs/languages.md says why.
var faults = map[locales.Language][]struct {
	what  string
	found *regexp.Regexp
}{
	locales.German: {
		{"people are addressed with Sie", regexp.MustCompile(`(?i)\b(du|dich|dir|dein\w*)\b`)},
		{"quotation marks are „…“", regexp.MustCompile(`"|”`)},
		{"the words are Verbindung, Auslöser, Lauf, Zugangsdaten, Element, Arbeitsbereich", regexp.MustCompile(`\b(Kanten?|Trigger|Durchl(auf|äufe)|Items?|Workspaces?)\b`)},
	},
	locales.Spanish: {
		{"people are addressed with tú", regexp.MustCompile(`(?i)\b(usted|ustedes|introduzca|seleccione|pulse)\b`)},
		{"quotation marks are «…»", regexp.MustCompile(`"|“`)},
		{"a question begins with ¿", regexp.MustCompile(`^[^¿]*[\pL)]\?`)},
		{"the words are flujo, conexión, disparador, elemento", regexp.MustCompile(`(?i)\b(workflows?|flujos? de trabajo|aristas?|triggers?|ítems?)\b`)},
	},
	locales.French: {
		{"people are addressed with vous", regexp.MustCompile(`(?i)(^|[^\pL])(tu|toi|ton|tes)([^\pL]|$)`)},
		{"a space that does not break stands before : ; ? ! and »", regexp.MustCompile(`( |[\pL\d)])([;?!»](\s|$))|( |[\pL)]):(\s|$)`)},
		{"a space that does not break stands after «", regexp.MustCompile(`«[^\x{a0}\x{202f}]`)},
		{"quotation marks are « … »", regexp.MustCompile(`["“]`)},
		{"the apostrophe is ’", regexp.MustCompile(`(?i)\b(l|d|n|s|c|j|m|qu)'`)},
		{"the words are workflow, lien, déclencheur, élément", regexp.MustCompile(`(?i)\b(flux de travail|arêtes?|triggers?|items)\b`)},
	},
	locales.Chinese: {
		{"signs beside Chinese have full width", regexp.MustCompile(`\p{Han} ?[,;:!?(]|[,;:!?)]\p{Han}|\p{Han}\.(\s|$)`)},
		{"Chinese and Latin words are parted by a space", regexp.MustCompile(`\p{Han}[A-Za-z]|[A-Za-z]\p{Han}`)},
		{"people are addressed with 你", regexp.MustCompile(`您`)},
		{"quotation marks are “…”", regexp.MustCompile(`["「」]`)},
		{"the words are 工作流, 连线, 凭据, 条目", regexp.MustCompile(`流程图|边缘|凭证|项目`)},
	},
}

// lone are texts that are code as a whole.
var lone = regexp.MustCompile(`^(=|return |data\.)|: id, trigger$`)

func TestWordsOfLanguages(t *testing.T) {
	t.Parallel()
	for l, rules := range faults {
		words := locales.Words(l)
		for _, key := range slices.Sorted(maps.Keys(words)) {
			text := quoted.ReplaceAllString(words[key], "…")
			if lone.MatchString(words[key]) {
				continue
			}
			for _, rule := range rules {
				if found := rule.found.FindString(text); found != "" {
					t.Errorf("%s: %s: %q in %q", l, rule.what, found, words[key])
				}
			}
		}
	}
}
