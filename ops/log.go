package ops

import (
	"io"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
)

// LogOptions say how the log is written.
type LogOptions struct {
	Terminal bool // text for a person; else JSON, a record a line
	Level    slog.Level
}

// NewLog returns a logger that writes to w and takes secrets out of what it writes: attributes that are named like a
// secret, passwords in addresses, bearer tokens.
func NewLog(w io.Writer, o LogOptions) *slog.Logger {
	options := &slog.HandlerOptions{Level: o.Level, ReplaceAttr: redact}
	if o.Terminal {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// Redacted stands in the log where a secret stood.
const Redacted = "[redacted]"

// secretNames are parts of names whose values are never written.
var secretNames = []string{"password", "passwd", "secret", "token", "authorization", "cookie", "apikey", "api_key", "master_key", "credential", "dsn"}

func redact(_ []string, a slog.Attr) slog.Attr {
	if secretName(a.Key) && a.Value.Kind() != slog.KindBool && a.Value.Kind() != slog.KindInt64 {
		return slog.String(a.Key, Redacted)
	}
	switch v := a.Value; v.Kind() {
	case slog.KindString:
		if clean := Clean(v.String()); clean != v.String() {
			return slog.String(a.Key, clean)
		}
	case slog.KindAny:
		// Errors carry text of others: addresses, answers, statements.
		if err, ok := v.Any().(error); ok {
			return slog.String(a.Key, Clean(err.Error()))
		}
	}
	return a
}

func secretName(key string) bool {
	key = strings.ToLower(key)
	for _, part := range secretNames {
		if strings.Contains(key, part) {
			return true
		}
	}
	return false
}

var (
	withPassword = regexp.MustCompile(`[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/@"']*:[^\s/@"']*@[^\s"']*`)
	bearer       = regexp.MustCompile(`(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}`)
	pair         = regexp.MustCompile(`(?i)\b(password|passwd|secret|token|api_?key)=[^\s&"']+`)
)

// Clean takes secrets out of a text that may be shown or logged.
func Clean(s string) string {
	if strings.Contains(s, "://") {
		s = withPassword.ReplaceAllStringFunc(s, func(m string) string {
			u, err := url.Parse(m)
			if err != nil {
				return Redacted
			}
			return u.Redacted()
		})
	}
	s = bearer.ReplaceAllString(s, "$1 "+Redacted)
	return pair.ReplaceAllString(s, "$1="+Redacted)
}
