package nodes

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "trigger.chat", Title: "Chat", Group: "Triggers", Icon: "message-square", Trigger: true,
		Outputs: []engine.Port{{Name: "main"}, {Name: "history", Label: "Messages before", Optional: true}},
		Summary: "Starts the workflow when somebody writes in a chat, and shows its answer there.",
		Doc: `While the workflow is published, the chat is a page at ` + "`/chat/<path>`" + `. **Members** of the workspace may use it, or **everybody** who knows the address. A page for everybody can stand in a frame of the sites under **embed**.

The item holds the ` + "`message`" + `, the ` + "`session`" + ` and the ` + "`history`" + `: the messages before it as ` + "`role`" + ` (user or assistant) and ` + "`text`" + `. The port **history** has an item for each of them.

The answer is what a Respond node says, else the **field** of the last node's first item. Titles in its ` + "`citations`" + ` are shown under it. A chat is kept until nothing was said in it for thirty days.`,
		Keywords: []string{"chatbot", "bot", "conversation", "assistant", "message", "widget"},
		Check:    typed(checkChat),
		Claims: func(params any) (string, []string) {
			p, _ := paramsAs[Chat](params)
			if path := strings.Trim(p.Path, "/"); path != "" {
				return "path", []string{engine.ChatMethod + " " + engine.ChatPath(path)}
			}
			return "path", nil
		},
		Examples: []engine.Example{
			{Name: "A question after another", Params: params("path", "help"),
				Input:  in(obj("message", "And on Fridays?", "session", "s1", "history", list(obj("role", "user", "text", "When are you open?"), obj("role", "assistant", "text", "From nine to five.")))),
				Output: map[string][]map[string]any{"main": {obj("message", "And on Fridays?", "session", "s1", "history", list(obj("role", "user", "text", "When are you open?"), obj("role", "assistant", "text", "From nine to five.")))}, "history": {obj("role", "user", "text", "When are you open?"), obj("role", "assistant", "text", "From nine to five.")}}},
			{Name: "Started by hand, an empty message stands for the missing one", Params: params("path", "help"), Output: map[string][]map[string]any{"main": {obj("message", "", "session", "", "history", []any{})}}},
		},
	}, Chat{Access: "members", Field: "answer", History: 10, MaxChars: 4000, PerMinute: 10}, runChat)
}

// Chat holds the parameters of trigger.chat.
type Chat struct {
	Path      string   `json:"path" form:"Path" help:"The end of the address: letters, digits, - _ . and /." placeholder:"help" required:"true" expr:"no"`
	Access    string   `json:"access" form:"Who may use it" options:"members=Members of the workspace,public=Everybody" expr:"no"`
	Title     string   `json:"title" form:"Heading" placeholder:"Help" expr:"no"`
	Greeting  string   `json:"greeting" form:"Greeting" widget:"textarea" help:"Stands above the first message." expr:"no"`
	Field     string   `json:"field" form:"Field of the answer" placeholder:"answer" help:"Of the last node's first item." expr:"no"`
	History   int      `json:"history" form:"Messages before" min:"0" max:"100" help:"How many of them the item has, at most." expr:"no"`
	MaxChars  int      `json:"max_chars" form:"Longest message (characters)" min:"1" max:"20000" expr:"no"`
	PerMinute int      `json:"per_minute" form:"Messages a minute" min:"1" max:"600" help:"Of one person, at most." expr:"no"`
	Embed     []string `json:"embed" form:"Embed in" help:"Sites that may show the page in a frame, such as https://example.org." show:"access=public" expr:"no"`
}

func checkChat(p Chat) []engine.Problem {
	if p.Path != "" {
		if err := checkHookPath(p.Path); err != nil {
			return problem("path", "chat-path", err)
		}
	}
	if len(p.Embed) > 20 {
		return problem("embed", "chat-embed", errors.New("at most 20 sites may embed the chat"))
	}
	for _, site := range p.Embed {
		if u, err := url.Parse(site); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.Trim(u.Path, "/") != "" || strings.ContainsAny(site, " ;,'\"*") {
			return problem("embed", "chat-embed", fmt.Errorf("%q is no site: write for example https://example.org", excerpt(site, 60)))
		}
	}
	return nil
}

func runChat(_ context.Context, _ *Deps, _ Chat, c *engine.Call) (engine.Outputs, error) {
	items := c.Items()
	if !given(items) {
		items = []engine.Item{{JSON: map[string]any{"message": "", "session": "", "history": []any{}}}}
	}
	var before []engine.Item
	said, _ := items[0].JSON["history"].([]any)
	for _, m := range said {
		if message, ok := m.(map[string]any); ok {
			before = append(before, engine.Item{JSON: message})
		}
	}
	return engine.Outputs{items, before}, nil
}
