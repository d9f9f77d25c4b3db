package nodes_test

import (
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/llm/llmtest"
)

func TestSearchAndRerank(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.handbook()
	question := "Within how many days can parcels go back?"
	got, err := w.step("rag.search", map[string]any{"collection": "Handbook", "question": question, "top_k": 50, "results": 50, "threshold": 0}, map[string][]map[string]any{"main": {{}}})
	must(t, err)
	hits := objects(got["main"])
	if len(hits) != len(handbook) || hits[0]["title"] != "Returns" || hits[0]["rank"] != 1.0 || !strings.Contains(hits[0]["text"].(string), "thirty days") {
		t.Fatalf("found %s", text(hits))
	}
	// What was found goes through a reranker: with the collection's own measure, by itself, and by a provider's.
	for _, params := range []map[string]any{{"collection": "Handbook"}, {}, {"credential": "Models"}} {
		params["question"], params["threshold"], params["results"] = "={{ $json.question }}", 0.05, 2
		ranked, err := w.step("rag.rerank", params, map[string][]map[string]any{"main": hits})
		must(t, err)
		best := objects(ranked["main"])
		if len(best) == 0 || len(best) > 2 || params["credential"] == nil && best[0]["title"] != "Returns" || best[0]["rank"] != 1.0 {
			t.Errorf("%v: ranked %s", params, text(ranked))
		}
	}
	some, err := w.step("rag.rerank", map[string]any{"collection": "Handbook", "question": question, "threshold": 0}, map[string][]map[string]any{"main": hits[1:]})
	must(t, err)
	if n := len(some["main"]); n != len(hits)-1 {
		t.Errorf("of %d items %d were ranked: %s", len(hits)-1, n, text(some))
	}
	if _, err := w.step("rag.rerank", map[string]any{"collection": "Handbook", "question": "x"}, map[string][]map[string]any{"main": {{"text": "of elsewhere"}}}); err == nil || !strings.Contains(err.Error(), "item 1 was not found in") {
		t.Errorf("a text of elsewhere: %v", err)
	}
	for kind, params := range map[string]map[string]any{
		"rag.search": {"collection": "Handbook", "question": "quantum chromodynamics"},
		"rag.rerank": {"question": "quantum chromodynamics"},
	} {
		got, port := w.one(kind, params, map[string]any{"text": "Leather shoes want wax."})
		if port != "none" || got["question"] != "quantum chromodynamics" {
			t.Errorf("%s left by %s: %s", kind, port, text(got))
		}
	}
	if _, err := w.step("rag.search", map[string]any{"collection": "Handbook", "question": question, "vector": []any{1, 2}}, map[string][]map[string]any{"main": {{}}}); err == nil || !strings.Contains(err.Error(), "2 numbers") {
		t.Errorf("a vector of another embedder: %v", err)
	}
	found, _ := w.one("rag.search", map[string]any{"collection": "Handbook", "question": question, "threshold": 0, "tags": []any{"shoes"}}, map[string]any{})
	if found["title"] != "Care of shoes" {
		t.Errorf("with a tag found %s", text(found))
	}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.handbook()
	ask := map[string]any{"collection": "Handbook", "question": "={{ $json.q }}", "threshold": 0.3}
	question := map[string]any{"q": "Within how many days can parcels go back?", "ticket": 9}
	check := func(mode, model string) {
		t.Helper()
		got, port := w.one("rag.answer", ask, question)
		citations, _ := got["citations"].([]any)
		if port != "main" || got["mode"] != mode || got["supported"] != true || !strings.Contains(got["answer"].(string), "thirty days") || len(citations) == 0 ||
			citations[0].(map[string]any)["title"] != "Returns" || got["ticket"] != 9.0 || got["ai"].(map[string]any)["model"] != model {
			t.Errorf("%s: got %s", mode, text(got))
		}
	}
	check("extract", "")
	ask["credential"], ask["fallback"] = "Models", "Second"
	w.models.Asked()
	check("model", "Models/chat-models")
	if a := w.models.Asked(); len(a) != 1 || a[0].Body["temperature"] != 0.1 || a[0].Body["max_tokens"] != 2000.0 && a[0].Body["max_completion_tokens"] != 2000.0 {
		t.Errorf("asked %s", text(a))
	}
	w.models.Break(llmtest.Fault{Status: 500})
	check("model", "Second/chat-second")
	w.models.Break(llmtest.Fault{Status: 500}, llmtest.Fault{Body: "{"})
	check("extract", "")
	if got, port := w.one("rag.answer", ask, map[string]any{"q": "Who discovered quantum chromodynamics?"}); port != "none" || got["answer"] != nil {
		t.Errorf("what the documents do not tell left by %s: %s", port, text(got))
	}

	sources := map[string][]map[string]any{"main": {{"q": "When do parcels go back?"}, {"q": "What does leather want?"}}, "sources": {{"text": "Parcels go back within thirty days.", "title": "Returns"}, {"text": "Leather wants wax twice a year.", "title": "Shoes"}}}
	got, err := w.step("rag.answer", map[string]any{"question": "={{ $json.q }}"}, sources)
	must(t, err)
	if list := objects(got["main"]); len(list) != 2 || !strings.Contains(list[0]["answer"].(string), "thirty days. [1]") || !strings.Contains(list[1]["answer"].(string), "twice a year. [2]") {
		t.Errorf("from sources: %s", text(got))
	}
}

func TestIngest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.handbook()
	add := map[string]any{"collection": "Handbook", "name": "faq/gifts", "text": "={{ $json.text }}", "tags": []any{"faq"}}
	got, _ := w.one("rag.ingest", add, map[string]any{"text": "# Gifts\n\nGift cards never expire."})
	if got["status"] != "ready" || got["chunks"] != 1.0 || got["name"] != "faq/gifts.md" {
		t.Fatalf("taken in: %s", text(got))
	}
	again, _ := w.one("rag.ingest", add, map[string]any{"text": "# Gifts\n\nGift cards never expire."})
	if again["document"] != got["document"] {
		t.Errorf("the same bytes made another document: %s", text(again))
	}
	found, _ := w.one("rag.answer", map[string]any{"collection": "Handbook", "question": "When do gift cards expire?", "threshold": 0.3}, map[string]any{})
	if !strings.Contains(text(found["answer"]), "never expire") {
		t.Errorf("answered %s", text(found))
	}
	page := map[string]any{"collection": "Handbook", "address": "={{ $json.link }}"}
	for range 2 { // the second time it has not changed
		got, _ := w.one("rag.ingest", page, map[string]any{"link": "https://docs.example.com/returns#top"})
		if got["status"] != "ready" || got["title"] != "Returns" || got["name"] != "https://docs.example.com/returns" {
			t.Errorf("a page: %s", text(got))
		}
	}
	for _, tt := range []struct {
		params map[string]any
		want   string
	}{
		{map[string]any{"collection": "Handbook", "name": "bad.pdf", "text": "%PDF-1.7 and nothing more"}, "PDF"},
		{map[string]any{"collection": "Nowhere", "name": "a.md", "text": "x"}, "no collection"},
		{map[string]any{"collection": "Nowhere", "address": "https://docs.example.com/returns"}, "no collection"},
		{map[string]any{"collection": "Handbook", "address": "https://docs.example.com/nothing"}, "404"},
		{map[string]any{"collection": "Handbook", "address": "file:///etc/passwd"}, "http and https"},
		{map[string]any{"collection": "Handbook", "text": "x"}, "needs a name"},
	} {
		if _, err := w.step("rag.ingest", tt.params, map[string][]map[string]any{"main": {{}}}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: %v", tt.params, err)
		}
	}
}
