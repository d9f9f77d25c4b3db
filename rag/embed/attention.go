package embed

import (
	"math"

	"github.com/atelier-studio/atelier/rag/simd"
)

// attend adds to each token what it takes from the others. It leaves the result, wide numbers a token, in s.x.
func (e *encoder) attend(l *layer, s *scratch, rows, width int) {
	padded := blocks(rows)
	x, y := s.x[:padded*width], s.y[:padded*width]
	normalise(x, y, width, l.norm, l.normBias)
	qkv := s.big[:padded*3*width]
	l.qkv.times(y, qkv, padded)
	clear(y)
	dim := width / heads
	scale := float32(1 / math.Sqrt(float64(dim)))
	for h := range heads {
		s.compare(qkv[h*dim:], rows, width, dim)
		for p := range rows {
			softmax(s.scores[p*maxTokens:][:rows], scale)
		}
		s.gather(qkv[2*width+h*dim:], y[h*dim:], rows, width, dim)
	}
	z := s.z[:padded*wide]
	l.attended.times(y, z, padded)
	if width == narrow {
		widened := s.big[:padded*wide]
		e.widen.times(x, widened, padded)
		x = widened
	}
	for i := range z {
		z[i] += x[i]
	}
	s.x, s.z = s.z, s.x
}

// compare fills s.scores with the products of queries and keys. Heads holds query, key and value of the first token, width
// apart, and those of the next token after them.
func (s *scratch) compare(heads []float32, rows, width, dim int) {
	clear(s.scores)
	for first := 0; first < rows; first += simd.Cols {
		clear(s.panel)
		for j := range min(simd.Cols, rows-first) {
			for d, v := range heads[(first+j)*3*width+width:][:dim] {
				s.panel[d*simd.Cols+j] = v
			}
		}
		for p := 0; p < rows; p += simd.Rows {
			simd.MulAdd(dim, heads[p*3*width:], 3*width, s.panel, s.scores[p*maxTokens+first:], maxTokens)
		}
	}
}

// gather adds to each token's row of to the values of all tokens, weighted by its scores.
func (s *scratch) gather(values, to []float32, rows, width, dim int) {
	for col := 0; col < dim; col += simd.Cols {
		for o := range rows {
			copy(s.panel[o*simd.Cols:][:simd.Cols], values[o*3*width+col:])
		}
		for p := 0; p < rows; p += simd.Rows {
			simd.MulAdd(rows, s.scores[p*maxTokens:], maxTokens, s.panel, to[p*width+col:], width)
		}
	}
}

// softmax turns scores into weights whose sum is one.
func softmax(scores []float32, scale float32) {
	most := float32(math.Inf(-1))
	for _, v := range scores {
		most = max(most, v)
	}
	var sum float32
	for i, v := range scores {
		scores[i] = float32(math.Exp(float64(scale * (v - most))))
		sum += scores[i]
	}
	for i := range scores {
		scores[i] /= sum
	}
}
