package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/rag"
)

const openaiPrefix = "/v1/"

// openaiRoutes let clients of OpenAI's protocol ask collections: each collection is a model.
var openaiRoutes = []route{
	{Method: "GET", Path: "/v1/models", Permission: auth.CollectionView, Handle: openaiModels, Door: true},
	{Method: "POST", Path: "/v1/chat/completions", Permission: auth.CollectionView, Handle: openaiChat, Door: true, Once: true, Cost: costSome, Timeout: askLimit + defaultTimeout},
	{Method: "POST", Path: "/v1/embeddings", Permission: auth.CollectionView, Handle: openaiEmbeddings, Door: true, Once: true, Cost: costFile, Timeout: askLimit, Body: 4 << 20},
}

// writeOpenAIError writes an error in the shape that these clients read.
func writeOpenAIError(c *Ctx, d described) error {
	return writeJSON(c, d.Status, map[string]any{"error": openaiError(d)})
}

func openaiError(d described) map[string]any {
	kind := "api_error"
	var code any
	switch {
	case d.Status == http.StatusPaymentRequired:
		kind, code = "insufficient_quota", "insufficient_quota"
	case d.Status == http.StatusUnauthorized:
		kind = "authentication_error"
	case d.Status == http.StatusForbidden:
		kind = "permission_error"
	case d.Status == http.StatusTooManyRequests:
		kind = "rate_limit_error"
	case d.Status < 500:
		kind = "invalid_request_error"
	}
	return map[string]any{"message": d.Detail, "type": kind, "param": nil, "code": code}
}

type openaiModel struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"` // seconds
	Owner   string `json:"owned_by"`
}

// openaiModels lists the collections by name, and the embedder that needs nothing.
func openaiModels(s *Server, c *Ctx) error {
	found, err := s.Store.Collections(c.Context(), c.Scope())
	if err != nil {
		return err
	}
	list := []openaiModel{}
	for _, k := range found {
		list = append(list, openaiModel{k.Name, "model", k.Created / 1e6, "atelier"})
	}
	if s.Library != nil {
		if e, err := s.Library.Embedders(c.Context(), c.Scope().Workspace(), ""); err == nil {
			list = append(list, openaiModel{e.Name(), "model", 0, "atelier"})
		}
	}
	return writeJSON(c, http.StatusOK, map[string]any{"object": "list", "data": list})
}

// openaiIn is what is read of a request. Whatever else a client sends is passed over, as the protocol grows all the time.
type openaiIn struct {
	Model    string `json:"model"`
	Messages []struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"` // a text, or parts of which those of text count
	} `json:"messages"`
	Stream        bool `json:"stream"`
	StreamOptions struct {
		Usage bool `json:"include_usage"`
	} `json:"stream_options"`
	Temperature         *float64 `json:"temperature"`
	MaxTokens           int      `json:"max_tokens"`
	MaxCompletionTokens int      `json:"max_completion_tokens"`
}

// readDoor reads the JSON of a request in another protocol's words, which may have fields that are not known here.
func readDoor(c *Ctx, into any) error {
	data, err := readBody(c)
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return failure{Status: http.StatusBadRequest, Text: "The body must be JSON."}
	}
	if err := json.Unmarshal(data, into); err != nil {
		return failure{Status: http.StatusBadRequest, Text: "The body is not the JSON of this protocol.", Err: err}
	}
	return nil
}

// asked is the question, with the turns before it. What a system message says is not followed: a collection answers from
// its documents, by rules of its own.
func (in *openaiIn) asked() (question string, turns []rag.Turn, err error) {
	waiting := ""
	for i, m := range in.Messages {
		text, err := plainContent(m.Content)
		if err != nil {
			return "", nil, err
		}
		switch {
		case m.Role == "user" && i == len(in.Messages)-1:
			question = strings.TrimSpace(waiting + "\n" + text)
		case m.Role == "user":
			waiting = strings.TrimSpace(waiting + "\n" + text)
		case m.Role == "assistant" && waiting != "":
			turns, waiting = append(turns, rag.Turn{Question: waiting, Answer: text}), ""
		}
	}
	if question == "" {
		return "", nil, failure{Status: http.StatusBadRequest, Text: "The last of the messages must be the user's question, as text."}
	}
	return question, turns[max(0, len(turns)-maxAskedTurns):], nil
}

func plainContent(content json.RawMessage) (string, error) {
	var text string
	if len(content) == 0 || json.Unmarshal(content, &text) == nil {
		return text, nil
	}
	var parts []struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	if err := json.Unmarshal(content, &parts); err != nil {
		return "", failure{Status: http.StatusBadRequest, Text: "The content of a message must be text, or a list of parts.", Err: err}
	}
	for _, p := range parts {
		if p.Type != "text" {
			return "", failure{Status: http.StatusBadRequest, Text: "Collections read text only: leave pictures and files out."}
		}
		text += p.Text
	}
	return text, nil
}

// openaiSource is a source of an answer: [1] in its text is the first.
type openaiSource struct {
	Number      int      `json:"number"`
	Chunk       uint32   `json:"chunk"`
	Document    string   `json:"document"`
	Title       string   `json:"title"`
	Headings    []string `json:"headings,omitempty"`
	Page        int      `json:"page,omitempty"`
	Text        string   `json:"text"`
	Probability float64  `json:"probability"`
}

