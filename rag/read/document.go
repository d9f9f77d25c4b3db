// Package read turns files into documents: a text, and the blocks it is made of with their places in that text.
//
// All input is hostile: every reader bounds its time, memory and depth, and says in words what is wrong with a file.
package read

// Document is what was read from a file. Blocks are in the order of the text and do not overlap.
type Document struct {
	Title    string
	Language string // ISO 639-1; empty: not known
	Text     string // UTF-8, as it is shown when a citation is opened
	Blocks   []Block
	Pages    int // 0: the format has none
}

// Kind is what a block is.
type Kind uint8

// The kinds of blocks.
const (
	Paragraph Kind = iota
	Heading        // Level says of which rank
	Item           // of a list
	Table          // the first line names the columns
	Code
	Record // one row or entry that stands for itself, as a line of a CSV file does
)

// Block is a part of a document that belongs together.
type Block struct {
	Kind       Kind
	Level      int // of a heading, 1 is the highest
	Start, End int // bytes of the text, without line ends around it
	Page       int // counted from 1; 0: the format has none
}

// In returns the block's own text.
func (b Block) In(text string) string { return text[b.Start:b.End] }
