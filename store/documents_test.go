package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/read"
	"github.com/atelier-studio/atelier/store"
)

// letters is a small real embedder: how often each pair of letters stands in a text.
type letters struct{ texts atomic.Int64 }

func (*letters) Name() string { return "letters" }

func (l *letters) Embed(_ context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, text := range texts {
		l.texts.Add(1)
		v := make([]float32, 26*26)
		text = strings.ToLower(text)
		for j := 1; j < len(text); j++ {
			if a, b := text[j-1]-'a', text[j]-'a'; a < 26 && b < 26 {
				v[int(a)*26+int(b)]++
			}
		}
		var sum float64
		for _, x := range v {
			sum += float64(x) * float64(x)
		}
		for j := range v {
			v[j] /= float32(math.Sqrt(max(sum, 1e-9)))
		}
		out[i] = v
	}
	return out, nil
}

// desk is a library on a store with a worker.
type desk struct {
	*place
	*library.Library
	*library.Ingester
	letters
}

func newDesk(p *place) *desk {
	d := &desk{place: p}
	embedders := func(context.Context, string, string) (rag.Embedder, error) { return &d.letters, nil }
	d.Library = &library.Library{Shelves: p.Store.Library(), Embedders: embedders}
	d.Ingester = &library.Ingester{
		Queue: p.Store.Library(), Embedders: embedders, Read: read.File, Owner: "worker", Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Changed: func(workspace, collection, _ string) { d.Forget(workspace, collection) },
	}
	return d
}

