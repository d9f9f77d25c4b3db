package llm

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	anthropicsdk "github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
)

// anthropic is a model of Anthropic, through its own SDK. It always streams: the SDK refuses long answers otherwise.
type anthropic struct {
	endpoint
	messages anthropicsdk.MessageService
	noSchema atomic.Bool // found to take no schema
}

// newAnthropic makes the service alone, and not the SDK's client, which reads keys and addresses from the process.
func newAnthropic(p endpoint, client *http.Client, base string) *anthropic {
	return &anthropic{endpoint: p, messages: anthropicsdk.NewMessageService(
		option.WithoutEnvironmentDefaults(), option.WithBaseURL(base), option.WithHTTPClient(client), option.WithMaxRetries(0),
		option.WithAPIKey(p.key), option.WithHeader("User-Agent", "Atelier"))}
}

func (m *anthropic) Name() string { return m.name() }

func (m *anthropic) Generate(ctx context.Context, r Request) (*Reply, error) {
	reply, err := m.Stream(ctx, r, func(Delta) error { return nil })
	if err != nil {
		return nil, err
	}
	return reply, nil
}

func (m *anthropic) Stream(ctx context.Context, r Request, each func(Delta) error) (*Reply, error) {
	start := time.Now()
	s := &anthropicStreaming{anthropic: m, each: each, asked: r.texts()}
	native := r.Schema != nil && !m.noSchema.Load()
	err := s.read(ctx, &r, native)
	if e, ok := errors.AsType[*Error](err); ok && native && e.Kind == Invalid && mentions(e.refusal, "output_config", "schema", "structured output") {
		m.noSchema.Store(true)
		err = s.read(ctx, &r, false)
	}
	reply := s.reply(&r)
	reply.Took = time.Since(start)
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

// anthropicStreaming is one stream that is read.
type anthropicStreaming struct {
	*anthropic
	each      func(Delta) error
	asked     []string
	said      anthropicsdk.Message
	input     strings.Builder // of the call that is being written: the SDK's own is {} when it is no JSON
	calls     []ToolCall
	delivered bool
	done      bool
}

func (s *anthropicStreaming) read(ctx context.Context, r *Request, native bool) error {
	params, err := s.params(r, native)
	if err != nil {
		return err
	}
	stream := s.messages.NewStreaming(ctx, params)
	defer stream.Close() //nolint:errcheck // it was only read
	for stream.Next() {
		event := stream.Current()
		if err := s.said.Accumulate(event); err != nil {
			return s.fail(BadReply, nil, "the stream is not in the order of this protocol: try again, or check the address")
		}
		if err := s.piece(&event); err != nil {
			return err
		}
	}
	if err := stream.Err(); err != nil {
		return s.failed(ctx, err)
	}
	if !s.done {
		return s.fail(Unavailable, nil, "the stream ended in the middle of the answer: try again")
	}
	return nil
}

func (s *anthropicStreaming) piece(event *anthropicsdk.MessageStreamEventUnion) error {
	switch event.Type {
	case "message_stop":
		s.done = true
	case "content_block_start":
		s.input.Reset()
	case "content_block_delta":
		if event.Delta.Type == "input_json_delta" {
			s.input.WriteString(event.Delta.PartialJSON)
		}
		if event.Delta.Type == "text_delta" && event.Delta.Text != "" {
			s.delivered = true
			return s.each(Delta{Text: event.Delta.Text})
		}
	case "content_block_stop":
		block := s.said.Content[event.Index]
		if block.Type != "tool_use" {
			return nil
		}
		if len(s.calls) == maxCalls {
			return s.fail(BadReply, nil, "the answer wants more than %d tools called at once", maxCalls)
		}
		call := toolCall(block.ID, block.Name, s.input.String())
		s.calls, s.delivered = append(s.calls, call), true
		return s.each(Delta{Call: &call})
	}
	return nil
}

// failed makes the error of what the SDK returned: its own texts hold the whole answer, and so may repeat anything.
func (s *anthropicStreaming) failed(ctx context.Context, err error) error {
	if e, ok := errors.AsType[*anthropicsdk.Error](err); ok {
		a := answerOf([]byte(e.RawJSON()))
		if a.status = e.StatusCode; e.Response != nil {
			a.retryAfter = retryAfter(e.Response.Header, time.Now())
		}
		if a.status < 300 { // said in the middle of the stream
			a.status = 0
			if e.Type() == "rate_limit_error" {
				a.status = http.StatusTooManyRequests
			}
		}
		return s.refuse(a, s.asked)
	}
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, typed := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case syntax || typed:
		return s.fail(BadReply, nil, "a piece of the stream is not the JSON of this protocol: try again, or check the address")
	case errors.Is(err, bufio.ErrTooLong):
		return s.fail(BadReply, nil, "a piece of the stream is too large")
	case s.said.ID != "":
		return s.broken(ctx, err)
	}
	return s.unreached(ctx, err)
}

func (s *anthropicStreaming) reply(r *Request) *Reply {
	reply := &Reply{Calls: s.calls, Model: s.name(), End: anthropicEnds[s.said.StopReason]}
	for i := range s.said.Content {
		if b := &s.said.Content[i]; b.Type == "text" {
			reply.Text += b.Text
		}
	}
	if reply.End == "" {
		reply.End = Finished
	}
	u := s.said.Usage
	if u.InputTokens <= 0 && u.CacheReadInputTokens <= 0 {
		reply.Usage = estimated(r, reply)
		return reply
	}
	reply.Usage = Usage{Input: int(u.InputTokens + u.CacheReadInputTokens + u.CacheCreationInputTokens), Output: int(u.OutputTokens), Cached: int(u.CacheReadInputTokens)}
	return reply
}

// anthropicEnds are the protocol's words for why a reply ended.
var anthropicEnds = map[anthropicsdk.StopReason]End{
	anthropicsdk.StopReasonEndTurn: Finished, anthropicsdk.StopReasonStopSequence: Stopped, anthropicsdk.StopReasonMaxTokens: Cut,
	anthropicsdk.StopReasonModelContextWindowExceeded: Cut, anthropicsdk.StopReasonToolUse: Called, anthropicsdk.StopReasonRefusal: Declined,
}
