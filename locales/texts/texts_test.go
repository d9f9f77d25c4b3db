package texts_test

import (
	"slices"
	"testing"
	"testing/fstest"

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

func TestErrors(t *testing.T) {
	t.Parallel()
	tree := fstest.MapFS{
		"engine/a.go": {Data: []byte(`
			return fmt.Errorf("there is no %q here: %w", name, fs.ErrNotExist)
			return fmt.Errorf("%w: it begins with =", fs.ErrInvalid)
			return fmt.Errorf("the answer cannot be read: %w", err)
			return fmt.Errorf("%s: %w", name, err)
			return invalid("one sentence, " +
				"in two parts")
			return bad("field", "the field %q is no text", p.Field)
			p := Problem{Param: "code", Text: "there is no code"}`)},
		"engine/a_test.go": {Data: []byte(`errors.New("of a test")`)},
		"engine/silent.go": {Data: []byte(`errors.New("for the log")`)},
	}
	got, err := texts.Errors(tree, []string{"engine"}, []string{"engine/silent.go"})
	want := []string{
		"it begins with =", "one sentence, in two parts", "the answer cannot be read: %w", "the field %q is no text", "there is no %q here", "there is no code",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n got %q\nwant %q", err, got, want)
	}
}
