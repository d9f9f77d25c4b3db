package llm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// openai is a model behind an endpoint that speaks chat completions.
type openai struct {
	endpoint
	client  *http.Client
	address string
	header  http.Header

	mu     sync.Mutex
	quirks quirks
}

// quirks are what an endpoint was found not to take. They are learnt from its refusals, once for each model: there are
// too many services with this protocol, and too few that say what they leave out.
type quirks struct {
	noTemperature, noStop, noSchema, noStreamUsage bool
	newLimit                                       bool // max_completion_tokens instead of max_tokens
}

func newOpenAI(p endpoint, client *http.Client, base string, header http.Header) (*openai, error) {
	address, err := join(base, "/chat/completions")
	if err != nil {
		return nil, err
	}
	return &openai{endpoint: p, client: client, address: address, header: header, quirks: quirks{newLimit: strings.HasPrefix(base, "https://api.openai.com/")}}, nil
}

func (m *openai) Name() string { return m.name() }

// send asks, and asks again without what the endpoint says it does not take.
func (m *openai) send(ctx context.Context, r *Request, stream bool) (*http.Response, []string, error) {
	asked := r.texts()
	for tries := 0; ; tries++ {
		m.mu.Lock()
		q := m.quirks
		m.mu.Unlock()
		body := m.wire(r, q)
		if body.Stream = stream; stream && !q.noStreamUsage {
			body.StreamOptions = &openaiStream{Usage: true}
		}
		response, err := m.post(ctx, m.client, m.address, m.header, body, asked)
		if err == nil {
			return response, q.ignored(r), nil
		}
		if tries == 5 || !m.learn(err, &body) {
			return nil, nil, err
		}
	}
}

// learn changes the quirks after a refusal, and tells whether it found something to change.
func (m *openai) learn(err error, sent *openaiRequest) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Kind != Invalid || e.Status != http.StatusBadRequest && e.Status != http.StatusUnprocessableEntity && e.Status != http.StatusNotImplemented {
		return false
	}
	says := func(words ...string) bool { return mentions(e.refusal, words...) }
	m.mu.Lock()
	defer m.mu.Unlock()
	switch q := &m.quirks; {
	case sent.MaxTokens > 0 && says("max_completion_tokens"):
		q.newLimit = true
	case sent.MaxCompletionTokens > 0 && says("max_completion_tokens"):
		q.newLimit = false
	case sent.Temperature != nil && says("temperature"):
		q.noTemperature = true
	case sent.StreamOptions != nil && says("stream_options", "include_usage"):
		q.noStreamUsage = true
	case sent.Format != nil && says("response_format", "json_schema", "structured output", "schema"):
		q.noSchema = true
	case sent.Stop != nil && says("'stop'", "stop sequence", "\"stop\"", " stop "):
		q.noStop = true
	default:
		return false
	}
	return true
}

func (q quirks) ignored(r *Request) []string {
	var names []string
	if q.noTemperature && r.Temperature != nil {
		names = append(names, "temperature")
	}
	if q.noStop && len(r.Stop) > 0 {
		names = append(names, "stop")
	}
	return names
}

func (m *openai) Generate(ctx context.Context, r Request) (*Reply, error) {
	start := time.Now()
	response, ignored, err := m.send(ctx, &r, false)
	if err != nil {
		return nil, err
	}
	var w openaiReply
	if err := m.readJSON(ctx, response, &w); err != nil {
		return nil, err
	}
	if len(w.Choices) == 0 {
		return nil, m.fail(BadReply, nil, "the answer has no text: check that the address is the one of a chat model")
	}
	said := w.Choices[0].Message
	reply := &Reply{Text: cmp.Or(said.Content, said.Refusal), Model: m.name(), Ignored: ignored}
	for i, c := range said.Calls {
		if i == maxCalls {
			return nil, m.fail(BadReply, nil, "the answer wants more than %d tools called at once", maxCalls)
		}
		reply.Calls = append(reply.Calls, toolCall(cmp.Or(c.ID, fmt.Sprintf("call_%d", i+1)), c.Function.Name, c.Function.Arguments))
	}
	reply.End = ended(w.Choices[0].End, len(reply.Calls))
	if said.Refusal != "" {
		reply.End = Declined
	}
	reply.Usage = w.Usage.count(&r, reply)
	reply.Took = time.Since(start)
	return reply, m.declined(reply)
}

// maxCalls is how many tools one reply may want called.
const maxCalls = 128

// declined makes an error of a reply that a filter stopped before it said anything.
func (p endpoint) declined(r *Reply) error {
	if r.End == Declined && r.Text == "" && len(r.Calls) == 0 {
		return p.fail(Refused, nil, "a filter of the provider refused the answer: ask in other words, or choose another model")
	}
	return nil
}

// count takes the provider's count, or guesses.
func (u *openaiUsage) count(r *Request, reply *Reply) Usage {
	if u == nil || u.Input <= 0 || u.Output < 0 {
		return estimated(r, reply)
	}
	return Usage{Input: u.Input, Output: u.Output, Cached: max(0, min(u.Details.Cached, u.Input))}
}

func estimated(r *Request, reply *Reply) Usage {
	n := guess(reply.Text)
	for _, c := range reply.Calls {
		n += (len(c.Name) + len(c.Arguments) + len(c.Unread)) / 4
	}
	return Usage{Input: r.Estimate(), Output: n, Estimated: true}
}
