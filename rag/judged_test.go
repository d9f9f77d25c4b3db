package rag_test

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/gob"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/embed"
	"github.com/atelier-studio/atelier/rag/lexical"
	"github.com/atelier-studio/atelier/rag/read"
	"github.com/atelier-studio/atelier/rag/split"
	"github.com/atelier-studio/atelier/rag/vector"
)

var (
	judge = flag.Bool("judge", false, "judge retrieval on all of the sets (minutes of processor time), not on parts of them")
	keep  = flag.String("vectors", "", "a file that keeps the vectors of the sets between runs")
)

// judged is a set of chunks with questions whose answers are known.
type judged struct {
	chunks    chunks
	questions []string
	of        []string // the document of each question
	good      []map[uint32]bool
}

// chunks are the chunks of a set by their numbers.
type chunks []rag.Chunk

func (c chunks) Chunks(_ context.Context, ids []uint32) ([]rag.Chunk, error) {
	list := make([]rag.Chunk, len(ids))
	for i, id := range ids {
		list[i] = c[id]
	}
	return list, nil
}

// texts of the chunking set, in the order of their names.
var allTexts = []string{"chatlogs", "finance", "pubmed", "state_of_the_union", "wikitexts"}

// readChunking cuts texts of the set as a collection would. A chunk is good for a question when it shares any character
// with an excerpt that answers it.
func readChunking(t *testing.T, names ...string) *judged {
	t.Helper()
	set := &judged{}
	runes := map[string][]int{} // byte offsets by character: the set counts characters
	for _, name := range names {
		text := unzip(t, name+".md.gz")
		for i := range text {
			runes[name] = append(runes[name], i)
		}
		runes[name] = append(runes[name], len(text))
		set.cut(name, text)
	}
	rows, err := csv.NewReader(strings.NewReader(unzip(t, "questions_df.csv.gz"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		offsets := runes[row[2]]
		if offsets == nil {
			continue
		}
		var excerpts []struct {
			Start int `json:"start_index"`
			End   int `json:"end_index"`
		}
		if err := json.Unmarshal([]byte(row[1]), &excerpts); err != nil {
			t.Fatal(err)
		}
		good := map[uint32]bool{}
		for _, c := range set.chunks {
			for _, e := range excerpts {
				if last := len(offsets) - 1; c.Document == row[2] && offsets[min(e.Start, last)] < c.End && offsets[min(e.End, last)] > c.Start {
					good[c.ID] = true
				}
			}
		}
		if len(good) == 0 {
			t.Fatalf("no chunk has the answer to %q", row[0])
		}
		set.questions, set.of, set.good = append(set.questions, row[0]), append(set.of, row[2]), append(set.good, good)
	}
	return set
}

func (set *judged) cut(document, text string) {
	for _, c := range split.Chunks(read.Markdown(text), split.DefaultOptions) {
		set.chunks = append(set.chunks, rag.Chunk{
			ID: uint32(len(set.chunks)), Document: document, Headings: c.Headings, Text: c.Text, Start: c.Start, End: c.End,
		})
	}
}

// readParaphrases is the set of questions that share no term with the passages that answer them.
func readParaphrases(t *testing.T) *judged {
	t.Helper()
	data, err := os.ReadFile("testdata/paraphrase/help.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Pairs []struct{ Question, Passage string }
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	set := &judged{}
	for _, p := range file.Pairs {
		id := uint32(len(set.chunks))
		set.chunks = append(set.chunks, rag.Chunk{ID: id, Document: p.Passage[:min(20, len(p.Passage))], Text: p.Passage, End: len(p.Passage)})
		set.questions, set.of, set.good = append(set.questions, p.Question), append(set.of, set.chunks[id].Document), append(set.good, map[uint32]bool{id: true})
	}
	return set
}

// readSections is the documentation of this project: the headings are the questions, the text below each is the answer.
func readSections(t *testing.T) *judged {
	t.Helper()
	const fewest, shortest = 3, 200 // words of a heading that asks for something, bytes of a text that tells something
	set := &judged{}
	var files []string
	for _, pattern := range []string{"../docs/*.md", "../docs/adr/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for section := range strings.SplitSeq("\n"+string(data), "\n#") {
			heading, text, _ := strings.Cut(strings.TrimLeft(section, "#"), "\n")
			if heading = strings.TrimSpace(heading); len(text) < shortest {
				continue
			}
			first := len(set.chunks)
			set.cut(name, text)
			if len(strings.Fields(heading)) < fewest {
				continue
			}
			good := map[uint32]bool{}
			for _, c := range set.chunks[first:] {
				good[c.ID] = true
			}
			set.questions, set.of, set.good = append(set.questions, heading), append(set.of, name), append(set.good, good)
		}
	}
	return set
}

// with puts the chunks of another set behind the own ones: a crowd in which the same answers have to be found.
func (set *judged) with(other *judged) *judged {
	out := &judged{chunks: set.chunks[:len(set.chunks):len(set.chunks)], questions: set.questions, of: set.of, good: set.good}
	for _, c := range other.chunks {
		c.ID = uint32(len(out.chunks))
		out.chunks = append(out.chunks, c)
	}
	return out
}

// retriever is what a collection of the set's chunks would have: the index of words, and the spaces that are asked for.
func (set *judged) retriever(t *testing.T, spaces ...rag.Embedder) *rag.Retriever {
	t.Helper()
	words := lexical.NewIndex(lexical.NewAnalyzer("en"), lexical.DefaultRanking)
	docs := make([]lexical.Doc, len(set.chunks))
	for i, c := range set.chunks {
		docs[i] = lexical.Doc{ID: c.ID, Title: c.Title, Heading: strings.Join(c.Headings, "\n"), Body: c.Text}
	}
	words.Update(docs, nil)
	r := &rag.Retriever{Words: words, Source: set.chunks, Calibration: rag.DefaultCalibration}
	for _, e := range spaces {
		r.Spaces = append(r.Spaces, rag.Space{Embedder: e, Index: set.index(t, e)})
	}
	return r
}

// index embeds the windows of all chunks.
func (set *judged) index(t *testing.T, e rag.Embedder) rag.Vectors {
	t.Helper()
	var texts []string
	n := nearest{}
	for _, c := range set.chunks {
		for _, w := range split.Windows(c.Text, split.DefaultOptions) {
			texts, n.chunk = append(texts, w), append(n.chunk, c.ID)
		}
	}
	vectors, err := e.Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	var ids []uint32
	var kept [][]float32
	for i, v := range vectors {
		if length(v) > 0 {
			ids, kept = append(ids, uint32(i)), append(kept, v)
		}
	}
	if n.index, err = vector.New(e.Name(), len(vectors[0]), vector.Sizes{}); err == nil {
		err = n.index.Add(ids, kept)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func length(v []float32) (sum float64) {
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return sum
}

// nearest finds chunks by the best of their windows.
type nearest struct {
	index *vector.Auto
	chunk []uint32 // of each window
}

func (n nearest) Search(query []float32, k int, filter rag.Filter) []rag.Near {
	hits, err := n.index.Search(context.Background(), query, 4*k, nil)
	if err != nil {
		return nil
	}
	var list []rag.Near
	seen := map[uint32]bool{}
	for _, h := range hits {
		if c := n.chunk[h.ID]; !seen[c] && len(list) < k && (filter == nil || filter.Contains(c)) {
			seen[c] = true
			list = append(list, rag.Near{ID: c, Cosine: float64(h.Score)})
		}
	}
	return list
}

// remembering keeps the vectors of texts that were embedded before, in memory and in the file that -vectors names.
type remembering struct {
	embed.Lite
	known map[string][]float32
}

func newLite(t *testing.T) *remembering {
	e := &remembering{known: map[string][]float32{}}
	if *keep == "" {
		return e
	}
	if f, err := os.Open(*keep); err == nil {
		defer f.Close()
		if err := gob.NewDecoder(f).Decode(&e.known); err != nil {
			t.Fatal(err)
		}
	}
	before := len(e.known)
	t.Cleanup(func() {
		if len(e.known) == before {
			return
		}
		f, err := os.Create(*keep)
		if err != nil {
			t.Error(err)
			return
		}
		defer f.Close()
		if err := gob.NewEncoder(f).Encode(e.known); err != nil {
			t.Error(err)
		}
	})
	return e
}

func (e *remembering) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	var missing []string
	for _, text := range texts {
		if e.known[text] == nil {
			missing = append(missing, text)
		}
	}
	vectors, err := e.Lite.Embed(ctx, missing)
	if err != nil {
		return nil, err
	}
	for i, text := range missing {
		e.known[text] = vectors[i]
	}
	out := make([][]float32, len(texts))
	for i, text := range texts {
		out[i] = e.known[text]
	}
	return out, nil
}

func unzip(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open("testdata/chunking/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
