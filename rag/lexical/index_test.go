package lexical_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/rag/lexical"
	"pgregory.net/rapid"
)

func index(docs ...lexical.Doc) *lexical.Index {
	x := lexical.NewIndex(lexical.NewAnalyzer("en"), lexical.DefaultRanking)
	x.Update(docs, nil)
	return x
}

func ids(r lexical.Result) (list []uint32) {
	for _, h := range r.Hits {
		list = append(list, h.ID)
	}
	return list
}

// part makes a part of documents, as it is after it was kept.
func part(t interface{ Fatal(...any) }, docs []lexical.Doc) *lexical.Part {
	data, err := lexical.Build(lexical.NewAnalyzer("en"), docs).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	p, err := lexical.ParsePart(data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTokens(t *testing.T) {
	t.Parallel()
	tests := []struct{ language, text, want string }{
		{"en", "The runs were running, quickly!", "run run quick"},
		{"en", "Ada's node_id isn't X-42.", "ada node id x 42"},
		{"en", "ＦＵＬＬ width ﬁle", "full width file"},
		{"de", "Die Häuser der Größe", "haus gross"},
		{"fr", "L'électricité qu'il paie", "electr pai"},
		{"es", "los días y las acciones", "dias accion"},
		{"zh", "工作流编辑器", "工作 作流 流编 编辑 辑器"},
		{"zh", "猫 API 测试", "猫 api 测试"},
		{"xx", "Kalimera friends", "kalimera friends"},
		{"en", "", ""},
		{"en", "\xff\xfe broken \xc3", "broken"},
	}
	for _, tt := range tests {
		var got []string
		for _, token := range lexical.NewAnalyzer(tt.language).Tokens(nil, tt.text) {
			if tt.text[token.Start:token.End] != token.Word {
				t.Errorf("%q: the token %q is not at its place", tt.text, token.Word)
			}
			if !token.Stop {
				got = append(got, token.Term)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s %q: got %q, want %q", tt.language, tt.text, got, tt.want)
		}
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	x := index(
		lexical.Doc{ID: 7, Title: "Refunds", Body: "How customers get their money back after returning shoes."},
		lexical.Doc{ID: 3, Title: "Shipping", Heading: "Returns", Body: "Send the parcel back within thirty days."},
		lexical.Doc{ID: 9, Title: "Careers", Body: "We hire people who like refunds."},
	)
	r := x.Search("refund of the money", 10, nil)
	if got := ids(r); !slices.Equal(got, []uint32{7, 9}) {
		t.Errorf("found %v", got)
	}
	if r.Coverage != 1 {
		t.Errorf("all that was asked stands in one document, but the coverage is %v", r.Coverage)
	}
	if r.Hits[0].Score > r.Most {
		t.Errorf("a score of %v is above the most, %v", r.Hits[0].Score, r.Most)
	}
	if r := x.Search("zebra refund", 10, nil); r.Coverage >= 0.9 || r.Coverage <= 0 {
		t.Errorf("a word that stands nowhere leaves the coverage at %v", r.Coverage)
	}
	for _, nothing := range []string{"", "the of and", "zebra", "?!"} {
		if r := x.Search(nothing, 10, nil); len(r.Hits) != 0 {
			t.Errorf("%q found %v", nothing, ids(r))
		}
	}
	if got := ids(x.Search("refund", 10, only{9: true})); !slices.Equal(got, []uint32{9}) {
		t.Errorf("with a filter found %v", got)
	}
	x.Update([]lexical.Doc{{ID: 9, Body: "Nothing of the kind"}}, []uint32{7, 100})
	if got := ids(x.Search("refund", 10, nil)); len(got) != 0 {
		t.Errorf("what was removed and replaced is found: %v", got)
	}
	if x.Len() != 2 {
		t.Errorf("%d documents are left", x.Len())
	}
}

type only map[uint32]bool

func (o only) Contains(id uint32) bool { return o[id] }

// An index after any updates finds what a new one of the same documents finds, also when parts of it were
// kept and read again.
func TestUpdatesAreExact(t *testing.T) {
	t.Parallel()
	words := strings.Fields("alpha beta gamma delta run node edge flow port item lost found seven eight nine ten")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 12).Draw(t, "words"), " ")
		})
		x, alive := index(), map[uint32]lexical.Doc{}
		for range rapid.IntRange(1, 40).Draw(t, "updates") {
			var add []lexical.Doc
			for _, id := range rapid.SliceOfNDistinct(rapid.Uint32Range(0, 60), 0, 6, rapid.ID[uint32]).Draw(t, "ids") {
				add = append(add, lexical.Doc{ID: id, Title: text.Draw(t, "title"), Heading: text.Draw(t, "heading"), Body: text.Draw(t, "body")})
			}
			remove := rapid.SliceOfN(rapid.Uint32Range(0, 60), 0, 4).Draw(t, "remove")
			if rapid.Bool().Draw(t, "kept") { // as parts, the second of which may have numbers of the first
				first := rapid.IntRange(0, len(add)).Draw(t, "first")
				older := slices.Clone(add[min(first, len(add)):])
				for i := range older {
					older[i].Body = "older"
				}
				x.Add([]*lexical.Part{part(t, slices.Concat(older, add[:first])), part(t, add[first:])}, remove)
			} else {
				x.Update(add, remove)
			}
			for _, id := range remove {
				delete(alive, id)
			}
			for _, d := range add {
				alive[d.ID] = d
			}
		}
		if x.Len() != len(alive) {
			t.Fatalf("%d documents, want %d", x.Len(), len(alive))
		}
		query := rapid.SampledFrom(words).Draw(t, "one") + " " + rapid.SampledFrom(words).Draw(t, "other")
		found := map[uint32]bool{}
		for _, h := range x.Search(query, 100, nil).Hits {
			found[h.ID] = true
		}
		for id, d := range alive {
			has := slices.ContainsFunc(strings.Fields(query), func(w string) bool {
				return slices.Contains(strings.Fields(d.Title+" "+d.Heading+" "+d.Body), w)
			})
			if has != found[id] {
				t.Fatalf("%q: document %d (%+v) found: %v", query, id, d, found[id])
			}
			delete(found, id)
		}
		if len(found) > 0 {
			t.Fatalf("found what is not there: %v", found)
		}
	})
}

