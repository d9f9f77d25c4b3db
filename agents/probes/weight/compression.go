package weight

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// worthPacking is the size from which compressing a text saves packets.
const worthPacking = 1400

func compression() *agents.Probe {
	return &agents.Probe{
		ID: "compression", Title: "Text sent without compression",
		Decides:  "An answer of text longer than 1.4 kB that gzip would make at least a quarter smaller comes without Content-Encoding, although gzip and br were offered.",
		Keeps:    "The size as it came and as gzip would have made it, and the headers.",
		Advice:   "Let the server or the proxy before it compress text, scripts, style sheets, JSON and SVG with gzip or Brotli.",
		Severity: agents.Low, References: []string{"Lighthouse: uses-text-compression"}, Skills: []string{"bytes"},
		Check: agents.Each(texts, packs),
	}
}

// texts are pages of every shape and assets that are long texts.
func texts(s *surface.Surface) []surface.Item {
	var list []surface.Item
	for _, p := range s.ByShape() {
		if p.Answer != nil && p.Answer.OK() && len(p.Answer.Body) > worthPacking {
			list = append(list, p)
		}
	}
	for _, a := range served(s) {
		if reading.IsText(a.Answer) && len(a.Answer.Body) > worthPacking {
			list = append(list, a)
		}
	}
	return list
}

func answerOf(item surface.Item) *wire.Exchange {
	switch item := item.(type) {
	case *surface.Page:
		return item.Answer
	case *surface.Asset:
		return item.Answer
	}
	return nil
}

func packs(_ context.Context, lab *agents.Lab, item surface.Item) agents.Outcome {
	x := answerOf(item)
	if isPacked(x) {
		return agents.Pass()
	}
	size, small := len(x.Body), packedSize(x.Body)
	if small > size*3/4 {
		return agents.Pass() // such as a font or a picture that is called text
	}
	cause := "texts of type " + reading.Type(x)
	if !packsAny(lab.Surface) {
		cause = "all texts"
	}
	return agents.Fail(agents.Finding{
		Cause: cause,
		Text:  fmt.Sprintf("%d bytes of %s came as they are; with gzip they would be %d.", size, reading.Type(x), small),
		Evidence: []agents.Evidence{
			agents.Table("Sizes", agents.ByHTTP, []string{"as it came", "with gzip", "saved"}, []string{kilobytes(int64(size)), kilobytes(int64(small)), fmt.Sprintf("%d %%", 100-100*small/size)}),
			agents.Excerpt("Headers", reading.Lines(x.Header, "Content-Type", "Content-Encoding", "Content-Length", "Vary")),
		},
	})
}

func isPacked(x *wire.Exchange) bool {
	encoding := strings.ToLower(strings.TrimSpace(x.Header.Get("Content-Encoding")))
	return encoding != "" && encoding != "identity"
}

// packsAny tells whether the target compresses anything at all.
func packsAny(s *surface.Surface) bool {
	for _, item := range texts(s) {
		if isPacked(answerOf(item)) {
			return true
		}
	}
	return false
}

func packedSize(body []byte) int {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(body) //nolint:errcheck // a buffer takes everything
	_ = z.Close()        //nolint:errcheck // as above
	return b.Len()
}
