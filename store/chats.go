package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

const (
	chatKept        = 30 * 24 * time.Hour // after what was said last
	maxChatMessages = 1000                // of one chat; of more the oldest go
)

// ChatMessages returns the last messages of a chat with a workflow, the oldest first: of the chat that this person had, or
// that nobody signed in had when person is "". fs.ErrNotExist.
func (s *Store) ChatMessages(ctx context.Context, workspace, workflow, chat, person string, limit int) ([]engine.ChatMessage, error) {
	ws, err := workspaceID(workspace)
	if err != nil {
		return nil, err
	}
	q := s.runs.reader()
	if _, err := one(ctx, q, "such chat", scanText, "SELECT id FROM chats WHERE workspace = $1 AND workflow = $2 AND id = $3 AND person = $4", ws, workflow, chat, person); err != nil {
		return nil, err
	}
	list, err := collect(ctx, q, func(row scanner) (m engine.ChatMessage, err error) {
		var sources string
		if err := row.Scan(&m.Role, &m.Text, &sources, &m.At); err != nil {
			return m, err
		}
		return m, json.Unmarshal([]byte(sources), &m.Sources)
	}, "SELECT role, text, sources, created FROM chat_messages WHERE workspace = $1 AND chat = $2 ORDER BY number DESC LIMIT $3", ws, chat, min(limit, maxChatMessages))
	slices.Reverse(list)
	return list, err
}

// AddChatMessages keeps messages of a chat, or of a new one when chat is "", and returns the chat's id. fs.ErrNotExist when
// it is not this person's.
func (s *Store) AddChatMessages(ctx context.Context, workspace, workflow, chat, person string, list ...engine.ChatMessage) (id string, err error) {
	ws, err := workspaceID(workspace)
	if err != nil {
		return "", err
	}
	err = s.runs.tx(ctx, func(q querier) error {
		now := s.now()
		if id = chat; id == "" {
			id = newID()
			if _, err := q.exec(ctx, "INSERT INTO chats (workspace, workflow, id, person, created, updated) VALUES ($1, $2, $3, $4, $5, $6)", ws, workflow, id, person, now, now); err != nil {
				return err
			}
		} else if n, err := q.exec(ctx, "UPDATE chats SET updated = $5 WHERE workspace = $1 AND workflow = $2 AND id = $3 AND person = $4", ws, workflow, id, person, now); err != nil || n == 0 {
			if err == nil {
				err = absent("such chat")
			}
			return err
		}
		var last int64
		if err := q.row(ctx, "SELECT coalesce(max(number), 0) FROM chat_messages WHERE workspace = $1 AND chat = $2", ws, id).Scan(&last); err != nil {
			return err
		}
		for i := range list {
			sources, err := json.Marshal(append([]string{}, list[i].Sources...))
			if err != nil {
				return err
			}
			last++
			if _, err := q.exec(ctx, "INSERT INTO chat_messages (workspace, chat, number, role, text, sources, created) VALUES ($1, $2, $3, $4, $5, $6, $7)",
				ws, id, last, list[i].Role, list[i].Text, string(sources), now); err != nil {
				return err
			}
		}
		_, err := q.exec(ctx, "DELETE FROM chat_messages WHERE workspace = $1 AND chat = $2 AND number <= $3", ws, id, last-maxChatMessages)
		return err
	})
	return id, err
}

// forgetChats removes chats in which nothing was said for long.
func (s *Store) forgetChats(ctx context.Context) error {
	_, err := s.runs.exec(ctx, "DELETE FROM chats WHERE updated < $1", s.now()-chatKept.Microseconds())
	return err
}
