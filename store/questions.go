package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag/evaluate"
	"github.com/atelier-studio/atelier/rag/library"
)

const questionColumns = "id, question, good, unanswerable, created, updated, author"

func scanQuestion(row scanner) (q evaluate.Question, err error) {
	var good string
	var unanswerable int
	if err := row.Scan(&q.ID, &q.Question, &good, &unanswerable, &q.Created, &q.Updated, &q.By); err != nil {
		return q, err
	}
	q.Unanswerable = unanswerable != 0
	return q, json.Unmarshal([]byte(good), &q.Good)
}

// Questions lists the judged questions of a collection, the oldest first.
func (s *Store) Questions(ctx context.Context, scope auth.Scope, collection string) ([]evaluate.Question, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	if err := needCollection(ctx, s.library.reader(), ws, collection); err != nil {
		return nil, err
	}
	return collect(ctx, s.library.reader(), scanQuestion, "SELECT "+questionColumns+" FROM questions WHERE workspace = $1 AND collection = $2 ORDER BY created, id", ws, collection)
}

// PutQuestions keeps judged questions: all of them or, where one is wrong, none. One with an id replaces that question,
// one without an id the question in the same words, if there is one. It returns their ids in the order given.
func (s *Store) PutQuestions(ctx context.Context, scope auth.Scope, collection string, list []evaluate.Question) ([]string, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(list))
	for i := range list {
		q := &list[i]
		if q.Question = strings.TrimSpace(q.Question); q.Good == nil {
			q.Good = []evaluate.Passage{}
		}
		if err := q.Check(); err != nil {
			return nil, err
		}
		good, err := json.Marshal(q.Good)
		if err != nil {
			return nil, err
		}
		texts[i] = string(good)
	}
	var ids []string
	err = s.library.tx(ctx, func(q querier) error {
		if err := needCollection(ctx, q, ws, collection); err != nil {
			return err
		}
		ids = ids[:0]
		for i := range list {
			id, err := s.putQuestion(ctx, q, ws, collection, &list[i], texts[i], scope.User())
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		var n int
		if err := q.row(ctx, "SELECT count(*) FROM questions WHERE workspace = $1 AND collection = $2", ws, collection).Scan(&n); err != nil {
			return err
		}
		if n > evaluate.MaxQuestions {
			return invalid("a collection has at most %d judged questions; delete some that are not needed any more", evaluate.MaxQuestions)
		}
		return nil
	})
	if isDuplicate(err) {
		return nil, taken("another question of this collection has the same words")
	}
	return ids, err
}

func (s *Store) putQuestion(ctx context.Context, q querier, ws, collection string, v *evaluate.Question, good, user string) (string, error) {
	var unanswerable int
	if v.Unanswerable {
		unanswerable = 1
	}
	now := s.now()
	if v.ID != "" {
		n, err := q.exec(ctx, "UPDATE questions SET question = $4, good = $5, unanswerable = $6, updated = $7 WHERE workspace = $1 AND collection = $2 AND id = $3",
			ws, collection, v.ID, v.Question, good, unanswerable, now)
		if err == nil && n == 0 {
			err = absent("question %.80q in this collection", v.ID)
		}
		return v.ID, err
	}
	_, err := q.exec(ctx, `INSERT INTO questions (workspace, collection, `+questionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (workspace, collection, question) DO UPDATE SET good = excluded.good, unanswerable = excluded.unanswerable, updated = excluded.updated`,
		ws, collection, newID(), v.Question, good, unanswerable, now, now, user)
	if err != nil {
		return "", err
	}
	return one(ctx, q, "such question", scanText, "SELECT id FROM questions WHERE workspace = $1 AND collection = $2 AND question = $3", ws, collection, v.Question)
}

// DeleteQuestion removes a judged question.
func (s *Store) DeleteQuestion(ctx context.Context, scope auth.Scope, collection, id string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	n, err := s.library.exec(ctx, "DELETE FROM questions WHERE workspace = $1 AND collection = $2 AND id = $3", ws, collection, id)
	if err == nil && n == 0 {
		return absent("question %.80q in this collection", id)
	}
	return err
}

// JudgedPlaces finds the passages of judged questions in what is searched of a collection.
func (s *Store) JudgedPlaces(scope auth.Scope, collection string) evaluate.Places {
	return evaluate.In(func(ctx context.Context, name string) (string, error) {
		ws, err := workspaceOf(scope)
		if err != nil {
			return "", err
		}
		return one(ctx, s.library.reader(), fmt.Sprintf("document %.100q in this collection", name), scanText,
			"SELECT id FROM documents WHERE workspace = $1 AND collection = $2 AND name = $3", ws, collection, name)
	}, func(ctx context.Context, id string) (*library.Content, error) {
		ws, err := workspaceOf(scope)
		if err != nil {
			return nil, err
		}
		return s.content(ctx, ws, collection, id, false)
	})
}
