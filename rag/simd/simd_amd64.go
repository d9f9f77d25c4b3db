package simd

import "golang.org/x/sys/cpu"

var accelerated = cpu.X86.HasAVX2 && cpu.X86.HasFMA

//go:noescape
func mulAddAVX2(k int, a *float32, lda int, b *float32, c *float32, ldc int)

//go:noescape
func bytesAVX2(a, b *int8, n int) int32

func mulAdd(k int, a []float32, lda int, b []float32, c []float32, ldc int) {
	if accelerated {
		mulAddAVX2(k, &a[0], lda*4, &b[0], &c[0], ldc*4)
		return
	}
	mulAddGo(k, a, lda, b, c, ldc)
}

func bytes(a, b []int8) int32 {
	if accelerated {
		return bytesAVX2(&a[0], &b[0], len(a))
	}
	return bytesGo(a, b)
}
