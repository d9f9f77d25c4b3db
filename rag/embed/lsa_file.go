package embed

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math"
	"unicode/utf8"
)

const lsaMagic = "ATELIER-LSA-1\n"

// AppendBinary writes the analysis: a header, the terms, their weights, the coordinates and a checksum over all.
func (l *LSA) AppendBinary(b []byte) ([]byte, error) {
	from := len(b)
	b = append(b, lsaMagic...)
	for _, n := range []int{l.dims, l.texts, len(l.names)} {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	for _, name := range l.names {
		b = append(b, byte(len(name)))
		b = append(b, name...)
	}
	for _, numbers := range [][]float32{l.idf, l.scales} {
		for _, v := range numbers {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	for _, c := range l.coords {
		b = append(b, byte(c))
	}
	sum := sha256.Sum256(b[from:])
	return append(b, sum[:]...), nil
}

// MarshalBinary is AppendBinary into new memory.
func (l *LSA) MarshalBinary() ([]byte, error) {
	return l.AppendBinary(make([]byte, 0, len(l.coords)+len(l.names)*20+64))
}

// sign gives the analysis its name, from the checksum of its bytes.
func (l *LSA) sign() {
	b, _ := l.MarshalBinary() // it never fails
	l.id = hex.EncodeToString(b[len(b)-sha256.Size:][:8])
}

// UnmarshalBinary reads what AppendBinary wrote. What is damaged or of another version is an fs.ErrInvalid, and leaves the
// analysis as it was.
func (l *LSA) UnmarshalBinary(b []byte) error {
	bad := func(what string) error {
		return fmt.Errorf("%w: the latent semantic analysis cannot be read (%s); fit it again", fs.ErrInvalid, what)
	}
	if len(b) < len(lsaMagic)+12+sha256.Size || !bytes.HasPrefix(b, []byte(lsaMagic)) {
		return bad("another format")
	}
	body, sum := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if got := sha256.Sum256(body); !bytes.Equal(got[:], sum) {
		return bad("its checksum is wrong")
	}
	body = body[len(lsaMagic):]
	number := func() int {
		n := binary.LittleEndian.Uint32(body)
		body = body[4:]
		return int(n)
	}
	read := LSA{id: hex.EncodeToString(sum[:8]), dims: number(), texts: number()}
	terms := number()
	if read.dims < 1 || read.dims > 4096 || terms < 1 || terms > maxWords || len(body) < terms*(9+read.dims) {
		return bad("its sizes are impossible")
	}
	read.terms = make(map[string]int32, terms)
	for i := range terms {
		if len(body) < 1 || len(body) < 1+int(body[0]) {
			return bad("it ends too early")
		}
		name := string(body[1 : 1+body[0]])
		body = body[1+body[0]:]
		if _, twice := read.terms[name]; twice || !utf8.ValidString(name) {
			return bad("a term is wrong")
		}
		read.terms[name], read.names = int32(i), append(read.names, name)
	}
	if len(body) != terms*(8+read.dims) {
		return bad("its length is wrong")
	}
	for _, to := range []*[]float32{&read.idf, &read.scales} {
		*to = make([]float32, terms)
		for i := range *to {
			v := math.Float32frombits(uint32(number()))
			if !(v >= 0 && v < 1e6) { // nor NaN
				return bad("a weight is wrong")
			}
			(*to)[i] = v
		}
	}
	read.coords = make([]int8, len(body))
	for i, c := range body {
		read.coords[i] = int8(c)
	}
	*l = read
	return nil
}
