package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/talk"
)

const (
	maxKept = 1 << 20 // bytes of an answer, or of a trace
	// An answer of which nothing was heard for so long has broken off: the studio that worked on it is gone.
	lostAnswer = 10 * time.Minute
)

const messageColumns = "m.id, m.conversation, m.number, m.question, m.state, m.text, m.answer, m.cited, m.error, m.verdict, m.reasons, m.remark, m.judged, m.made, m.created, m.finished"

func scanMessage(row scanner) (m talk.Message, err error) {
	var answer, cited, reasons string
	var f talk.Feedback
	if err := row.Scan(&m.ID, &m.Conversation, &m.Number, &m.Question, &m.State, &m.Text, &answer, &cited, &m.Error, &f.Verdict, &reasons, &f.Remark, &f.At, &f.Question, &m.Created, &m.Finished); err != nil {
		return m, err
	}
	if f.Verdict != "" {
		m.Feedback = &f
		if err := json.Unmarshal([]byte(reasons), &f.Reasons); err != nil {
			return m, fmt.Errorf("read what was said about the answer %s: %w", m.ID, err)
		}
	}
	if answer != "" {
		m.Answer = new(rag.Answer)
		if err := json.Unmarshal([]byte(answer), m.Answer); err != nil {
			return m, fmt.Errorf("read the answer %s: %w", m.ID, err)
		}
	}
	if m.Cited = []talk.Cited{}; cited != "" {
		if err := json.Unmarshal([]byte(cited), &m.Cited); err != nil {
			return m, fmt.Errorf("read what the answer %s cites: %w", m.ID, err)
		}
	}
	return m, nil
}

// BeginMessage keeps a question that is going to be answered, in a conversation of the scope's person, or in a new one when
// conversation is "". It returns what was asked and answered there before.
func (s *Store) BeginMessage(ctx context.Context, scope auth.Scope, collection, conversation, question string) (c talk.Conversation, m talk.Message, before []talk.Message, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return c, m, nil, err
	}
	question = strings.TrimSpace(question)
	if question == "" {
		return c, m, nil, invalid("there is no question")
	}
	err = s.library.tx(ctx, func(q querier) error {
		var err error
		before = nil
		if conversation == "" {
			c, err = s.beginConversation(ctx, q, scope, ws, collection, question)
		} else if c, err = ownConversation(ctx, q, scope, ws, collection, conversation, q.db.forUpdate()); err == nil {
			before, err = s.messages(ctx, q, ws, conversation)
		}
		if err != nil {
			return err
		}
		if len(before) >= talk.MaxMessages {
			return invalid("this conversation has %d questions, which is the most; begin a new one", talk.MaxMessages)
		}
		m = talk.Message{ID: newID(), Conversation: c.ID, Number: 1, Question: question, State: talk.Answering, Cited: []talk.Cited{}, Created: s.now()}
		if n := len(before); n > 0 {
			m.Number = before[n-1].Number + 1
		}
		if _, err := q.exec(ctx, `INSERT INTO messages (workspace, collection, conversation, id, number, question, state, text, answer, cited, trace, error, verdict, reasons, remark, judged, made, created, finished)
			VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', '[]', '', '', '', '[]', '', 0, '', $8, 0)`, ws, collection, c.ID, m.ID, m.Number, m.Question, string(m.State), m.Created); err != nil {
			return err
		}
		c.Messages, c.Updated = len(before)+1, m.Created
		_, err = q.exec(ctx, "UPDATE conversations SET updated = $3 WHERE workspace = $1 AND id = $2", ws, c.ID, m.Created)
		return err
	})
	return c, m, before, err
}

// FinishMessage keeps what came of a question: its state, text, answer and error, and how its passages were found; trace may
// be nil. It fills in which documents they are from. fs.ErrNotExist: nobody waits for it any more, it is finished or gone.
func (s *Store) FinishMessage(ctx context.Context, scope auth.Scope, collection string, m *talk.Message, trace *talk.Trace) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	answer, found := "", ""
	if m.Answer != nil {
		short := *m.Answer
		short.Found = nil
		if answer, err = keptJSON(&short); err != nil {
			return err
		}
		if m.Cited, err = s.citedOf(ctx, ws, collection, &short); err != nil {
			return err
		}
	}
	if trace != nil {
		if found, err = keptJSON(trace); err != nil {
			return err
		}
	}
	cited, err := keptJSON(m.Cited)
	if err != nil {
		return err
	}
	m.Finished = s.now()
	n, err := s.library.exec(ctx, `UPDATE messages SET state = $4, text = $5, answer = $6, cited = $7, trace = $8, error = $9, finished = $10
		WHERE workspace = $1 AND collection = $2 AND id = $3 AND state = 'answering'`,
		ws, collection, m.ID, string(m.State), m.Text, answer, cited, found, m.Error, m.Finished)
	if err == nil && n == 0 {
		err = absent("question %.80q that waits for its answer", m.ID)
	}
	return err
}

