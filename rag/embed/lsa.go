package embed

import (
	"context"
	"math"
)

// LSA is latent semantic analysis: texts that use words which occur together in the collection come to lie side by side.
// Fit makes one from a collection; it does not change afterwards and may be used by many at a time.
type LSA struct {
	id     string
	dims   int
	texts  int // that it was fitted on
	terms  map[string]int32
	names  []string  // of the terms, by number
	idf    []float32 // how telling a term is
	scales []float32 // of the rows of coordinates
	coords []int8    // a row of dims for each term
}

// Name stands for the space: it is made of the hash of all that the analysis consists of, so that two fits share a name
// only when they give the same vectors.
func (l *LSA) Name() string { return "atelier/lsa-" + l.id }

// Dims is the length of the vectors.
func (l *LSA) Dims() int { return l.dims }

// Texts is the number of texts that the analysis was fitted on. A collection that has grown by a fifth deserves a new one.
func (l *LSA) Texts() int { return l.texts }

// Terms is the number of words that it knows.
func (l *LSA) Terms() int { return len(l.names) }

// Embed gives the vectors of the texts. A text without a known word has the vector of zeros: it is like nothing.
func (l *LSA) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	each(ctx, len(texts), func(i int) { out[i] = l.project(texts[i]) })
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return out, nil
}

func (l *LSA) project(text string) []float32 {
	counts := map[int32]int{}
	var order []int32 // sums of floats depend on their order
	for w := range words(text) {
		if t, known := l.terms[w]; known {
			if counts[t]++; counts[t] == 1 {
				order = append(order, t)
			}
		}
	}
	v := make([]float32, l.dims)
	for _, t := range order {
		by := weight(counts[t], l.idf[t]) * l.scales[t]
		for i, c := range l.coords[int(t)*l.dims:][:l.dims] {
			v[i] += by * float32(c)
		}
	}
	unit(v)
	return v
}

// weight is the worth of a term in a text: it grows slowly with how often it occurs.
func weight(count int, idf float32) float32 { return float32(1+math.Log(float64(count))) * idf }
