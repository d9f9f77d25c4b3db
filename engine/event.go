package engine

import "encoding/json"

// EventType names what happened in a run.
type EventType string

const (
	RunStarted   EventType = "run.started"
	RunWaiting   EventType = "run.waiting"  // sleeps in the store until Event.Until
	RunResumed   EventType = "run.resumed"  // goes on after a wait, a crash or a person's decision
	RunFinished  EventType = "run.finished" // with Status and, if failed, Error
	StepStarted  EventType = "step.started" // the intent: durable before an effect begins
	StepFinished EventType = "step.finished"
	StepFailed   EventType = "step.failed"
	StepRetried  EventType = "step.retried" // an attempt failed, another follows at Until
	StepSkipped  EventType = "step.skipped"
	StepNoted    EventType = "step.noted" // a step under way keeps what it has done so far, in Data: see Call.Note
)

// Event is one entry of a run's journal. Seq counts from 1 without gaps within the run.
type Event struct {
	Seq       int64     `json:"seq"`
	At        int64     `json:"at"` // microseconds since 1970, UTC
	Type      EventType `json:"type"`
	Node      string    `json:"node,omitempty"`
	Iteration int       `json:"iteration,omitempty"`
	Attempt   int       `json:"attempt,omitempty"`
	Item      int       `json:"item,omitempty"` // of a note or question: which item it is about
	// Took is how long the step ran, in microseconds.
	Took int64 `json:"took,omitempty"`
	// Outputs are the items by output port, in port order; in events sent to watchers only Counts are set.
	Outputs Outputs `json:"outputs,omitempty"`
	Counts  []int   `json:"counts,omitempty"`
	// Reused marks a step whose output was taken from an earlier run, or pinned.
	Reused string          `json:"reused,omitempty"` // "", "run" or "pinned"
	Error  string          `json:"error,omitempty"`
	Param  string          `json:"param,omitempty"` // the parameter an error is about
	Until  int64           `json:"until,omitempty"`
	Status Status          `json:"status,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"`
}

// Status of a run.
type Status string

const (
	Queued    Status = "queued"
	Running   Status = "running"
	Waiting   Status = "waiting"  // asleep until a time or an answer
	Deciding  Status = "deciding" // a step with an effect was interrupted: a person must say retry, done or fail
	Succeeded Status = "succeeded"
	Failed    Status = "failed"
	Cancelled Status = "cancelled"
)

// Final tells whether a run in this status will never change again.
func (s Status) Final() bool { return s == Succeeded || s == Failed || s == Cancelled }

// Run is one execution of a workflow, as lists show it.
type Run struct {
	ID           string `json:"id"`
	Workspace    string `json:"-"`
	WorkflowID   string `json:"workflow_id"`
	WorkflowName string `json:"workflow_name"`
	Revision     int64  `json:"revision"`
	Trigger      string `json:"trigger"`        // "manual", "webhook", "schedule", "call", "cli", "retry"
	Node         string `json:"node,omitempty"` // the node that the run began at
	Status       Status `json:"status"`
	Error        string `json:"error,omitempty"`
	ErrorNode    string `json:"error_node,omitempty"`
	Created      int64  `json:"created"` // microseconds UTC
	Started      int64  `json:"started,omitempty"`
	Finished     int64  `json:"finished,omitempty"`
	Wake         int64  `json:"wake,omitempty"`     // when a waiting run goes on
	Parent       string `json:"parent,omitempty"`   // run that called this one
	RetryOf      string `json:"retry_of,omitempty"` // run that this one repeats
	By           string `json:"by,omitempty"`       // user id, or "" for triggers
	IdemKey      string `json:"-"`
	Owner        string `json:"-"`
	Fence        int64  `json:"-"` // grows with every change of owner; a stale owner's write is refused
	Steps        int    `json:"steps"`
	// Cancel is when somebody asked that the run ends (microseconds UTC), 0: nobody did.
	Cancel int64  `json:"cancel_requested,omitempty"`
	Mode   string `json:"mode,omitempty"` // "ephemeral": only the result is kept
	// Input is the start of the run, as JSON of Start.
	Input json.RawMessage `json:"-"`
}
