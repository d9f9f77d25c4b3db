package locales_test

import (
	"testing"

	"github.com/atelier-studio/atelier/locales"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		chosen, accept string
		want           locales.Language
	}{
		{"", "", locales.English},
		{"", "de-AT,de;q=0.9,en;q=0.5", locales.German},
		{"", "pt-BR,es;q=0.8", locales.Spanish},
		{"", "fr-CA", locales.French},
		{"", "zh-CN,zh;q=0.9", locales.Chinese},
		{"", "ja,ko", locales.English},
		{"fr", "de", locales.French},
		{"xx", "de", locales.German},
		{"../de", "", locales.English},
		{"", ";;;q=,,-", locales.English},
	} {
		if got := locales.Match(row.chosen, row.accept); got != row.want {
			t.Errorf("Match(%q, %q) = %s, want %s", row.chosen, row.accept, got, row.want)
		}
	}
}

func TestSay(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ got, want string }{
		{locales.Say(locales.German, "Save"), "Speichern"},
		{locales.Say(locales.English, "Delete {name}?", "name", "{name} & <b>"), "Delete {name} & <b>?"},
		{locales.Say(locales.German, "A text that no catalogue has, {name}", "name", 7), "A text that no catalogue has, 7"},
		{locales.Count(locales.English, 1, "{n} node", "{n} nodes"), "1 node"},
		{locales.Count(locales.English, 0, "{n} node", "{n} nodes"), "0 nodes"},
		{locales.Count(locales.German, 2, "{n} node", "{n} nodes"), "2 Knoten"},
		{locales.Count(locales.French, 0, "{n} node", "{n} nodes"), "0 nœud"},
	} {
		if row.got != row.want {
			t.Errorf("got %q, want %q", row.got, row.want)
		}
	}
}
