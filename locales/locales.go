// Package locales says the studio's texts in people's languages. The English text is the key: a text that a catalogue
// does not have is shown in English, and a test holds that no catalogue lacks one.
//
// Texts may have named places, "Added {name}", and two forms where they count: "{n} node" and "{n} nodes".
package locales

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

//go:embed *.json
var files embed.FS

// Language is one of the languages that the studio speaks, as HTML's lang attribute names it.
type Language string

// The languages. English needs no catalogue.
const (
	English Language = "en"
	German  Language = "de"
	Spanish Language = "es"
	French  Language = "fr"
	Chinese Language = "zh-Hans"
)

// All are the languages in the order in which people choose among them, each under its own name.
var All = []struct {
	Language Language
	Name     string
}{{English, "English"}, {German, "Deutsch"}, {Spanish, "Español"}, {French, "Français"}, {Chinese, "简体中文"}}

var matcher = language.NewMatcher([]language.Tag{
	language.English, language.German, language.Spanish, language.French, language.SimplifiedChinese,
})

// Match returns the language for a person: what they chose, else what their browser asks for (Accept-Language), else
// English.
func Match(chosen, accept string) Language {
	for _, l := range All {
		if string(l.Language) == chosen {
			return l.Language
		}
	}
	if len(accept) > 200 {
		accept = accept[:200]
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(tags) == 0 {
		return English
	}
	_, i, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return English
	}
	return All[i].Language
}

type contextKey struct{}

// With returns a context whose texts are in a language.
func With(ctx context.Context, l Language) context.Context {
	return context.WithValue(ctx, contextKey{}, l)
}

// Of returns the language of a context.
func Of(ctx context.Context) Language {
	if l, ok := ctx.Value(contextKey{}).(Language); ok {
		return l
	}
	return English
}

var catalogues = sync.OnceValue(func() map[Language]map[string]string {
	all := map[Language]map[string]string{}
	for _, l := range All {
		if l.Language == English {
			continue
		}
		data, err := files.ReadFile(string(l.Language) + ".json")
		words := map[string]string{}
		if err == nil {
			err = json.Unmarshal(data, &words)
		}
		if err != nil {
			panic("locales: " + string(l.Language) + ".json cannot be read: " + err.Error())
		}
		all[l.Language] = words
	}
	return all
})

// Words returns the catalogue of a language; nil for English. It is shared: do not change it.
func Words(l Language) map[string]string { return catalogues()[l] }

// Say returns a text in a language. The arguments are pairs of a name and a value: Say(l, "Added {name}", "name", n).
func Say(l Language, text string, args ...any) string {
	if said, ok := Words(l)[text]; ok {
		text = said
	}
	return fill(text, args)
}

// Count returns the form of a text that fits a number, which stands for {n}. A catalogue has both forms under one key,
// separated by a bar: "{n} node|{n} nodes".
func Count(l Language, n int, one, other string, args ...any) string {
	if said, ok := Words(l)[one+"|"+other]; ok {
		one, other, ok = strings.Cut(said, "|")
		if !ok {
			other = one
		}
	}
	text := other
	if n == 1 || (n == 0 && l == French) {
		text = one
	}
	return fill(text, append([]any{"n", n}, args...))
}

func fill(text string, args []any) string {
	for i := 0; i+1 < len(args); i += 2 {
		text = strings.ReplaceAll(text, "{"+fmt.Sprint(args[i])+"}", fmt.Sprint(args[i+1]))
	}
	return text
}
