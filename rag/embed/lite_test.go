package embed_test

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/rag/embed"
)

// golden is what the original program makes of a text; convert/golden.mjs wrote it down.
type golden struct {
	Text      string  `json:"text"`
	Pieces    []int32 `json:"pieces"`
	Vector    string  `json:"vector"`
	Published string  `json:"published"`
}

// The vectors are those of the original program, run on the same rounded weights, to 1e-5 a number; and the rounding turns
// them by less than a cosine of 0.998 from those of the published weights.
func TestLiteIsTheOriginal(t *testing.T) {
	t.Parallel()
	all := readGolden(t)
	texts := make([]string, len(all))
	for i, g := range all {
		texts[i] = g.Text
	}
	var lite embed.Lite
	vectors, err := lite.Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	worst, least := 0.0, 1.0
	for i, g := range all {
		if len(vectors[i]) != lite.Dims() {
			t.Fatalf("%.40q has %d numbers", g.Text, len(vectors[i]))
		}
		far := 0.0
		for j, want := range floats(t, g.Vector) {
			far = max(far, math.Abs(float64(want-vectors[i][j])))
		}
		if far > 1e-5 {
			t.Errorf("%.40q differs by %g from the original", g.Text, far)
		}
		c := cosine(vectors[i], floats(t, g.Published))
		if c < 0.998 {
			t.Errorf("%.40q: cosine %g to the published weights", g.Text, c)
		}
		worst, least = max(worst, far), min(least, c)
	}
	t.Logf("greatest difference %.2g; least cosine to the published weights %.5f", worst, least)
}

func TestPieces(t *testing.T) {
	t.Parallel()
	for _, g := range readGolden(t) {
		got, err := embed.Pieces(g.Text)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, g.Pieces) {
			t.Errorf("%.40q: %v, want %v", g.Text, got, g.Pieces)
		}
	}
}

func FuzzPieces(f *testing.F) {
	f.Add("hello \xff world")
	f.Add(strings.Repeat("é", 40000))
	f.Fuzz(func(t *testing.T, text string) {
		pieces, err := embed.Pieces(text)
		if err != nil || len(pieces) > 128 {
			t.Fatalf("%d pieces, %v", len(pieces), err)
		}
		for _, p := range pieces {
			if p < 0 || p >= 8000 || p > 0 && p < 6 {
				t.Fatalf("piece %d does not exist", p)
			}
		}
	})
}

// Vectors do not depend on what else is embedded at the time, nor on what the buffers held before.
func TestLiteTogether(t *testing.T) {
	t.Parallel()
	var lite embed.Lite
	texts := []string{"short", strings.Repeat("a long text about many things ", 60), "", "another"}
	alone := make([][]float32, len(texts))
	for i, text := range texts {
		v, err := lite.Embed(t.Context(), []string{text})
		if err != nil {
			t.Fatal(err)
		}
		alone[i] = v[0]
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			together, err := lite.Embed(t.Context(), texts)
			if err != nil {
				t.Error(err)
				return
			}
			for i := range texts {
				if !slices.Equal(together[i], alone[i]) {
					t.Errorf("%.20q has another vector in company", texts[i])
				}
			}
		})
	}
	wg.Wait()
}

func TestLiteStops(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	stop(enough)
	var lite embed.Lite
	if v, err := lite.Embed(ctx, make([]string, 100000)); v != nil || !errors.Is(err, enough) {
		t.Errorf("%d vectors, error %v", len(v), err)
	}
	if v, err := lite.Embed(t.Context(), nil); len(v) != 0 || err != nil {
		t.Errorf("no texts: %d vectors, error %v", len(v), err)
	}
}

func TestDamagedWeights(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"empty": "", "another kind": "ATELIER-USE-2\n" + embed.Weights[14:], "cut": embed.Weights[:1<<20],
		"huge": embed.Weights[:14] + "\x00\x01\xff\xff\xff\xff\xff\xff\xff\xffx", "encoding": embed.Weights[:14] + "\x07" + embed.Weights[15:],
	} {
		if err := embed.ReadWeights(file); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := embed.ReadWeights(embed.Weights); err != nil {
		t.Error(err)
	}
}

func BenchmarkLite(b *testing.B) {
	var lite embed.Lite
	for _, c := range []struct{ name, text string }{
		{"query", "How do I reset my password?"},
		{"window", strings.Repeat("The quick brown fox jumps over the lazy dog. ", 8)},
		{"full", strings.Repeat("The quick brown fox jumps over the lazy dog. ", 20)},
	} {
		b.Run(c.name, func(b *testing.B) {
			pieces, _ := embed.Pieces(c.text)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := lite.Embed(b.Context(), []string{c.text}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(pieces)), "pieces")
		})
	}
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			if _, err := new(embed.Lite).Embed(b.Context(), []string{""}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func readGolden(t *testing.T) []golden {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []golden
	if err := json.Unmarshal(data, &all); err != nil || len(all) < 20 {
		t.Fatalf("%d golden texts, %v", len(all), err)
	}
	return all
}

func floats(t *testing.T, code string) []float32 {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(code)
	if err != nil || len(raw) != 4*512 {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	out := make([]float32, len(raw)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return out
}

func cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab, aa, bb = ab+float64(a[i])*float64(b[i]), aa+float64(a[i])*float64(a[i]), bb+float64(b[i])*float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}
