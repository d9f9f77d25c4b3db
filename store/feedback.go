package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag/evaluate"
	"github.com/atelier-studio/atelier/rag/talk"
)

// Judge keeps what the scope's person thinks of an answer they got, in place of what they said before; nil takes it back.
func (s *Store) Judge(ctx context.Context, scope auth.Scope, collection, conversation, message string, f *talk.Feedback) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	if f == nil {
		f = &talk.Feedback{}
	} else {
		f.Remark = strings.TrimSpace(f.Remark)
		if err := f.Check(); err != nil {
			return err
		}
		f.At = s.now()
	}
	reasons, err := json.Marshal(append([]talk.Reason{}, f.Reasons...))
	if err != nil {
		return err
	}
	return s.library.tx(ctx, func(q querier) error {
		if _, err := ownConversation(ctx, q, scope, ws, collection, conversation, ""); err != nil {
			return err
		}
		n, err := q.exec(ctx, "UPDATE messages SET verdict = $4, reasons = $5, remark = $6, judged = $7 WHERE workspace = $1 AND conversation = $2 AND id = $3 AND state IN ('answered', 'stopped')",
			ws, conversation, message, string(f.Verdict), string(reasons), f.Remark, f.At)
		if err == nil && n == 0 {
			return absent("such answer in this conversation")
		}
		return err
	})
}

// JudgedFilter says which judged answers are listed.
type JudgedFilter struct {
	Verdict talk.Verdict // empty: all
	Reason  talk.Reason  // empty: all
	Open    bool         // only those of which no judged question was made
	Query   string       // words of question, answer and remark
	Cursor  string
	Limit   int
}

const judgedMessages = " FROM messages m JOIN conversations c ON c.workspace = m.workspace AND c.id = m.conversation WHERE c.deleted = 0 AND "

func scanJudged(row scanner) (j talk.Judged, err error) {
	m, err := scanMessage(and{row, &j.By})
	j.Message = m
	return j, err
}

// and is a row with one more column at its end.
type and struct {
	row  scanner
	last any
}

func (a and) Scan(into ...any) error { return a.row.Scan(append(slices.Clone(into), a.last)...) }

// Judged lists answers of a collection on which somebody said what they think, the last first. They are without their passages.
func (s *Store) Judged(ctx context.Context, scope auth.Scope, collection string, f JudgedFilter) (list []talk.Judged, next string, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, "", err
	}
	if err := needCollection(ctx, s.library.reader(), ws, collection); err != nil {
		return nil, "", err
	}
	var w where
	w.add("m.workspace = ?", ws)
	w.add("m.collection = ?", collection)
	if f.Verdict == "" {
		w.add("m.verdict <> ''")
	} else {
		w.add("m.verdict = ?", string(f.Verdict))
	}
	if f.Reason != "" {
		w.add("m.reasons LIKE ? ESCAPE '!'", like(`"`+string(f.Reason)+`"`))
	}
	if f.Open {
		w.add("m.made = ''")
	}
	for _, word := range searchWords(f.Query) {
		w.add("lower(m.question || ' ' || m.text || ' ' || m.remark) LIKE ? ESCAPE '!'", like(word))
	}
	if f.Cursor != "" {
		at, id, err := parseCursor(f.Cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("(m.judged, m.id) < (?, ?)", at, id)
	}
	limit := pageSize(f.Limit)
	w.args = append(w.args, limit+1)
	list, err = collect(ctx, s.library.reader(), scanJudged,
		"SELECT "+strings.Replace(messageColumns, "m.answer", "''", 1)+", c.author"+judgedMessages+w.text.String()+" ORDER BY m.judged DESC, m.id DESC LIMIT "+placeholder(len(w.args)), w.args...)
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	list = list[:limit]
	return list, cursor(list[limit-1].Feedback.At, list[limit-1].ID), nil
}

// JudgedCounts tells how many answers of a collection are judged, by verdict.
func (s *Store) JudgedCounts(ctx context.Context, scope auth.Scope, collection string) (map[talk.Verdict]int, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	counts := map[talk.Verdict]int{}
	_, err = collect(ctx, s.library.reader(), func(row scanner) (v talk.Verdict, err error) {
		var n int
		err = row.Scan(&v, &n)
		counts[v] = n
		return v, err
	}, "SELECT m.verdict, count(*)"+judgedMessages+"m.workspace = $1 AND m.collection = $2 AND m.verdict <> '' GROUP BY m.verdict", ws, collection)
	return counts, err
}

// JudgedAnswer returns an answer on which its person said what they think, with what was asked in the conversation before it.
func (s *Store) JudgedAnswer(ctx context.Context, scope auth.Scope, collection, message string) (j talk.Judged, before []talk.Message, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return j, nil, err
	}
	q := s.library.reader()
	if j, err = one(ctx, q, fmt.Sprintf("judged answer %.80q of this collection", message), scanJudged,
		"SELECT "+messageColumns+", c.author"+judgedMessages+"m.workspace = $1 AND m.collection = $2 AND m.id = $3 AND m.verdict <> ''", ws, collection, message); err != nil {
		return j, nil, err
	}
	if before, err = collect(ctx, q, scanMessage, "SELECT "+messageColumns+" FROM messages m WHERE m.workspace = $1 AND m.conversation = $2 AND m.number < $3 ORDER BY m.number DESC LIMIT 6",
		ws, j.Conversation, j.Number); err != nil {
		return j, nil, err
	}
	slices.Reverse(before)
	all := []talk.Message{j.Message}
	err = s.compareCited(ctx, ws, collection, all)
	j.Message = all[0]
	return j, before, err
}

// MakeQuestion keeps a judged question that somebody made of a judged answer, and notes at the answer that it was made.
func (s *Store) MakeQuestion(ctx context.Context, scope auth.Scope, collection, message string, question evaluate.Question) (id string, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return "", err
	}
	if _, _, err := s.JudgedAnswer(ctx, scope, collection, message); err != nil {
		return "", err
	}
	ids, err := s.PutQuestions(ctx, scope, collection, []evaluate.Question{question})
	if err != nil {
		return "", err
	}
	_, err = s.library.exec(ctx, "UPDATE messages SET made = $4 WHERE workspace = $1 AND collection = $2 AND id = $3", ws, collection, message, ids[0])
	return ids[0], err
}
