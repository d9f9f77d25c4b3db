// Package reading reads what an exchange says, as a browser would: what sort of thing its body is, its HTML as a document,
// the words that people see, the policy that its headers and meta elements set, and the cookies that it sets as they were
// really written.
//
// All of it comes from a stranger. What cannot be read is empty or nil and never an error: a probe that asks for what is
// not there has its answer.
package reading

import (
	"bytes"
	"mime"
	"strings"

	"github.com/atelier-studio/atelier/agents/wire"
)

// Type is the media type of an answer in small letters, without parameters: "text/html". Where the target says none, it
// is what the body begins like; "" when that says nothing either.
func Type(x *wire.Exchange) string {
	if x == nil {
		return ""
	}
	written := x.Header.Get("Content-Type")
	if kind, _, err := mime.ParseMediaType(written); err == nil || kind != "" {
		return kind
	}
	if kind, _, _ := strings.Cut(written, ";"); strings.Contains(kind, "/") {
		return strings.ToLower(strings.TrimSpace(kind))
	}
	return begins(x.Body)
}

// Charset is the charset that the Content-Type header names, in small letters; "" when it names none.
func Charset(x *wire.Exchange) string {
	if x == nil {
		return ""
	}
	_, parameters, err := mime.ParseMediaType(x.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(parameters["charset"]))
}

// begins guesses a type of what a body begins with.
func begins(body []byte) string {
	const enough = 512
	head := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), enough)]))
	switch {
	case bytes.HasPrefix(head, []byte("<!doctype html")), bytes.Contains(head, []byte("<html")), bytes.Contains(head, []byte("<head")):
		return "text/html"
	case bytes.HasPrefix(head, []byte("<?xml")):
		return "application/xml"
	case bytes.HasPrefix(head, []byte("{")), bytes.HasPrefix(head, []byte("[")):
		return "application/json"
	}
	return ""
}

// IsHTML tells whether a browser draws the answer as a page.
func IsHTML(x *wire.Exchange) bool {
	kind := Type(x)
	return kind == "text/html" || kind == "application/xhtml+xml"
}

// IsJSON tells whether the answer says that it is JSON.
func IsJSON(x *wire.Exchange) bool {
	kind := Type(x)
	return kind == "application/json" || kind == "text/json" || strings.HasSuffix(kind, "+json")
}

// IsScript tells whether the answer says that it is JavaScript.
func IsScript(x *wire.Exchange) bool {
	switch kind := Type(x); kind {
	case "text/javascript", "application/javascript", "application/x-javascript", "text/ecmascript", "application/ecmascript":
		return true
	}
	return false
}

// IsText tells whether people could read the body: HTML, JSON, scripts, style sheets, XML, plain text.
func IsText(x *wire.Exchange) bool {
	kind := Type(x)
	return strings.HasPrefix(kind, "text/") || IsHTML(x) || IsJSON(x) || IsScript(x) ||
		kind == "application/xml" || strings.HasSuffix(kind, "+xml") || kind == "application/yaml" || kind == "application/graphql"
}
