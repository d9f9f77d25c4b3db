//go:build !amd64

package simd

const accelerated = false

func mulAdd(k int, a []float32, lda int, b []float32, c []float32, ldc int) {
	mulAddGo(k, a, lda, b, c, ldc)
}

func bytes(a, b []int8) int32 { return bytesGo(a, b) }
