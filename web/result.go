package web

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/atelier-studio/atelier/engine"
)

// resultOf returns how a run that is done has ended, and the items of its last node.
func (s *Server) resultOf(_ context.Context, h *engine.Handle) (*engine.Run, []engine.Item, error) {
	result := h.Result()
	if result.Err != nil {
		return nil, nil, result.Err
	}
	if result.Run == nil {
		return nil, nil, fmt.Errorf("the run %s ended without a result", h.ID)
	}
	return result.Run, result.Items, nil
}

// outputOf returns the items of the last node of a run that is done.
func (s *Server) outputOf(ctx context.Context, h *engine.Handle) ([]engine.Item, error) {
	_, items, err := s.resultOf(ctx, h)
	return items, err
}

// inputOf returns the items that a run was started with.
func inputOf(run *engine.Run) ([]engine.Item, error) {
	if len(run.Input) == 0 {
		return nil, nil
	}
	var start engine.StartRequest
	if err := json.Unmarshal(run.Input, &start); err != nil {
		return nil, fmt.Errorf("the input of the run %s cannot be read: %w", run.ID, err)
	}
	return start.Items, nil
}
