package vector

import (
	"math/bits"
	"math/rand/v2"
	"sync"
)

// coder makes the code of a vector: one bit for each of some directions, which says on which side the vector lies. The
// directions are those of the vector's numbers after they were turned so that all matter alike: without that, an embedding
// whose first numbers are the weighty ones has hardly any bits that tell. To turn is to change some signs, take the
// Walsh-Hadamard transform block by block, and shuffle, twice; it costs no more than a few microseconds.
type coder struct {
	dims, width, block int
	signs              [2][]int32
	order              []int32
}

const leastCode = 512 // bits; short vectors are given more bits than they have numbers

func newCoder(dims int) *coder {
	c := &coder{dims: dims, width: max(leastCode, (dims+63)/64*64)}
	c.block = 1 << bits.TrailingZeros(uint(c.width))
	r := rand.New(rand.NewPCG(uint64(dims), 0xc0de)) // fixed: codes of one length must always be comparable
	for round := range c.signs {
		c.signs[round] = make([]int32, c.width)
		for i := range c.signs[round] {
			c.signs[round][i] = 1 - 2*int32(r.IntN(2))
		}
	}
	for _, i := range r.Perm(c.width) {
		c.order = append(c.order, int32(i))
	}
	return c
}

// words is the number of words in a code.
func (c *coder) words() int { return c.width / 64 }

// append adds the code of a row. Scratch is memory for two times width numbers.
func (c *coder) append(codes []uint64, row []int8, scratch []int32) []uint64 {
	x, y := scratch[:c.width], scratch[c.width:2*c.width]
	clear(x)
	for i, v := range row {
		x[i] = int32(v) * c.signs[0][i]
	}
	c.transform(x)
	for i, from := range c.order {
		y[i] = x[from] * c.signs[1][i]
	}
	c.transform(y)
	for len(y) > 0 {
		var w uint64
		for i, v := range y[:64] {
			w |= uint64(uint32(^v)>>31) << i // 1 where v is not negative
		}
		codes, y = append(codes, w), y[64:]
	}
	return codes
}

// all makes the codes of a segment, on all processors.
func (c *coder) all(s *Segment) []uint64 {
	codes := make([]uint64, len(s.ids)*c.words())
	const block = 512
	var wg sync.WaitGroup
	for first := 0; first < len(s.ids); first += block {
		wg.Go(func() {
			scratch := make([]int32, 2*c.width)
			for i := first; i < min(first+block, len(s.ids)); i++ {
				c.append(codes[i*c.words():i*c.words()], s.row(i), scratch) // into the room of the row
			}
		})
	}
	wg.Wait()
	return codes
}

// transform is the Walsh-Hadamard transform of every block. The numbers stay below 127 times the square of the width,
// which is within an int32.
func (c *coder) transform(x []int32) {
	for ; len(x) > 0; x = x[c.block:] {
		for at := 0; at < c.block; at += 8 {
			eight((*[8]int32)(x[at:]))
		}
		half := 8
		for ; 4*half <= c.block; half *= 4 { // two steps at a time
			for at := 0; at < c.block; at += 4 * half {
				p, q, r, s := x[at:][:half], x[at+half:][:half], x[at+2*half:][:half], x[at+3*half:][:half]
				for i := range p {
					a, b, c, d := p[i]+q[i], p[i]-q[i], r[i]+s[i], r[i]-s[i]
					p[i], q[i], r[i], s[i] = a+c, b+d, a-c, b-d
				}
			}
		}
		if half < c.block { // and the one that is left
			p, q := x[:half], x[half:][:half]
			for i := range p {
				p[i], q[i] = p[i]+q[i], p[i]-q[i]
			}
		}
	}
}

// eight does the first three steps on eight numbers.
func eight(x *[8]int32) {
	a, b, c, d := x[0]+x[1], x[0]-x[1], x[2]+x[3], x[2]-x[3]
	e, f, g, h := x[4]+x[5], x[4]-x[5], x[6]+x[7], x[6]-x[7]
	a, b, c, d = a+c, b+d, a-c, b-d
	e, f, g, h = e+g, f+h, e-g, f-h
	x[0], x[1], x[2], x[3] = a+e, b+f, c+g, d+h
	x[4], x[5], x[6], x[7] = a-e, b-f, c-g, d-h
}
