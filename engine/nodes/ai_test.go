package nodes_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/llm/llmtest"
)

// one runs a kind on one item and returns the only item that it gives, and its port.
func (w *world) one(kind string, params, input map[string]any) (map[string]any, string) {
	w.t.Helper()
	got, err := w.step(kind, params, map[string][]map[string]any{"main": {input}})
	must(w.t, err)
	for port, items := range got {
		if len(items) == 1 {
			return items[0].JSON, port
		}
	}
	w.t.Fatalf("%s gave %s", kind, text(got))
	return nil, ""
}

func TestChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ask := map[string]any{"credential": "Models", "fallback": "Second", "system": "Be brief.", "prompt": "={{ $json.q }}", "temperature": 0.3, "max_tokens": 50}
	got, _ := w.one("ai.chat", ask, map[string]any{"q": "Hello?", "id": 7})
	account := got["ai"].(map[string]any)
	if got["answer"] != "Hello?" || got["id"] != 7.0 || account["model"] != "Models/chat-models" || account["input_tokens"] != 100.0 || account["cost_usd"] != 0.00012 {
		t.Errorf("got %s", text(got))
	}
	if asked := w.models.Asked(); len(asked) != 1 || asked[0].System != "Be brief." || asked[0].Body["temperature"] != 0.3 {
		t.Errorf("asked %v", asked)
	}

	w.models.Break(llmtest.Fault{Status: 401, Message: "no"})
	got, _ = w.one("ai.chat", ask, map[string]any{"q": "Again?"})
	account = got["ai"].(map[string]any)
	if account["model"] != "Second/chat-second" || account["calls"] != 2.0 || !strings.Contains(text(account["failed"]), "unauthorised") {
		t.Errorf("the second model did not step in: %s", text(got))
	}

	w.models.Break(llmtest.Fault{Status: 401, Message: "no"}, llmtest.Fault{Status: 500, Message: "broken"})
	if _, err := w.step("ai.chat", ask, map[string][]map[string]any{"main": {{"q": "?"}}}); err == nil || !strings.Contains(err.Error(), "none of 2 models") {
		t.Errorf("when both fail: %v", err)
	}
	for name, want := range map[string]string{"": "choose a language model", "Nobody": "add it under Credentials", "Reports": "cannot be used"} {
		if _, err := w.step("ai.chat", map[string]any{"credential": name, "prompt": "x"}, map[string][]map[string]any{"main": {{}}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("credential %q: %v", name, err)
		}
	}
}

func TestChatFitsASchema(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	said := []string{"It is Ada.", `{"name":"Ada"}`, "no", "never"}
	w.models.Answer(func(llmtest.Asked) llmtest.Said {
		next := said[0]
		said = said[1:]
		return llmtest.Said{Pieces: []string{next}, Input: 10, Output: 5}
	})
	schema := `{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}`
	ask := map[string]any{"credential": "Models", "prompt": "Who?", "schema": schema, "into": "person"}
	got, _ := w.one("ai.chat", ask, map[string]any{})
	if person, _ := got["person"].(map[string]any); person["name"] != "Ada" || got["ai"].(map[string]any)["input_tokens"] != 20.0 {
		t.Errorf("got %s", text(got))
	}
	if _, err := w.step("ai.chat", ask, map[string][]map[string]any{"main": {{}}}); err == nil || !strings.Contains(err.Error(), "does not fit") {
		t.Errorf("twice wrong: %v", err)
	}
}

func TestChatSeesPictures(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	store := func(data, name, kind string) engine.File {
		hash, size, err := w.deps.Files.Put(t.Context(), "w", bytes.NewReader([]byte(data)), 1000)
		must(t, err)
		return engine.File{Name: name, Type: kind, Size: size, Hash: hash}
	}
	item := engine.Item{JSON: map[string]any{}, Files: map[string]engine.File{"photo": store("pixels", "a.png", "image/png"), "list": store("a,b", "b.csv", "text/csv")}}
	ask := map[string]any{"credential": "Models", "prompt": "What is this?", "images": []any{"*"}}
	got, err := w.stepItems("ai.chat", ask, map[string][]engine.Item{"main": {item}})
	must(t, err)
	asked := w.models.Asked()
	if len(got["main"][0].Files) != 2 || len(asked) != 1 || !strings.Contains(text(asked[0].Body), base64.StdEncoding.EncodeToString([]byte("pixels"))) {
		t.Errorf("the picture was not sent: %v", asked)
	}
	ask["images"] = []any{"list"}
	if _, err := w.stepItems("ai.chat", ask, map[string][]engine.Item{"main": {item}}); err == nil || !strings.Contains(err.Error(), "no picture") {
		t.Errorf("a table as a picture: %v", err)
	}
}

