package llm_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/llm/llmtest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T) *llmtest.Server {
	t.Helper()
	s, err := llmtest.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// kinds are the protocols with language models; every row of the suite holds for each.
var kinds = []string{llm.OpenAI, llm.Anthropic, llm.Ollama}

func config(s *llmtest.Server, kind string) llm.Config {
	c := llm.Config{Kind: kind, BaseURL: s.URL, Model: "chat-large"}
	if kind == llm.OpenAI {
		c.BaseURL += "/v1"
	}
	return c
}

func open(t *testing.T, s *llmtest.Server, c llm.Config) *llm.Provider {
	t.Helper()
	p, err := llm.Open(c, s.Client(), llmtest.Key)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func model(t *testing.T, s *llmtest.Server, kind string) llm.Model {
	t.Helper()
	return open(t, s, config(s, kind)).Model
}

func ask(text string) llm.Request {
	return llm.Request{Messages: []llm.Message{llm.Say(llm.User, text)}}
}

// hear streams and returns the pieces beside the reply.
func hear(ctx context.Context, m llm.Model, r llm.Request) (text string, calls []llm.ToolCall, reply *llm.Reply, err error) {
	reply, err = m.Stream(ctx, r, func(d llm.Delta) error {
		text += d.Text
		if d.Call != nil {
			calls = append(calls, *d.Call)
		}
		return nil
	})
	return text, calls, reply, err
}

func each(t *testing.T, f func(t *testing.T, s *llmtest.Server, kind string)) {
	t.Helper()
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			f(t, start(t), kind)
		})
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *llmtest.Server, kind string) {
		s.Answer(func(llmtest.Asked) llmtest.Said {
			return llmtest.Said{Pieces: []string{"The ", "answer ", "is 42."}, Input: 20, Output: 5, Cached: 8}
		})
		m := model(t, s, kind)
		warm := 0.1
		r := llm.Request{System: "Be brief.", Messages: []llm.Message{llm.Say(llm.User, "What is it?")}, Temperature: &warm, MaxTokens: 99, Stop: []string{"END"}}
		whole, err := m.Generate(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		text, _, streamed, err := hear(t.Context(), m, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, reply := range []*llm.Reply{whole, streamed} {
			if reply.Text != "The answer is 42." || reply.End != llm.Finished || reply.Model != kind+"/chat-large" || reply.Took <= 0 {
				t.Errorf("got %+v", reply)
			}
			if reply.Usage != (llm.Usage{Input: 20, Output: 5, Cached: 8}) {
				t.Errorf("the usage is %+v", reply.Usage)
			}
		}
		if text != whole.Text {
			t.Errorf("the pieces are %q", text)
		}
		asked := s.Asked()
		if len(asked) != 2 || asked[0].System != "Be brief." || asked[1].Last != "What is it?" || asked[0].Body["temperature"] != 0.1 || asked[0].Body["max_tokens"] != 99.0 {
			t.Errorf("asked %+v", asked)
		}
	})
}

// Where the provider does not count, the count is a guess and says so.
func TestUncounted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *llmtest.Server, kind string) {
		s.Answer(func(llmtest.Asked) llmtest.Said { return llmtest.Said{Pieces: []string{strings.Repeat("word ", 20)}} })
		reply, err := model(t, s, kind).Generate(t.Context(), ask(strings.Repeat("question ", 40)))
		if err != nil {
			t.Fatal(err)
		}
		if u := reply.Usage; !u.Estimated || u.Input < 60 || u.Input > 150 || u.Output < 15 || u.Output > 40 {
			t.Errorf("the usage is %+v", u)
		}
	})
}

func TestTools(t *testing.T) {
	t.Parallel()
	weather := llm.Tool{Name: "weather", Description: "Tells the weather.", Schema: json.RawMessage(`{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}`)}
	each(t, func(t *testing.T, s *llmtest.Server, kind string) {
		s.Answer(func(a llmtest.Asked) llmtest.Said {
			if strings.Contains(a.Last, "22 degrees") {
				return llmtest.Said{Pieces: []string{"It is warm."}, Input: 9, Output: 3}
			}
			return llmtest.Said{Calls: []llmtest.Call{{ID: "c1", Name: "weather", Arguments: `{"city":"Oslo"}`}, {ID: "c2", Name: "weather", Arguments: `{"city":`}}, Input: 9, Output: 3}
		})
		m := model(t, s, kind)
		r := ask("How is it in Oslo?")
		r.Tools = []llm.Tool{weather}
		whole, err := m.Generate(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		_, calls, streamed, err := hear(t.Context(), m, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range [][]llm.ToolCall{whole.Calls, streamed.Calls, calls} {
			if len(list) != 2 || list[0].ID != "c1" || list[0].Name != "weather" || string(list[0].Arguments) != `{"city":"Oslo"}` || list[0].Unread != "" {
				t.Fatalf("the calls are %+v", list)
			}
			if list[1].Arguments != nil || list[1].Unread != `{"city":` {
				t.Errorf("arguments that are no JSON are %+v", list[1])
			}
		}
		if whole.End != llm.Called || streamed.End != llm.Called {
			t.Errorf("the ends are %q and %q", whole.End, streamed.End)
		}
		s.Asked()
		r.Messages = append(r.Messages, whole.Message(), llm.Result(whole.Calls[0], "22 degrees", false), llm.Result(whole.Calls[1], "22 degrees too", true))
		last, err := m.Generate(t.Context(), r)
		if err != nil || last.Text != "It is warm." {
			t.Fatalf("got %+v, %v", last, err)
		}
		sent, err := json.Marshal(s.Asked()[0].Body)
		if err != nil || !strings.Contains(string(sent), `"c2"`) || !strings.Contains(string(sent), "Oslo") {
			t.Errorf("sent %s, %v", sent, err)
		}
	})
}

func TestImages(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *llmtest.Server, kind string) {
		r := llm.Request{Messages: []llm.Message{{Role: llm.User, Parts: []llm.Part{{Text: "What is this?"}, {Image: []byte("\x89PNG bytes"), MediaType: "image/png"}}}}}
		if _, err := model(t, s, kind).Generate(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		sent, err := json.Marshal(s.Asked()[0].Body)
		if err != nil || !strings.Contains(string(sent), base64.StdEncoding.EncodeToString(r.Messages[0].Parts[1].Image)) || !strings.Contains(string(sent), "image/png") {
			t.Errorf("sent %s, %v", sent, err)
		}
	})
}

// What an endpoint does not take is left out from then on, and the reply says so.
func TestQuirks(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Break(llmtest.Fault{Status: 400, Message: "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."},
		llmtest.Fault{Status: 400, Message: "Unsupported value: 'temperature' does not support 0.1 with this model."})
	m := model(t, s, llm.OpenAI)
	warm := 0.1
	r := ask("Hello")
	r.Temperature, r.MaxTokens = &warm, 50
	for range 2 {
		reply, err := m.Generate(t.Context(), r)
		if err != nil || len(reply.Ignored) != 1 || reply.Ignored[0] != "temperature" {
			t.Fatalf("got %+v, %v", reply, err)
		}
	}
	asked := s.Asked()
	if len(asked) != 4 {
		t.Fatalf("asked %d times", len(asked))
	}
	last := asked[3].Body
	if last["max_completion_tokens"] != 50.0 || last["max_tokens"] != nil || last["temperature"] != nil {
		t.Errorf("sent %v", last)
	}
}
