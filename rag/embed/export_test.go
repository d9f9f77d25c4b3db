package embed

// Pieces cuts a text as the encoder does.
func Pieces(text string) ([]int32, error) {
	v, err := readVocabulary(liteVocabulary)
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
