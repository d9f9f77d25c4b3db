package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

// Bounds of what steps give. Values are shared where they can be, so a few nodes that each hold the value before twice
// make data that is small in memory and without end once written down.
const (
	maxStepBytes = 128 << 20 // of one step's outputs, about as they lie in memory
	maxRunBytes  = 1 << 30   // of all steps of a run
	maxDataDepth = 1000      // of lists and objects in each other; JSON readers stop at 10,000
)

var errRunBytes = fmt.Errorf("the steps of this run have given more than %d MiB of data in all: keep large data in files, or work in several runs: %w", maxRunBytes>>20, fs.ErrInvalid)

var (
	errTooHeavy = errors.New("too heavy")
	errTooDeep  = fmt.Errorf("the step gives lists and objects in each other, more than %d deep: %w", maxDataDepth, fs.ErrInvalid)
)

// weigh adds to a step's weight what items have, and says when that is too much.
func (st *step) weigh(items []Item) error {
	s := scale{left: maxStepBytes - st.weight}
	for i := range items {
		it := &items[i]
		s.left -= 64 + 16*len(it.From)
		for name, f := range it.Files {
			s.left -= 120 + len(name) + len(f.Name) + len(f.Type)
		}
		if err := s.object(it.JSON, 0); err != nil {
			if errors.Is(err, errTooHeavy) {
				return fmt.Errorf("the step gives more than %d MiB of data: keep large data in files, or work on fewer items at once: %w", maxStepBytes>>20, fs.ErrInvalid)
			}
			return err
		}
	}
	st.weight = maxStepBytes - s.left
	return nil
}

// weighAll weighs outputs that were not weighed while they came.
func (st *step) weighAll() error {
	for _, items := range st.outputs {
		if err := st.weigh(items); err != nil {
			return err
		}
	}
	return nil
}

// scale stops as soon as too much lies on it.
type scale struct{ left int }

func (s *scale) object(m map[string]any, depth int) error {
	s.left -= 48
	for k, v := range m {
		s.left -= 32 + len(k)
		if err := s.value(v, depth+1); err != nil {
			return err
		}
	}
	return s.verdict(depth)
}

func (s *scale) verdict(depth int) error {
	switch {
	case s.left < 0:
		return errTooHeavy
	case depth > maxDataDepth:
		return errTooDeep
	}
	return nil
}

func (s *scale) value(v any, depth int) error {
	switch v := v.(type) {
	case string:
		s.left -= 16 + len(v)
	case map[string]any:
		return s.object(v, depth)
	case []any:
		s.left -= 24 + 16*len(v)
		for _, e := range v {
			if err := s.value(e, depth+1); err != nil {
				return err
			}
		}
	case []map[string]any:
		s.left -= 24 + 8*len(v)
		for _, e := range v {
			if err := s.object(e, depth+1); err != nil {
				return err
			}
		}
	case []string:
		for _, e := range v {
			s.left -= 16 + len(e)
		}
	case map[string]string:
		for k, e := range v {
			s.left -= 32 + len(k) + len(e)
		}
	case json.Number:
		s.left -= 16 + len(v)
	case json.RawMessage:
		s.left -= 24 + len(v)
	default:
		s.left -= 8
	}
	return s.verdict(depth)
}
