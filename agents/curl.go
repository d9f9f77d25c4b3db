package agents

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/atelier-studio/atelier/agents/wire"
)

// maxCurlBody is how much of a body a command line carries; terminals take no more in one go.
const maxCurlBody = 16 << 10

// Curl is a command line that sends what showed the finding once more; "" when no request did and its place is no
// address of the web. Everything that the target had a part in is quoted for sh: it can be pasted without a second look.
// Cookies and tokens that an account carries are not in a request, and are left to $COOKIE.
func (f *Finding) Curl() string {
	for i := range f.Evidence {
		if x := f.Evidence[i].Exchange; x != nil {
			if line := curl(&x.Request); line != "" {
				return line
			}
		}
	}
	return curl(&wire.Request{Method: f.Where.Method, URL: f.Where.URL, As: f.Where.As})
}

func curl(r *wire.Request) string {
	u, err := url.Parse(r.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(r.Body) > maxCurlBody {
		return ""
	}
	parts := []string{"curl", "-i", "--globoff", "--path-as-is"}
	switch method := strings.ToUpper(r.Method); {
	case method == "HEAD":
		parts[1] = "--head"
	case method != "" && method != "GET":
		if !isToken(method) {
			return ""
		}
		if strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" { // a token may have signs that sh reads
			method = quote(method)
		}
		parts = append(parts, "-X", method)
	}
	names := make([]string, 0, len(r.Header))
	for name := range r.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	typed := false
	for _, name := range names {
		if !isToken(name) {
			continue
		}
		typed = typed || strings.EqualFold(name, "Content-Type")
		for _, value := range r.Header[name] {
			if value == "" {
				parts = append(parts, "-H", quote(name+";")) // how curl is told to send it without a value
				continue
			}
			parts = append(parts, "-H", quote(name+": "+oneLine(value)))
		}
	}
	if r.As != "" && r.Header.Get("Cookie") == "" {
		parts = append(parts, "-b", `"$COOKIE"`)
	}
	before := ""
	if len(r.Body) > 0 {
		if !typed {
			parts = append(parts, "-H", "'Content-Type:'")
		}
		if body := string(r.Body); isPlain(body) {
			parts = append(parts, "--data-raw", quote(body))
		} else {
			before = "printf " + octal(r.Body) + " | "
			parts = append(parts, "--data-binary", "@-")
		}
	}
	return before + strings.Join(append(parts, "--url", quote(address(r.URL))), " ")
}

// quote puts a text into single quotes, in which sh knows nothing but their end.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// octal quotes bytes for printf, all but the plainest as numbers: a terminal reads some of the others as commands.
func octal(data []byte) string {
	var b strings.Builder
	for _, c := range data {
		switch {
		case c == '\n':
			b.WriteString(`\n`)
		case c < ' ' || c > '~' || c == '\'' || c == '\\':
			fmt.Fprintf(&b, `\%03o`, c)
		case c == '%':
			b.WriteString("%%")
		default:
			b.WriteByte(c)
		}
	}
	return "'" + b.String() + "'"
}

// isPlain tells whether a text can stand in a command line as it is: printed signs and ends of lines, and not an order to
// write from right to left.
func isPlain(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) || r == unicode.ReplacementChar })
}

// oneLine leaves out of a header's value what no header can hold.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
}

// address writes what is no plain ASCII in an address as its bytes.
func address(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// isToken tells whether s is a name as HTTP has them.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	})
}
