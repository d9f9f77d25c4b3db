// Package library keeps collections of documents: it takes documents in, a stage after the other, and answers questions
// from what it has in memory. What it keeps lies in a store that it knows only by small interfaces.
package library

import (
	"context"
	"errors"
	"io"

	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/split"
)

// Collection is a set of documents that are searched together.
type Collection struct {
	ID          string           `json:"id"`
	Workspace   string           `json:"-"`
	Name        string           `json:"name"`
	Note        string           `json:"note,omitempty"`
	Language    string           `json:"language"` // of its words, ISO 639-1
	Settings    rag.Settings     `json:"settings"`
	Split       split.Options    `json:"split"`
	Embedder    string           `json:"embedder"`              // name of a credential of a provider; empty: the one that needs nothing
	Models      []string         `json:"models"`                // names of credentials: who answers, and who when that one fails; none: no model
	Calibration *rag.Calibration `json:"calibration,omitempty"` // nil: the one that comes with the program
	Documents   int              `json:"documents"`
	Ready       int              `json:"ready"`
	Failed      int              `json:"failed"`
	Chunks      int              `json:"chunks"`
	Bytes       int64            `json:"bytes"`
	Created     int64            `json:"created"`
	Updated     int64            `json:"updated"`
	By          string           `json:"by"`
}

// Status says how it stands with a document.
type Status string

// The states of a document.
const (
	Queued  Status = "queued"
	Working Status = "working"
	Paused  Status = "paused"
	Ready   Status = "ready"
	Failed  Status = "failed"
)

// Stage is what is being done with a document.
type Stage string

// The stages, in their order.
const (
	Reading   Stage = "read"
	Chunking  Stage = "chunk"
	Embedding Stage = "embed"
	Indexing  Stage = "index"
)

// Document is a document of a collection. While a new version of it is taken in, the one before is searched.
type Document struct {
	ID         string   `json:"id"`
	Workspace  string   `json:"-"`
	Collection string   `json:"collection"`
	Name       string   `json:"name"`              // unique in the collection: a path or an address
	Address    string   `json:"address,omitempty"` // where it was fetched
	ReadAs     string   `json:"-"`                 // name of a file of its type; empty: its own name is one
	File       string   `json:"-"`                 // SHA-256 of its bytes, in hexadecimal digits
	Bytes      int64    `json:"bytes"`
	Title      string   `json:"title"`
	Language   string   `json:"language,omitempty"`
	Pages      int      `json:"pages,omitempty"`
	Chunks     int      `json:"chunks"`
	Tags       []string `json:"tags"`
	Status     Status   `json:"status"`
	Stage      Stage    `json:"stage,omitempty"`
	Done       int      `json:"done"`  // of the stage
	Total      int      `json:"total"` // of the stage; 0: not known
	Error      string   `json:"error,omitempty"`
	Version    int64    `json:"version"` // that is searched; 0: none yet
	Created    int64    `json:"created"`
	Updated    int64    `json:"updated"`
	By         string   `json:"by"`
}

// Chunk is a chunk as it is kept.
type Chunk struct {
	Number   uint32 // unique in the collection, for ever
	Start    int
	End      int
	Page     int
	Headings []string
	Text     string
}

// Content is what a version of a document was made into.
type Content struct {
	Title    string
	Language string
	Pages    int
	Text     string
	Chunks   []Chunk
	Space    string   // of its vectors; empty: it has none
	Segments [][]byte // of rag/vector, of vectors numbered by vectorID
	Words    Words    // of the chunks
}

// Words is an index of a document's words as it is kept.
type Words struct {
	Language string // of the analyzer that read them
	Part     []byte // of rag/lexical; nil: it was not kept
}

// Indexes are what finds a document, without what it says.
type Indexes struct {
	Words    Words
	Space    string
	Segments [][]byte
}

// Task is a document that somebody works on.
type Task struct {
	Document
	Owner      string
	Fence      int64 // grows with each claim: who lost the task cannot write any more
	Collection Collection
}

// ErrTaken says that a task is not ours any more: paused, removed, replaced, or taken over by another process.
var ErrTaken = errors.New("the document is not worked on here any more")

// Queue is where a worker gets its tasks. Every method is safe to call again after a failure.
type Queue interface {
	// Claim takes a document that is queued, or whose worker gave no sign since dead (microseconds UTC); nil: none. One that
	// was claimed again and again and never ended, as when it takes the whole process down, fails instead; so nobody waits
	// for it.
	Claim(ctx context.Context, owner string, dead int64) (*Task, error)
	// Beat keeps how far a task has come, and holds it. ErrTaken: stop.
	Beat(ctx context.Context, t *Task, stage Stage, done, total int) error
	// Reserve returns the first of n chunk numbers that nobody else gets.
	Reserve(ctx context.Context, t *Task, n int) (first uint32, err error)
	// Publish puts content in place of what was searched before, in one transaction.
	Publish(ctx context.Context, t *Task, c *Content) error
	// Release gives a task back unfinished: it is queued, and its claim does not count.
	Release(ctx context.Context, t *Task) error
	// Fail keeps why a task ended; what was searched before stays.
	Fail(ctx context.Context, t *Task, why string) error
	// File opens the bytes of a task's document.
	File(ctx context.Context, t *Task) (io.ReadCloser, error)
	// Content returns what is searched of a document; nil: nothing yet.
	Content(ctx context.Context, workspace, collection, document string) (*Content, error)
}

// Edition names what is searched of a document.
type Edition struct {
	Document string
	Version  int64
	Title    string
	Tags     []string
}

// Shelves is where a library reads what it searches.
type Shelves interface {
	Collection(ctx context.Context, workspace, id string) (*Collection, error)
	Editions(ctx context.Context, workspace, collection string) ([]Edition, error)
	Content(ctx context.Context, workspace, collection, document string) (*Content, error)
	// Indexes returns what was kept to find a document by; nil: nothing yet.
	Indexes(ctx context.Context, workspace, collection, document string) (*Indexes, error)
	Chunks(ctx context.Context, workspace, collection string, numbers []uint32) ([]rag.Chunk, error)
}

// Embedders finds what makes the vectors of a collection: by a credential's name, or the one that needs nothing for "".
type Embedders func(ctx context.Context, workspace, credential string) (rag.Embedder, error)
