package embed_test

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/rag/embed"
)

var judge = flag.Bool("judge", false, "judge the embedders on all of the chunking evaluation set (minutes), not on one of its texts")
var dims = flag.Int("dims", 0, "dimensions of the latent semantic analysis when judging")

// embedder is what retrieval asks of one.
type embedder interface {
	Name() string
	Dims() int
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// judged is a set of chunks with questions whose answers are known (rag/testdata/chunking, MIT).
type judged struct {
	chunks    []string
	parent    []int // of each window of a chunk
	windows   []string
	questions []string
	relevant  []map[int]bool
}

// What the embedders find on a judged set by themselves. The floor is somewhat below what was measured; that a wrong
// tokeniser or a wrong layer falls below it was tried.
func TestQuality(t *testing.T) {
	t.Parallel()
	set := readJudged(t, "state_of_the_union")
	names := []string{"state_of_the_union"}
	if *judge {
		names = []string{"chatlogs", "finance", "pubmed", "state_of_the_union", "wikitexts"}
		set = readJudged(t, names...)
	}
	t.Logf("%v: %d chunks, %d windows, %d questions", names, len(set.chunks), len(set.windows), len(set.questions))
	var lite embed.Lite
	ndcg, recall := set.run(t, &lite, set.windows, set.parent)
	t.Logf("%s: nDCG@10 %.3f, Recall@10 %.3f", lite.Name(), ndcg, recall)
	if ndcg < 0.40 {
		t.Errorf("nDCG@10 of %s is %.3f", lite.Name(), ndcg)
	}
	lsa, err := embed.Fit(t.Context(), func(yield func(string, error) bool) {
		for _, c := range set.chunks {
			if !yield(c, nil) {
				return
			}
		}
	}, embed.FitOptions{Dims: *dims})
	if err != nil {
		t.Fatal(err)
	}
	whole := make([]int, len(set.chunks))
	for i := range whole {
		whole[i] = i
	}
	ndcg, recall = set.run(t, lsa, set.chunks, whole)
	t.Logf("%s with %d dimensions, %d terms: nDCG@10 %.3f, Recall@10 %.3f", lsa.Name(), lsa.Dims(), lsa.Terms(), ndcg, recall)
	if ndcg < 0.50 {
		t.Errorf("nDCG@10 of %s is %.3f", lsa.Name(), ndcg)
	}
}

// run embeds the texts and ranks the chunks by their best one. It returns nDCG@10 and Recall@10.
func (set *judged) run(t *testing.T, e embedder, texts []string, parent []int) (ndcg, recall float64) {
	t.Helper()
	vectors, err := e.Embed(context.Background(), texts)
	if err != nil {
		t.Fatal(err)
	}
	questions, err := e.Embed(context.Background(), set.questions)
	if err != nil {
		t.Fatal(err)
	}
	for i, q := range questions {
		best := make([]float64, len(set.chunks))
		for j := range best {
			best[j] = -2
		}
		for j, v := range vectors {
			best[parent[j]] = max(best[parent[j]], inner(q, v))
		}
		order := make([]int, len(best))
		for j := range order {
			order[j] = j
		}
		slices.SortStableFunc(order, func(a, b int) int {
			if best[a] > best[b] {
				return -1
			}
			if best[a] < best[b] {
				return 1
			}
			return 0
		})
		var gain, ideal, found float64
		for rank, c := range order[:min(10, len(order))] {
			if set.relevant[i][c] {
				gain += 1 / math.Log2(float64(rank+2))
				found++
			}
		}
		for rank := range min(10, len(set.relevant[i])) {
			ideal += 1 / math.Log2(float64(rank+2))
		}
		ndcg += gain / ideal
		recall += found / float64(len(set.relevant[i]))
	}
	n := float64(len(questions))
	return ndcg / n, recall / n
}

// readJudged cuts the texts into chunks of at most 800 characters and these into windows of at most 400, at the ends of
// lines or sentences where it can. A chunk is relevant when it has a good part of an excerpt that answers the question.
func readJudged(t *testing.T, names ...string) *judged {
	t.Helper()
	set := &judged{}
	spans, first := map[string][][2]int{}, map[string]int{}
	for _, name := range names {
		text := []rune(unzip(t, name+".md.gz"))
		first[name] = len(set.chunks)
		for _, s := range cut(text, 800) {
			spans[name] = append(spans[name], s)
			for _, w := range cut(text[s[0]:s[1]], 400) {
				set.windows = append(set.windows, string(text[s[0]+w[0]:s[0]+w[1]]))
				set.parent = append(set.parent, len(set.chunks))
			}
			set.chunks = append(set.chunks, string(text[s[0]:s[1]]))
		}
	}
	rows, err := csv.NewReader(strings.NewReader(unzip(t, "questions_df.csv.gz"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		if _, ok := spans[row[2]]; !ok {
			continue
		}
		var references []struct {
			Start int `json:"start_index"`
			End   int `json:"end_index"`
		}
		if err := json.Unmarshal([]byte(row[1]), &references); err != nil {
			t.Fatal(err)
		}
		relevant := map[int]bool{}
		for i, s := range spans[row[2]] {
			for _, r := range references {
				if shared := min(r.End, s[1]) - max(r.Start, s[0]); shared > 0 && (2*shared >= r.End-r.Start || shared >= 200) {
					relevant[first[row[2]]+i] = true
				}
			}
		}
		if len(relevant) > 0 {
			set.questions, set.relevant = append(set.questions, row[0]), append(set.relevant, relevant)
		}
	}
	if len(set.questions) < 20 {
		t.Fatalf("%d questions", len(set.questions))
	}
	return set
}

func cut(text []rune, most int) [][2]int {
	var out [][2]int
	for at := 0; at < len(text); {
		end := min(at+most, len(text))
		if end < len(text) {
			for back := end; back > at+most/2; back-- {
				if text[back-1] == '\n' || text[back-1] == ' ' && strings.ContainsRune(".!?", text[back-2]) {
					end = back
					break
				}
			}
		}
		if strings.TrimSpace(string(text[at:end])) != "" {
			out = append(out, [2]int{at, end})
		}
		at = end
	}
	return out
}

func unzip(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open("../testdata/chunking/" + name)
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

func inner(a, b []float32) float64 {
	var sum float64
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
