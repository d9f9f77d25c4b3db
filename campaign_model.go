package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents/campaign"
	qadesk "github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/agents/explore"
	"github.com/atelier-studio/atelier/llm"
)

// asked is a language model as campaigns ask it.
type asked struct {
	model llm.Model
	price *llm.Price
	use   llm.Use
}

// Name implements explore.Model.
func (a *asked) Name() string { return a.model.Name() }

// Ask implements explore.Model.
func (a *asked) Ask(ctx context.Context, q explore.Question) (explore.Answer, error) {
	use, cold := a.use, 0.0
	reply, err := a.model.Generate(llm.Using(ctx, &use), llm.Request{
		System: q.System, Messages: []llm.Message{llm.Say(llm.User, q.Text)}, Schema: q.Schema, Temperature: &cold, MaxTokens: q.Tokens,
	})
	if reply == nil {
		return explore.Answer{}, err
	}
	answer := explore.Answer{Text: reply.Text, Priced: true}
	if !reply.FromCache {
		cost := a.price.Of(reply.Usage)
		answer.Input, answer.Output, answer.Micros, answer.Priced = reply.Usage.Input, reply.Usage.Output, cost.Micros, cost.Known
	}
	return answer, err
}

// askModel gives a campaign of the studio the language model that it names, or the reason why there is none: what needs no
// model is tested all the same.
func (t *tests) askModel(ctx context.Context, task *qadesk.Task, p *campaign.Parts) {
	name := task.Settings.ModelName
	if name == "" {
		return
	}
	provider, err := t.studio.parts.models.Provider(ctx, task.Workspace, name)
	switch {
	case err != nil:
		p.NoModel = err.Error()
	case provider.Model == nil:
		p.NoModel = fmt.Sprintf("the credential %q names no model that answers", name)
	default:
		p.Model = &asked{provider.Model, provider.Price, llm.Use{Kind: llm.UseCampaign, ID: task.ID, Name: task.Name}}
	}
}

// modelFlags are the options of a command that asks a language model.
type modelFlags struct{ model, address, key, specification string }

func (m *modelFlags) add(flags *flag.FlagSet, s *campaign.Settings) {
	flags.StringVar(&m.model, "model", "", "a language model that explores too, as PROTOCOL/NAME: openai/gpt-4o-mini (or anything that speaks like it), anthropic/NAME, ollama/NAME; empty: none")
	flags.StringVar(&m.address, "model-url", "", "the address of the language model, such as http://127.0.0.1:8080/v1; empty: the provider's own")
	flags.StringVar(&m.key, "model-key", "", "where the key of the language model stands, as FILE or env:NAME; empty: it wants none")
	flags.StringVar(&m.specification, "specification", "", "a text file that says what the application should do, for the language model to try")
	flags.IntVar(&s.Budget.Questions, "questions", 0, "questions to the language model, at most (60)")
	flags.IntVar(&s.Budget.Tokens, "tokens", 0, "tokens that the language model may take in all (400000)")
}

// open makes the language model that the options name; nil when they name none.
func (m *modelFlags) open(p *process, s *campaign.Settings) (explore.Model, error) {
	if m.specification != "" {
		const most = 256 << 10
		data, err := readLimited(m.specification, most)
		if err != nil {
			return nil, fmt.Errorf("--specification: %w", err)
		}
		s.Specification = strings.ToValidUTF8(string(data), "\uFFFD")
	}
	if m.model == "" {
		if m.address != "" || m.key != "" || m.specification != "" {
			return nil, errors.New("--model-url, --model-key and --specification are for a language model: name one with --model")
		}
		return nil, nil
	}
	kind, name, ok := strings.Cut(m.model, "/")
	if !ok || kind != llm.OpenAI && kind != llm.Anthropic && kind != llm.Ollama {
		return nil, fmt.Errorf("--model: %q is none: write it as openai/NAME, anthropic/NAME or ollama/NAME", m.model)
	}
	key := ""
	if m.key != "" {
		var err error
		if key, err = readSecret(p, m.key); err != nil {
			return nil, fmt.Errorf("--model-key: %w", err)
		}
	}
	s.ModelName = m.model
	provider, err := llm.Open(llm.Config{Kind: kind, BaseURL: m.address, Model: name}, &http.Client{Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 4, IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 5 * time.Minute,
	}}, key)
	if err != nil {
		return nil, fmt.Errorf("--model: %w", err)
	}
	return &asked{llm.Retry(provider.Model, llm.RetryOptions{}), provider.Price, llm.Use{Kind: llm.UseCampaign}}, nil
}
