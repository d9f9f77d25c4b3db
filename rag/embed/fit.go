package embed

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
)

// FitOptions bound a fit. The zero value is right for collections of any size.
type FitOptions struct {
	Dims     int    // 0: an eighth of the number of texts, 64 to 256
	MaxTexts int    // 0: 20,000; of more, a random sample is taken
	MaxTerms int    // 0: 30,000; the most frequent are kept
	Seed     uint64 // the same texts in the same order with the same seed give the same analysis
}

// MinTexts is the least number of texts that an analysis can be fitted on; a few hundred make a good one.
const MinTexts = 16

// maxWords bounds the words that are counted before the rare ones are dropped.
const maxWords = 500_000

// Fit makes an analysis of a collection. It reads the texts once and holds a bounded amount of memory, some 250 MB at the
// default bounds; it takes seconds of processor time and ends with the context. Too few texts are an fs.ErrInvalid.
func Fit(ctx context.Context, texts iter.Seq2[string, error], o FitOptions) (*LSA, error) {
	o.MaxTexts, o.MaxTerms = cmp.Or(o.MaxTexts, 20_000), cmp.Or(o.MaxTerms, 30_000)
	sample, names, seen, err := count(ctx, texts, o)
	if err != nil {
		return nil, err
	}
	if len(sample) < MinTexts {
		return nil, fmt.Errorf("%w: latent semantic analysis needs at least %d texts with words, and there are %d", fs.ErrInvalid, MinTexts, len(sample))
	}
	l := &LSA{texts: seen}
	a := l.choose(sample, names, o.MaxTerms)
	if len(l.names) < MinTexts {
		return nil, fmt.Errorf("%w: latent semantic analysis needs texts that share words; only %d words occur in more than one", fs.ErrInvalid, len(l.names))
	}
	dims := cmp.Or(o.Dims, max(64, min(len(sample)/8, 256)))
	dims = min(dims, len(sample)/2, len(l.names)/2)
	coords, dims, err := a.rightSingular(ctx, dims, rand.New(rand.NewPCG(o.Seed, 0x15a)))
	if err != nil {
		return nil, err
	}
	l.round(coords, dims)
	l.sign()
	return l, nil
}

// bag is a text as its terms and how often each occurs.
type bag []struct {
	term  int32
	count int32
}

// count reads the texts and keeps a sample of them.
func count(ctx context.Context, texts iter.Seq2[string, error], o FitOptions) (sample []bag, names []string, seen int, err error) {
	pick := rand.New(rand.NewPCG(o.Seed, 0x5a))
	terms := map[string]int32{}
	for text, err := range texts {
		if err != nil {
			return nil, nil, 0, err
		}
		if ctx.Err() != nil {
			return nil, nil, 0, context.Cause(ctx)
		}
		seen++
		at := len(sample)
		if at >= o.MaxTexts {
			if at = pick.IntN(seen); at >= o.MaxTexts {
				continue
			}
		}
		counts := map[int32]int32{}
		for w := range words(text) {
			t, known := terms[w]
			if !known {
				if len(names) >= maxWords {
					continue
				}
				t = int32(len(names))
				terms[w], names = t, append(names, w)
			}
			counts[t]++
		}
		if len(counts) == 0 {
			continue
		}
		b := make(bag, 0, len(counts))
		for t, n := range counts {
			b = append(b, struct{ term, count int32 }{t, n})
		}
		slices.SortFunc(b, func(x, y struct{ term, count int32 }) int { return cmp.Compare(x.term, y.term) })
		if at == len(sample) {
			sample = append(sample, b)
		} else {
			sample[at] = b
		}
	}
	return sample, names, seen, nil
}

// choose keeps the terms that say something, and returns the texts as rows of weights of length one.
func (l *LSA) choose(sample []bag, names []string, most int) *sparse {
	in := make([]int32, len(names)) // how many texts a term is in
	for _, b := range sample {
		for _, e := range b {
			in[e.term]++
		}
	}
	var kept []int32
	for t, n := range in {
		if n > 1 && int(n) <= max(len(sample)/2, 8) {
			kept = append(kept, int32(t))
		}
	}
	slices.SortFunc(kept, func(a, b int32) int { return cmp.Or(cmp.Compare(in[b], in[a]), cmp.Compare(names[a], names[b])) })
	kept = kept[:min(len(kept), most)]
	number := make([]int32, len(names))
	l.terms = make(map[string]int32, len(kept))
	for i, t := range kept {
		number[t] = int32(i) + 1
		l.terms[names[t]] = int32(i)
		l.names = append(l.names, names[t])
		l.idf = append(l.idf, float32(math.Log(float64(len(sample)+1)/float64(in[t]))))
	}
	a := &sparse{cols: len(kept), starts: []int{0}}
	for _, b := range sample {
		from := len(a.values)
		var sum float64
		for _, e := range b {
			if n := number[e.term]; n > 0 {
				w := float64(weight(int(e.count), l.idf[n-1]))
				a.columns, a.values = append(a.columns, n-1), append(a.values, w)
				sum += w * w
			}
		}
		for i := from; i < len(a.values); i++ {
			a.values[i] /= math.Sqrt(sum)
		}
		a.starts = append(a.starts, len(a.values))
	}
	return a
}

// round keeps the coordinates as bytes, with a scale for each term.
func (l *LSA) round(coords []float64, dims int) {
	l.dims, l.scales, l.coords = dims, make([]float32, len(l.names)), make([]int8, len(coords))
	for t := range l.names {
		row := coords[t*dims:][:dims]
		var most float64
		for _, v := range row {
			most = max(most, math.Abs(v))
		}
		if most == 0 {
			continue
		}
		l.scales[t] = float32(most / 127)
		for i, v := range row {
			l.coords[t*dims+i] = int8(math.RoundToEven(v / most * 127))
		}
	}
}
