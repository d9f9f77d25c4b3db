package main_test

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/locales"
	"github.com/atelier-studio/atelier/locales/texts"
)

var missing = flag.String("missing", "", "folder into which the texts that catalogues lack are written, a JSON file a language")

// keys are all texts that people see: those of sources, of kinds and of credential types.
func keys(t *testing.T) []string {
	t.Helper()
	all, err := texts.Under(os.DirFS("."), ".ts", ".templ", ".go")
	if err != nil {
		t.Fatal(err)
	}
	add := func(some ...string) { all = append(all, some...) }
	var params func([]engine.Param)
	params = func(list []engine.Param) {
		for _, p := range list {
			add(p.Label, p.Help, p.Placeholder)
			for _, o := range p.Options {
				add(o.Label)
			}
			params(p.Fields)
		}
	}
	for _, k := range nodes.Catalogue(&nodes.Deps{}).Kinds() {
		add(k.Title, k.Group, k.Summary, k.Doc)
		params(k.Params)
		for _, p := range slices.Concat(k.Inputs, k.Outputs) {
			add(p.Label)
		}
	}
	for _, one := range nodes.Templates() {
		add(one.Category, one.Title, one.Summary)
	}
	for _, c := range nodes.CredentialTypes() {
		add(c.Title, c.Help)
		params(c.Fields)
	}
	word := regexp.MustCompile(`\pL{2}`)
	all = slices.DeleteFunc(all, func(key string) bool { return !word.MatchString(key) })
	slices.Sort(all)
	return slices.Compact(all)
}

var verb = regexp.MustCompile(`%[qsdv]`)

var place = regexp.MustCompile(`\{\w+\}`)

// places are the named places of a text, sorted.
func places(text string) []string { return slices.Sorted(slices.Values(place.FindAllString(text, -1))) }

func TestCatalogues(t *testing.T) {
	t.Parallel()
	all := keys(t)
	if len(all) < 500 {
		t.Fatalf("only %d texts were found: the search for them is broken", len(all))
	}
	for _, l := range locales.All[1:] {
		words := locales.Words(l.Language)
		lacking := map[string]string{}
		for _, key := range all {
			said, ok := words[key]
			switch {
			case !ok:
				lacking[key] = ""
			case strings.TrimSpace(said) == "":
				t.Errorf("%s: %q has no words", l.Language, key)
			case strings.Contains(key, "|") != strings.Contains(said, "|") && l.Language != locales.Chinese && strings.Contains(key, "{n}"):
				t.Errorf("%s: %q has one form only", l.Language, key)
			case !strings.Contains(key, "|") && !slices.Equal(places(key), places(said)):
				t.Errorf("%s: the places of %q and %q differ", l.Language, key, said)
			case !slices.Equal(verb.FindAllString(key, -1), verb.FindAllString(said, -1)):
				t.Errorf("%s: the values of %q and %q differ", l.Language, key, said)
			}
		}
		if len(lacking) > 0 {
			t.Errorf("%s lacks %d of %d texts, such as %q", l.Language, len(lacking), len(all), slices.Sorted(maps.Keys(lacking))[0])
			write(t, string(l.Language), lacking)
		}
		for key := range words {
			if _, used := slices.BinarySearch(all, key); !used {
				t.Errorf("%s: nothing says %q any more", l.Language, key)
			}
		}
	}
}

func write(t *testing.T, name string, lacking map[string]string) {
	t.Helper()
	if *missing == "" {
		return
	}
	data, err := json.MarshalIndent(lacking, "", " ")
	if err == nil {
		err = os.WriteFile(*missing+"/"+name+".json", data, 0o600)
	}
	if err != nil {
		t.Error(err)
	}
}