// The scores are those of the formula.
func TestScoreIsBM25F(t *testing.T) {
	t.Parallel()
	docs := []lexical.Doc{{ID: 1, Title: "node", Body: "node edge edge"}, {ID: 2, Heading: "edge", Body: "port port port item"}, {ID: 3, Body: "flow"}}
	r := lexical.DefaultRanking
	length := map[uint32][3]float64{1: {1, 0, 3}, 2: {0, 1, 4}, 3: {0, 0, 1}}
	tf := map[uint32][3]float64{1: {0, 0, 2}, 2: {0, 1, 0}}
	average := [3]float64{1.0 / 3, 1.0 / 3, 8.0 / 3}
	idf := math.Log1p((3 - 2 + 0.5) / (2 + 0.5))
	for _, h := range index(docs...).Search("edges", 10, nil).Hits {
		var sum float64
		for f := range 3 {
			sum += r.Weight[f] * tf[h.ID][f] / (1 - r.B[f] + r.B[f]*length[h.ID][f]/average[f])
		}
		if want := idf * sum * (r.K1 + 1) / (sum + r.K1); math.Abs(h.Score-want) > 1e-5 {
			t.Errorf("document %d: %v, want %v", h.ID, h.Score, want)
		}
	}
}

func TestDamagedParts(t *testing.T) {
	t.Parallel()
	good := kept(t)
	for at := range good {
		bad := slices.Clone(good)
		bad[at] ^= 0x10
		if _, err := lexical.ParsePart(bad); !errors.Is(err, fs.ErrInvalid) {
			t.Fatalf("with byte %d changed: %v", at, err)
		}
		if _, err := lexical.ParsePart(good[:at]); !errors.Is(err, fs.ErrInvalid) {
			t.Fatalf("cut at %d: %v", at, err)
		}
	}
}

// kept are the bytes of a part.
func kept(t testing.TB) []byte {
	t.Helper()
	data, err := lexical.Build(lexical.NewAnalyzer("en"), []lexical.Doc{{ID: 1, Body: "one two"}, {ID: 2, Title: "two", Body: "three"}}).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func FuzzParsePart(f *testing.F) {
	f.Add(kept(f), "two")
	f.Fuzz(func(_ *testing.T, data []byte, query string) {
		x := index()
		if p, err := lexical.ParsePart(lexical.Sealed(data)); err == nil {
			x.Add([]*lexical.Part{p}, nil)
			x.Search(query, 10, nil)
			x.Update([]lexical.Doc{{ID: 1, Body: query}}, []uint32{2})
		}
	})
}

// While documents of two chunks come and go, no search finds one chunk without the other.
func TestSearchesSeeWholeUpdates(t *testing.T) {
	t.Parallel()
	x := index()
	var writers sync.WaitGroup
	done := make(chan struct{})
	writers.Go(func() {
		defer close(done)
		for i := range uint32(300) {
			x.Update([]lexical.Doc{{ID: 2 * i, Body: fmt.Sprint("pair", i%5)}, {ID: 2*i + 1, Body: fmt.Sprint("pair", i%5)}}, []uint32{2*i - 20, 2*i - 19})
		}
	})
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		for i := range 5 {
			found := map[uint32]int{}
			for _, h := range x.Search(fmt.Sprint("pair", i), 1000, nil).Hits {
				found[h.ID/2]++
			}
			for pair, n := range found {
				if n != 2 {
					t.Fatalf("of the pair %d only one was found", pair)
				}
			}
		}
	}
	writers.Wait()
}
