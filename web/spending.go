package web

import (
	"strings"

	"github.com/atelier-studio/atelier/llm"
)

// useKinds are the kinds of use by what an address has in it; the first that fits holds.
var useKinds = []struct{ part, kind string }{
	{openaiPrefix, llm.UseOpenAI}, {"/mcp", llm.UseMCP}, {"/evaluations", llm.UseEvaluation}, {"/collections", llm.UseAsk}, {"/conversations", llm.UseAsk},
}

// setUse says in the request's context for whom models are asked: by which door, and with which key. What they are asked
// about is filled in where a collection is opened.
func (c *Ctx) setUse() {
	if c.route.Open || c.route.Foreign {
		return
	}
	c.use = &llm.Use{Kind: llm.UseOther}
	for _, k := range useKinds {
		if strings.Contains(c.route.Path, k.part) {
			c.use.Kind = k.kind
			break
		}
	}
	if k := c.Principal.Key; k != nil {
		c.use.Key, c.use.KeyName = k.ID, k.Name
	}
	c.SetRequest(c.Request().WithContext(llm.Using(c.Context(), c.use)))
}

// about fills in which collection models are asked about.
func (c *Ctx) about(id, name string) {
	if c.use != nil {
		c.use.ID, c.use.Name = id, name
	}
}