func (d *desk) work(t *testing.T) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = d.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func (d *desk) collection(t *testing.T, scope auth.Scope, name string) *library.Collection {
	t.Helper()
	c, err := d.PutCollection(t.Context(), scope, library.Collection{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (d *desk) add(t *testing.T, scope auth.Scope, collection, name, text string, tags ...string) library.Document {
	t.Helper()
	doc, _, err := d.AddDocument(t.Context(), scope, collection, store.NewDocument{Name: name, Data: []byte(text), Tags: tags})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// titles are the titles of the documents that a question finds.
func (d *desk) titles(t *testing.T, workspace, collection, question string, tags ...string) (list []string) {
	t.Helper()
	o, err := d.Library.Open(t.Context(), workspace, collection)
	if err != nil {
		t.Fatal(err)
	}
	s := o.Settings
	s.Threshold = 0
	found, err := o.Search(t.Context(), question, s, o.Select(tags))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range found.Hits {
		if h.Words > 0 && !slices.Contains(list, h.Title) {
			list = append(list, h.Title)
		}
	}
	slices.Sort(list)
	return list
}

func TestDocumentsAreTakenInAndFound(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		d := newDesk(p)
		c := d.collection(t, p.alpha, "Handbook")
		d.add(t, p.alpha, c.ID, "returns.md", "# Returns\n\nParcels go back within thirty days.\n\n# Refunds\n\nMoney is paid to the account of the order.", "shop")
		second := d.add(t, p.alpha, c.ID, "care/shoes.txt", "Leather shoes want wax twice a year.")
		broken := d.add(t, p.alpha, c.ID, "broken.pdf", "%PDF-1.7 and nothing more")
		d.work(t)

		if got := d.titles(t, "alpha", c.ID, "parcels within days"); !slices.Equal(got, []string{"Returns"}) {
			t.Errorf("found %q", got)
		}
		if got := d.titles(t, "alpha", c.ID, "leather or parcels", "shop"); !slices.Equal(got, []string{"Returns"}) {
			t.Errorf("with a tag found %q", got)
		}
		if got, err := d.Document(t.Context(), p.alpha, c.ID, broken.ID); err != nil || got.Status != library.Failed || !strings.Contains(got.Error, "PDF") {
			t.Errorf("a broken file is %+v, %v", got, err)
		}
		content, err := d.DocumentText(t.Context(), p.alpha, c.ID, second.ID)
		if err != nil || !strings.Contains(content.Text, "wax") || content.Text[content.Chunks[0].Start:content.Chunks[0].End] != content.Chunks[0].Text {
			t.Errorf("the text is %+v, %v", content, err)
		}

		// The same again is no work; a change is worked on only where it is one.
		if _, fresh, err := d.AddDocument(t.Context(), p.alpha, c.ID, store.NewDocument{Name: "care/shoes.txt", Data: []byte("Leather shoes want wax twice a year.")}); err != nil || fresh {
			t.Errorf("the same bytes are fresh: %v, %v", fresh, err)
		}
		long := strings.Repeat("# Part\n\n"+strings.Repeat("Nothing happens here, sentence after sentence. ", 12)+"\n\n", 10)
		d.add(t, p.alpha, c.ID, "long.md", long)
		d.work(t)
		before := d.texts.Load()
		d.add(t, p.alpha, c.ID, "long.md", long+"# News\n\nA zebra came.")
		if got := d.titles(t, "alpha", c.ID, "sentence"); !slices.Equal(got, []string{"Part"}) {
			t.Errorf("while a new version waits, the old one is searched: %q", got)
		}
		d.work(t)
		if n := d.texts.Load() - before; n > 3 {
			t.Errorf("%d texts were embedded for one new section", n)
		}
		if got := d.titles(t, "alpha", c.ID, "zebra"); !slices.Equal(got, []string{"Part"}) {
			t.Errorf("of the new version found %q", got)
		}
		d.add(t, p.alpha, c.ID, "long.md", "# Part\n\nAll gone.")
		d.work(t)
		if got := d.titles(t, "alpha", c.ID, "zebra"); len(got) != 0 {
			t.Errorf("what was taken out is found: %q", got)
		}

		// What was kept for another language is read again.
		houses := d.add(t, p.alpha, c.ID, "houses.txt", "Die Häuser stehen am Hafen.")
		d.work(t)
		if got := d.titles(t, "alpha", c.ID, "Haus"); len(got) != 0 {
			t.Errorf("English stems find %q", got)
		}
		german := *c
		german.Language = "de"
		if _, err := d.PutCollection(t.Context(), p.alpha, german); err != nil {
			t.Fatal(err)
		}
		if got := d.titles(t, "alpha", c.ID, "Haus"); !slices.Equal(got, []string{"houses"}) {
			t.Errorf("German stems find %q", got)
		}
		if _, err := d.DeleteDocuments(t.Context(), p.alpha, c.ID, houses.ID); err != nil {
			t.Fatal(err)
		}

		// Gone is gone, and nobody else ever saw it.
		if _, err := d.DeleteDocuments(t.Context(), p.alpha, c.ID, second.ID); err != nil {
			t.Fatal(err)
		}
		d.Forget("alpha", c.ID)
		if got := d.titles(t, "alpha", c.ID, "leather"); len(got) != 0 {
			t.Errorf("a document that was deleted is found: %q", got)
		}
		_, err = d.Library.Open(t.Context(), "beta", c.ID)
		want(t, err, fs.ErrNotExist, "another workspace's collection")
		_, err = d.Document(t.Context(), p.beta, c.ID, broken.ID)
		want(t, err, fs.ErrNotExist, "another workspace's document")
		twin := d.collection(t, p.beta, "Handbook")
		d.add(t, p.beta, twin.ID, "returns.md", "# Returns\n\nParcels of beta.")
		d.work(t)
		if got := d.titles(t, "beta", twin.ID, "thirty days refunds account"); len(got) != 0 {
			t.Errorf("beta finds what stands in alpha's documents: %q", got)
		}
	})
}

// A worker that dies leaves nothing half done, and one that lost its task writes nothing any more.
func TestTasksHaveOneWorker(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		d, q := newDesk(p), p.Store.Library()
		c := d.collection(t, p.alpha, "C")
		doc := d.add(t, p.alpha, c.ID, "a.txt", "Some words that stand here.")
		late, err := q.Claim(t.Context(), "dies", 0)
		if err != nil || late == nil {
			t.Fatalf("claimed %v, %v", late, err)
		}
		if again, err := q.Claim(t.Context(), "other", 0); err != nil || again != nil {
			t.Fatalf("a document that is worked on was claimed: %v, %v", again, err)
		}
		taken, err := q.Claim(t.Context(), "other", math.MaxInt64)
		if err != nil || taken == nil {
			t.Fatalf("a dead worker's document was not taken over: %v, %v", taken, err)
		}
		content := &library.Content{Title: "Late", Text: "late", Chunks: []library.Chunk{{Number: 1, End: 4, Text: "late"}}}
		want(t, q.Publish(t.Context(), late, content), library.ErrTaken, "a publication of who lost the task")
		want(t, q.Beat(t.Context(), late, library.Embedding, 1, 2), library.ErrTaken, "a sign of who lost the task")
		if _, err := d.DocumentText(t.Context(), p.alpha, c.ID, doc.ID); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("half of a document is there: %v", err)
		}
		if err := q.Publish(t.Context(), taken, &library.Content{Title: "A", Text: "now", Chunks: []library.Chunk{{Number: 2, End: 3, Text: "now"}}}); err != nil {
			t.Fatal(err)
		}

		// Who pauses a document stops its worker; resumed, it is worked on again.
		if _, err := d.OrderDocuments(t.Context(), p.alpha, c.ID, store.AgainDocuments); err != nil {
			t.Fatal(err)
		}
		working, err := q.Claim(t.Context(), "third", 0)
		if err != nil || working == nil {
			t.Fatalf("claimed %v, %v", working, err)
		}
		if n, err := d.OrderDocuments(t.Context(), p.alpha, c.ID, store.PauseDocuments, doc.ID); n != 1 || err != nil {
			t.Fatalf("paused %d, %v", n, err)
		}
		want(t, q.Beat(t.Context(), working, library.Reading, 0, 0), library.ErrTaken, "a sign after a pause")
		if idle, err := q.Claim(t.Context(), "third", math.MaxInt64); err != nil || idle != nil {
			t.Fatalf("a paused document was claimed: %v, %v", idle, err)
		}
		if n, err := d.OrderDocuments(t.Context(), p.alpha, c.ID, store.ResumeDocuments); n != 1 || err != nil {
			t.Fatalf("resumed %d, %v", n, err)
		}
		d.work(t)
		if got := d.titles(t, "alpha", c.ID, "words"); !slices.Equal(got, []string{"a"}) {
			t.Errorf("found %q", got)
		}
	})
}

