package browser

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

func shorten(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "…"
}

func unquote(value []byte) string {
	var s string
	if json.Unmarshal(value, &s) != nil {
		return string(value)
	}
	return s
}

func place(frame *runtime.CallFrame) string {
	name := frame.FunctionName
	if name == "" {
		name = "(anonymous)"
	}
	return fmt.Sprintf("%s (%s:%d:%d)", name, frame.URL, frame.LineNumber+1, frame.ColumnNumber+1)
}

// isInline tells whether an address carries its own content.
func isInline(address string) bool {
	return strings.HasPrefix(address, "data:") || strings.HasPrefix(address, "blob:")
}

func texts(headers network.Headers) map[string]string {
	list := make(map[string]string, len(headers))
	for name, value := range headers {
		list[name] = fmt.Sprint(value)
	}
	return list
}
