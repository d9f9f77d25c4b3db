package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
	record "github.com/atelier-studio/atelier/rag/talk"
)

// A conversation belongs to one person: another one of the workspace, and another workspace, cannot read, go on with,
// judge, rename or throw it away by its id. Exported, what others wrote stands there as text.
func TestConversationsOfOthers(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	ada, eve := s.owner(t, "ada@example.org"), s.owner(t, "eve@example.org")
	bob := s.member(t, ada, "bob@example.org", auth.Editor)
	scope := ada.Member.Scope()
	c, err := s.Store.PutCollection(t.Context(), scope, library.Collection{Name: "Handbook", Language: "en", Settings: rag.DefaultSettings})
	if err != nil {
		t.Fatal(err)
	}
	talked, m, _, err := s.Store.BeginMessage(t.Context(), scope, c.ID, "", `Is it \[here\](javascript:alert(1))?`)
	if err != nil {
		t.Fatal(err)
	}
	m.State, m.Text = record.Answered, "It is. [1]"
	m.Answer = &rag.Answer{Mode: rag.Extracted, Text: m.Text, Sentences: []rag.Sentence{{Text: "It is.", Sources: []int{1}}}, Sources: []rag.Hit{{Chunk: rag.Chunk{
		ID: 1, Title: `\[Title\](https://evil.example.com)`, Text: "One\r# Two ![x](https://evil.example.com/p.png)\n<script>alert(1)</script> <b>",
	}}}}
	if err := s.Store.FinishMessage(t.Context(), scope, c.ID, &m, nil); err != nil {
		t.Fatal(err)
	}
	path := "/collections/" + c.ID + "/conversations/" + talked.ID
	for name, b := range map[string]*browser{"a colleague": bob, "another workspace": eve} {
		for _, call := range []struct {
			method, path string
			body         any
		}{
			{"GET", path, nil},
			{"GET", path + "/export", nil},
			{"GET", path + "/messages/" + m.ID + "/trace", nil},
			{"POST", path + "/title", object{"title": "Mine"}},
			{"POST", path + "/messages/" + m.ID + "/feedback", object{"verdict": "up"}},
			{"DELETE", path + "/messages/" + m.ID + "/feedback", nil},
			{"POST", path + "/restore", nil},
			{"DELETE", path, nil},
		} {
			if res := b.api(call.method, call.path, call.body, nil, http.StatusNotFound); strings.Contains(res.Text, "It is.") {
				t.Errorf("%s, %s %s: %s", name, call.method, call.path, res.Text)
			}
		}
	}
	// What nobody judged is nobody else's either.
	bob.api("GET", "/collections/"+c.ID+"/feedback/"+m.ID, nil, nil, http.StatusNotFound)

	file := ada.api("GET", path+"/export", nil, nil, http.StatusOK).Text
	for _, live := range []string{"\r", "\n# Two", "<script", "<b>", "![x]("} {
		if strings.Contains(file, live) {
			t.Errorf("%q stands in the file:\n%s", live, file)
		}
	}
	for _, want := range []string{`\\\[here\\\](javascript`, `\\\[Title\\\](https`, "  > # Two !\\[x\\](https"} {
		if !strings.Contains(file, want) {
			t.Errorf("%q is missing in the file:\n%s", want, file)
		}
	}
}
