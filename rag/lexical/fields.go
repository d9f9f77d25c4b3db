package lexical

// Doc is what an index knows of a chunk: its number, and its words by field.
type Doc struct {
	ID      uint32
	Title   string // of the document
	Heading string // the headings above the chunk
	Body    string
}

const fields = 3

func (d *Doc) field(i int) string { return [fields]string{d.Title, d.Heading, d.Body}[i] }

// Ranking are the constants of BM25F (Robertson, Zaragoza & Taylor: Simple BM25 extension to multiple weighted fields,
// CIKM 2004): a term's frequency is summed over the fields by weight, each normalised by the field's length, and
// saturates once.
type Ranking struct {
	K1     float64         // how soon more occurrences count less
	B      [fields]float64 // how much the length of title, heading and body counts
	Weight [fields]float64 // of an occurrence in title, heading and body
}

// DefaultRanking was measured on 2,149 chunks and 472 questions (rag/testdata), and on the Glasgow collections.
var DefaultRanking = Ranking{K1: 1.2, B: [fields]float64{0.5, 0.5, 0.6}, Weight: [fields]float64{2, 1.5, 1}}
