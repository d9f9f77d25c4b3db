package embed_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/rag/embed"
)

// themes are words that go together; no text holds more than a few of them.
var themes = [][]string{
	strings.Fields("ship harbour sail captain anchor crew deck mast tide storm"),
	strings.Fields("bread oven flour yeast dough baker crust knead loaf butter"),
	strings.Fields("judge court verdict lawyer appeal trial jury plea statute witness"),
	strings.Fields("銀行 口座 金利 預金 融資 通帳 振込 残高 利息 支店"),
}

func TestLSAFindsWhatGoesTogether(t *testing.T) {
	t.Parallel()
	l, err := embed.Fit(t.Context(), themed(400), embed.FitOptions{Dims: 4, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	// Each text of a pair comes from one theme, and they share no word.
	pairs := []string{"ship captain mast", "sail anchor tide", "bread flour crust", "yeast dough baker", "judge verdict jury", "court lawyer trial", "銀行 金利", "融資 利息"}
	v, err := l.Embed(t.Context(), append(pairs, "nothing known here", ""))
	if err != nil {
		t.Fatal(err)
	}
	for i := range pairs {
		for j := range pairs {
			if c := inner(v[i], v[j]); i/2 == j/2 && c < 0.7 || i/2 != j/2 && c > 0.4 {
				t.Errorf("%q and %q: cosine %.2f", pairs[i], pairs[j], c)
			}
		}
	}
	for _, i := range []int{len(pairs), len(pairs) + 1} {
		if inner(v[i], v[i]) != 0 {
			t.Errorf("a text without a known word has the vector %v", v[i])
		}
	}
}

func TestLSAIsRepeatable(t *testing.T) {
	t.Parallel()
	fit := func(seed uint64, n int) *embed.LSA {
		l, err := embed.Fit(t.Context(), themed(n), embed.FitOptions{Seed: seed, MaxTexts: 200})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	one, again, other, larger := fit(1, 300), fit(1, 300), fit(2, 300), fit(1, 301)
	if one.Name() != again.Name() {
		t.Error("the same texts and seed gave two analyses")
	}
	if one.Name() == other.Name() || one.Name() == larger.Name() {
		t.Error("other analyses have the same name")
	}
	if one.Texts() != 300 || one.Terms() < 30 || one.Dims() > one.Terms() {
		t.Errorf("%d texts, %d terms, %d dims", one.Texts(), one.Terms(), one.Dims())
	}
}

func TestLSARoundTrip(t *testing.T) {
	t.Parallel()
	l, err := embed.Fit(t.Context(), themed(100), embed.FitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	file, err := l.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var read embed.LSA
	if err := read.UnmarshalBinary(file); err != nil {
		t.Fatal(err)
	}
	texts := []string{"ship bread", "銀行"}
	want, _ := l.Embed(t.Context(), texts)
	got, _ := read.Embed(t.Context(), texts)
	if read.Name() != l.Name() || read.Texts() != l.Texts() || !slices.Equal(got[0], want[0]) || !slices.Equal(got[1], want[1]) {
		t.Errorf("%s came back as %s, with other vectors", l.Name(), read.Name())
	}
	for i := range 200 {
		damaged := bytes.Clone(file)
		at := i * (len(file) - 1) / 199
		damaged[at] ^= 0x55
		if err := read.UnmarshalBinary(damaged); !errors.Is(err, fs.ErrInvalid) {
			t.Fatalf("a wrong byte at %d: %v", at, err)
		}
		if err := read.UnmarshalBinary(file[:at]); !errors.Is(err, fs.ErrInvalid) {
			t.Fatalf("cut at %d: %v", at, err)
		}
	}
	if read.Name() != l.Name() {
		t.Error("a file that was refused changed the analysis")
	}
}

func FuzzLSAFile(f *testing.F) {
	l, err := embed.Fit(context.Background(), themed(40), embed.FitOptions{Dims: 4})
	if err != nil {
		f.Fatal(err)
	}
	file, _ := l.MarshalBinary()
	f.Add(file[:len(file)-32])
	f.Fuzz(func(t *testing.T, body []byte) {
		var l embed.LSA
		if err := l.UnmarshalBinary(embed.Signed(body)); err != nil {
			return
		}
		if _, err := l.Embed(t.Context(), []string{"ship bread judge"}); err != nil {
			t.Error(err)
		}
	})
}

func TestLSARefuses(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	same := func(text string) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for range 100 {
				if !yield(text, nil) {
					return
				}
			}
		}
	}
	ctx, stop := context.WithCancelCause(t.Context())
	stop(broken)
	for _, c := range []struct {
		name  string
		ctx   context.Context
		texts iter.Seq2[string, error]
		want  error
	}{
		{"too few", t.Context(), themed(embed.MinTexts - 1), fs.ErrInvalid},
		{"no words", t.Context(), same(" . , ! "), fs.ErrInvalid},
		{"all alike", t.Context(), same("the same words every time"), fs.ErrInvalid},
		{"reading fails", t.Context(), func(yield func(string, error) bool) { yield("", broken) }, broken},
		{"stopped", ctx, themed(100), broken},
	} {
		if l, err := embed.Fit(c.ctx, c.texts, embed.FitOptions{}); l != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func BenchmarkFit(b *testing.B) {
	for _, n := range []int{2_000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := embed.Fit(b.Context(), zipf(n), embed.FitOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkProject(b *testing.B) {
	l, err := embed.Fit(b.Context(), zipf(2_000), embed.FitOptions{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := l.Embed(b.Context(), []string{"w10 w200 w30 w4000 w55 w1234 w77 w812"}); err != nil {
			b.Fatal(err)
		}
	}
}

// themed gives texts of three to five words of one theme each.
func themed(n int) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		r := rand.New(rand.NewPCG(5, 6))
		for i := range n {
			theme := themes[i%len(themes)]
			var text []string
			for range 3 + r.IntN(3) {
				text = append(text, theme[r.IntN(len(theme))])
			}
			if !yield(strings.Join(text, " "), nil) {
				return
			}
		}
	}
}

// zipf gives texts of a hundred words each, as often as words of a language are.
func zipf(n int) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		r := rand.New(rand.NewPCG(5, 6))
		z := rand.NewZipf(r, 1.1, 8, 60_000)
		for range n {
			var text strings.Builder
			for range 100 {
				fmt.Fprintf(&text, "w%d ", z.Uint64())
			}
			if !yield(text.String(), nil) {
				return
			}
		}
	}
}
