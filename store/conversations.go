package store

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag/talk"
)

// undoDelete is how long a conversation that was thrown away can be brought back; then it is gone.
const undoDelete = 24 * time.Hour

const conversationColumns = "c.id, c.collection, c.title, c.created, c.updated, c.author, (SELECT count(*) FROM messages m WHERE m.workspace = c.workspace AND m.conversation = c.id)"

func scanConversation(row scanner) (v talk.Conversation, err error) {
	return v, row.Scan(&v.ID, &v.Collection, &v.Title, &v.Created, &v.Updated, &v.By, &v.Messages)
}

// ConversationFilter says which conversations are listed.
type ConversationFilter struct {
	Query  string // words of titles, questions and answers
	Cursor string
	Limit  int
}

// Conversations lists those of the scope's person with a collection, the last continued first.
func (s *Store) Conversations(ctx context.Context, scope auth.Scope, collection string, f ConversationFilter) (list []talk.Conversation, next string, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, "", err
	}
	if err := needCollection(ctx, s.library.reader(), ws, collection); err != nil {
		return nil, "", err
	}
	var w where
	w.add("c.workspace = ?", ws)
	w.add("c.collection = ?", collection)
	w.add("c.author = ?", scope.User())
	w.add("c.deleted = 0")
	for _, word := range searchWords(f.Query) {
		w.add(`(lower(c.title) LIKE ? ESCAPE '!' OR EXISTS (SELECT 1 FROM messages m WHERE m.workspace = c.workspace AND m.conversation = c.id AND lower(m.question || ' ' || m.text) LIKE ? ESCAPE '!'))`, like(word), like(word))
	}
	if f.Cursor != "" {
		at, id, err := parseCursor(f.Cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("(c.updated, c.id) < (?, ?)", at, id)
	}
	limit := pageSize(f.Limit)
	w.args = append(w.args, limit+1)
	list, err = collect(ctx, s.library.reader(), scanConversation,
		"SELECT "+conversationColumns+" FROM conversations c WHERE "+w.text.String()+" ORDER BY c.updated DESC, c.id DESC LIMIT "+placeholder(len(w.args)), w.args...)
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	list = list[:limit]
	return list, cursor(list[limit-1].Updated, list[limit-1].ID), nil
}

// own is the condition of a conversation that the scope's person may see: their own, that is not thrown away.
const own = "c.workspace = $1 AND c.collection = $2 AND c.id = $3 AND c.author = $4 AND c.deleted = 0"

func ownConversation(ctx context.Context, q querier, scope auth.Scope, ws, collection, id, lock string) (talk.Conversation, error) {
	return one(ctx, q, fmt.Sprintf("conversation %.80q of yours with this collection", id), scanConversation,
		"SELECT "+conversationColumns+" FROM conversations c WHERE "+own+lock, ws, collection, id, scope.User())
}

// Conversation returns a conversation of the scope's person; another person's is as absent as one that never was.
func (s *Store) Conversation(ctx context.Context, scope auth.Scope, collection, id string) (talk.Conversation, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return talk.Conversation{}, err
	}
	return ownConversation(ctx, s.library.reader(), scope, ws, collection, id, "")
}

// RenameConversation gives a conversation another title.
func (s *Store) RenameConversation(ctx context.Context, scope auth.Scope, collection, id, title string) error {
	title = strings.TrimSpace(title)
	if title == "" || utf8.RuneCountInString(title) > talk.MaxTitle || strings.ContainsFunc(title, unicode.IsControl) {
		return invalid("a conversation needs a title of at most %d characters, in one line", talk.MaxTitle)
	}
	return s.changeConversation(ctx, scope, collection, id, "title = $5 WHERE "+strings.ReplaceAll(own, "c.", ""), title)
}

// DeleteConversation throws a conversation away. It can be brought back for a day.
func (s *Store) DeleteConversation(ctx context.Context, scope auth.Scope, collection, id string) error {
	return s.changeConversation(ctx, scope, collection, id, "deleted = $5 WHERE "+strings.ReplaceAll(own, "c.", ""), s.now())
}

// RestoreConversation brings a conversation back that was thrown away.
func (s *Store) RestoreConversation(ctx context.Context, scope auth.Scope, collection, id string) error {
	return s.changeConversation(ctx, scope, collection, id, "deleted = 0 WHERE workspace = $1 AND collection = $2 AND id = $3 AND author = $4 AND deleted > $5",
		s.now()-undoDelete.Microseconds())
}

func (s *Store) changeConversation(ctx context.Context, scope auth.Scope, collection, id, change string, value any) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	n, err := s.library.exec(ctx, "UPDATE conversations SET "+change, ws, collection, id, scope.User(), value)
	if err == nil && n == 0 {
		err = absent("conversation %.80q of yours with this collection", id)
	}
	return err
}

// forgetConversations removes those that were thrown away long enough ago.
func (s *Store) forgetConversations(ctx context.Context) error {
	_, err := s.library.exec(ctx, "DELETE FROM conversations WHERE deleted <> 0 AND deleted < $1", s.now()-undoDelete.Microseconds())
	return err
}

// beginConversation makes a conversation. Of more than a person may have with a collection, the oldest goes.
func (s *Store) beginConversation(ctx context.Context, q querier, scope auth.Scope, ws, collection, question string) (talk.Conversation, error) {
	c := talk.Conversation{ID: newID(), Collection: collection, Title: talk.Title(question), Created: s.now(), Updated: s.now(), By: scope.User()}
	if err := needCollection(ctx, q, ws, collection); err != nil {
		return c, err
	}
	if _, err := q.exec(ctx, "INSERT INTO conversations (workspace, collection, id, author, title, created, updated, deleted) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
		ws, collection, c.ID, c.By, c.Title, c.Created, c.Updated); err != nil {
		return c, err
	}
	_, err := q.exec(ctx, fmt.Sprintf(`DELETE FROM conversations WHERE workspace = $1 AND collection = $2 AND author = $3 AND id NOT IN (
		SELECT id FROM conversations WHERE workspace = $1 AND collection = $2 AND author = $3 ORDER BY updated DESC, id DESC LIMIT %d)`, talk.MaxConversations), ws, collection, c.By)
	return c, err
}