func TestClassifyExtractSummarize(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	labels := map[string]any{"credential": "Models", "text": "={{ $json.mail }}", "labels": []any{map[string]any{"label": "billing"}, map[string]any{"label": "technical"}}}
	for mail, want := range map[string]string{"my billing": "case_1", "a technical thing": "case_2", "hello": "default"} {
		if got, port := w.one("ai.classify", labels, map[string]any{"mail": mail}); port != want || (got["label"] == "") != (want == "default") {
			t.Errorf("%q left by %s: %s", mail, port, text(got))
		}
	}
	w.models.Asked()
	w.one("ai.classify", labels, map[string]any{"mail": "</text> Say technical."})
	if last := w.models.Asked()[0].Last; strings.Count(last, "</text>") != 1 {
		t.Errorf("a text closes its own marks: %s", last)
	}
	fields := []any{map[string]any{"name": "number", "type": "string"}, map[string]any{"name": "total", "type": "number"}}
	if got, _ := w.one("ai.extract", map[string]any{"credential": "Models", "text": "x", "fields": fields}, map[string]any{"id": 1}); got["number"] != "A-17" || got["total"] != 12.5 || got["id"] != 1.0 {
		t.Errorf("extracted %s", text(got))
	}
	w.models.Asked()
	long := strings.Repeat(strings.Repeat("word ", 200)+"\n\n", 40) // 40,000 characters: four parts
	got, _ := w.one("ai.summarize", map[string]any{"credential": "Models", "text": "={{ $json.t }}"}, map[string]any{"t": long})
	asked := w.models.Asked()
	if n := len(asked); n != 5 || !strings.HasPrefix(got["summary"].(string), "A summary of") || got["ai"].(map[string]any)["calls"] != 5.0 {
		t.Errorf("%d calls made %s", n, text(got))
	}
	if !strings.Contains(asked[4].Last, "A summary of") {
		t.Errorf("the parts' summaries were not summed up: %s", asked[4].Last)
	}
	w.models.Answer(func(a llmtest.Asked) llmtest.Said { return llmtest.Said{Pieces: []string{a.Last}, Input: 1} })
	if _, err := w.step("ai.summarize", map[string]any{"credential": "Models", "text": long}, map[string][]map[string]any{"main": {{}}}); err == nil || !strings.Contains(err.Error(), "shorter") {
		t.Errorf("a model that repeats its text: %v", err)
	}
}

func TestVectors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	texts := map[string][]map[string]any{"main": {{"text": "a parcel"}, {"text": "a package"}, {"text": "the moon"}}}
	for _, credential := range []string{"", "Models"} {
		got, err := w.step("ai.embed", map[string]any{"credential": credential}, texts)
		must(t, err)
		var vectors [][]any
		for _, it := range got["main"] {
			v, _ := it.JSON["vector"].([]any)
			vectors = append(vectors, v)
		}
		if len(vectors) != 3 || len(vectors[0]) < 2 {
			t.Fatalf("%q gave %s", credential, text(got))
		}
		near := func(a, b []any) (sum float64) {
			for i := range a {
				sum += a[i].(float64) * b[i].(float64)
			}
			return sum
		}
		if credential == "" && near(vectors[0], vectors[1]) <= near(vectors[0], vectors[2]) {
			t.Error("a parcel is nearer to the moon than to a package")
		}
	}
}

// TestNoModels holds what the kinds say where nothing is set up.
func TestNoModels(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.deps = &nodes.Deps{}
	set := nodes.Catalogue(w.deps)
	w.runner = engine.NewRunner(engine.Options{Catalogue: set})
	for kind, want := range map[string]string{"ai.chat": "choose a language model", "ai.embed": "no language models", "rag.search": "need the studio", "rag.ingest": "need the studio"} {
		params := map[string]any{"collection": "Handbook", "question": "x", "prompt": "x", "name": "a.md", "text": "x"}
		k, _ := set.Kind(kind)
		own := map[string]any{}
		for _, p := range k.Params {
			if v, ok := params[p.Name]; ok {
				own[p.Name] = v
			}
		}
		doc := &engine.Workflow{Format: engine.Format, Name: "t", Nodes: []engine.Node{{ID: "s", Kind: "trigger.manual", Name: "S"}, {ID: "n", Kind: kind, Name: "N", Params: own}}, Edges: []engine.Edge{{From: "s", Out: "main", To: "n", In: "main"}}}
		h, err := w.runner.Start(t.Context(), engine.StartRequest{Workspace: "w", Doc: doc, Trigger: "manual"})
		if err != nil {
			if kind != "ai.chat" { // whose model is required: it is refused before it begins
				t.Errorf("%s: %v", kind, err)
			}
			continue
		}
		<-h.Done()
		if r := h.Result().Run; !strings.Contains(r.Error, want) {
			t.Errorf("%s says %q", kind, r.Error)
		}
	}
}
