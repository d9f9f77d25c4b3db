package exposure

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// file asks for a path as nobody, and returns the answer if there is a file: not a page that says there is none, nor one
// that the target answers whatever is asked.
func file(ctx context.Context, lab *agents.Lab, address string) *wire.Exchange {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	x := lab.Get(ctx, address)
	if x.Status != http.StatusOK || x.Fault != nil || len(bytes.TrimSpace(x.Body)) == 0 || discover.IsMissing(lab.Surface, x, u.EscapedPath()) {
		return nil
	}
	return x
}

// isPage tells whether an answer is a document for people and no file, whatever its type says.
func isPage(x *wire.Exchange) bool {
	head := bytes.ToLower(bytes.TrimSpace(x.Body[:min(len(x.Body), 1024)]))
	return reading.IsHTML(x) || bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html"))
}

// answersAll tells whether a target answers alike to another file of the same folder and ending, which cannot be there.
func answersAll(ctx context.Context, lab *agents.Lab, address string, x *wire.Exchange) bool {
	u, err := url.Parse(address)
	if err != nil {
		return true
	}
	folder, name := u.Path[:strings.LastIndexByte(u.Path, '/')+1], u.Path[strings.LastIndexByte(u.Path, '/')+1:]
	other := lab.Marker(900)
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		other += name[i:]
	}
	if strings.HasSuffix(name, "~") {
		other += "~"
	}
	control := lab.Get(ctx, wire.Origin(u)+folder+other)
	return control.Status == x.Status && similar.Of(x, control, name, other) > 0.9
}

// roots are the folders in which an application may lie: that of the target's address, and the top.
func roots(s *surface.Surface) []string {
	u, err := url.Parse(s.Target)
	if err != nil {
		return nil
	}
	list := []string{wire.Origin(u) + "/"}
	if folder := u.Path[:strings.LastIndexByte(u.Path, '/')+1]; folder != "/" && folder != "" {
		list = append(list, wire.Origin(u)+folder)
	}
	return list
}

// bodies are what was answered without any probe: pages of every shape, scripts, and what operations were seen to answer.
func bodies(s *surface.Surface) []surface.Item {
	var list []surface.Item
	for _, p := range s.ByShape() {
		if p.Answer != nil && p.Answer.Answered() {
			list = append(list, p)
		}
	}
	for _, a := range s.Assets {
		if a.Inside && a.Kind == surface.Script && a.Answer != nil && a.Answer.OK() {
			list = append(list, a)
		}
	}
	for _, o := range s.Operations {
		if len(o.Seen) > 0 {
			list = append(list, o)
		}
	}
	return list
}

// answerOf is what was answered for an item.
func answerOf(item surface.Item) *wire.Exchange {
	switch item := item.(type) {
	case *surface.Page:
		return item.Answer
	case *surface.Asset:
		return item.Answer
	case *surface.Operation:
		return item.Seen[0]
	}
	return nil
}

// place is where an answer is.
func place(x *wire.Exchange) agents.Place {
	return agents.Place{URL: x.URL, Method: x.Request.Method, As: x.Request.As}
}
