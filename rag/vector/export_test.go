package vector

import "math/bits"

// Turned is a vector turned as for its code, by the fast transform, and by the definition of the transform.
func Turned(x []int32) (fast, slow []int32) {
	c := newCoder(len(x))
	fast, slow = append([]int32(nil), x...), make([]int32, len(x))
	c.transform(fast)
	for i := range slow {
		for j, v := range x[i/c.block*c.block:][:c.block] {
			if odd := bits.OnesCount(uint(i%c.block&j)) % 2; odd == 1 {
				v = -v
			}
			slow[i] += v
		}
	}
	return fast, slow
}

// Coder makes codes of vectors with dims numbers.
func Coder(dims int) func(row []int8) {
	c := newCoder(dims)
	scratch, code := make([]int32, 2*c.width), make([]uint64, 0, c.words())
	return func(row []int8) { c.append(code[:0], row, scratch) }
}
