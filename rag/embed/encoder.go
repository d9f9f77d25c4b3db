package embed

import (
	"fmt"
	"io/fs"
	"math"

	"github.com/atelier-studio/atelier/rag/simd"
)

const (
	narrow = 256 // width of the embeddings and of the first layer's attention
	wide   = 512 // width of the rest, and of the result
	hidden = 1536
	heads  = 4
)

// encoder is the network: two layers of a transformer whose norms stand before attention and feed-forward.
type encoder struct {
	words      *vocabulary
	embeddings tensor
	timing     []float32
	layers     [2]layer
	widen, out matrix // widen brings the first layer's input to the width of its output
}

type layer struct {
	norm, normBias       []float32
	ffnNorm, ffnNormBias []float32
	qkv, attended        matrix
	up, down             matrix
}

// newEncoder unpacks the weights: some 20 MB and 20 ms.
func newEncoder() (*encoder, error) {
	words, err := readVocabulary(liteVocabulary)
	if err != nil {
		return nil, err
	}
	all, err := readWeights(liteWeights)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"embeddings", "timing", "widen", "norm", "qkv", "attended", "ffn.norm", "ffn.up", "ffn.down", "out"} {
		if _, ok := all[name]; !ok && all["0."+name].rows == 0 {
			return nil, fmt.Errorf("%w: the weights of the embedder have no %q", fs.ErrInvalid, name)
		}
	}
	mat := func(name string) matrix { return all[name].matrix(all[name+".bias"]) }
	e := &encoder{words: words, embeddings: all["embeddings"], timing: all["timing"].vector(), widen: mat("0.widen"), out: mat("out")}
	for i, n := range []string{"0.", "1."} {
		e.layers[i] = layer{
			norm: all[n+"norm"].vector(), normBias: all[n+"norm.bias"].vector(),
			ffnNorm: all[n+"ffn.norm"].vector(), ffnNormBias: all[n+"ffn.norm.bias"].vector(),
			qkv: mat(n + "qkv"), attended: mat(n + "attended"), up: mat(n + "ffn.up"), down: mat(n + "ffn.down"),
		}
	}
	return e, nil
}

// scratch holds what one text needs on its way; it is used again for the next.
type scratch struct {
	x, y, z, big  []float32
	scores, panel []float32 // of one head: a row of scores for each token; keys or values as simd.MulAdd takes them
}

func newScratch() *scratch {
	return &scratch{
		x: make([]float32, maxTokens*wide), y: make([]float32, maxTokens*wide), z: make([]float32, maxTokens*wide),
		big: make([]float32, maxTokens*hidden), scores: make([]float32, maxTokens*maxTokens), panel: make([]float32, maxTokens*simd.Cols),
	}
}

// encode gives the vector of a text; the same text always gives the same one.
func (e *encoder) encode(text string, s *scratch) []float32 {
	tokens := e.words.cut(text)
	rows := len(tokens)
	x := s.x[:blocks(rows)*narrow]
	clear(x)
	for p, t := range tokens {
		row := x[p*narrow:][:narrow]
		e.embeddings.row(int(t), 2, row)
		for i, f := range e.timing {
			sin, cos := math.Sincos(float64(float32(p) * f))
			row[i] += float32(sin)
			row[i+len(e.timing)] += float32(cos)
		}
	}
	if rows > 0 {
		e.attend(&e.layers[0], s, rows, narrow)
		e.feed(&e.layers[0], s, rows)
		e.attend(&e.layers[1], s, rows, wide)
		e.feed(&e.layers[1], s, rows)
	}

	mean := s.y[:simd.Rows*wide]
	clear(mean)
	for p := range rows {
		for i, v := range s.x[p*wide:][:wide] {
			mean[i] += v
		}
	}
	for i := range wide {
		mean[i] /= float32(max(rows, 1))
	}
	result := s.z[:simd.Rows*wide]
	e.out.times(mean, result, simd.Rows)
	vector := make([]float32, wide)
	for i, v := range result[:wide] {
		vector[i] = float32(math.Tanh(float64(v)))
	}
	unit(vector)
	return vector
}

// feed adds the feed-forward part of a layer to s.x.
func (e *encoder) feed(l *layer, s *scratch, rows int) {
	padded := blocks(rows)
	x, y, z, up := s.x[:padded*wide], s.y[:padded*wide], s.z[:padded*wide], s.big[:padded*hidden]
	normalise(x, y, wide, l.ffnNorm, l.ffnNormBias)
	l.up.times(y, up, padded)
	for i, v := range up {
		up[i] = max(v, 0)
	}
	l.down.times(up, z, padded)
	for i := range x {
		x[i] += z[i]
	}
}

// times multiplies rows of x by the matrix, adds the bias and leaves the result in out. Rows is a multiple of simd.Rows.
func (m *matrix) times(x, out []float32, rows int) {
	for r := range rows {
		copy(out[r*m.out:][:m.out], m.bias)
	}
	for col := 0; col < m.out; col += simd.Cols {
		panel := m.panels[col*m.in:][:m.in*simd.Cols]
		for r := 0; r < rows; r += simd.Rows {
			simd.MulAdd(m.in, x[r*m.in:], m.in, panel, out[r*m.out+col:], m.out)
		}
	}
}

// normalise gives every row of x the mean 0 and the variance 1, then a scale and a shift a column.
func normalise(x, out []float32, width int, scale, shift []float32) {
	for at := 0; at < len(x); at += width {
		row, to := x[at:][:width], out[at:][:width]
		var mean, variance float32
		for _, v := range row {
			mean += v
		}
		mean /= float32(width)
		for _, v := range row {
			variance += (v - mean) * (v - mean)
		}
		by := 1 / float32(math.Sqrt(float64(variance/float32(width)+1e-6)))
		for i, v := range row {
			to[i] = (v-mean)*by*scale[i] + shift[i]
		}
	}
}

// unit makes a vector's length one; a vector of zeros stays.
func unit(v []float32) {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		return
	}
	by := float32(1 / math.Sqrt(sum))
	for i := range v {
		v[i] *= by
	}
}

// blocks rounds a number of rows up to whole blocks.
func blocks(rows int) int { return (rows + simd.Rows - 1) / simd.Rows * simd.Rows }
