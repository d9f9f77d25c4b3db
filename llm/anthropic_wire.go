package llm

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"strings"

	anthropicsdk "github.com/anthropics/anthropic-sdk-go"
)

// params writes the request as the SDK has it; native asks for the schema by the API's own means.
func (m *anthropic) params(r *Request, native bool) (anthropicsdk.MessageNewParams, error) {
	p := anthropicsdk.MessageNewParams{Model: m.model, MaxTokens: int64(cmp.Or(r.MaxTokens, DefaultMaxTokens)), StopSequences: r.Stop}
	system := r.System
	if r.Schema != nil && !native {
		system = instructed(r)
	}
	if system != "" {
		p.System = []anthropicsdk.TextBlockParam{{Text: system}}
	}
	if r.Temperature != nil {
		p.Temperature = anthropicsdk.Float(min(*r.Temperature, 1)) // its scale ends at 1
	}
	if native {
		var schema map[string]any
		if err := json.Unmarshal(r.Schema, &schema); err != nil {
			return p, m.fail(Invalid, nil, "the schema is no JSON object")
		}
		p.OutputConfig.Format.Schema = schema
	}
	for _, t := range r.Tools {
		tool, err := anthropicTool(&t)
		if err != nil {
			return p, m.fail(Invalid, nil, "the schema of the tool %q cannot be read", t.Name)
		}
		p.Tools = append(p.Tools, anthropicsdk.ToolUnionParam{OfTool: tool})
	}
	for _, message := range r.Messages {
		turn, err := anthropicTurn(&message)
		if err != nil {
			return p, m.fail(Invalid, nil, "a tool call cannot be read")
		}
		// the API wants turns to alternate: what several tools gave back is one turn
		if last := len(p.Messages) - 1; last >= 0 && p.Messages[last].Role == turn.Role {
			p.Messages[last].Content = append(p.Messages[last].Content, turn.Content...)
			continue
		}
		p.Messages = append(p.Messages, turn)
	}
	return p, nil
}

func anthropicTool(t *Tool) (*anthropicsdk.ToolParam, error) {
	tool := &anthropicsdk.ToolParam{Name: t.Name}
	if t.Description != "" {
		tool.Description = anthropicsdk.String(t.Description)
	}
	if t.Schema == nil {
		tool.InputSchema.Properties = map[string]any{}
		return tool, nil
	}
	var schema map[string]any
	if err := json.Unmarshal(t.Schema, &schema); err != nil {
		return nil, err
	}
	delete(schema, "type")
	tool.InputSchema.ExtraFields = schema
	return tool, nil
}

func anthropicTurn(m *Message) (anthropicsdk.MessageParam, error) {
	turn := anthropicsdk.MessageParam{Role: anthropicsdk.MessageParamRoleUser}
	switch m.Role {
	case ToolRole:
		turn.Content = append(turn.Content, anthropicsdk.NewToolResultBlock(m.CallID, m.text(), m.Failed))
		return turn, nil
	case Assistant:
		turn.Role = anthropicsdk.MessageParamRoleAssistant
	case User:
	}
	for _, p := range m.Parts {
		switch {
		case p.Image != nil:
			turn.Content = append(turn.Content, anthropicsdk.NewImageBlockBase64(p.MediaType, base64.StdEncoding.EncodeToString(p.Image)))
		case strings.TrimSpace(p.Text) != "": // the API refuses empty texts
			turn.Content = append(turn.Content, anthropicsdk.NewTextBlock(p.Text))
		}
	}
	for _, c := range m.Calls {
		input := c.Arguments
		if input == nil {
			input = json.RawMessage("{}")
		}
		if !json.Valid(input) {
			return turn, errNoJSON
		}
		turn.Content = append(turn.Content, anthropicsdk.NewToolUseBlock(c.ID, input, c.Name))
	}
	return turn, nil
}