// keptJSON is a value as it is kept; nothing, where it is larger than is sensible.
func keptJSON(v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil || len(data) > maxKept {
		return "", err
	}
	return string(data), nil
}

// citedOf are the documents of an answer's passages, with the versions that are searched now.
func (s *Store) citedOf(ctx context.Context, ws, collection string, a *rag.Answer) ([]talk.Cited, error) {
	seen := map[string]bool{}
	args := []any{ws, collection}
	for _, list := range [][]rag.Hit{a.Sources, a.Nearest} {
		for _, h := range list {
			if !seen[h.Document] {
				seen[h.Document] = true
				args = append(args, h.Document)
			}
		}
	}
	if len(seen) == 0 {
		return []talk.Cited{}, nil
	}
	return collect(ctx, s.library.reader(), func(row scanner) (c talk.Cited, err error) {
		return c, row.Scan(&c.Document, &c.Name, &c.Version)
	}, "SELECT id, name, version FROM documents WHERE workspace = $1 AND collection = $2 AND id IN ("+placeholders(3, len(seen))+") ORDER BY name", args...)
}

// placeholders are n of them from a number on: "$3, $4".
func placeholders(from, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = placeholder(from + i)
	}
	return strings.Join(list, ", ")
}

// Messages lists what was asked and answered in a conversation of the scope's person, the oldest first, and what became of
// the documents that were cited.
func (s *Store) Messages(ctx context.Context, scope auth.Scope, collection, conversation string) ([]talk.Message, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	if _, err := s.Conversation(ctx, scope, collection, conversation); err != nil {
		return nil, err
	}
	list, err := s.messages(ctx, s.library.reader(), ws, conversation)
	if err != nil {
		return nil, err
	}
	return list, s.compareCited(ctx, ws, collection, list)
}

func (s *Store) messages(ctx context.Context, q querier, ws, conversation string) ([]talk.Message, error) {
	list, err := collect(ctx, q, scanMessage, "SELECT "+messageColumns+" FROM messages m WHERE m.workspace = $1 AND m.conversation = $2 ORDER BY m.number", ws, conversation)
	for i := range list {
		s.breakOff(&list[i])
	}
	return list, err
}

// breakOff says of an answer that nobody works on any more that it has stopped.
func (s *Store) breakOff(m *talk.Message) {
	if m.State == talk.Answering && m.Created < s.now()-lostAnswer.Microseconds() {
		m.State = talk.Stopped
	}
}

// compareCited fills in what became of the documents since they were cited.
func (s *Store) compareCited(ctx context.Context, ws, collection string, list []talk.Message) error {
	versions := map[string]int64{}
	for i := range list {
		for _, c := range list[i].Cited {
			versions[c.Document] = -1
		}
	}
	if len(versions) == 0 {
		return nil
	}
	args := []any{ws, collection}
	for id := range versions {
		args = append(args, id)
	}
	if _, err := collect(ctx, s.library.reader(), func(row scanner) (id string, err error) {
		var version int64
		err = row.Scan(&id, &version)
		versions[id] = version
		return id, err
	}, "SELECT id, version FROM documents WHERE workspace = $1 AND collection = $2 AND id IN ("+placeholders(3, len(versions))+")", args...); err != nil {
		return err
	}
	for i := range list {
		for j := range list[i].Cited {
			switch c := &list[i].Cited[j]; versions[c.Document] {
			case -1:
				c.Now = talk.Gone
			case c.Version:
			default:
				c.Now = talk.Changed
			}
		}
	}
	return nil
}

// MessageTrace returns how the passages of an own answer were found, or of one on which its person said what they think;
// fs.ErrNotExist when that was not kept.
func (s *Store) MessageTrace(ctx context.Context, scope auth.Scope, collection, message string, judged bool) (json.RawMessage, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	condition, args := "c.author = $4", []any{ws, collection, message, scope.User()}
	if judged {
		condition, args = "m.verdict <> ''", args[:3]
	}
	text, err := one(ctx, s.library.reader(), "trace of such an answer", scanText, `SELECT m.trace FROM messages m JOIN conversations c ON c.workspace = m.workspace AND c.id = m.conversation
		WHERE m.workspace = $1 AND m.collection = $2 AND m.id = $3 AND c.deleted = 0 AND `+condition, args...)
	if err == nil && text == "" {
		err = absent("trace of this answer")
	}
	return json.RawMessage(text), err
}
