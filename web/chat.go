package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/views"
)

const (
	chatPrefix = "/chat/"
	chatBody   = 128 << 10
	shownChat  = 200 // messages that the page shows of a chat
)

// chatRoutes are the pages of chats with workflows. Who may use one is the workflow's decision.
var chatRoutes = []route{
	{Method: "GET", Path: chatPrefix + "*", Permission: auth.Public, Handle: chatPage},
	{Method: "POST", Path: chatPrefix + "*", Permission: auth.Public, Handle: chatAnswer, Body: chatBody, Timeout: hookWait + time.Minute, Cost: costFree},
}

// chat is what the parameters of a chat node say.
type chat struct {
	Path      string   `json:"path"`
	Access    string   `json:"access"` // members or public
	Title     string   `json:"title"`
	Greeting  string   `json:"greeting"`
	Field     string   `json:"field"`
	History   int      `json:"history"`
	MaxChars  int      `json:"max_chars"`
	PerMinute int      `json:"per_minute"`
	Embed     []string `json:"embed"`
}

func (s *Server) chatOf(n *engine.Node) (v chat, err error) {
	params, err := s.fixedParams(n, kindChat, "Only a chat can be talked to.")
	if err != nil {
		return v, err
	}
	data, err := json.Marshal(params)
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	if v.Path = strings.Trim(v.Path, "/"); err == nil && (v.Path == "" || strings.HasPrefix(v.Path, "=")) {
		err = nodeProblem(n.ID, "path", "A chat needs a path, which cannot be an expression.")
	}
	return v, err
}

// openChat is a published chat that the asking person may use.
type openChat struct {
	chat
	hook   engine.Hook
	stored *engine.Stored
	person string // "" where everybody may use it
}

var errNoChat = failure{Status: http.StatusNotFound, Text: "There is no chat at this address, or it is not for you."}

// findChat finds the chat at the address. One that somebody may not use is as absent as one that never was.
func (s *Server) findChat(c *Ctx) (*openChat, error) {
	ctx := c.Context()
	hook, err := s.Store.Hook(ctx, engine.ChatPath(strings.Trim(strings.TrimPrefix(c.Request().URL.Path, chatPrefix), "/")), engine.ChatMethod, s.Now().UnixMicro())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoChat
	}
	if err != nil {
		return nil, err
	}
	stored, err := s.Store.RunnableWorkflow(ctx, hook.Workspace, hook.WorkflowID, engine.Published)
	if err != nil {
		return nil, err
	}
	i := stored.Doc.NodeByID(hook.Node)
	if i < 0 || stored.Published == 0 {
		return nil, errNoChat
	}
	o := &openChat{hook: hook, stored: stored}
	if o.chat, err = s.chatOf(&stored.Doc.Nodes[i]); err != nil {
		return nil, err
	}
	if o.Access == "public" {
		return o, nil
	}
	if !c.SignedIn() {
		return nil, auth.ErrSignedOut
	}
	o.person = c.Principal.User.ID
	if c.Scope().Workspace() != hook.Workspace {
		if _, err := s.Store.Membership(ctx, o.person, hook.Workspace); err != nil {
			return nil, errNoChat
		}
	}
	return o, nil
}

// chatPage shows the chat; with the query session it gives what was said in one, as JSON.
func chatPage(s *Server, c *Ctx) error {
	o, err := s.findChat(c)
	if err != nil {
		return err
	}
	if id := c.QueryParam("session"); id != "" {
		list, err := s.Store.ChatMessages(c.Context(), o.hook.Workspace, o.hook.WorkflowID, id, o.person, shownChat)
		if err != nil {
			return err
		}
		return writeJSON(c, http.StatusOK, map[string]any{"messages": list})
	}
	if len(o.Embed) > 0 && o.Access == "public" {
		h := c.Response().Header()
		h.Del("X-Frame-Options")
		h.Del("Cross-Origin-Opener-Policy")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Content-Security-Policy", strings.Replace(policy(c.nonce), "frame-ancestors 'none'", "frame-ancestors "+strings.Join(o.Embed, " "), 1))
	}
	title := o.Title
	if title == "" {
		title = o.stored.Name
	}
	page := views.Page{Title: title, Nonce: c.nonce, Version: s.Version, Path: c.Request().URL.RequestURI(), Scripts: []string{"chat.js"}}
	return c.View(http.StatusOK, views.ChatPage(page, views.ChatView{Title: title, Greeting: o.Greeting, Max: o.MaxChars}))
}

type chatIn struct {
	Session string `json:"session"`
	Message string `json:"message"`
}

type chatOut struct {
	Session string             `json:"session"`
	Message engine.ChatMessage `json:"message"`
}

