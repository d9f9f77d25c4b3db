package engine

import (
	"encoding/json"
	"slices"
)

// What a TurnNote is about.
const (
	NotedTurn   = "turn"   // the model has spoken
	NotedAsked  = "asked"  // a person is asked
	NotedAnswer = "answer" // a person has answered, or did not in time
	NotedCall   = "call"   // a tool begins
	NotedResult = "result" // a tool has given something, or failed
)

// TurnNote is what a step in which a model calls tools notes of its work: see Call.Note. From these notes it goes on
// after a crash, and of them the page of a run makes its account of the turns.
type TurnNote struct {
	What string `json:"what"`
	Turn int    `json:"turn"`           // from 1
	Call int    `json:"call,omitempty"` // within the turn, from 1
	// Of a turn.
	Said         string     `json:"said,omitempty"`
	Calls        []TurnCall `json:"calls,omitempty"`
	Model        string     `json:"model,omitempty"`
	InputTokens  int        `json:"input_tokens,omitempty"`
	OutputTokens int        `json:"output_tokens,omitempty"`
	Cost         *int64     `json:"cost,omitempty"` // millionths of a US dollar, nil: not known
	Tries        int        `json:"tries,omitempty"`
	Last         bool       `json:"last,omitempty"` // no tools were on offer any more
	// Of a question and its answer.
	Until    int64  `json:"until,omitempty"`
	Question string `json:"question,omitempty"`
	Choice   string `json:"choice,omitempty"` // Approve, Refuse, or "late"
	Text     string `json:"text,omitempty"`
	By       string `json:"by,omitempty"`
	// Of a result.
	Result string `json:"result,omitempty"`
	Failed bool   `json:"failed,omitempty"`
	Cut    bool   `json:"cut,omitempty"` // the result was longer
	// Took is how long the model or the tool took, in microseconds.
	Took int64 `json:"took,omitempty"`
}

// TurnCall is a tool that a model wants to have called.
type TurnCall struct {
	ID        string          `json:"id"` // the model's
	Tool      string          `json:"tool"`
	Kind      string          `json:"kind,omitempty"` // of the tool: "workflow", "http", "collection", "mcp"
	Arguments json.RawMessage `json:"arguments,omitempty"`
	Unread    string          `json:"unread,omitempty"` // what the model wrote instead of arguments
	Ask       bool            `json:"ask,omitempty"`    // a person is asked first
}

// Talk is all turns of one step about one item.
type Talk struct {
	Node      string `json:"node"`
	Iteration int    `json:"iteration,omitempty"`
	Item      int    `json:"item,omitempty"`
	Turns     []Turn `json:"turns"`
}

// Turn is what a model said once, and what became of the tools that it asked for.
type Turn struct {
	Number       int        `json:"number"`
	At           int64      `json:"at"` // microseconds UTC
	Said         string     `json:"said,omitempty"`
	Model        string     `json:"model,omitempty"`
	InputTokens  int        `json:"input_tokens"`
	OutputTokens int        `json:"output_tokens"`
	Cost         *int64     `json:"cost,omitempty"`
	Took         int64      `json:"took"`
	Calls        []ToolTurn `json:"calls,omitempty"`
}

// State of a tool's call within a turn.
const (
	CallPlanned = "planned" // its turn has not come
	CallAsking  = "asking"  // a person is asked
	CallUnder   = "running"
	CallDone    = "done"
	CallFailed  = "failed"
	CallRefused = "refused" // by a person, or nobody answered
)

// ToolTurn is one call of a tool and what became of it.
type ToolTurn struct {
	TurnCall
	State  string `json:"state"`
	Result string `json:"result,omitempty"`
	Cut    bool   `json:"cut,omitempty"`
	Took   int64  `json:"took,omitempty"`
	Choice string `json:"choice,omitempty"` // what was answered, and by whom
	Text   string `json:"text,omitempty"`
	By     string `json:"by,omitempty"`
	// Question is set while a person is asked, Until is until when.
	Question string `json:"question,omitempty"`
	Until    int64  `json:"until,omitempty"`
}

