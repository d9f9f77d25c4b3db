package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/llm/llmtest"
)

// month is what the API tells of the accounts.
type month struct {
	Sum  spending
	Rows []struct {
		Model, Kind, Name, Credential string
		spending
	}
}

type spending struct{ Calls, Kept, Failed, Unpriced, Input, Output, Micros int64 }

func (s *studioProcess) usage() (v month) {
	s.t.Helper()
	s.call("GET", "/usage", nil, &v)
	return v
}

// post posts a form of a page.
func (s *studioProcess) post(path string, pairs ...string) {
	s.t.Helper()
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		b.WriteString(pairs[i] + "=" + pairs[i+1] + "&")
	}
	res, err := s.client.Post(s.url(path), "application/x-www-form-urlencoded", strings.NewReader(b.String()))
	if err != nil {
		s.t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		s.t.Fatalf("%s gave %s", path, res.Status)
	}
}

// with sends a call of the API with an Idempotency-Key.
func (h *held) with(key, question string) (int, string, http.Header) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), "POST", h.url("/api/v1/collections/"+h.id+"/ask"), strings.NewReader(`{"question": "`+question+`", "temperature": 0.9}`))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	res, err := h.client.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return res.StatusCode, string(text), res.Header
}

// Questions to documents are counted with their cost, answered from what was kept, held to the budget, and made once when
// they carry a key; the vectors of documents are counted too.
func TestAccounts(t *testing.T) {
	t.Parallel()
	s := startStudio(t, "ATELIER_ALLOW_ADDRESSES=127.0.0.1")
	server := s.provider("Models")
	server.Answer(func(llmtest.Asked) llmtest.Said {
		return llmtest.Said{Pieces: []string{"Parcels can go back within thirty days [1]."}, Input: 1000, Output: 100}
	})
	h := s.collection("Handbook", m{"models": []string{"Models"}, "embedder": "Models"})
	h.take("returns.txt", []byte("Parcels can go back within thirty days after they came."))
	const question = "Within how many days can parcels go back?"

	if u := s.usage(); len(u.Rows) != 1 || u.Rows[0].Kind != "ingest" || u.Rows[0].Name != "Handbook" || u.Sum.Unpriced != 1 || u.Sum.Micros != 0 {
		t.Errorf("taking a document in is booked as %+v", u)
	}
	s.post("/settings/usage/price", "model", "chat-small", "input", "2", "output", "10")
	s.post("/settings/usage/price", "model", "Models/embed-small", "input", "0")
	server.Asked()
	for range 2 {
		h.ask(question)
	}
	chats := 0
	for _, a := range server.Asked() {
		if strings.Contains(a.Path, "chat") {
			chats++
		}
	}
	u := s.usage()
	if chats != 1 || u.Sum.Micros != 3000 || u.Sum.Kept != 1 || u.Sum.Input < 1000 {
		t.Errorf("%d calls for the same question twice, booked as %+v", chats, u.Sum)
	}

	// The same key again is the same answer, without a call; what is free to differ is not kept without a key.
	status, first, _ := h.with("k1", question)
	again, second, header := h.with("k1", question)
	if status != http.StatusOK || again != status || first != second || header.Get("Idempotency-Replayed") != "true" || s.usage().Sum.Micros != 6000 {
		t.Errorf("with one key: %d %s, then %d %s; %+v", status, first, again, second, s.usage().Sum)
	}
	if status, text, _ := h.with("k1", "Which volcano is it?"); status != http.StatusUnprocessableEntity || !strings.Contains(text, "another request") {
		t.Errorf("the key for another question: %d %s", status, text)
	}

	// The budget stops what costs money, before it is asked.
	s.post("/settings/usage/budget", "limit", "0.006", "warn", "80", "at_limit", "stop")
	server.Asked()
	status, text, _ := h.with("k2", question)
	for _, a := range server.Asked() {
		if strings.Contains(a.Path, "chat") {
			t.Error("a model was asked beyond the budget")
		}
	}
	if status != http.StatusPaymentRequired || !strings.Contains(text, "budget") || !strings.Contains(text, "Usage") {
		t.Errorf("beyond the budget: %d %s", status, text)
	}
	// A key whose call failed is free; and locally, sentences of the documents answer.
	s.post("/settings/usage/budget", "limit", "0.006", "warn", "80", "at_limit", "local")
	if status, text, _ := h.with("k2", question); status != http.StatusOK || !strings.Contains(text, `"mode":"extract"`) || !strings.Contains(text, "spent") {
		t.Errorf("beyond the budget, going on locally: %d %s", status, text)
	}
	if page := s.page("/settings/usage"); !strings.Contains(page, "The budget is spent") || !strings.Contains(page, "chat-small") || !strings.Contains(page, "Handbook") {
		t.Errorf("the page says %s", page)
	}
	if csv := s.page("/settings/usage.csv"); !strings.HasPrefix(csv, "day,model,") || !strings.Contains(csv, "0.006000") {
		t.Errorf("the file says %s", csv)
	}
	metrics := s.page("/metrics")
	for _, line := range []string{
		`atelier_model_calls_total{model="other",provider="openai",result="ok"}`, `atelier_model_calls_total{model="other",provider="openai",result="spent"} `,
		`atelier_model_cost_dollars_total{model="other",provider="openai"} 0.006`, `atelier_model_cache_requests_total{result="hit"} 1`,
		`atelier_retrieval_stage_duration_seconds_count{result="ok",stage="lexical"}`, `stage="vector"`, `stage="fused"`, `stage="reranked"`, `{result="model",stage="answer"}`,
		`atelier_ingestion_stage_duration_seconds_count{result="ok",stage="read"} 1`, `stage="chunk"`, `stage="embed"`, `stage="index"`, "atelier_model_breakers_open 0",
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
	if strings.Contains(metrics, "Handbook") || strings.Contains(metrics, "Models") {
		t.Error("names of people's things are in the metrics")
	}
}
