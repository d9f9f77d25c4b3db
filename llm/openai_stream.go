package llm

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

func (m *openai) Stream(ctx context.Context, r Request, each func(Delta) error) (*Reply, error) {
	start := time.Now()
	response, ignored, err := m.send(ctx, &r, true)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		return nil, m.fail(BadReply, nil, "the answer is no stream: check that the address is the one of a chat model")
	}
	s := &openaiStreaming{openai: m, each: each, asked: r.texts()}
	err = s.read(ctx, response.Body)
	reply := &Reply{Text: s.text.String(), Calls: s.calls, End: ended(s.end, len(s.calls)), Model: m.name(), Took: time.Since(start), Ignored: ignored}
	if s.refused {
		reply.End = Declined
	}
	reply.Usage = s.usage.count(&r, reply)
	switch {
	case err == nil:
		err = m.declined(reply)
		return reply, err
	case s.delivered:
		reply.End = Broken
		return reply, err
	}
	return nil, err
}

// openaiStreaming is one stream that is read.
type openaiStreaming struct {
	*openai
	each      func(Delta) error
	asked     []string
	text      strings.Builder
	open      []openaiCall // calls that are still being written
	calls     []ToolCall
	end       string
	usage     *openaiUsage
	refused   bool
	delivered bool
}

func (s *openaiStreaming) read(ctx context.Context, body io.Reader) error {
	lines := newEvents(body)
	for {
		data, err := lines.next()
		switch {
		case errors.Is(err, io.EOF) && s.end == "":
			return s.fail(Unavailable, nil, "the stream ended in the middle of the answer: try again")
		case errors.Is(err, io.EOF):
			return s.finish()
		case errors.Is(err, bufio.ErrTooLong):
			return s.fail(BadReply, nil, "a piece of the stream is larger than %d MB", maxEvent>>20)
		case err != nil:
			return s.broken(ctx, err)
		case string(data) == "[DONE]":
			return s.finish()
		}
		var w openaiReply
		if err := json.Unmarshal(data, &w); err != nil {
			return s.fail(BadReply, nil, "a piece of the stream is not the JSON of this protocol: try again, or check the address")
		}
		if w.Error != nil && string(w.Error) != "null" {
			return s.refuse(answerOf(data), s.asked)
		}
		if w.Usage != nil {
			s.usage = w.Usage
		}
		for _, c := range w.Choices[:min(1, len(w.Choices))] {
			if err := s.piece(&c); err != nil {
				return err
			}
		}
	}
}

// broken makes the error of a stream that could not be read on.
func (p endpoint) broken(ctx context.Context, err error) error {
	if e, ok := errors.AsType[*Error](p.unreached(ctx, err)); ok && e.Kind == Unavailable {
		return p.fail(Unavailable, nil, "the stream broke in the middle of the answer: try again")
	}
	return p.unreached(ctx, err)
}

func (s *openaiStreaming) deliver(d Delta) error {
	s.delivered = true
	return s.each(d)
}

func (s *openaiStreaming) piece(c *openaiChoice) error {
	s.end = cmp.Or(c.End, s.end)
	s.refused = s.refused || c.Delta.Refusal != ""
	if text := cmp.Or(c.Delta.Content, c.Delta.Refusal); text != "" {
		s.text.WriteString(text)
		if err := s.deliver(Delta{Text: text}); err != nil {
			return err
		}
	}
	for _, part := range c.Delta.Calls {
		i := len(s.open) - 1
		switch {
		case part.Index != nil:
			i = *part.Index
		case part.ID != "" || i < 0: // without an index, an id begins a new call
			i++
		}
		if i < 0 || i > len(s.open) || i >= maxCalls {
			return s.fail(BadReply, nil, "the stream has tool calls out of order, or more than %d", maxCalls)
		}
		if i == len(s.open) {
			s.open = append(s.open, openaiCall{})
		}
		call := &s.open[i]
		call.ID, call.Function.Name = cmp.Or(call.ID, part.ID), cmp.Or(call.Function.Name, part.Function.Name)
		call.Function.Arguments += part.Function.Arguments
	}
	return nil
}

// finish delivers the calls, which are complete only now.
func (s *openaiStreaming) finish() error {
	for i, c := range s.open {
		call := toolCall(cmp.Or(c.ID, fmt.Sprintf("call_%d", i+1)), c.Function.Name, c.Function.Arguments)
		s.calls = append(s.calls, call)
		if err := s.deliver(Delta{Call: &call}); err != nil {
			return err
		}
	}
	if s.end == "" && s.text.Len() == 0 && len(s.calls) == 0 {
		return s.fail(BadReply, nil, "the stream had no answer in it: try again")
	}
	return nil
}
