package engine

// Limits of comments. A thread or text beyond one of them is refused with words that name it.
const (
	MaxThreads      = 1_000 // of a workflow
	MaxComments     = 500   // of a thread
	MaxCommentRunes = 10_000
	// MaxFileComments bounds how many comments, over all threads, come and go in a file.
	MaxFileComments = 20_000
)

// ThreadFilter selects threads of a workflow.
type ThreadFilter struct {
	Query  string   // words that a comment of the thread has
	IDs    []string // when not empty, only these
	Cursor string
	Limit  int // 0: 50; at most 200, without texts MaxThreads
	// Bare leaves the texts out: what is needed to show where something was said, and how much.
	Bare bool
}

// Place says what a thread of comments is about: a node, a note, or a point of the canvas.
type Place struct {
	Node string `json:"node,omitempty"`
	Note string `json:"note,omitempty"`
	// At is the point; for a thread on a node or a note, where that was when the thread began.
	At [2]float64 `json:"at"`
}

// Thread is a conversation about a place in a workflow. It outlives its node: who removed the node may bring it back.
type Thread struct {
	ID         string `json:"id"`
	Place      Place  `json:"place"`
	Created    int64  `json:"created"`
	Updated    int64  `json:"updated"`            // when something was last said
	Resolved   int64  `json:"resolved,omitempty"` // when it was settled; 0 while it is open
	ResolvedBy string `json:"resolved_by,omitempty"`
	Count      int    `json:"count"`
	// Unread counts what others said since the asking person last looked, and Mentioned tells whether the thread speaks
	// to them. Both are theirs alone and are left out of what all watchers are told.
	Unread    int  `json:"unread,omitempty"`
	Mentioned bool `json:"mentioned,omitempty"`
	// Comments are in the order of their times. Lists hold the first one only, and a long thread read by itself the first
	// one and a part of the others.
	Comments []Comment `json:"comments,omitempty"`
}

// Comment is what one person said. Its text is Markdown.
type Comment struct {
	ID       string   `json:"id"`
	By       string   `json:"by,omitempty"` // the author's id; left out for one that came with a file
	Name     string   `json:"name"`
	Text     string   `json:"text"`
	Created  int64    `json:"created"`
	Edited   int64    `json:"edited,omitempty"`
	Mentions []string `json:"mentions,omitempty"` // ids of the people it speaks to
}

// Mention is a comment that speaks to a person, as a list over all workflows shows it.
type Mention struct {
	Workflow string  `json:"workflow"`
	Title    string  `json:"title"` // the workflow's name
	Thread   string  `json:"thread"`
	Unread   bool    `json:"unread"`
	Resolved bool    `json:"resolved"`
	Comment  Comment `json:"comment"`
}
