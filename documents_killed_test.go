package main

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// The server is killed again and again while it takes documents in, and while people replace and delete them. In the end
// all is taken in once, whole, and what was deleted is gone.
func TestKillsWhileDocumentsAreTakenIn(t *testing.T) {
	onceWithoutRaceDetector(t)
	if testing.Short() {
		t.Skip("kills processes for most of a minute")
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		killed(t, startStudio(t))
	})
	t.Run("Postgres", func(t *testing.T) {
		t.Parallel()
		database := os.Getenv("DATABASE_URL_TEST")
		if database == "" {
			t.Skip("DATABASE_URL_TEST names no Postgres")
		}
		killed(t, startStudio(t, "DATABASE_URL="+freshSchema(t, database), "ATELIER_MASTER_KEY="+base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))))
	})
}

// part is a section of a document: unlike any other, and found by its word.
func part(document, section, version int) string {
	return fmt.Sprintf("# Section %d of %d\n\nThe word of this section is %s. %s\n\n", section, document, wordOf(document, section, version), strings.Repeat("Nothing else is said here, sentence after sentence. ", 8))
}

// wordOf has letters only, so that no analyzer takes it apart.
func wordOf(numbers ...int) string {
	b := []byte("zq")
	for _, n := range numbers {
		b = append(b, 'a'+byte(n/26%26), 'a'+byte(n%26))
	}
	return string(b)
}

const killedSections = 6

func killedDocument(n, version int) namedFile {
	var b strings.Builder
	for s := range killedSections {
		b.WriteString(part(n, s, version))
	}
	return namedFile{fmt.Sprintf("folder/%d.md", n), []byte(b.String())}
}

func killed(t *testing.T, s *studioProcess) {
	t.Helper()
	const kills, documents = 20, 100
	h := s.collection("Killed", nil)
	var files []namedFile
	for n := range documents {
		files = append(files, killedDocument(n, 0))
	}
	version, gone := make([]int, documents), make([]bool, documents)
	ids := make([]string, documents)
	for i, f := range h.put(files...) {
		ids[i] = f.Document.ID
	}
	middle := 0
	for round := range kills {
		// What is acknowledged must be there after the kill; each document is changed once at most, so that there is no
		// doubt which of two changes came last.
		n := round
		var acknowledged sync.WaitGroup
		acknowledged.Go(func() {
			switch round % 3 {
			case 0:
				h.put(killedDocument(n, 1))
				version[n] = 1
			case 1:
				h.order("delete", ids[n])
				gone[n] = true
			}
		})
		acknowledged.Wait()
		<-time.After(time.Duration(rand.IntN(400)) * time.Millisecond)
		s.kill()
		s.start()
		if c := h.counts(); c.Ready < c.Documents {
			middle++
		}
	}
	if middle < kills/2 {
		t.Errorf("only %d of %d kills came before all was taken in: the test shows little", middle, kills)
	}
	deadline := time.Now().Add(3 * time.Minute)
	for {
		c := h.counts()
		if c.Ready+c.Failed == c.Documents {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d documents are ready, %d failed", c.Ready, c.Documents, c.Failed)
		}
		<-time.After(100 * time.Millisecond)
	}
	var list struct{ Documents []heldDocument }
	s.call("GET", "/collections/"+h.id+"/documents?limit=200", nil, &list)
	there := map[string]bool{}
	for _, d := range list.Documents {
		if d.Status != "ready" || there[d.Name] {
			t.Errorf("%s is %s: %s", d.Name, d.Status, d.Error)
		}
		there[d.Name] = true
	}
	numbers := map[uint32]string{}
	for n := range documents {
		name := killedDocument(n, 0).name
		if there[name] == gone[n] {
			t.Errorf("%s is there (%v) where it was deleted (%v)", name, there[name], gone[n])
		}
		if gone[n] {
			if status, _ := s.send("GET", "/collections/"+h.id+"/documents/"+ids[n]+"/text", nil); status != http.StatusNotFound {
				t.Errorf("the text of %s, which was deleted, gives %d", name, status)
			}
		} else {
			h.whole(t, n, ids[n], version[n], numbers)
		}
		// Of every version, the words are found that are there, once each.
		for v := range 2 {
			want := 0
			if !gone[n] && v == version[n] {
				want = 1
			}
			var found struct{ Total int }
			s.call("GET", "/collections/"+h.id+"/records?q="+wordOf(n, 2, v), nil, &found)
			if found.Total != want {
				t.Errorf("the word of version %d of %s is found %d times, want %d", v, name, found.Total, want)
			}
		}
	}
	if a := h.ask("What is the word of section 3 of 50?"); len(a.Sources) == 0 && a.Mode != "none" {
		t.Errorf("asked, it answers %+v", a)
	}
}

type heldCounts struct{ Documents, Ready, Failed int }

func (h *held) counts() (c heldCounts) {
	h.t.Helper()
	h.call("GET", "/collections/"+h.id, nil, &c)
	return c
}

// whole checks that a document has all its chunks, in their places, with numbers of their own.
func (h *held) whole(t *testing.T, n int, id string, version int, numbers map[uint32]string) {
	t.Helper()
	var text struct {
		Text   string
		Chunks []struct {
			Number     uint32
			Start, End int
		}
	}
	h.call("GET", "/collections/"+h.id+"/documents/"+id+"/text", nil, &text)
	if len(text.Chunks) != killedSections {
		t.Errorf("document %d has %d chunks, want %d", n, len(text.Chunks), killedSections)
		return
	}
	for s, k := range text.Chunks {
		if other := numbers[k.Number]; other != "" {
			t.Errorf("the number %d is of a chunk of %s and of %s", k.Number, other, id)
		}
		numbers[k.Number] = id
		if !strings.Contains(text.Text[k.Start:k.End], wordOf(n, s, version)) {
			t.Errorf("chunk %d of document %d is %q, without %s", s, n, text.Text[k.Start:k.End], wordOf(n, s, version))
		}
	}
}