// openaiExtra is what an answer has beyond the protocol.
type openaiExtra struct {
	Mode      rag.Mode       `json:"mode"`
	Model     string         `json:"model,omitempty"`
	Searched  string         `json:"searched,omitempty"`
	Sources   []openaiSource `json:"sources"`
	Sentences []rag.Sentence `json:"sentences"`
}

func extraOf(a *rag.Answer) openaiExtra {
	extra := openaiExtra{a.Mode, a.Model, a.Searched, []openaiSource{}, list(a.Sentences)}
	for i, h := range a.Sources {
		extra.Sources = append(extra.Sources, openaiSource{i + 1, h.ID, h.Document, h.Title, h.Headings, h.Page, h.Text, h.Probability})
	}
	return extra
}

// answerText is an answer's text, with words for when there is none.
func answerText(c *Ctx, a *rag.Answer) string {
	if a.Mode == rag.Abstained {
		return c.T("The documents of this collection do not tell.")
	}
	return a.Text
}

type openaiUsage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`
}

func usageOf(u llm.Usage) openaiUsage { return openaiUsage{u.Input, u.Output, u.Input + u.Output} }

func openaiChat(s *Server, c *Ctx) error {
	var in openaiIn
	if err := readDoor(c, &in); err != nil {
		return err
	}
	question, turns, err := in.asked()
	if err != nil {
		return err
	}
	o, settings, err := s.openCollection(c, in.Model, nil)
	if err != nil {
		return err
	}
	how, err := asking(o, &askIn{Turns: turns, Temperature: in.Temperature, MaxTokens: max(in.MaxTokens, in.MaxCompletionTokens)}, settings)
	if err != nil {
		return err
	}
	var model llm.Model
	if len(o.Collection.Models) > 0 {
		if model, err = s.model(c.Context(), c.Scope().Workspace(), o.Collection); err != nil {
			return err
		}
	}
	ask := func(each func(string) error) (*rag.Answer, error) {
		return o.Ask(c.Context(), model, question, how, each)
	}
	if in.Stream {
		return s.streamChat(c, &in, ask)
	}
	a, err := ask(nil)
	if err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, map[string]any{
		"id": "chatcmpl-" + c.requestID, "object": "chat.completion", "created": s.Now().Unix(), "model": in.Model, "usage": usageOf(a.Usage),
		"choices": []any{map[string]any{
			"index": 0, "message": map[string]any{"role": "assistant", "content": answerText(c, a), "refusal": nil}, "logprobs": nil, "finish_reason": "stop",
		}},
		"atelier": extraOf(a),
	})
}

// streamChat sends the answer as it comes. An error after the first piece is a piece too: the status has gone out.
func (s *Server) streamChat(c *Ctx, in *openaiIn, ask func(func(string) error) (*rag.Answer, error)) error {
	w, created := c.Response(), s.Now().Unix()
	send := func(v any) error {
		data, err := json.Marshal(v)
		if err == nil {
			_, err = fmt.Fprintf(w, "data: %s\n\n", data)
			w.Flush()
		}
		return err
	}
	piece := func(choices []any, more map[string]any) error {
		v := map[string]any{"id": "chatcmpl-" + c.requestID, "object": "chat.completion.chunk", "created": created, "model": in.Model, "choices": choices}
		for k, x := range more {
			v[k] = x
		}
		return send(v)
	}
	delta := func(d map[string]any, end any, more map[string]any) error {
		return piece([]any{map[string]any{"index": 0, "delta": d, "finish_reason": end}}, more)
	}
	begun, sent := false, ""
	begin := func() error {
		if begun {
			return nil
		}
		begun = true
		w.Header().Set("Content-Type", eventStream)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Accel-Buffering", "no")
		w.WriteHeader(http.StatusOK)
		return delta(map[string]any{"role": "assistant", "content": ""}, nil, nil)
	}
	say := func(text string) error {
		if text == "" {
			return nil
		}
		sent += text
		return errors.Join(begin(), delta(map[string]any{"content": text}, nil, nil))
	}
	a, err := ask(say)
	if c.Context().Err() != nil && begun {
		return nil //nolint:nilerr // who asked has stopped it
	}
	if err != nil {
		if !begun {
			return err
		}
		c.broke = true
		return send(map[string]any{"error": openaiError(c.describe(err))})
	}
	text := answerText(c, a)
	rest, whole := strings.CutPrefix(text, sent)
	if !whole { // a model broke off, and sentences of the sources step in
		rest = "\n\n" + text
	}
	if err := errors.Join(begin(), say(rest), delta(map[string]any{}, "stop", map[string]any{"atelier": extraOf(a)})); err != nil {
		return err
	}
	if in.StreamOptions.Usage {
		if err := piece([]any{}, map[string]any{"usage": usageOf(a.Usage)}); err != nil {
			return err
		}
	}
	_, err = fmt.Fprint(w, "data: [DONE]\n\n")
	w.Flush()
	return err
}
