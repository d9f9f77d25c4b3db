package discover

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// missing learns what the target answers where there is nothing, by asking for what cannot be there.
func (d *discovery) missing(ctx context.Context) {
	const letters = "bcdfghjkmnpqrstvwxz"
	var prints, texts []string
	html := true
	for range 2 {
		var word strings.Builder
		for range 16 {
			word.WriteByte(letters[d.random.IntN(len(letters))])
		}
		path := "/" + word.String()
		x := d.client.Send(ctx, wire.Request{URL: d.origin + path, Follow: true})
		d.s.Missing.Status = x.Status
		prints, texts, html = append(prints, Print(x, path)), append(texts, without(x.Body, path)), html && isHTML(x)
	}
	if d.s.Missing.Moves = prints[0] != prints[1]; !d.s.Missing.Moves || html && alike(texts[0], texts[1], "", word) {
		d.s.Missing.Print, d.s.Missing.Text = prints[1], texts[1]
	}
}

var (
	made   = regexp.MustCompile(`(?i)[bcdfghjkmnpqrstvwxz]{16}`) // the words that missing makes
	word   = regexp.MustCompile(`\pL+`)
	figure = regexp.MustCompile(`[\pL\pN]+`) // or a word
	moving = regexp.MustCompile(`(?i)[0-9a-f]{16,}|\d{4,}|[A-Za-z0-9+/_-]{32,}`)
	spaces = regexp.MustCompile(`\s+`)
)

// Print is a fingerprint of an answer's body: what was asked for, long numbers, ids and tokens are taken out, so that
// answers that say the same print the same.
func Print(x *wire.Exchange, asked string) string { return printOf(x.Status, without(x.Body, asked)) }

func printOf(status int, text string) string {
	text = spaces.ReplaceAllString(moving.ReplaceAllString(text, "#"), " ")
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("%d-%s", status, hex.EncodeToString(sum[:8]))
}

// without takes what was asked for out of an answer's beginning, which is where an answer to nothing says so.
func without(body []byte, asked string) string {
	const enough = 64 << 10
	text := strings.ReplaceAll(string(body[:min(len(body), enough)]), asked, "")
	if word := strings.Trim(asked, "/"); word != "" {
		text = strings.ReplaceAll(text, word, "")
	}
	return text
}

// IsMissing tells whether an answer is the one that the target gives where there is nothing, whatever its status says.
func IsMissing(s *surface.Surface, x *wire.Exchange, path string) bool {
	if !x.Answered() || x.Status == 404 || x.Status == 410 {
		return true
	}
	if s.Missing.Print == "" {
		return false
	}
	got := Print(x, path)
	// What was asked for may stand there anyway ("up" in "sign up"), so it is taken out of the answer to nothing too.
	if got == s.Missing.Print || got == printOf(s.Missing.Status, without([]byte(s.Missing.Text), path)) {
		return true
	}
	parts := figure
	if s.Missing.Moves {
		parts = word
	}
	return x.Status == s.Missing.Status && isHTML(x) && alike(without(x.Body, path), s.Missing.Text, path, parts)
}

// alike tells whether two pages say the same: they have the same parts, but for those of the path that one of them was asked
// for, which it may write in another way ("/a/b" as "a_b").
func alike(a, b, path string, parts *regexp.Regexp) bool {
	asked := partsOf(path, parts)
	of := partsOf(a, parts)
	for w := range partsOf(b, parts) {
		if !of[w] && !asked[w] {
			return false
		}
		delete(of, w)
	}
	for w := range of {
		if !asked[w] {
			return false
		}
	}
	return true
}

// partsOf are the words, or words and figures, of a text, without what moves and without those that missing made.
func partsOf(text string, parts *regexp.Regexp) map[string]bool {
	words := map[string]bool{}
	for _, w := range parts.FindAllString(strings.ToLower(moving.ReplaceAllString(made.ReplaceAllString(text, " "), " ")), -1) {
		words[w] = true
	}
	return words
}

// IsShell tells whether an answer is the one document of a single-page application: next to nothing is written in it, or
// nothing in the part that is there for it, and scripts draw the rest.
func IsShell(x *wire.Exchange) bool {
	doc := reading.HTML(x)
	if doc == nil || doc.Find("script").Length() == 0 {
		return false
	}
	body := doc.Find("body").Clone()
	body.Find("script, style, noscript, template").Remove()
	const most = 100 // characters
	if len(strings.Join(strings.Fields(body.Text()), " ")) < most {
		return true
	}
	part := body.Find("main, #root, #app, #__next, #__nuxt, app-root").First()
	return part.Length() > 0 && strings.TrimSpace(part.Text()) == "" && part.Find("img, form, input, iframe, canvas, svg, video").Length() == 0
}
