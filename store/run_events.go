package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// maxEvents bounds one answer of Events.
const maxEvents = 10_000

// Events returns a run's events with a Seq above since, in order, with their outputs; limit 0 is 1,000.
func (s *Store) Events(ctx context.Context, scope auth.Scope, runID string, since int64, limit int) ([]engine.Event, error) {
	if limit <= 0 {
		limit = 1000
	}
	limit = min(limit, maxEvents)
	list := []engine.Event{}
	err := s.eachChunk(ctx, scope, runID, "AND first + count > $3 ORDER BY first", since+1, func(events []byte) (more bool, err error) {
		err = eachLine(events, func(line []byte) error {
			var e engine.Event
			if err := decodeEvent(line, &e); err != nil {
				return err
			}
			if e.Seq > since && len(list) < limit {
				list = append(list, e)
			}
			return nil
		})
		return len(list) < limit, err
	})
	return list, err
}

// StepOutput returns the last event by which a step finished, with its outputs: of the given iteration, or of any when
// it is negative. fs.ErrNotExist when the step has not finished in this run.
func (s *Store) StepOutput(ctx context.Context, scope auth.Scope, runID, node string, iteration int) (engine.Event, error) {
	var found *engine.Event
	err := s.eachChunk(ctx, scope, runID, "AND first >= $3 ORDER BY first DESC", 0, func(events []byte) (more bool, err error) {
		if !bytes.Contains(events, []byte(engine.StepFinished)) {
			return true, nil
		}
		err = eachLine(events, func(line []byte) error {
			var head struct {
				Type      engine.EventType `json:"type"`
				Node      string           `json:"node"`
				Iteration int              `json:"iteration"`
			}
			if err := json.Unmarshal(line, &head); err != nil {
				return err
			}
			if head.Type != engine.StepFinished || head.Node != node || iteration >= 0 && head.Iteration != iteration {
				return nil
			}
			found = new(engine.Event)
			return decodeEvent(line, found)
		})
		return found == nil, err
	})
	if err != nil {
		return engine.Event{}, err
	}
	if found == nil {
		return engine.Event{}, absent("output of the step %.80q in this run", node)
	}
	return *found, nil
}

// eachChunk hands over a run's chunks until use has enough. condition may use $3, which is arg.
func (s *Store) eachChunk(ctx context.Context, scope auth.Scope, runID, condition string, arg int64, use func(events []byte) (more bool, err error)) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	d := s.runs
	if _, err := one(ctx, d.reader(), fmt.Sprintf("run %.80q in this workspace", runID), scanText, "SELECT id FROM runs WHERE workspace = $1 AND id = $2", ws, runID); err != nil {
		return err
	}
	rows, err := d.read.QueryContext(ctx, "SELECT events FROM journal WHERE workspace = $1 AND run = $2 "+condition, ws, runID, arg)
	if err != nil {
		return d.words(err)
	}
	defer rows.Close()
	for rows.Next() {
		var events []byte
		if err := rows.Scan(&events); err != nil {
			return d.words(err)
		}
		more, err := use(events)
		if err != nil {
			return fmt.Errorf("read the journal of run %s: %w", runID, err)
		}
		if !more {
			return nil
		}
	}
	return d.words(rows.Err())
}

func eachLine(events []byte, use func(line []byte) error) error {
	for line := range bytes.SplitSeq(events, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err := use(line); err != nil {
			return err
		}
	}
	return nil
}

// decodeEvent keeps numbers as they were written.
func decodeEvent(line []byte, e *engine.Event) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	return d.Decode(e)
}
