package llm

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"
)

// Bounds of a request. They are far above what models take, and keep a mistake from eating the studio's memory.
const (
	maxMessages   = 10_000
	maxTools      = 128
	maxStop       = 4 // what OpenAI takes
	maxPromptText = 16 << 20
	maxImages     = 64 << 20
	maxImage      = 20 << 20
	maxSchema     = 256 << 10
)

// Request is what a model is asked.
type Request struct {
	// System is the instruction that stands above the messages.
	System   string    `json:"system,omitempty"`
	Messages []Message `json:"messages"`
	Tools    []Tool    `json:"tools,omitempty"`
	// Schema is a JSON schema that the answer must fit: Reply.Text is then JSON that does. See CheckSchema.
	Schema json.RawMessage `json:"schema,omitempty"`
	// Temperature is from 0 to 2; nil leaves it to the provider.
	Temperature *float64 `json:"temperature,omitempty"`
	// MaxTokens limits the answer; 0 leaves it to the provider, and is DefaultMaxTokens where the provider wants a number.
	MaxTokens int `json:"max_tokens,omitempty"`
	// Stop are texts that end the answer when they come; four at most.
	Stop []string `json:"stop,omitempty"`
}

// DefaultMaxTokens is the limit of answers for providers that want one.
const DefaultMaxTokens = 4096

// Role says who speaks.
type Role string

// The roles of messages.
const (
	User      Role = "user"
	Assistant Role = "assistant"
	ToolRole  Role = "tool" // what a tool gave back
)

// Message is one turn of a conversation.
type Message struct {
	Role  Role   `json:"role"`
	Parts []Part `json:"parts,omitempty"`
	// Calls are the tools that an assistant's message wants called.
	Calls []ToolCall `json:"calls,omitempty"`
	// CallID names the call that a tool's message answers.
	CallID string `json:"call_id,omitempty"`
	// Failed tells that the tool failed, and that the message is its error.
	Failed bool `json:"failed,omitempty"`
}

// Part is a piece of a message: a text or an image.
type Part struct {
	Text string `json:"text,omitempty"`
	// Image are the bytes of a picture of the type MediaType: image/png, image/jpeg, image/webp or image/gif.
	Image     []byte `json:"image,omitempty"`
	MediaType string `json:"media_type,omitempty"`
}

// Tool is something that the model may have called.
type Tool struct {
	// Name has letters, digits, _ and -, 64 at most.
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	// Schema is the JSON schema of the arguments, of the type object; nil for a tool that takes none.
	Schema json.RawMessage `json:"schema,omitempty"`
}

// ToolCall is a model's wish to have a tool called. What it holds was written by the model: check it like any input.
type ToolCall struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Arguments is a JSON object; nil when what the model wrote is none: Unread then has it, to be sent back as an error.
	Arguments json.RawMessage `json:"arguments,omitempty"`
	Unread    string          `json:"unread,omitempty"`
}

// Say is a message of one text.
func Say(role Role, text string) Message { return Message{Role: role, Parts: []Part{{Text: text}}} }

// Result is a message that gives the model what a tool gave back.
func Result(call ToolCall, text string, failed bool) Message {
	return Message{Role: ToolRole, Parts: []Part{{Text: text}}, CallID: call.ID, Failed: failed}
}

// Message is the reply as the assistant's turn of a conversation that goes on.
func (r *Reply) Message() Message {
	m := Message{Role: Assistant, Calls: r.Calls}
	if r.Text != "" {
		m.Parts = []Part{{Text: r.Text}}
	}
	return m
}

