package vector

import "math/bits"

// Bitmap is a set of numbers. It takes an eighth of the greatest of them in bytes. It may be read by many at a time, and
// written by one alone. A nil *Bitmap stands for all numbers where it is a filter.
type Bitmap struct {
	words []uint64
}

// NewBitmap makes a set of the given numbers.
func NewBitmap(ids ...uint32) *Bitmap {
	b := &Bitmap{}
	for _, id := range ids {
		b.Set(id)
	}
	return b
}

// Set puts a number in.
func (b *Bitmap) Set(id uint32) {
	if need := int(id/64) + 1; need > len(b.words) {
		b.words = append(b.words, make([]uint64, need-len(b.words))...)
	}
	b.words[id/64] |= 1 << (id % 64)
}

// Clear takes a number out.
func (b *Bitmap) Clear(id uint32) {
	if b.Has(id) {
		b.words[id/64] &^= 1 << (id % 64)
	}
}

// Has says whether a number is in the set.
func (b *Bitmap) Has(id uint32) bool {
	return int(id/64) < len(b.words) && b.words[id/64]>>(id%64)&1 == 1
}

// Len counts the numbers.
func (b *Bitmap) Len() int {
	n := 0
	for _, w := range b.words {
		n += bits.OnesCount64(w)
	}
	return n
}

// And keeps what is in both.
func (b *Bitmap) And(other *Bitmap) {
	b.words = b.words[:min(len(b.words), len(other.words))]
	for i := range b.words {
		b.words[i] &= other.words[i]
	}
}
