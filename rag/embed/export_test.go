package embed

import (
	"crypto/sha256"
	"slices"
	"sync"
)

var read = sync.OnceValues(func() (*vocabulary, error) { return readVocabulary(liteVocabulary) })

// Pieces cuts a text as the encoder does.
func Pieces(text string) ([]int32, error) {
	v, err := read()
	if err != nil {
		return nil, err
	}
	return v.cut(text), nil
}

// ReadWeights reads a weights file and says only whether it could.
func ReadWeights(file string) error {
	_, err := readWeights(file)
	return err
}

// Weights is the file in the binary.
var Weights = liteWeights

// Signed puts the checksum behind the body of a file of an analysis.
func Signed(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append(slices.Clone(body), sum[:]...)
}
