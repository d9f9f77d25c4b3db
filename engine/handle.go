package engine

import "context"

// Handle follows a run that was started.
type Handle struct {
	ID string
	// Existing is set when the run had been started before with the same idempotency key.
	Existing bool

	*progress
}

// progress is what all handles of a run share. It is written by the run's goroutine, before the channels close.
type progress struct {
	done      chan struct{}
	responded chan struct{}
	answered  bool
	response  *Response
	err       error
	result    Result
}

func newHandle(id string) *Handle {
	return &Handle{ID: id, progress: &progress{done: make(chan struct{}), responded: make(chan struct{})}}
}

// Done is closed when the run has ended, or sleeps.
func (p *progress) Done() <-chan struct{} { return p.done }

// Result returns how the run ended; only after Done.
func (p *progress) Result() Result { return p.result }

// Response returns a webhook's answer, nil when the run ended without one.
func (p *progress) Response(ctx context.Context) (*Response, error) {
	select {
	case <-p.responded:
	case <-p.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return p.response, p.err
}

func (p *progress) answer(r *Response) {
	if !p.answered && r != nil {
		p.answered, p.response = true, r
		close(p.responded)
	}
}
