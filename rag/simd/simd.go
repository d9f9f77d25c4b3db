// Package simd holds the few inner loops of retrieval that are worth assembly: the block of a matrix product and the
// product of two rows of bytes. Where the processor lacks AVX2 and FMA, or is not an amd64, the same loops run in Go, with
// the same results up to the rounding of float32.
package simd

// Rows and Cols are the size of the block that MulAdd fills.
const (
	Rows = 4
	Cols = 16
)

// Accelerated says whether this processor runs the assembly.
func Accelerated() bool { return accelerated }

// MulAdd adds a·b to the block of four rows and sixteen columns that begins at c. Of a it reads four rows of k numbers, lda
// apart; b is a panel, k rows of sixteen numbers without gaps; the rows of c are ldc apart.
func MulAdd(k int, a []float32, lda int, b []float32, c []float32, ldc int) {
	if k <= 0 {
		return
	}
	// The assembly checks no bounds: these reads do.
	_ = a[(Rows-1)*lda+k-1]
	_ = b[k*Cols-1]
	_ = c[(Rows-1)*ldc+Cols-1]
	mulAdd(k, a, lda, b, c, ldc)
}

// Bytes is the product of two rows of the same length.
func Bytes(a, b []int8) int32 {
	b = b[:len(a)]
	whole := len(a) &^ 31
	var sum int32
	if whole > 0 {
		sum = bytes(a[:whole], b[:whole])
	}
	for i := whole; i < len(a); i++ {
		sum += int32(a[i]) * int32(b[i])
	}
	return sum
}

func mulAddGo(k int, a []float32, lda int, b []float32, c []float32, ldc int) {
	for r := range Rows {
		row, to := a[r*lda:][:k], (*[Cols]float32)(c[r*ldc:])
		acc := *to
		for i, x := range row {
			w := (*[Cols]float32)(b[i*Cols:])
			for j := range acc {
				acc[j] += x * w[j]
			}
		}
		*to = acc
	}
}

func bytesGo(a, b []int8) int32 {
	var s0, s1, s2, s3 int32
	for len(a) >= 4 && len(b) >= 4 {
		s0 += int32(a[0]) * int32(b[0])
		s1 += int32(a[1]) * int32(b[1])
		s2 += int32(a[2]) * int32(b[2])
		s3 += int32(a[3]) * int32(b[3])
		a, b = a[4:], b[4:]
	}
	return s0 + s1 + s2 + s3
}
