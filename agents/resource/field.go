package resource

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/atelier-studio/atelier/agents/surface"
)

// Field is a field of a resource's objects that can be given.
type Field struct {
	Name     string
	Sort     Sort
	Required bool
	Longest  int  // characters of a text; 0: any
	Free     bool // any text will do: no format, pattern or list says which
	// Least and Most bound a number where something says so.
	Least, Most *float64
}

// Sort is what a field holds.
type Sort string

// The sorts of fields.
const (
	Text    Sort = "text"
	Mail    Sort = "e-mail"
	Integer Sort = "integer"
	Number  Sort = "number"
	Truth   Sort = "truth"
	Day     Sort = "day"    // 2030-01-15
	Moment  Sort = "moment" // with a time and, for an API, a zone
	Other   Sort = "other"
)

// Named finds a field by its name.
func (r *Resource) Named(name string) *Field {
	for i := range r.Fields {
		if r.Fields[i].Name == name {
			return &r.Fields[i]
		}
	}
	return nil
}

// Sorted are the fields of a sort.
func (r *Resource) Sorted(sort Sort) []Field {
	return slices.DeleteFunc(slices.Clone(r.Fields), func(f Field) bool { return f.Sort != sort })
}

// Title is the field that most likely names an object for people; nil when it has none.
func (r *Resource) Title() *Field {
	for _, names := range []*regexp.Regexp{wordsTitle, wordsText, anything} {
		for i := range r.Fields {
			f := &r.Fields[i]
			if f.Sort == Text && f.Free && (f.Longest == 0 || f.Longest >= shortest) && names.MatchString(f.Name) {
				return f
			}
		}
	}
	return nil
}

// shortest is the least room that a marker needs.
const shortest = 12

var (
	wordsTitle = regexp.MustCompile(`(?i)^(?:name|title|label|subject|headline|titel|betreff|nom|titre|nombre|titulo)$`)
	wordsText  = regexp.MustCompile(`(?i)^(?:summary|caption|text|note|content|description|message|comment|body)$`)
	anything   = regexp.MustCompile(``)
)

// fieldsOf are the fields of an object's schema that can be given.
func fieldsOf(ref *openapi3.SchemaRef) []Field {
	var list []Field
	for _, s := range parts(ref, 0) {
		for _, name := range sortedKeys(s.Properties) {
			p := s.Properties[name].Value
			if p == nil || p.ReadOnly || slices.ContainsFunc(list, func(f Field) bool { return f.Name == name }) {
				continue
			}
			f := Field{Name: name, Sort: sortOf(p), Required: slices.Contains(s.Required, name), Least: p.Min, Most: p.Max}
			if p.MaxLength != nil {
				f.Longest = int(min(*p.MaxLength, 1<<20))
			}
			f.Free = f.Sort == Text && (p.Pattern == "" || anyWord(p.Pattern)) && p.Format == "" && len(p.Enum) == 0 && p.Const == nil
			list = append(list, f)
		}
	}
	return list
}

// anyWord tells whether a pattern lets words through that nobody chose.
func anyWord(pattern string) bool {
	compiled, err := regexp.Compile(pattern)
	return err == nil && compiled.MatchString("atlbcdfghjkm") && compiled.MatchString("Zoë 9 ")
}

// parts are an object's schema and those that it is made of.
func parts(ref *openapi3.SchemaRef, depth int) []*openapi3.Schema {
	const deepest = 5
	if ref == nil || ref.Value == nil || depth > deepest {
		return nil
	}
	list := []*openapi3.Schema{ref.Value}
	for _, part := range ref.Value.AllOf {
		list = append(list, parts(part, depth+1)...)
	}
	return list
}

func sortOf(s *openapi3.Schema) Sort {
	switch {
	case len(s.Enum) > 0:
		return Other
	case s.Type.Includes("integer"):
		return Integer
	case s.Type.Includes("number"):
		return Number
	case s.Type.Includes("boolean"):
		return Truth
	case !s.Type.Includes("string"):
		return Other
	}
	switch s.Format {
	case "date":
		return Day
	case "date-time":
		return Moment
	case "email":
		return Mail
	case "":
		return Text
	}
	return Other
}

// fieldsSent are the fields of a body that was seen.
func fieldsSent(body map[string]any) []Field {
	var list []Field
	for _, name := range sortedKeys(body) {
		f := Field{Name: name, Sort: Other, Required: true}
		switch v := body[name].(type) {
		case string:
			f.Sort, f.Free = Text, true
			switch {
			case strings.Contains(v, "@"):
				f.Sort, f.Free = Mail, false
			case dayShape.MatchString(v):
				f.Sort, f.Free = Day, false
			case momentShape.MatchString(v):
				f.Sort, f.Free = Moment, false
			}
		case json.Number:
			if f.Sort = Integer; strings.ContainsAny(v.String(), ".eE") {
				f.Sort = Number
			}
		case bool:
			f.Sort = Truth
		}
		list = append(list, f)
	}
	return list
}

var (
	dayShape    = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	momentShape = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}`)
)

// fieldsDrawn are the fields of a form that people fill in.
func fieldsDrawn(form *surface.Form) []Field {
	var list []Field
	for _, f := range form.Fields {
		field := Field{Name: f.Name, Required: f.Required, Longest: f.MaxLength}
		switch f.Type {
		case "text", "textarea":
			field.Sort = Text
			field.Free = f.Pattern == "" && !f.ReadOnly && f.Value == "" && f.Fitting() == (&surface.Field{Type: "text", MinLength: f.MinLength, MaxLength: f.MaxLength}).Fitting()
		case "email":
			field.Sort = Mail
		case "number", "range":
			if field.Sort = Integer; strings.Contains(f.Step, ".") || f.Step == "any" {
				field.Sort = Number
			}
			field.Least, field.Most = bound(f.Min), bound(f.Max)
		case "date":
			field.Sort = Day
		case "datetime-local":
			field.Sort = Moment
		case "checkbox":
			field.Sort = Truth
		case "hidden", "password", "file":
			continue
		default:
			field.Sort = Other
		}
		list = append(list, field)
	}
	return list
}

func bound(s string) *float64 {
	var f float64
	if s == "" || json.Unmarshal([]byte(s), &f) != nil {
		return nil
	}
	return &f
}