// OpenQuestion is a question that waits for its answer.
type OpenQuestion struct {
	Question
	Node  string `json:"node"`
	Asked int64  `json:"asked"`
	Until int64  `json:"until"`
}

// Talks gathers the turns of all steps of a run from its events, in the order in which they began, and what is asked of
// people now. Answered are the questions that were answered already.
func Talks(events []Event, answered []Answer) (talks []*Talk, open []OpenQuestion) {
	type place struct {
		node            string
		iteration, item int
	}
	byPlace := map[place]*Talk{}
	for i := range events {
		e := &events[i]
		at := place{e.Node, e.Iteration, e.Item}
		switch e.Type {
		case StepNoted:
			var n TurnNote
			if json.Unmarshal(e.Data, &n) != nil || n.Turn == 0 {
				continue
			}
			if byPlace[at] == nil {
				byPlace[at] = &Talk{Node: e.Node, Iteration: e.Iteration, Item: e.Item}
				talks = append(talks, byPlace[at])
			}
			byPlace[at].add(&n, e.At)
			if n.What != NotedTurn { // what was asked at this place is settled
				open = slices.DeleteFunc(open, func(q OpenQuestion) bool { return q.Node == e.Node })
			}
		case RunWaiting:
			q := e.Question()
			if q == nil {
				continue
			}
			open = slices.DeleteFunc(open, func(o OpenQuestion) bool { return o.Node == e.Node })
			open = append(open, OpenQuestion{Question: *q, Node: e.Node, Asked: e.At, Until: e.Until})
			byPlace[at].ask(q, e.Until)
		case StepFinished, StepFailed:
			open = slices.DeleteFunc(open, func(q OpenQuestion) bool { return q.Node == e.Node })
		case RunFinished:
			open = nil
		}
	}
	open = slices.DeleteFunc(open, func(q OpenQuestion) bool {
		return slices.ContainsFunc(answered, func(a Answer) bool { return a.Question == q.ID })
	})
	return talks, open
}

func (t *Talk) add(n *TurnNote, at int64) {
	if n.What == NotedTurn {
		turn := Turn{
			Number: n.Turn, At: at, Said: n.Said, Model: n.Model, InputTokens: n.InputTokens, OutputTokens: n.OutputTokens, Cost: n.Cost, Took: n.Took,
		}
		for _, c := range n.Calls {
			turn.Calls = append(turn.Calls, ToolTurn{TurnCall: c, State: CallPlanned})
		}
		t.Turns = append(t.Turns, turn)
		return
	}
	c := t.call(n.Turn, n.Call)
	if c == nil {
		return
	}
	switch n.What {
	case NotedAnswer:
		c.Choice, c.Text, c.By, c.Question = n.Choice, n.Text, n.By, ""
		if c.State = CallPlanned; n.Choice != Approve {
			c.State = CallRefused
		}
	case NotedCall:
		c.State = CallUnder
	case NotedResult:
		c.Result, c.Cut, c.Took = n.Result, n.Cut, n.Took
		switch {
		case c.State == CallRefused:
		case n.Failed:
			c.State = CallFailed
		default:
			c.State = CallDone
		}
	}
}

// ask marks the first call that nothing has come of as the one that a person is asked about.
func (t *Talk) ask(q *Question, until int64) {
	if t == nil || len(t.Turns) == 0 {
		return
	}
	calls := t.Turns[len(t.Turns)-1].Calls
	for i := range calls {
		if c := &calls[i]; c.State == CallPlanned || c.State == CallUnder || c.State == CallAsking {
			c.State, c.Question, c.Until = CallAsking, q.ID, until
			return
		}
	}
}

func (t *Talk) call(turn, call int) *ToolTurn {
	for i := range t.Turns {
		if t.Turns[i].Number == turn && call >= 1 && call <= len(t.Turns[i].Calls) {
			return &t.Turns[i].Calls[call-1]
		}
	}
	return nil
}
