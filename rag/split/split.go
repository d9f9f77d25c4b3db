// Package split cuts documents into chunks: pieces of some 800 characters that follow the document's own structure, each
// with the headings it stands under, and with windows that are small enough for an embedder.
package split

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/rag/read"
)

// Options say how to cut. Lengths are in characters.
type Options struct {
	Size   int `json:"size"`   // of a chunk, at most, without the headings it begins with; 0: 800
	Window int `json:"window"` // of what is embedded at once, at most; 0: 400
}

// DefaultOptions are what the measurements in rag/testdata were made with.
var DefaultOptions = Options{Size: 800, Window: 400}

// Check says what is wrong with options.
func (o Options) Check() error {
	if o.Size < 100 || o.Size > 8000 || o.Window < 50 || o.Window > o.Size {
		return fmt.Errorf("chunks have 100 to 8000 characters, and windows 50 to as many as a chunk: %w", fs.ErrInvalid)
	}
	return nil
}

func (o Options) filled() Options {
	if o.Size <= 0 {
		o.Size = DefaultOptions.Size
	}
	if o.Window <= 0 {
		o.Window = DefaultOptions.Window
	}
	return o
}

// Chunk is a piece of a document.
type Chunk struct {
	Span            // bytes of the document's text
	Text     string // what is indexed: that part of the text; of a table in several parts, with its head before it
	Headings []string
	Page     int // where it begins; 0: the format has no pages
	Windows  []string
}

// Span is a part of a text, in bytes.
type Span struct{ Start, End int }

func (s Span) in(text string) string { return text[s.Start:s.End] }

// Chunks cuts a document. What stands together stays together: a chunk ends where a section ends, rather than in a
// paragraph, and there rather than in a sentence; tables and code are cut between lines and only where they must be.
func Chunks(doc *read.Document, o Options) []Chunk {
	o = o.filled()
	c := &cutter{doc: doc, o: o}
	for _, b := range doc.Blocks {
		c.add(b)
	}
	c.flush()
	for i := range c.chunks {
		c.chunks[i].Windows = windows(c.chunks[i].Text, o.Window)
	}
	return c.chunks
}

// Windows cuts the text of a chunk into what is embedded, as Chunks does.
func Windows(text string, o Options) []string { return windows(text, o.filled().Window) }

// cutter gathers blocks until a chunk is full.
type cutter struct {
	doc    *read.Document
	o      Options
	path   []heading // of the section that the next block stands in
	open   Span
	length int // characters of the open chunk
	page   int
	under  []string // the headings of the open chunk
	begun  bool
	bare   bool // the open chunk holds headings only
	chunks []Chunk
}

type heading struct {
	level int
	text  string
}

func (c *cutter) add(b read.Block) {
	text := b.In(c.doc.Text)
	n := utf8.RuneCountInString(text)
	if b.Kind == read.Heading {
		if c.begun && (c.length+n > c.o.Size || !c.bare && c.length >= c.o.Size/3) {
			c.flush() // what is shorter goes on: a chunk of one line finds nothing and is found by everything
		}
		for len(c.path) > 0 && c.path[len(c.path)-1].level >= b.Level {
			c.path = c.path[:len(c.path)-1]
		}
		c.path = append(c.path, heading{b.Level, read.HeadingText(text)})
	} else if b.Kind == read.Record || c.begun && (c.bare && c.length > c.o.Size/4 || !c.bare && c.length+n > c.o.Size) {
		c.flush()
	}
	if n <= c.o.Size || b.Kind == read.Table && n <= 2*c.o.Size {
		c.take(b, n)
		if b.Kind == read.Record {
			c.flush()
		}
		return
	}
	if !c.bare {
		c.flush()
	}
	c.parts(b)
}

// take puts a block into the open chunk.
func (c *cutter) take(b read.Block, n int) {
	if !c.begun {
		c.begun, c.bare, c.open, c.page, c.under = true, true, Span{b.Start, b.End}, b.Page, nil
	}
	if c.bare { // the path of what it tells, not of the headings before
		c.under = c.headings()
	}
	c.bare = c.bare && b.Kind == read.Heading
	c.open.End = b.End
	c.length += n
}

func (c *cutter) headings() []string {
	list := make([]string, 0, len(c.path))
	for _, h := range c.path {
		if h.text != "" {
			list = append(list, h.text)
		}
	}
	return list
}

func (c *cutter) flush() {
	if c.begun {
		c.emit(c.open, "", c.page, c.under)
	}
	c.begun, c.bare, c.length = false, false, 0
}

func (c *cutter) emit(s Span, before string, page int, under []string) {
	text := s.in(c.doc.Text)
	if strings.TrimSpace(text) == "" {
		return
	}
	c.chunks = append(c.chunks, Chunk{Span: s, Text: before + text, Page: page, Headings: under})
}

// parts cuts a block that is too long for a chunk.
func (c *cutter) parts(b read.Block) {
	under := c.headings()
	start := b.Start
	if c.begun { // headings without anything yet
		start = c.open.Start
		c.begun, c.bare, c.length = false, false, 0
	}
	var head string
	cut := sentences
	switch b.Kind {
	case read.Table:
		first, rest := tableHead(b.In(c.doc.Text))
		if utf8.RuneCountInString(first) <= c.o.Size/2 {
			head, b.Start = first, b.End-len(rest)
		}
		cut = lines
	case read.Code:
		cut = passages
	}
	for i, s := range pack(cut(b.In(c.doc.Text)), b.In(c.doc.Text), c.o.Size-utf8.RuneCountInString(head)) {
		span, before := Span{b.Start + s.Start, b.Start + s.End}, head
		if i == 0 {
			span.Start, before = start, "" // the head of the table and the headings stand before it in the text
		}
		c.emit(span, before, b.Page, under)
	}
}

// tableHead divides a table after the line that names the columns and the one that underlines it.
func tableHead(text string) (head, rest string) {
	first, rest, _ := strings.Cut(text, "\n")
	second, after, found := strings.Cut(rest, "\n")
	if found && strings.Trim(second, "|-: \t\r") == "" {
		return first + "\n" + second + "\n", after
	}
	return first + "\n", rest
}
