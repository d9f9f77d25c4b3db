package mobile

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func inputType() *agents.Probe {
	return &agents.Probe{
		ID: "input-type", Title: "Field that brings up the wrong keyboard",
		Decides:    "It fails when a field for an e-mail address, a telephone number or a quantity, as its name, label or autocomplete tell, has the type text and no inputmode.",
		Keeps:      "The tag of the field and its label.",
		Advice:     "Give it the type email, tel or number, or inputmode where the type would forbid what people have to write.",
		References: []string{"MDN input types"}, Severity: agents.Low, Skills: []string{"touch"},
		Check: agents.Each(withFields, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			doc, reason := pages.Document(ctx, lab, p)
			if doc == nil {
				return agents.Skip("%s", reason)
			}
			var findings []agents.Finding
			doc.Find("input").Each(func(_ int, e *goquery.Selection) {
				kind := strings.ToLower(e.AttrOr("type", "text"))
				_, mode := e.Attr("inputmode")
				_, fixed := e.Attr("readonly")
				_, list := e.Attr("list")
				if kind != "text" && kind != "" || mode || fixed || list {
					return
				}
				label := labelOf(doc, e)
				want := meant(e.AttrOr("name", "")+" "+e.AttrOr("id", ""), label, e.AttrOr("autocomplete", ""))
				if want == "" {
					return
				}
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("The field %q takes %s and has the type text: phones show the keyboard for words.", first(label, e.AttrOr("name", "")), want),
					Cause: reading.Selector(e), Where: agents.Place{Element: reading.Selector(e), Parameter: e.AttrOr("name", ""), Line: doc.Line(e)},
					Evidence: []agents.Evidence{agents.Excerpt("The field", reading.Tag(e)+"\n"+label)},
				})
			})
			return agents.Fail(findings...)
		}),
	}
}

// withFields are the pages with fields that are typed into.
func withFields(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range pages.Drawn(s) {
		if doc := reading.HTML(p.Answer); p.Answer == nil || doc != nil && doc.Find("input").Length() > 0 {
			list = append(list, p)
		}
	}
	return list
}

func labelOf(doc *reading.Document, e *goquery.Selection) string {
	label := e.Closest("label").Text()
	if id := e.AttrOr("id", ""); id != "" && label == "" {
		label = doc.Find("label").FilterFunction(func(_ int, l *goquery.Selection) bool { return l.AttrOr("for", "") == id }).Text()
	}
	return strings.Join(strings.Fields(first(label, e.AttrOr("aria-label", ""), e.AttrOr("placeholder", ""))), " ")
}

func first(texts ...string) string {
	for _, text := range texts {
		if strings.TrimSpace(text) != "" {
			return text
		}
	}
	return ""
}

var (
	breaks   = regexp.MustCompile(`[^\p{L}\p{N}@]+|([a-z])([A-Z])`)
	mail     = regexp.MustCompile(`(?i)(?:^| )e ?mail( address)?$|(?:^| )(?:email|courriel|correo(?: electrónico)?)(?: |$)|邮箱|电子邮件`)
	notMail  = regexp.MustCompile(`(?i)subject|template|body|text|title| or |user ?name|benutzername|utilisateur|usuario|oder|search|filter| ou | o |或`)
	phone    = regexp.MustCompile(`(?i)^(?:your |the |mobile |home |work |telephone |contact )*(?:phone|telephone|mobile|cell)(?: ?(?:number|no|nr))?$|^(?:tele[fp]h?on(?:nummer|e|o)?|téléphone|teléfono|handynummer)$|^(?:电话|手机)`)
	quantity = regexp.MustCompile(`(?i)^(?:quantity|qty|age|amount of \p{L}+|number of \p{L}+|anzahl|menge|cantidad|quantité|数量)$`)
)

// meant is what a field is meant to take, as its names tell; "" when they do not tell for certain.
func meant(name, label, autocomplete string) string {
	complete := strings.ToLower(autocomplete)
	switch {
	case strings.HasSuffix(complete, "email"):
		return "an e-mail address"
	case strings.HasSuffix(complete, "tel"):
		return "a telephone number"
	case strings.Contains(complete, "username"):
		return ""
	}
	said := strings.TrimSpace(breaks.ReplaceAllString(label, "$1 $2"))
	if said == "" {
		for word := range strings.FieldsSeq(name) {
			if m := meantBy(strings.TrimSpace(breaks.ReplaceAllString(word, "$1 $2"))); m != "" {
				return m
			}
		}
		return ""
	}
	return meantBy(said)
}

func meantBy(text string) string {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "optional"))
	switch {
	case mail.MatchString(text) && !notMail.MatchString(" "+text+" "):
		return "an e-mail address"
	case phone.MatchString(text):
		return "a telephone number"
	case quantity.MatchString(text):
		return "a number"
	}
	return ""
}
