package simd_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/atelier-studio/atelier/rag/simd"
)

func TestMulAddAgainstGo(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, k := range []int{1, 2, 7, 256, 513} {
		lda, ldc := k+r.IntN(9), simd.Cols+r.IntN(9)
		a, b := floats(r, 4*lda), floats(r, k*simd.Cols)
		c := floats(r, 4*ldc)
		want := append([]float32(nil), c...)
		simd.MulAdd(k, a, lda, b, c, ldc)
		simd.MulAddGo(k, a, lda, b, want, ldc)
		for i := range c {
			if math.Abs(float64(c[i]-want[i])) > 1e-5*float64(k) {
				t.Fatalf("k=%d: number %d is %g, and %g in Go", k, i, c[i], want[i])
			}
		}
	}
	simd.MulAdd(0, nil, 0, nil, nil, 0)
}

func TestMulAddStaysInBounds(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a short matrix was read beyond its end")
		}
	}()
	simd.MulAdd(8, make([]float32, 31), 8, make([]float32, 128), make([]float32, 64), 16)
}

func TestBytesIsExact(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 400 {
		a, b := make([]int8, n), make([]int8, n)
		var want int32
		for i := range a {
			a[i], b[i] = int8(r.IntN(256)-128), int8(r.IntN(256)-128)
			want += int32(a[i]) * int32(b[i])
		}
		if got := simd.Bytes(a, b); got != want {
			t.Fatalf("%d bytes: %d, want %d", n, got, want)
		}
		whole := n &^ 3
		if got, rest := simd.BytesGo(a[:whole], b[:whole]), simd.Bytes(a[whole:], b[whole:]); got+rest != want {
			t.Fatalf("%d bytes in Go: %d, want %d", n, got+rest, want)
		}
	}
	extremes := make([]int8, 4096)
	for i := range extremes {
		extremes[i] = -128
	}
	if got := simd.Bytes(extremes, extremes); got != 4096*128*128 {
		t.Errorf("4096 times -128 squared is %d", got)
	}
}

func floats(r *rand.Rand, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = r.Float32()*2 - 1
	}
	return out
}

func BenchmarkMulAdd(b *testing.B) {
	a, w, c := make([]float32, 4*512), make([]float32, 512*16), make([]float32, 4*16)
	for b.Loop() {
		simd.MulAdd(512, a, 512, w, c, 16)
	}
	b.ReportMetric(float64(b.N)*512*64/b.Elapsed().Seconds()/1e9, "GFMA/s")
}

func BenchmarkBytes384(b *testing.B) {
	x := make([]int8, 384)
	for b.Loop() {
		simd.Bytes(x, x)
	}
}
