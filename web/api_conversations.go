package web

import (
	"encoding/json"
	"net/http"

	"github.com/atelier-studio/atelier/rag/talk"
	"github.com/atelier-studio/atelier/store"
)

type conversationsIn struct {
	ID     string `path:"id" json:"-"`
	Query  string `query:"q" json:"-" doc:"Words of titles, questions and answers."`
	Cursor string `query:"cursor" json:"-"`
	Limit  int    `query:"limit" json:"-"`
}

type conversationsOut struct {
	Conversations []talk.Conversation `json:"conversations"`
	Next          string              `json:"next,omitempty"`
}

// apiConversations lists what the asking person talked about with a collection.
func apiConversations(s *Server, c *Ctx, in conversationsIn) (conversationsOut, error) {
	list, next, err := s.Store.Conversations(c.Context(), c.Scope(), in.ID, store.ConversationFilter{Query: in.Query, Cursor: in.Cursor, Limit: in.Limit})
	return conversationsOut{list, next}, err
}

type conversationIn struct {
	ID           string `path:"id" json:"-"`
	Conversation string `path:"conversation" json:"-"`
}

type conversationOut struct {
	talk.Conversation
	List []talk.Message `json:"list" doc:"The oldest first."`
}

// apiConversation returns a conversation with all its questions and answers.
func apiConversation(s *Server, c *Ctx, in conversationIn) (out conversationOut, err error) {
	if out.Conversation, err = s.Store.Conversation(c.Context(), c.Scope(), in.ID, in.Conversation); err != nil {
		return out, err
	}
	out.List, err = s.Store.Messages(c.Context(), c.Scope(), in.ID, in.Conversation)
	return out, err
}

type renameConversationIn struct {
	ID           string `path:"id" json:"-"`
	Conversation string `path:"conversation" json:"-"`
	Title        string `json:"title"`
}

func apiRenameConversation(s *Server, c *Ctx, in renameConversationIn) (talk.Conversation, error) {
	if err := s.Store.RenameConversation(c.Context(), c.Scope(), in.ID, in.Conversation, in.Title); err != nil {
		return talk.Conversation{}, err
	}
	return s.Store.Conversation(c.Context(), c.Scope(), in.ID, in.Conversation)
}

func apiDeleteConversation(s *Server, c *Ctx, in conversationIn) (nothing, error) {
	return nothing{}, s.Store.DeleteConversation(c.Context(), c.Scope(), in.ID, in.Conversation)
}

func apiRestoreConversation(s *Server, c *Ctx, in conversationIn) (talk.Conversation, error) {
	if err := s.Store.RestoreConversation(c.Context(), c.Scope(), in.ID, in.Conversation); err != nil {
		return talk.Conversation{}, err
	}
	return s.Store.Conversation(c.Context(), c.Scope(), in.ID, in.Conversation)
}

// apiExportConversation gives a conversation as a file of Markdown.
func apiExportConversation(s *Server, c *Ctx, in conversationIn) error {
	found, err := apiConversation(s, c, in)
	if err != nil {
		return err
	}
	collection, err := s.Store.Collection(c.Context(), c.Scope(), in.ID)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", attachment(found.Title+".md"))
	return c.Blob(http.StatusOK, "text/markdown; charset=utf-8", []byte(conversationMarkdown(c, collection.Name, found)))
}

type messageIn struct {
	ID           string `path:"id" json:"-"`
	Conversation string `path:"conversation" json:"-"`
	Message      string `path:"message" json:"-"`
}

// apiMessageTrace shows how the passages of an own answer were found.
func apiMessageTrace(s *Server, c *Ctx, in messageIn) (json.RawMessage, error) {
	if _, err := s.Store.Conversation(c.Context(), c.Scope(), in.ID, in.Conversation); err != nil {
		return nil, err
	}
	return s.Store.MessageTrace(c.Context(), c.Scope(), in.ID, in.Message, false)
}

type judgeIn struct {
	ID           string        `path:"id" json:"-"`
	Conversation string        `path:"conversation" json:"-"`
	Message      string        `path:"message" json:"-"`
	Verdict      talk.Verdict  `json:"verdict" doc:"up or down."`
	Reasons      []talk.Reason `json:"reasons,omitempty" doc:"Of up: right, complete, good_sources. Of down: wrong, incomplete, wrong_sources, not_found, outdated, unclear."`
	Remark       string        `json:"remark,omitempty"`
}

// apiJudge keeps what the asking person thinks of an answer.
func apiJudge(s *Server, c *Ctx, in judgeIn) (*talk.Feedback, error) {
	f := &talk.Feedback{Verdict: in.Verdict, Reasons: append([]talk.Reason{}, in.Reasons...), Remark: in.Remark}
	return f, s.Store.Judge(c.Context(), c.Scope(), in.ID, in.Conversation, in.Message, f)
}

// apiUnjudge takes it back.
func apiUnjudge(s *Server, c *Ctx, in messageIn) (nothing, error) {
	return nothing{}, s.Store.Judge(c.Context(), c.Scope(), in.ID, in.Conversation, in.Message, nil)
}
