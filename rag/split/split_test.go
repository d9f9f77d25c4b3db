package split_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/rag/read"
	"github.com/atelier-studio/atelier/rag/split"
)

// holds checks what is true of the chunks of every document. Headings at their begin may make them a quarter longer.
func holds(t *testing.T, doc *read.Document, o split.Options, chunks []split.Chunk) {
	t.Helper()
	covered := make([]bool, len(doc.Text)+1)
	at := 0
	for i, c := range chunks {
		if c.Start < at || c.End <= c.Start || c.End > len(doc.Text) {
			t.Fatalf("chunk %d is at %d to %d, after %d, in %d bytes", i, c.Start, c.End, at, len(doc.Text))
		}
		own := doc.Text[c.Start:c.End]
		if !utf8.ValidString(own) || !strings.HasSuffix(c.Text, own) {
			t.Fatalf("chunk %d reads %.100q, and there stands %.100q", i, c.Text, own)
		}
		for j := c.Start; j < c.End; j++ {
			covered[j] = true
		}
		at = c.End
		most := o.Size
		if strings.Contains(c.Text, "|") { // a table is kept whole up to twice the size
			most *= 2
		}
		if n := utf8.RuneCountInString(strings.TrimSpace(c.Text)); n > most+between(doc, c)+o.Size/4 {
			t.Fatalf("chunk %d has %d characters of %d: %.200q", i, n, most, c.Text)
		}
		if len(c.Windows) == 0 {
			t.Fatalf("chunk %d has no windows", i)
		}
		for _, w := range c.Windows {
			if n := utf8.RuneCountInString(strings.TrimSpace(w)); n > o.Window || n == 0 {
				t.Fatalf("a window of chunk %d has %d characters of %d", i, n, o.Window)
			}
			if !strings.Contains(c.Text, w) {
				t.Fatalf("a window of chunk %d is not in it: %q", i, w)
			}
		}
		if spaceless(strings.Join(c.Windows, "")) != spaceless(c.Text) {
			t.Fatalf("the windows of chunk %d do not say what it says", i)
		}
	}
	for _, b := range doc.Blocks {
		for j, r := range b.In(doc.Text) {
			if !unicode.IsSpace(r) && !covered[b.Start+j] {
				t.Fatalf("%q at %d is in no chunk", r, b.Start+j)
			}
		}
	}
}

// between counts the characters of a chunk that are in none of the blocks, as the lines between them.
func between(doc *read.Document, c split.Chunk) int {
	n := c.End - c.Start
	for _, b := range doc.Blocks {
		if from, to := max(b.Start, c.Start), min(b.End, c.End); from < to {
			n -= to - from
		}
	}
	return n
}

func spaceless(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// randomDocument writes Markdown of headings, paragraphs, lists, tables and code of any length.
func randomDocument(r *rand.Rand) string {
	words := strings.Fields("the refund is paid within thirty days Größe Überweisung 12.5 e.g. parcel 返品 of a customer. Why? Yes!")
	text := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(words[r.IntN(len(words))] + " ")
		}
		return strings.TrimSpace(b.String())
	}
	var b strings.Builder
	for range 1 + r.IntN(30) {
		n := 1 + r.IntN(1<<r.IntN(9))
		switch r.IntN(6) {
		case 0:
			b.WriteString(strings.Repeat("#", 1+r.IntN(4)) + " " + text(1+n%9) + "\n\n")
		case 1, 2:
			b.WriteString(text(n) + "\n\n")
		case 3:
			for range 1 + n%20 {
				b.WriteString("- " + text(1+r.IntN(20)) + "\n")
			}
			b.WriteString("\n")
		case 4:
			b.WriteString("| A | B |\n|---|---|\n")
			for range n {
				b.WriteString("| " + text(3) + " | " + text(2) + " |\n")
			}
			b.WriteString("\n")
		case 5:
			b.WriteString("```\n" + strings.Repeat(text(1+r.IntN(6))+"\n", n%100) + "```\n\n")
		}
	}
	return b.String()
}

