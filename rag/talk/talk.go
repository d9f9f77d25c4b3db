// Package talk is conversations with collections: what was asked and answered, as it is kept, and what people say about it.
package talk

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/rag"
)

// Conversation is what one person asked of a collection, one question after the other. Nobody else sees it, but for the
// answers on which that person says what they think.
type Conversation struct {
	ID         string `json:"id"`
	Collection string `json:"collection"`
	Title      string `json:"title"`
	Messages   int    `json:"messages"`
	Created    int64  `json:"created"`
	Updated    int64  `json:"updated"`
	By         string `json:"by"`
}

// State says how it stands with a message.
type State string

// The states of a message.
const (
	Answering State = "answering"
	Answered  State = "answered"
	Stopped   State = "stopped" // by the person, or because the connection or the studio broke off
	Failed    State = "failed"
)

// Message is a question with what came of it.
type Message struct {
	ID           string      `json:"id"`
	Conversation string      `json:"conversation"`
	Number       int         `json:"number"` // from 1
	Question     string      `json:"question"`
	State        State       `json:"state"`
	Text         string      `json:"text"`             // as far as it came
	Answer       *rag.Answer `json:"answer,omitempty"` // of one that was answered: with the passages as they stood then, without the search
	Cited        []Cited     `json:"cited"`            // the documents of its passages
	Error        string      `json:"error,omitempty"`
	Feedback     *Feedback   `json:"feedback,omitempty"`
	Created      int64       `json:"created"`
	Finished     int64       `json:"finished,omitempty"`
}

// Cited is a document that an answer rests on.
type Cited struct {
	Document string `json:"document"`
	Name     string `json:"name"`
	Version  int64  `json:"version"`       // that was searched for the answer
	Now      Change `json:"now,omitempty"` // filled in when it is read
}

// Change says what became of a document since it was cited; empty: it is as it was.
type Change string

// What may become of a document.
const (
	Changed Change = "changed"
	Gone    Change = "gone"
)

// Trace is how the passages of an answer were found: the stages of the search, for the retrieval view.
type Trace struct {
	*rag.Found
	Chunks   map[uint32]rag.Chunk `json:"chunks"` // of all stages, with the beginning of their texts
	Settings rag.Settings         `json:"settings"`
	Took     time.Duration        `json:"took"` // nanoseconds
}

// Limits of conversations.
const (
	MaxTitle         = 120 // characters
	MaxMessages      = 200 // of a conversation
	MaxConversations = 1000
	maxRemark        = 2000 // characters
	shownOfChunk     = 300  // bytes of each chunk of a trace
)

// Title makes the title of a conversation from its first question.
func Title(question string) string {
	title := strings.Join(strings.Fields(question), " ")
	if utf8.RuneCountInString(title) <= MaxTitle {
		return title
	}
	runes := []rune(title)[:MaxTitle-1]
	cut := string(runes)
	if at := strings.LastIndexByte(cut, ' '); at > MaxTitle/2 {
		cut = cut[:at]
	}
	return cut + "…"
}

// Turns are the answered questions of a conversation before the message that is asked, the oldest first.
func Turns(list []Message) []rag.Turn {
	var turns []rag.Turn
	for i := range list {
		m := &list[i]
		if m.State != Answered || m.Answer == nil || m.Answer.Mode == rag.Abstained {
			continue
		}
		turns = append(turns, rag.Turn{Question: m.Question, Answer: m.Text, Searched: m.Answer.Searched})
	}
	return turns
}

// Numbers are the chunks that a trace shows.
func Numbers(f *rag.Found) []uint32 {
	var list []uint32
	for _, s := range f.Stages {
		for _, h := range s.Hits {
			list = append(list, h.ID)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// NewTrace keeps of a search what a person wants to see of it later. Chunks are those of its stages.
func NewTrace(f *rag.Found, s rag.Settings, took time.Duration, chunks []rag.Chunk) *Trace {
	short := *f
	short.Hits, short.Below = slices.Clone(f.Hits), slices.Clone(f.Below)
	for _, list := range [][]rag.Hit{short.Hits, short.Below} {
		for i := range list {
			list[i].Text = beginning(list[i].Text)
		}
	}
	t := &Trace{Found: &short, Chunks: make(map[uint32]rag.Chunk, len(chunks)), Settings: s, Took: took}
	for _, k := range chunks {
		k.Text = beginning(k.Text)
		t.Chunks[k.ID] = k
	}
	return t
}

func beginning(text string) string {
	if len(text) <= shownOfChunk {
		return text
	}
	return strings.ToValidUTF8(text[:shownOfChunk], "") + "…"
}

// Verdict is what a person thinks of an answer.
type Verdict string

// The verdicts.
const (
	Up   Verdict = "up"
	Down Verdict = "down"
)

// Reason says why an answer is good or bad.
type Reason string

// Reasons are those that a person can choose from for a verdict.
func Reasons(v Verdict) []Reason {
	if v == Up {
		return []Reason{"right", "complete", "good_sources"}
	}
	return []Reason{"wrong", "incomplete", "wrong_sources", "not_found", "outdated", "unclear"}
}

// Feedback is what the person who asked says about an answer.
type Feedback struct {
	Verdict Verdict  `json:"verdict"`
	Reasons []Reason `json:"reasons"`
	Remark  string   `json:"remark,omitempty"`
	At      int64    `json:"at"`
	// Question is the judged question that somebody made of it; empty: none.
	Question string `json:"question,omitempty"`
}

// Check says what is wrong with feedback.
func (f *Feedback) Check() error {
	if f.Verdict != Up && f.Verdict != Down {
		return fmt.Errorf("a verdict is up or down: %w", fs.ErrInvalid)
	}
	if utf8.RuneCountInString(f.Remark) > maxRemark {
		return fmt.Errorf("the remark has more than %d characters: %w", maxRemark, fs.ErrInvalid)
	}
	slices.Sort(f.Reasons)
	f.Reasons = slices.Compact(f.Reasons)
	for _, r := range f.Reasons {
		if !slices.Contains(Reasons(f.Verdict), r) {
			return fmt.Errorf("there is no reason %.40q for this verdict: %w", r, fs.ErrInvalid)
		}
	}
	return nil
}

// Judged is an answer on which somebody said what they think, for those who look after the collection.
type Judged struct {
	Message
	By string `json:"by"` // who asked and judged
}
