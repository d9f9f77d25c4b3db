package vector_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/rag/vector"
)

// What has not changed keeps its key, so that little is written after a small change.
func TestKeysOfSegments(t *testing.T) {
	t.Parallel()
	const n, dims = 3*vector.SegmentSize + 100, 8
	vectors := mixture(rand.New(rand.NewPCG(2, 2)), n, dims, 10)
	for name, i := range map[string]vector.Index{"flat": vector.NewFlat("test", dims), "bits": vector.NewBits("test", dims)} {
		add(t, i, numbers(0, n), vectors)
		before := keys(i)
		if len(before) != 4 {
			t.Fatalf("%s: %d segments", name, len(before))
		}
		i.Remove(5)
		add(t, i, []uint32{n + 1}, vectors[:1])
		after := keys(i)
		if len(after) != 4 || after[0] == before[0] || !slices.Equal(after[1:3], before[1:3]) || after[3] == before[3] {
			t.Errorf("%s: keys were %v and are %v", name, before, after)
		}
		// Segments that are mostly gone are put together.
		for id := range uint32(n) {
			if id%10 != 0 {
				i.Remove(id)
			}
		}
		if got := i.Segments(); len(got) != 1 || got[0].Len() != i.Len() {
			t.Errorf("%s: %d vectors in %d segments", name, i.Len(), len(got))
		}
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	const n, dims = 2*vector.SegmentSize + 3000, 8
	vectors := mixture(rand.New(rand.NewPCG(3, 3)), n, dims, 10)
	first := automatic(t, dims, vector.Sizes{Flat: 9000})
	add(t, first, numbers(0, n), vectors)
	var parts [][]byte
	for _, s := range first.Segments() {
		b, err := s.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, b)
	}
	from := func(parts [][]byte) func(yield func([]byte, error) bool) {
		return func(yield func([]byte, error) bool) {
			for _, p := range parts {
				if !yield(p, nil) {
					return
				}
			}
		}
	}
	second, err := vector.Load(t.Context(), "test", dims, vector.Sizes{Flat: 9000}, from(parts))
	if err != nil {
		t.Fatal(err)
	}
	if second.Kind() != "bits" || second.Len() != n || !slices.Equal(keys(second), keys(first)) {
		t.Errorf("%d vectors came back in %s", second.Len(), second.Kind())
	}
	for _, q := range vectors[:20] {
		if a, b := search(t, first, q, 5, nil), search(t, second, q, 5, nil); !slices.Equal(a, b) {
			t.Errorf("%v before, %v after", a, b)
		}
	}
	// On the way down it waits for the half.
	for _, c := range []struct {
		left int
		kind string
	}{{5000, "bits"}, {4500, "flat"}, {400, "flat"}, {250, "chromem"}} {
		second.Remove(numbers(c.left, n)...)
		if second.Kind() != c.kind || second.Len() != c.left {
			t.Errorf("with %d vectors of %d the index is %s, want %s", second.Len(), c.left, second.Kind(), c.kind)
		}
	}
	for _, other := range []struct {
		space string
		dims  int
	}{{"another", dims}, {"test", dims + 1}} {
		if _, err := vector.Load(t.Context(), other.space, other.dims, vector.Sizes{}, from(parts)); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%q with %d numbers: %v", other.space, other.dims, err)
		}
	}
}

func TestDamagedSegments(t *testing.T) {
	t.Parallel()
	i := vector.NewFlat("test", 3)
	add(t, i, []uint32{1, 2}, [][]float32{{1, 0, 0}, {0, 1, 0}})
	file, err := i.Segments()[0].MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for at := range file {
		damaged := bytes.Clone(file)
		damaged[at] ^= 0x40
		if _, err := vector.ParseSegment(damaged); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("a wrong byte at %d: %v", at, err)
		}
		if _, err := vector.ParseSegment(file[:at]); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("cut at %d: %v", at, err)
		}
	}
	twice := bytes.Clone(file[:len(file)-sha256.Size])
	copy(twice[len("ATELIER-VEC-1\n")+12+len("test")+4:], twice[len("ATELIER-VEC-1\n")+12+len("test"):][:4])
	if _, err := vector.ParseSegment(signed(twice)); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("a number that is there twice: %v", err)
	}
}

func FuzzSegment(f *testing.F) {
	i := vector.NewFlat("test", 3)
	add(f, i, []uint32{1, 2}, [][]float32{{1, 0, 0}, {0, 1, 0}})
	file, _ := i.Segments()[0].MarshalBinary()
	f.Add(file[:len(file)-sha256.Size])
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := vector.ParseSegment(signed(body))
		if err != nil {
			return
		}
		index := vector.NewBits("test", 3)
		if err := index.Restore(s); err == nil {
			search(t, index, []float32{1, 2, 3}, 5, nil)
		}
	})
}

func signed(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append(bytes.Clone(body), sum[:]...)
}

func TestExchange(t *testing.T) {
	t.Parallel()
	want := []vector.Document{
		{ID: "a", Metadata: map[string]string{"source": "x.md"}, Vector: []float32{1, 0}, Text: "One"},
		{ID: "b", Vector: []float32{0, 1}, Text: "Two"},
	}
	var file bytes.Buffer
	err := vector.Export(t.Context(), &file, "papers", func(yield func(vector.Document, error) bool) {
		for _, d := range want {
			if !yield(d, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := vector.Import(bytes.NewReader(file.Bytes()), 1<<20)
	if err != nil || len(got["papers"]) != 2 || got["papers"][0].Metadata["source"] != "x.md" || got["papers"][1].Text != "Two" || got["papers"][1].Vector[1] != 1 {
		t.Errorf("came back as %v, %v", got, err)
	}
	for name, bad := range map[string]string{
		"empty": "", "no file of chromem": "hello", "cut": file.String()[:file.Len()/2], "not gzip": "\x1f\x8bnonsense", "too large": file.String(),
	} {
		most := int64(1 << 20)
		if name == "too large" {
			most = 20
		}
		if _, err := vector.Import(strings.NewReader(bad), most); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func keys(i vector.Index) []string {
	var out []string
	for _, s := range i.Segments() {
		out = append(out, s.Key())
	}
	return out
}
