package embed

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"io/fs"
	"math"
	"strings"

	"github.com/atelier-studio/atelier/rag/simd"
)

// The weights stay in the binary's own pages until somebody embeds a text.
//
//go:embed use_lite.bin
var liteWeights string

// The pieces of the vocabulary, one a line: piece, tab, score. The number of a line is the piece's number.
//
//go:embed use_lite.vocab
var liteVocabulary string

// Encodings of a tensor in the file.
const (
	encF32  = 0 // numbers as they are
	encInt8 = 1 // bytes, and a scale for each row (embeddings) or column (matrices)
)

const weightsMagic = "ATELIER-USE-1\n"

// tensor is one entry of the file: as many rows and columns as it says, in the order in which tfjs keeps them.
type tensor struct {
	rows, cols int
	scales     string // of int8: one float32 for each row of the embeddings, for each column of a matrix
	data       string
	enc        byte
}

// weights reads the tensors of a weights file by name.
func readWeights(file string) (map[string]tensor, error) {
	bad := fmt.Errorf("%w: the weights of the embedder are damaged; build the program again from clean sources", fs.ErrInvalid)
	rest, ok := strings.CutPrefix(file, weightsMagic)
	if !ok {
		return nil, bad
	}
	all := map[string]tensor{}
	for rest != "" {
		if len(rest) < 10 {
			return nil, bad
		}
		enc, nameLen := rest[0], int(rest[1])
		rows, cols := int(u32(rest[2:])), int(u32(rest[6:]))
		rest = rest[10:]
		if rows < 1 || cols < 1 || rows > 1<<20 || cols > 1<<20 || nameLen > len(rest) {
			return nil, bad
		}
		name := rest[:nameLen]
		rest = rest[nameLen:]
		t := tensor{rows: rows, cols: cols, enc: enc}
		size, scales := rows*cols*4, 0
		if enc == encInt8 {
			size, scales = rows*cols, 4*cols
			if name == "embeddings" {
				scales = 4 * rows
			}
		}
		if enc > encInt8 || size+scales > len(rest) {
			return nil, bad
		}
		t.scales, t.data, rest = rest[:scales], rest[scales:scales+size], rest[scales+size:]
		all[name] = t
	}
	return all, nil
}

// vector is a tensor of one row as numbers.
func (t tensor) vector() []float32 {
	out := make([]float32, t.cols)
	for i := range out {
		out[i] = f32(t.data[4*i:])
	}
	return out
}

// matrix is a weight matrix cut into the panels that simd.MulAdd takes, one after the other.
type matrix struct {
	in, out int
	panels  []float32
	bias    []float32
}

// matrix unpacks a tensor of weights.
func (t tensor) matrix(bias tensor) matrix {
	m := matrix{in: t.rows, out: t.cols, panels: make([]float32, t.rows*t.cols), bias: bias.vector()}
	for p := 0; p < t.cols; p += simd.Cols {
		panel := m.panels[p*t.rows:]
		for r := range t.rows {
			for c := range simd.Cols {
				panel[r*simd.Cols+c] = t.at(r, p+c)
			}
		}
	}
	return m
}

func (t tensor) at(r, c int) float32 {
	if t.enc == encInt8 {
		return float32(int8(t.data[r*t.cols+c])) * f32(t.scales[4*c:])
	}
	return f32(t.data[4*(r*t.cols+c):])
}

// row adds a row of the embeddings, times by, to out.
func (t tensor) row(r int, by float32, out []float32) {
	scale := by * f32(t.scales[4*r:])
	data := t.data[r*t.cols:][:t.cols]
	for i := range len(data) { // not the characters of the string
		out[i] += scale * float32(int8(data[i]))
	}
}

func f32(s string) float32 { return math.Float32frombits(u32(s)) }

func u32(s string) uint32 { return binary.LittleEndian.Uint32([]byte(s[:4])) }
