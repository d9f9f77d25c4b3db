package authentication

import (
	"context"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func autocompleteType() *agents.Probe {
	return &agents.Probe{
		ID: "autocomplete-type", Title: "A field for a password that browsers do not know as one",
		Decides:  "A field whose name and label say password is not of that type, or a field for a password does not say by autocomplete whether it is the current or a new one.",
		Keeps:    "The field.",
		Advice:   "Use type=\"password\" with autocomplete=\"current-password\" where people sign in and \"new-password\" where they choose one: password managers then fill in and suggest.",
		Severity: agents.Low, References: []string{"CWE-549", "WCAG 1.3.5"}, Skills: []string{"login"},
		Check: agents.Each(askingPassword, runAutocompleteType),
	}
}

var saysPassword = regexp.MustCompile(`(?i)^(?:pass(?:word|wd|wort|code|phrase)?|pwd|kennwort|contraseña|mot de passe|senha|密码)[\s_:*\d-]*(?:confirm(?:ation)?|again|repeat|2)?$`)

// askingPassword are the forms with a field for a password, whatever its type.
func askingPassword(s *surface.Surface) []*surface.Form {
	var list []*surface.Form
	seen := map[string]bool{}
	for _, f := range s.Forms {
		for i := range f.Fields {
			if field := &f.Fields[i]; !seen[f.Action] && (field.Type == "password" || isHiddenNot(field) && said(field)) {
				seen[f.Action] = true
				list = append(list, f)
			}
		}
	}
	return list
}

func isHiddenNot(field *surface.Field) bool { return field.Type == "text" || field.Type == "email" }

func said(field *surface.Field) bool {
	return saysPassword.MatchString(strings.TrimSpace(field.Name)) || saysPassword.MatchString(strings.TrimSpace(field.Label))
}

func runAutocompleteType(_ context.Context, _ *agents.Lab, f *surface.Form) agents.Outcome {
	rows := [][]string{{"field", "type", "autocomplete"}}
	text := "The field for the password does not say by autocomplete whether it takes the current or a new one, so that password managers have to guess."
	first := ""
	for i := range f.Fields {
		field := &f.Fields[i]
		switch {
		case isHiddenNot(field) && said(field):
			text = "The field for the password shows what is typed to everybody who looks on: it is not of the type password."
		case field.Type == "password" && strings.TrimSpace(field.Autocomplete) == "":
		default:
			continue
		}
		if first == "" {
			first = field.Name
		}
		rows = append(rows, []string{field.Name, field.Type, field.Autocomplete})
	}
	if len(rows) == 1 {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text: text, Where: agents.Place{URL: f.Page, Parameter: first, Element: `[name="` + first + `"]`}, Cause: "password field " + surface.ShapeOf(f.Action),
		Evidence: []agents.Evidence{agents.Table("the fields", agents.ByReading, rows...), agents.Excerpt("the form", f.HTML)},
	})
}