// Check says what no model could take. It wraps fs.ErrInvalid.
func (r *Request) Check() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("the question cannot be asked: %w", fmt.Errorf(format+": %w", append(args, fs.ErrInvalid)...))
	}
	switch {
	case len(r.Messages) == 0:
		return bad("it has no message")
	case len(r.Messages) > maxMessages:
		return bad("it has %d messages, %d are the most", len(r.Messages), maxMessages)
	case len(r.Tools) > maxTools:
		return bad("it offers %d tools, %d are the most", len(r.Tools), maxTools)
	case len(r.Stop) > maxStop:
		return bad("it has %d stop texts, %d are the most", len(r.Stop), maxStop)
	case r.Temperature != nil && !(*r.Temperature >= 0 && *r.Temperature <= 2): // not a number is refused too
		return bad("the temperature is %v, and must be from 0 to 2", *r.Temperature)
	case r.MaxTokens < 0:
		return bad("the limit of tokens is below 0")
	}
	text, images := len(r.System), 0
	for i, m := range r.Messages {
		if err := m.check(); err != nil {
			return bad("message %d %w", i+1, err)
		}
		for _, p := range m.Parts {
			text, images = text+len(p.Text), images+len(p.Image)
		}
	}
	if text > maxPromptText || images > maxImages {
		return bad("it is too big: %d bytes of text and %d of images, %d and %d are the most", text, images, maxPromptText, maxImages)
	}
	names := map[string]bool{}
	for _, t := range r.Tools {
		if !toolName(t.Name) || names[t.Name] {
			return bad("the tool %.80q needs a name of its own, of up to 64 letters, digits, _ and -", t.Name)
		}
		names[t.Name] = true
		if err := object(t.Schema); err != nil {
			return bad("the schema of the tool %q %w", t.Name, err)
		}
	}
	if r.Schema != nil {
		return CheckSchema(r.Schema)
	}
	return nil
}

func (m *Message) check() error {
	switch m.Role {
	case User, Assistant:
	case ToolRole:
		if m.CallID == "" {
			return fmt.Errorf("does not say which call it answers")
		}
	default:
		return fmt.Errorf("has the unknown role %.40q", string(m.Role))
	}
	if len(m.Parts) == 0 && len(m.Calls) == 0 {
		return fmt.Errorf("is empty")
	}
	for _, p := range m.Parts {
		if p.Image == nil {
			continue
		}
		switch p.MediaType {
		case "image/png", "image/jpeg", "image/webp", "image/gif":
		default:
			return fmt.Errorf("has an image of the type %.80q; PNG, JPEG, WebP and GIF are taken", p.MediaType)
		}
		if len(p.Image) > maxImage || m.Role != User {
			return fmt.Errorf("has an image that is larger than %d MB or not of a person", maxImage>>20)
		}
	}
	return nil
}

// object says why a schema is not one of an object.
func object(schema json.RawMessage) error {
	if schema == nil {
		return nil
	}
	var s struct {
		Type any `json:"type"`
	}
	if len(schema) > maxSchema || json.Unmarshal(schema, &s) != nil {
		return fmt.Errorf("cannot be read as JSON")
	}
	if s.Type != "object" {
		return fmt.Errorf("is not of the type object")
	}
	return nil
}

func toolName(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

// text is all of a message's texts.
func (m *Message) text() string {
	if len(m.Parts) == 1 {
		return m.Parts[0].Text
	}
	var b strings.Builder
	for _, p := range m.Parts {
		if p.Text != "" && b.Len() > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

// Estimate guesses how many tokens a request has: a token for four bytes of text, which is near for English and high for
// other languages' letters, and a thousand for an image.
func (r *Request) Estimate() int {
	n := guess(r.System) + len(r.Schema)/4
	for _, m := range r.Messages {
		n += 4
		for _, p := range m.Parts {
			n += guess(p.Text)
			if p.Image != nil {
				n += 1000
			}
		}
		for _, c := range m.Calls {
			n += (len(c.Name) + len(c.Arguments)) / 4
		}
	}
	for _, t := range r.Tools {
		n += (len(t.Name) + len(t.Description) + len(t.Schema)) / 4
	}
	return n
}

// guess guesses the tokens of a text: a quarter of its letters, and more where they are not Latin.
func guess(s string) int { return (utf8.RuneCountInString(s) + len(s) + 7) / 8 }
