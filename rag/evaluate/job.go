package evaluate

import (
	"context"
	"errors"

	"github.com/atelier-studio/atelier/rag"
)

// Status says how it stands with an evaluation.
type Status string

// The states of an evaluation.
const (
	Queued  Status = "queued"
	Working Status = "working"
	Done    Status = "done"
	Failed  Status = "failed"
	Stopped Status = "stopped" // by a person
)

// Open tells whether an evaluation is still to be worked on.
func (s Status) Open() bool { return s == Queued || s == Working }

// Order is what was asked for.
type Order struct {
	Fit      bool          `json:"fit,omitempty"`      // a calibration is fitted; else the judged questions are asked
	Settings *rag.Settings `json:"settings,omitempty"` // other than the collection's
	Answers  bool          `json:"answers,omitempty"`
	NoModel  bool          `json:"no_model,omitempty"`
}

// Evaluation is a run over the judged questions of a collection, or a fit of its calibration, as it is kept.
type Evaluation struct {
	ID       string   `json:"id"`
	Note     string   `json:"note,omitempty"`
	Order    Order    `json:"order"`
	Status   Status   `json:"status"`
	Done     int      `json:"done"`
	Total    int      `json:"total"`
	Error    string   `json:"error,omitempty"`
	Restarts int      `json:"restarts,omitempty"` // how often another process had to go on with it
	Result   Result   `json:"result"`             // without its cases where several are listed
	Fitting  *Fitting `json:"fitting,omitempty"`
	Created  int64    `json:"created"`
	Ended    int64    `json:"ended,omitempty"`
	By       string   `json:"by"`
}

// Task is an evaluation that somebody works on.
type Task struct {
	Evaluation
	Workspace, Collection string
	Owner                 string
	Fence                 int64 // grows with each claim: who lost the task cannot write any more
}

// ErrTaken says that a task is not ours any more: stopped, removed, or taken over by another process.
var ErrTaken = errors.New("the evaluation is not worked on here any more")

// Queue is where a worker gets its tasks.
type Queue interface {
	// Claim takes an evaluation that is queued, or whose worker gave no sign since dead (microseconds UTC); nil: none.
	Claim(ctx context.Context, owner string, dead int64) (*Task, error)
	// Release gives a task back, for another process to go on with.
	Release(ctx context.Context, t *Task) error
	// Beat keeps how far a task has come and, where cases is not nil, what came of them, and holds the task. ErrTaken: stop.
	Beat(ctx context.Context, t *Task, done, total int, cases []Case) error
	// Finish keeps how a task ended.
	Finish(ctx context.Context, t *Task) error
	// Questions are the judged questions of a task's collection, and where their passages stand.
	Questions(ctx context.Context, t *Task) ([]Question, Places, error)
}