// chatAnswer gives a message to the workflow and answers with what it says. Both are kept, also when the page was left
// meanwhile; of a message without an answer nothing is, so that it stands there once when it is written again.
func chatAnswer(s *Server, c *Ctx) error {
	o, err := s.findChat(c)
	if err != nil {
		return err
	}
	who := o.person
	if who == "" {
		who = c.RealIP()
	}
	if err := s.chats.take(o.hook.WorkflowID+"/"+o.Path+"/"+who, o.PerMinute, s.Now()); err != nil {
		return err
	}
	var in chatIn
	if err := bindBody(c, &in); err != nil {
		return err
	}
	if in.Message = strings.TrimSpace(in.Message); in.Message == "" || utf8.RuneCountInString(in.Message) > o.MaxChars {
		return invalidInput("A message has 1 to %d characters.", o.MaxChars)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context()), hookWait)
	defer cancel()
	var before []engine.ChatMessage
	if in.Session != "" {
		if before, err = s.Store.ChatMessages(ctx, o.hook.Workspace, o.hook.WorkflowID, in.Session, o.person, o.History); err != nil {
			return err
		}
	}
	if in.Session, err = s.Store.AddChatMessages(ctx, o.hook.Workspace, o.hook.WorkflowID, in.Session, o.person); err != nil {
		return err
	}
	handle, err := s.start(ctx, engine.StartRequest{
		Workspace: o.hook.Workspace, WorkflowID: o.hook.WorkflowID, Node: o.hook.Node, Stored: o.stored, Trigger: "chat", By: o.person, Items: []engine.Item{chatItem(&in, before)},
	})
	if errors.Is(err, engine.ErrBusy) {
		c.setRetry(1)
	}
	if err != nil {
		return err
	}
	c.Response().Header().Set("Atelier-Run", handle.ID)
	said, err := s.chatSaid(ctx, handle, o.Field)
	if err != nil {
		return err
	}
	said.Role, said.At = "assistant", s.Now().UnixMicro()
	if _, err := s.Store.AddChatMessages(ctx, o.hook.Workspace, o.hook.WorkflowID, in.Session, o.person, engine.ChatMessage{Role: "user", Text: in.Message}, said); err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, chatOut{in.Session, said})
}

// chatItem is what the workflow gets: what was said, as data.
func chatItem(in *chatIn, before []engine.ChatMessage) engine.Item {
	history := make([]any, len(before))
	for i, m := range before {
		history[i] = map[string]any{"role": m.Role, "text": m.Text}
	}
	return engine.Item{JSON: map[string]any{"message": in.Message, "session": in.Session, "history": history}}
}

var errChatFailed = failure{Status: http.StatusBadGateway, Text: "There is no answer to this: the workflow behind the chat did not finish. Those who own it find why among its runs."}

// chatSaid waits for the answer: what a node of the workflow responds, else the field of the last node's first item.
func (s *Server) chatSaid(ctx context.Context, h *engine.Handle, field string) (m engine.ChatMessage, err error) {
	response, err := h.Response(ctx)
	if ctx.Err() != nil {
		return m, failure{Status: http.StatusGatewayTimeout, Text: "The workflow behind the chat has not answered in time."}
	}
	if err != nil {
		return m, err
	}
	var value any
	if response != nil {
		if value = string(response.Body); strings.Contains(response.Headers["Content-Type"], "json") {
			if err := json.Unmarshal(response.Body, &value); err != nil {
				return m, errChatFailed
			}
		}
	} else {
		run, items, err := s.resultOf(ctx, h)
		if err != nil {
			return m, err
		}
		if run.Status != engine.Succeeded || len(items) == 0 {
			return m, errChatFailed
		}
		value = items[0].JSON
	}
	if object, ok := value.(map[string]any); ok {
		m.Sources = chatSources(object["citations"])
		value = object[field]
	}
	switch v := value.(type) {
	case nil:
	case string:
		m.Text = v
	default:
		data, err := json.Marshal(v)
		if err != nil {
			return m, err
		}
		m.Text = string(data)
	}
	if m.Text = strings.TrimSpace(m.Text); m.Text == "" {
		return m, errChatFailed
	}
	return m, nil
}

// chatSources are the titles of what an answer rests on, with their pages, numbered as its marks are.
func chatSources(citations any) []string {
	list, _ := citations.([]any)
	var out []string
	for i, one := range list[:min(len(list), 20)] {
		source, _ := one.(map[string]any)
		title, _ := source["title"].(string)
		if title == "" {
			continue
		}
		text := fmt.Sprintf("[%d] %s", i+1, title)
		if page, ok := source["page"].(float64); ok && page > 0 {
			text += fmt.Sprintf(", %d", int(page))
		}
		out = append(out, text)
	}
	return out
}
