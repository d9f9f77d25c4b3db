package embed

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxTokens = 128     // what the encoder looks at
	maxText   = 1 << 15 // bytes of a text that are cut into pieces; 128 pieces are rarely more than a thousand
	reserved  = 6       // the first pieces stand for what is no text
)

// vocabulary cuts a text into pieces so that the sum of their scores is greatest (Viterbi). It does what the program that
// the weights were made for does, with its corner cases: a piece whose sum is zero counts as not reached, of two ways of
// the same worth the later start wins, and neighbours that are no piece become one unknown.
type vocabulary struct {
	nodes   []branch
	lengths []int32 // of the pieces, in characters
}

// branch is a node of the tree of pieces; its children are sorted by their character.
type branch struct {
	runes    []rune
	children []int32
	piece    int32 // -1: no piece ends here
	score    float64
}

func readVocabulary(file string) (*vocabulary, error) {
	v := &vocabulary{nodes: []branch{{piece: -1}}}
	for line := range strings.Lines(file) {
		piece, number, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		score, err := strconv.ParseFloat(number, 64)
		if !ok || err != nil {
			return nil, fmt.Errorf("%w: line %d of the embedder's vocabulary is damaged", fs.ErrInvalid, len(v.lengths)+1)
		}
		if len(v.lengths) >= reserved {
			v.add(piece, score, int32(len(v.lengths)))
		}
		v.lengths = append(v.lengths, int32(utf8.RuneCountInString(piece)))
	}
	if len(v.lengths) <= reserved {
		return nil, errors.New("the embedder's vocabulary is empty")
	}
	return v, nil
}

func (v *vocabulary) add(piece string, score float64, number int32) {
	at := int32(0)
	for _, r := range piece {
		i, found := slices.BinarySearch(v.nodes[at].runes, r)
		if !found {
			v.nodes = append(v.nodes, branch{piece: -1})
			n := &v.nodes[at]
			n.runes = slices.Insert(n.runes, i, r)
			n.children = slices.Insert(n.children, i, int32(len(v.nodes)-1))
		}
		at = v.nodes[at].children[i]
	}
	v.nodes[at].piece, v.nodes[at].score = number, score
}

// cut returns the numbers of the pieces of a text, maxTokens at most.
func (v *vocabulary) cut(text string) []int32 {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	text = norm.NFKC.String(text)
	if text == "" {
		return nil
	}
	runes := []rune("▁" + strings.ReplaceAll(text, " ", "▁"))
	best, ends := make([]float64, len(runes)+1), make([]int32, len(runes)+1)
	reach := func(end int, score float64, piece int32) {
		if best[end] == 0 || score >= best[end] {
			best[end], ends[end] = score, piece
		}
	}
	for start := range runes {
		at, found := int32(0), false
		for end := start; end < len(runes); end++ {
			i, ok := slices.BinarySearch(v.nodes[at].runes, runes[end])
			if !ok {
				break
			}
			at = v.nodes[at].children[i]
			if n := &v.nodes[at]; n.piece >= 0 {
				found = true
				reach(end+1, n.score+best[start], n.piece)
			}
		}
		if !found {
			reach(start+1, best[start], 0)
		}
	}
	var out []int32
	for at := len(runes); at > 0; {
		piece := ends[at]
		if piece != 0 || len(out) == 0 || out[len(out)-1] != 0 {
			out = append(out, piece)
		}
		at -= int(v.lengths[piece])
	}
	slices.Reverse(out)
	return out[:min(len(out), maxTokens)]
}
