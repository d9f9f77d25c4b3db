package engine

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"
)

// commentsKey is where a file holds its comments, when whoever saved it asked for them. It is not part of the drawing.
const commentsKey = "comments"

const maxAuthorRunes = 100

// fileThread and fileComment are the form of a thread in a file: who spoke is a name, because ids mean nothing in
// another studio.
type fileThread struct {
	Place
	Resolved bool          `json:"resolved,omitempty"`
	Comments []fileComment `json:"comments"`
}

type fileComment struct {
	Name    string `json:"name"`
	Text    string `json:"text"`
	Created int64  `json:"created"`
	Edited  int64  `json:"edited,omitempty"`
}

// EncodeWith writes the workflow as Encode does, with its comments.
func (w *Workflow) EncodeWith(threads []Thread) ([]byte, error) {
	list := make([]fileThread, 0, len(threads))
	for _, t := range threads {
		f := fileThread{Place: t.Place, Resolved: t.Resolved != 0, Comments: make([]fileComment, 0, len(t.Comments))}
		for _, c := range t.Comments {
			f.Comments = append(f.Comments, fileComment{c.Name, c.Text, c.Created, c.Edited})
		}
		list = append(list, f)
	}
	data, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	with := *w
	with.Unknown = map[string]json.RawMessage{commentsKey: data}
	for k, v := range w.Unknown {
		with.Unknown[k] = v
	}
	return with.Encode()
}

// ParseComments reads the comments of a file that Parse has taken. now bounds their times: nobody speaks in the future.
func ParseComments(data []byte, now int64) ([]Thread, error) {
	var file struct {
		Comments []fileThread `json:"comments"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("the comments of the file cannot be read (%s): %w", strings.TrimPrefix(err.Error(), "json: "), fs.ErrInvalid)
	}
	if len(file.Comments) > MaxThreads {
		return nil, fmt.Errorf("the file has %d threads of comments, the limit is %d: %w", len(file.Comments), MaxThreads, fs.ErrInvalid)
	}
	count := 0
	for _, f := range file.Comments {
		count += len(f.Comments)
	}
	if count > MaxFileComments {
		return nil, fmt.Errorf("the file has %d comments, the limit is %d: take the key comments out of it, or some of the threads: %w", count, MaxFileComments, fs.ErrInvalid)
	}
	threads := make([]Thread, 0, len(file.Comments))
	for i, f := range file.Comments {
		if len(f.Comments) == 0 {
			continue // nothing was said
		}
		t, err := f.thread(now)
		if err != nil {
			return nil, fmt.Errorf("thread %d of the file's comments: %w", i+1, err)
		}
		threads = append(threads, t)
	}
	return threads, nil
}

func (f fileThread) thread(now int64) (Thread, error) {
	if len(f.Comments) > MaxComments {
		return Thread{}, fmt.Errorf("it has %d comments, the limit is %d: %w", len(f.Comments), MaxComments, fs.ErrInvalid)
	}
	t := Thread{Place: f.Place, Count: len(f.Comments), Created: now}
	for _, c := range f.Comments {
		text := strings.TrimSpace(c.Text)
		if n := utf8.RuneCountInString(text); n == 0 || n > MaxCommentRunes {
			return t, fmt.Errorf("a comment has 1 to %d characters, one there has %d: %w", MaxCommentRunes, n, fs.ErrInvalid)
		}
		at := max(past(c.Created, now), t.Updated+1) // keeps their order
		t.Created, t.Updated = min(t.Created, at), max(t.Updated, at)
		t.Comments = append(t.Comments, Comment{Name: authorName(c.Name), Text: text, Created: at, Edited: max(0, min(c.Edited, now))})
	}
	if f.Resolved {
		t.Resolved = t.Updated
	}
	return t, nil
}

func past(at, now int64) int64 {
	if at <= 0 || at > now {
		return now
	}
	return at
}

// authorName makes a name from a file fit for one line.
func authorName(name string) string {
	name = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, name)), " ")
	if utf8.RuneCountInString(name) > maxAuthorRunes {
		name = string([]rune(name)[:maxAuthorRunes])
	}
	return name
}
