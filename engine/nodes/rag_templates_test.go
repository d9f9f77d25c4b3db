package nodes_test

import (
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/llm/llmtest"
)

// TestTemplatesOfDocuments runs the templates of documents and models as they are drawn, on a real collection.
func TestTemplatesOfDocuments(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		template string
		body     map[string]any
		faults   []llmtest.Fault
		status   int
		says     string // a part of the answer
		mails    int
	}{
		{"document_answers", map[string]any{"question": "Within how many days can parcels go back?"}, nil, 200, "thirty days", 0},
		{"document_answers", map[string]any{"question": "Who discovered quantum chromodynamics?"}, nil, 404, "nearest", 0},
		{"support_triage", map[string]any{"from": "ada@example.com", "text": "A question: within how many days can parcels go back?"}, nil, 200, "thirty days", 0},
		{"support_triage", map[string]any{"from": "ada@example.com", "text": "A complaint: my parcel is broken"}, nil, 202, "person", 1},
		{"support_triage", map[string]any{"text": "A question: who discovered quantum chromodynamics?"}, nil, 202, "person", 1},
		{"production_rag", map[string]any{"question": "Within how many days can parcels go back?"}, nil, 200, "Models/chat-models", 0},
		{"production_rag", map[string]any{"question": "Within how many days can parcels go back?"}, []llmtest.Fault{{Status: 500}}, 200, "chat-second", 0},
		{"production_rag", map[string]any{"question": "Within how many days can parcels go back?"}, []llmtest.Fault{{Status: 500}, {Status: 500}}, 200, `"mode":"extract"`, 0},
		{"production_rag", map[string]any{"question": "Who discovered quantum chromodynamics?"}, nil, 200, "The documents do not tell", 0},
	} {
		t.Run(tt.template, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.handbook()
			_, second, _ := w.creds.Secret(t.Context(), "w", "Second")
			w.creds.add("Second model", nodes.ModelsCredential, second)
			w.models.Break(tt.faults...)
			hook := []engine.Item{{JSON: map[string]any{"body": tt.body, "headers": map[string]any{}, "query": map[string]any{}, "method": "POST", "path": "x"}}}
			h, err := w.runner.Start(t.Context(), engine.StartRequest{Workspace: "w", Doc: template(t, tt.template), Trigger: "webhook", Node: "hook", Items: hook})
			must(t, err)
			<-h.Done()
			run := h.Result().Run
			response, err := h.Response(t.Context())
			must(t, err)
			if run.Status != engine.Succeeded || response == nil {
				t.Fatalf("%s at %s", run.Error, run.ErrorNode)
			}
			if response.Status != tt.status || !strings.Contains(string(response.Body), tt.says) || len(w.mail.take()) != tt.mails {
				t.Errorf("%v got %d: %s", tt.body, response.Status, response.Body)
			}
		})
	}
}
