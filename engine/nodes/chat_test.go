package nodes_test

import (
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
)

// TestChatWithDocuments runs the template of the chat as it is drawn, on a real collection, without a model.
func TestChatWithDocuments(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.handbook()
	before := []any{
		map[string]any{"role": "user", "text": "Within how many days can parcels go back?"},
		map[string]any{"role": "assistant", "text": "Within thirty days."},
	}
	for _, tt := range []struct {
		message string
		history []any
		says    string
	}{
		{"Within how many days can parcels go back?", []any{}, "thirty days"},
		{"Within how many?", before, "thirty days"},
		{"Within how many?", []any{}, "The documents do not tell."},
		{"Who discovered quantum chromodynamics?", []any{}, "The documents do not tell."},
	} {
		item := engine.Item{JSON: map[string]any{"message": tt.message, "session": "s", "history": tt.history}}
		h, err := w.runner.Start(t.Context(), engine.StartRequest{Workspace: "w", Doc: template(t, "document_chat"), Trigger: "chat", Node: "chat", Items: []engine.Item{item}})
		must(t, err)
		<-h.Done()
		result := h.Result()
		if result.Run.Status != engine.Succeeded || len(result.Items) != 1 {
			t.Fatalf("%q: %s at %s, %d items", tt.message, result.Run.Error, result.Run.ErrorNode, len(result.Items))
		}
		if answer, _ := result.Items[0].JSON["answer"].(string); !strings.Contains(answer, tt.says) {
			t.Errorf("%q after %d messages got %q", tt.message, len(tt.history), answer)
		}
	}
}
