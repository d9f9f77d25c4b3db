package report

import (
	"context"
	"fmt"
	"maps"
	"mime"
	"net/url"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents/wire"
)

// Bounds of an exchange as it is shown.
const (
	shownBody    = 4 << 10
	shownHeaders = 40
)

// requestText is a request as it goes over the wire.
func requestText(ctx context.Context, r *wire.Request) string {
	method := r.Method
	if method == "" {
		method = "GET"
	}
	var b strings.Builder
	path, host := r.URL, ""
	if u, err := url.Parse(r.URL); err == nil && u.Host != "" {
		path, host = u.RequestURI(), u.Host
	}
	fmt.Fprintf(&b, "%s %s\n", method, path)
	if host != "" && r.Header.Get("Host") == "" {
		fmt.Fprintf(&b, "Host: %s\n", host)
	}
	headers(&b, r.Header)
	if r.As != "" {
		b.WriteString(tr(ctx, "(with the session of {name})", "name", r.As) + "\n")
	}
	body(ctx, &b, r.Header.Get("Content-Type"), r.Body, false)
	return printable(b.String())
}

// answerText is an answer, or why there is none.
func answerText(ctx context.Context, x *wire.Exchange) string {
	var b strings.Builder
	for _, hop := range x.Hops {
		fmt.Fprintf(&b, "%d → %s\n", hop.Status, hop.To)
	}
	if x.Answered() {
		fmt.Fprintf(&b, "%s %d\n", x.Proto, x.Status)
		headers(&b, x.Header)
	}
	if x.Fault != nil {
		b.WriteString(said(ctx, x.Fault.Text) + "\n")
	}
	body(ctx, &b, x.Header.Get("Content-Type"), x.Body, x.Cut)
	return printable(b.String())
}

func headers(b *strings.Builder, h map[string][]string) {
	names := slices.Sorted(maps.Keys(h))
	for _, name := range names[:min(len(names), shownHeaders)] {
		for _, value := range h[name] {
			fmt.Fprintf(b, "%s: %s\n", name, cut(value, 500))
		}
	}
	if more := len(names) - shownHeaders; more > 0 {
		fmt.Fprintf(b, "… + %d\n", more)
	}
}

func body(ctx context.Context, b *strings.Builder, kind string, data []byte, wasCut bool) {
	if len(data) == 0 {
		return
	}
	b.WriteByte('\n')
	if !isText(data) {
		media, _, err := mime.ParseMediaType(kind)
		if err != nil {
			media = "application/octet-stream"
		}
		b.WriteString(tr(ctx, "({size} of {type})", "size", bytesWord(ctx, int64(len(data))), "type", media))
		return
	}
	text := string(data)
	b.WriteString(cut(text, shownBody))
	if wasCut && len(text) <= shownBody {
		b.WriteString("…")
	}
}
