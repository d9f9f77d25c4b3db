package llm

import (
	"encoding/base64"
	"encoding/json"
)

// The chat completions protocol, as OpenAI, Azure, Ollama, vLLM, LM Studio, llama.cpp and many others speak it.
type (
	openaiRequest struct {
		Model               string          `json:"model"`
		Messages            []openaiMessage `json:"messages"`
		Tools               []openaiTool    `json:"tools,omitempty"`
		Format              *openaiFormat   `json:"response_format,omitempty"`
		Temperature         *float64        `json:"temperature,omitempty"`
		MaxTokens           int             `json:"max_tokens,omitempty"`
		MaxCompletionTokens int             `json:"max_completion_tokens,omitempty"` // the name in OpenAI's newer models
		Stop                []string        `json:"stop,omitempty"`
		Stream              bool            `json:"stream,omitempty"`
		StreamOptions       *openaiStream   `json:"stream_options,omitempty"`
	}
	openaiStream struct {
		Usage bool `json:"include_usage"`
	}
	openaiMessage struct {
		Role    string       `json:"role"`
		Content any          `json:"content,omitempty"` // a text or []openaiPart
		Calls   []openaiCall `json:"tool_calls,omitempty"`
		CallID  string       `json:"tool_call_id,omitempty"`
	}
	openaiPart struct {
		Type  string       `json:"type"`
		Text  string       `json:"text,omitempty"`
		Image *openaiImage `json:"image_url,omitempty"`
	}
	openaiImage struct {
		URL string `json:"url"`
	}
	openaiTool struct {
		Type     string         `json:"type"`
		Function openaiFunction `json:"function"`
	}
	openaiFunction struct {
		Name        string          `json:"name"`
		Description string          `json:"description,omitempty"`
		Parameters  json.RawMessage `json:"parameters,omitempty"`
	}
	openaiCall struct {
		Index    *int   `json:"index,omitempty"`
		ID       string `json:"id"`
		Type     string `json:"type"`
		Function struct {
			Name      string `json:"name"`
			Arguments string `json:"arguments"`
		} `json:"function"`
	}
	openaiFormat struct {
		Type   string        `json:"type"`
		Schema *openaiSchema `json:"json_schema,omitempty"`
	}
	openaiSchema struct {
		Name   string          `json:"name"`
		Strict bool            `json:"strict"`
		Schema json.RawMessage `json:"schema"`
	}
	openaiReply struct {
		Choices []openaiChoice `json:"choices"`
		Usage   *openaiUsage   `json:"usage"`
		// Error comes instead, in the middle of a stream.
		Error json.RawMessage `json:"error"`
	}
	openaiChoice struct {
		Message openaiSaid `json:"message"`
		Delta   openaiSaid `json:"delta"`
		End     string     `json:"finish_reason"`
	}
	openaiSaid struct {
		Content string       `json:"content"`
		Refusal string       `json:"refusal"`
		Calls   []openaiCall `json:"tool_calls"`
	}
	openaiUsage struct {
		Input   int `json:"prompt_tokens"`
		Output  int `json:"completion_tokens"`
		Details struct {
			Cached int `json:"cached_tokens"`
		} `json:"prompt_tokens_details"`
	}
)

// wire writes the request as the protocol has it, without what the endpoint is known not to take.
func (m *openai) wire(r *Request, q quirks) openaiRequest {
	w := openaiRequest{Model: m.model, Temperature: r.Temperature, Stop: r.Stop}
	if q.noTemperature {
		w.Temperature = nil
	}
	if q.noStop {
		w.Stop = nil
	}
	if q.newLimit {
		w.MaxCompletionTokens = r.MaxTokens
	} else {
		w.MaxTokens = r.MaxTokens
	}
	if r.Schema != nil && !q.noSchema {
		w.Format = &openaiFormat{Type: "json_schema", Schema: &openaiSchema{Name: "answer", Strict: strict(r.Schema), Schema: r.Schema}}
	}
	system := r.System
	if r.Schema != nil && q.noSchema {
		system = instructed(r)
	}
	if system != "" {
		w.Messages = append(w.Messages, openaiMessage{Role: "system", Content: system})
	}
	for _, message := range r.Messages {
		w.Messages = append(w.Messages, openaiTurn(&message))
	}
	for _, t := range r.Tools {
		w.Tools = append(w.Tools, openaiTool{"function", openaiFunction{t.Name, t.Description, t.Schema}})
	}
	return w
}

func openaiTurn(m *Message) openaiMessage {
	w := openaiMessage{Role: string(m.Role), CallID: m.CallID}
	for _, c := range m.Calls {
		call := openaiCall{ID: c.ID, Type: "function"}
		call.Function.Name, call.Function.Arguments = c.Name, string(c.Arguments)
		if c.Arguments == nil {
			call.Function.Arguments = "{}"
		}
		w.Calls = append(w.Calls, call)
	}
	pictures := false
	for _, p := range m.Parts {
		pictures = pictures || p.Image != nil
	}
	switch {
	case !pictures && (len(m.Parts) > 0 || m.Role == ToolRole):
		w.Content = m.text()
	case pictures:
		parts := make([]openaiPart, 0, len(m.Parts))
		for _, p := range m.Parts {
			if p.Image != nil {
				parts = append(parts, openaiPart{Type: "image_url", Image: &openaiImage{"data:" + p.MediaType + ";base64," + base64.StdEncoding.EncodeToString(p.Image)}})
			} else {
				parts = append(parts, openaiPart{Type: "text", Text: p.Text})
			}
		}
		w.Content = parts
	}
	return w
}

// openaiEnds are the protocol's words for why a reply ended.
var openaiEnds = map[string]End{"stop": Finished, "length": Cut, "tool_calls": Called, "function_call": Called, "content_filter": Declined}

// ended is the end that a word says. A missing one is a reply that finished.
func ended(word string, calls int) End {
	if calls > 0 {
		return Called
	}
	if end, ok := openaiEnds[word]; ok {
		return end
	}
	return Finished
}

// toolCall reads what a model wrote as a call.
func toolCall(id, name, arguments string) ToolCall {
	c := ToolCall{ID: id, Name: name}
	if arguments == "" {
		arguments = "{}"
	}
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(arguments), &object) != nil || object == nil {
		c.Unread = arguments
	} else {
		c.Arguments = json.RawMessage(arguments)
	}
	return c
}

// strict tells whether a schema has the form that OpenAI holds its models to exactly: every object closed, and all of
// its properties required.
func strict(schema json.RawMessage) bool {
	v, err := decode(schema)
	return err == nil && closed(v)
}

func closed(v any) bool {
	switch v := v.(type) {
	case []any:
		for _, w := range v {
			if !closed(w) {
				return false
			}
		}
	case map[string]any:
		if v["type"] == "object" {
			properties, _ := v["properties"].(map[string]any)
			required, _ := v["required"].([]any)
			if v["additionalProperties"] != false || len(required) != len(properties) {
				return false
			}
		}
		for _, w := range v {
			if !closed(w) {
				return false
			}
		}
	}
	return true
}
