package web

import (
	"fmt"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/talk"
)

// conversationMarkdown writes a conversation as a document for people: what was asked, what was answered, and the passages
// that were cited, as they stood then.
func conversationMarkdown(c *Ctx, collection string, v conversationOut) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s · %s\n", oneLine(v.Title), oneLine(collection), time.UnixMicro(v.Created).UTC().Format("2006-01-02 15:04 MST"))
	for i := range v.List {
		m := &v.List[i]
		fmt.Fprintf(&b, "\n## %d. %s\n\n", m.Number, oneLine(m.Question))
		if text := strings.TrimSpace(m.Text); text != "" {
			b.WriteString(text + "\n")
		}
		switch {
		case m.State == talk.Stopped:
			fmt.Fprintf(&b, "\n*%s*\n", c.T("Stopped."))
		case m.State == talk.Failed:
			fmt.Fprintf(&b, "\n*%s*\n", c.Retell(m.Error))
		case m.Answer != nil && m.Answer.Mode == rag.Abstained:
			fmt.Fprintf(&b, "%s\n", c.T("The documents do not tell."))
		}
		if m.Answer != nil {
			markdownSources(&b, c, m)
		}
	}
	return b.String()
}

func markdownSources(b *strings.Builder, c *Ctx, m *talk.Message) {
	cited := map[int]bool{}
	for _, s := range m.Answer.Sentences {
		for _, n := range s.Sources {
			cited[n] = true
		}
	}
	head := false
	for i, h := range m.Answer.Sources {
		if !cited[i+1] {
			continue
		}
		if !head {
			fmt.Fprintf(b, "\n%s\n\n", c.T("Sources"))
			head = true
		}
		place := strings.Join(h.Headings, " › ")
		if h.Page > 0 {
			place = strings.Trim(c.T("Page {n}", "n", h.Page)+" · "+place, " ·")
		}
		fmt.Fprintf(b, "- [%d] **%s**", i+1, oneLine(h.Title))
		if place != "" {
			b.WriteString(" · " + oneLine(place))
		}
		for _, d := range m.Cited {
			if d.Document == h.Document && d.Now != "" {
				b.WriteString(" · " + changeText(c, d.Now))
			}
		}
		b.WriteString("\n")
		for line := range strings.FieldsFuncSeq(h.Text, func(r rune) bool { return r == '\n' || r == '\r' }) { // Markdown ends lines at either
			if line = plainMarkdown.Replace(strings.TrimSpace(line)); line != "" {
				b.WriteString("  > " + line + "  \n")
			}
		}
	}
	if m.Answer.Mode == rag.Generated {
		fmt.Fprintf(b, "\n*%s*\n", c.T("Answered by {model}", "model", m.Answer.Model))
	}
}

// changeText says what became of a document since it was cited.
func changeText(c *Ctx, change talk.Change) string {
	if change == talk.Gone {
		return c.T("the document is gone")
	}
	return c.T("the document has changed since")
}

// plainMarkdown has a text of others stand as it is, without becoming a link, a picture or a tag.
var plainMarkdown = strings.NewReplacer("\\", "\\\\", "<", "&lt;", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[", "]", "\\]")

// oneLine keeps a text from becoming more than the line of Markdown that it is put into.
func oneLine(text string) string {
	return plainMarkdown.Replace(strings.Join(strings.Fields(text), " "))
}
