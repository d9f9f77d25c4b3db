package texts_test

import (
	"slices"
	"testing"

	"github.com/atelier-studio/atelier/locales/texts"
)

func TestIn(t *testing.T) {
	t.Parallel()
	for source, want := range map[string][]string{
		`t("Save")`: {"Save"},
		`x = t('Say "no"') + t("A \"b\"", { n: f(1) })`:           {`A "b"`, `Say "no"`},
		`tn(list.length, "{n} node", "{n} nodes")`:                {"{n} node|{n} nodes"},
		`tn(count(a, b), "{n} a", "{n} b", { name })`:             {"{n} a|{n} b"},
		`{ tr(ctx, "Sign in") } title={ tr(ctx, "Go on") }`:       {"Go on", "Sign in"},
		`{ trn(ctx, len(p.List), "{n} run", "{n} runs") }`:        {"{n} run|{n} runs"},
		`locales.Say(locales.Of(ctx), "Hello {name}", "name", n)`: {"Hello {name}"},
		`format("no"); at("no"); tt("no"); cut(ctx, "no")`:        nil,
	} {
		if got := texts.In(source); !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", source, got, want)
		}
	}
}