func TestCollections(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		d := newDesk(p)
		c := d.collection(t, p.alpha, "First")
		_, err := d.PutCollection(t.Context(), p.alpha, library.Collection{Name: "First"})
		want(t, err, fs.ErrExist, "a name twice")
		for _, bad := range []library.Collection{{}, {Name: "a\nb"}, {Name: strings.Repeat("x", 101)}, {Name: "x", Settings: rag.Settings{Candidates: -1}}} {
			_, err := d.PutCollection(t.Context(), p.alpha, bad)
			want(t, err, fs.ErrInvalid, fmt.Sprintf("%+v", bad))
		}
		d.add(t, p.alpha, c.ID, "a.txt", "Alpha beta gamma.")
		d.work(t)
		c.Split.Size, c.Note = 400, "smaller"
		if c, err = d.PutCollection(t.Context(), p.alpha, *c); err != nil || c.Note != "smaller" || c.Documents != 1 || c.Ready != 0 {
			t.Fatalf("after a change of the size of chunks: %+v, %v", c, err)
		}
		d.work(t)
		list, err := d.Collections(t.Context(), p.alpha)
		if err != nil || len(list) != 1 || list[0].Ready != 1 || list[0].Chunks != 1 {
			t.Fatalf("listed %+v, %v", list, err)
		}
		if list, err := d.Collections(t.Context(), p.beta); err != nil || len(list) != 0 {
			t.Fatalf("beta sees %+v, %v", list, err)
		}
		want(t, d.DeleteCollection(t.Context(), p.beta, c.ID), fs.ErrNotExist, "deleting another workspace's collection")
		if err := d.DeleteCollection(t.Context(), p.alpha, c.ID); err != nil {
			t.Fatal(err)
		}
		_, _, err = d.Documents(t.Context(), p.alpha, c.ID, store.DocumentFilter{})
		want(t, err, fs.ErrNotExist, "documents of a collection that is gone")
	})
}
