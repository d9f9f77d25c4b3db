package embed

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// sparse is a matrix of which only the numbers that are not zero are kept, row by row.
type sparse struct {
	cols    int
	starts  []int // where a row begins; one more than there are rows
	columns []int32
	values  []float64
}

func (a *sparse) rows() int { return len(a.starts) - 1 }

func (a *sparse) transposed() *sparse {
	t := &sparse{cols: a.rows(), starts: make([]int, a.cols+1), columns: make([]int32, len(a.columns)), values: make([]float64, len(a.values))}
	for _, c := range a.columns {
		t.starts[c+1]++
	}
	for i := range a.cols {
		t.starts[i+1] += t.starts[i]
	}
	next := append([]int(nil), t.starts...)
	for r := range a.rows() {
		for i := a.starts[r]; i < a.starts[r+1]; i++ {
			at := next[a.columns[i]]
			next[a.columns[i]]++
			t.columns[at], t.values[at] = int32(r), a.values[i]
		}
	}
	return t
}

// times is the product with a dense matrix of width columns. Each row is summed in its own order, however many processors
// work, so the result is always the same.
func (a *sparse) times(ctx context.Context, x, out []float64, width int) {
	const block = 64
	each(ctx, (a.rows()+block-1)/block, func(b int) {
		for r := b * block; r < min((b+1)*block, a.rows()); r++ {
			to := blas64.Vector{N: width, Inc: 1, Data: out[r*width:][:width]}
			clear(to.Data)
			for i := a.starts[r]; i < a.starts[r+1]; i++ {
				blas64.Axpy(a.values[i], blas64.Vector{N: width, Inc: 1, Data: x[int(a.columns[i])*width:][:width]}, to)
			}
		}
	})
}

// rightSingular finds the dims right singular vectors of the greatest singular values, one row of the result for each
// column of the matrix, by the randomised method of Halko, Martinsson and Tropp (SIAM Review 53, 2011): a random matrix is
// drawn through the matrix, twice more through it and back, and what comes out spans nearly the space looked for. Fewer
// vectors come back when the matrix has a lower rank.
func (a *sparse) rightSingular(ctx context.Context, dims int, r *rand.Rand) ([]float64, int, error) {
	width := min(dims+10, a.rows(), a.cols)
	back := a.transposed()
	tall, wide := make([]float64, a.rows()*width), make([]float64, a.cols*width)
	for i := range wide {
		wide[i] = r.NormFloat64()
	}
	a.times(ctx, wide, tall, width)
	for range 2 {
		if err := orthonormal(ctx, tall, width); err != nil {
			return nil, 0, err
		}
		back.times(ctx, tall, wide, width)
		a.times(ctx, wide, tall, width)
	}
	if err := orthonormal(ctx, tall, width); err != nil {
		return nil, 0, err
	}
	back.times(ctx, tall, wide, width)
	g := gram(ctx, wide, width)
	if ctx.Err() != nil {
		return nil, 0, context.Cause(ctx)
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(g, true) {
		return nil, 0, errors.New("latent semantic analysis: the singular values did not converge")
	}
	values := eigen.Values(nil) // ascending
	greatest := values[width-1]
	for dims > 1 && values[width-dims] < 1e-9*greatest {
		dims--
	}
	var u mat.Dense
	eigen.VectorsTo(&u)
	turn := mat.NewDense(width, dims, nil)
	for j := range dims {
		for i := range width {
			turn.Set(i, j, u.At(i, width-1-j)/math.Sqrt(values[width-1-j]))
		}
	}
	out := make([]float64, a.cols*dims)
	blocked(ctx, wide, width, func(first int, m blas64.General) {
		blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, m, turn.RawMatrix(), 0, blas64.General{Rows: m.Rows, Cols: dims, Stride: dims, Data: out[first*dims:]})
	})
	return out, dims, context.Cause(ctx)
}

// orthonormal replaces the columns of a tall matrix by orthonormal ones that span the same space. It goes by the Cholesky
// factor of their products, twice, which is as exact as a QR decomposition and far faster.
func orthonormal(ctx context.Context, x []float64, width int) error {
	for range 2 {
		g := gram(ctx, x, width)
		var most float64
		for i := range width {
			most = max(most, g.At(i, i))
		}
		for i := range width { // columns that depend on others must not stop the factor
			g.SetSym(i, i, g.At(i, i)+1e-13*most+math.SmallestNonzeroFloat64)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var c mat.Cholesky
		if !c.Factorize(g) {
			return errors.New("latent semantic analysis: the texts are too much alike")
		}
		var upper mat.TriDense
		c.UTo(&upper)
		blocked(ctx, x, width, func(_ int, m blas64.General) {
			blas64.Trsm(blas.Right, blas.NoTrans, 1, upper.RawTriangular(), m)
		})
	}
	return context.Cause(ctx)
}

// gram is the matrix of the products of the columns.
func gram(ctx context.Context, x []float64, width int) *mat.SymDense {
	g := mat.NewSymDense(width, nil)
	blocked(ctx, x, width, func(_ int, m blas64.General) {
		blas64.Syrk(blas.Trans, 1, m, 1, g.RawSymmetric())
	})
	return g
}

// blocked goes through the rows of a tall matrix, some at a time, until the context ends.
func blocked(ctx context.Context, x []float64, width int, do func(first int, m blas64.General)) {
	const block = 1024
	rows := len(x) / width
	for first := 0; first < rows && ctx.Err() == nil; first += block {
		n := min(block, rows-first)
		do(first, blas64.General{Rows: n, Cols: width, Stride: width, Data: x[first*width:][:n*width]})
	}
}