func TestChunksHold(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 300 {
		o := split.DefaultOptions
		if i%3 == 1 {
			o = split.Options{Size: 100 + r.IntN(2000), Window: 50 + r.IntN(400)}
		}
		doc := read.Markdown(randomDocument(r))
		holds(t, doc, o, split.Chunks(doc, o))
	}
}

func TestChunksFollowTheStructure(t *testing.T) {
	t.Parallel()
	long := strings.TrimSpace(strings.Repeat("A sentence that says something about parcels. ", 30))
	for _, tt := range []struct {
		name, text string
		want       []string // headings > how the chunk begins
	}{
		{"sections", "# Returns\n\nShort.\n\n## Time\n\n" + long[:600] + "\n\n## Money\n\n" + long[:600] + "\n\n# Other\n\n" + long[:500], []string{"Returns > # Returns", "Returns/Money > ## Money", "Other > # Other"}},
		{"a level that is left", "# A\n\n## B\n\n### C\n\n" + long[:700] + "\n\n## D\n\n" + long[:700], []string{"A/B/C > # A", "A/D > ## D"}},
		{"a long paragraph", "# A\n\n" + long, []string{"A > # A", "A > A sentence"}},
		{"a table in parts", "# T\n\n| Key | Value |\n|---|---|\n" + strings.Repeat("| parcel | thirty days |\n", 80), []string{"T > # T", "T > | Key | Value |", "T > | Key | Value |"}},
		{"no structure", strings.Repeat("x", 2000), []string{" > xxx", " > xxx", " > xxx"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			doc := read.Markdown(tt.text)
			chunks := split.Chunks(doc, split.Options{})
			holds(t, doc, split.DefaultOptions, chunks)
			if len(chunks) != len(tt.want) {
				t.Fatalf("%d chunks, want %d", len(chunks), len(tt.want))
			}
			for i, c := range chunks {
				if got := fmt.Sprintf("%s > %s", strings.Join(c.Headings, "/"), c.Text); !strings.HasPrefix(got, tt.want[i]) {
					t.Errorf("chunk %d is %.80q, want %q", i, got, tt.want[i])
				}
			}
		})
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"One. Two! Three? Four":                      "One.|Two!|Three?|Four",
		"See e.g. Fig. 3 of Dr. Smith. It is there.": "See e.g. Fig. 3 of Dr. Smith.|It is there.",
		"Das gilt z. B. für Nr. 5. Mehr nicht.":      "Das gilt z. B. für Nr. 5.|Mehr nicht.",
		"Pay 3.50 now.\nThen go.":                    "Pay 3.50 now.|Then go.",
		"A paragraph that some editor has broken to fit the usual\nwidth of eighty characters. Next.": "A paragraph that some editor has broken to fit the usual\nwidth of eighty characters.|Next.",
		"返品は三十日以内。はい。":                                                                                "返品は三十日以内。|はい。",
		"":                                                                                            "",
	} {
		var parts []string
		for _, s := range split.Sentences(text) {
			parts = append(parts, text[s.Start:s.End])
		}
		if got := strings.Join(parts, "|"); got != want {
			t.Errorf("the sentences of %q are %q", text, got)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("# A\n\ntext\n\n| a |\n|---|\n| b |\n", uint16(800), uint16(400))
	f.Add(strings.Repeat("word ", 500), uint16(100), uint16(50))
	f.Add("```\n"+strings.Repeat("line\n\n", 100)+"```", uint16(10), uint16(3))
	f.Fuzz(func(t *testing.T, text string, size, window uint16) {
		if !utf8.ValidString(text) {
			return
		}
		o := split.Options{Size: int(size)%2000 + 1, Window: int(window)%1000 + 1}
		doc := read.Markdown(text)
		holds(t, doc, o, split.Chunks(doc, o))
	})
}
