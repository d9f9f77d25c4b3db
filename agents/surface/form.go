package surface

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/agents/wire"
)

// Form is a form with its fields.
type Form struct {
	Page     string   `json:"page"`
	Index    int      `json:"index"` // among the forms of its page
	Name     string   `json:"name"`  // its id or name
	Method   string   `json:"method"`
	Action   string   `json:"action"` // absolute
	Encoding string   `json:"encoding"`
	Fields   []Field  `json:"fields"`
	Submit   string   `json:"submit"` // the words of its button
	Purpose  Purpose  `json:"purpose"`
	As       string   `json:"as,omitempty"`
	Origin   string   `json:"origin,omitempty"` // of its page, when it is not the target's
	HTML     string   `json:"html"`             // the form, shortened
	Drawn    bool     `json:"drawn,omitempty"`
	Buttons  []string `json:"buttons,omitempty"` // names of buttons that are sent
}

// Purpose is what a form is for, as its fields and words tell.
type Purpose string

// The purposes that are told apart.
const (
	ForSignIn   Purpose = "sign-in"
	ForRegister Purpose = "register"
	ForReset    Purpose = "reset"
	ForSearch   Purpose = "search"
	ForUpload   Purpose = "upload"
	ForDelete   Purpose = "delete"
	ForSignOut  Purpose = "sign-out"
	ForOther    Purpose = "other"
)

// Field is a field of a form.
type Field struct {
	Name         string   `json:"name"`
	Type         string   `json:"type"` // as of the input element; textarea, select
	Value        string   `json:"value"`
	Label        string   `json:"label"`
	Required     bool     `json:"required,omitempty"`
	Min          string   `json:"min,omitempty"`
	Max          string   `json:"max,omitempty"`
	Step         string   `json:"step,omitempty"`
	MinLength    int      `json:"min_length,omitempty"`
	MaxLength    int      `json:"max_length,omitempty"` // 0: none
	Pattern      string   `json:"pattern,omitempty"`
	Accept       string   `json:"accept,omitempty"`
	Autocomplete string   `json:"autocomplete,omitempty"`
	Options      []string `json:"options,omitempty"`
	ReadOnly     bool     `json:"read_only,omitempty"`
}

// Key implements Item.
func (f *Form) Key() string {
	return "form " + f.Origin + pathOf(f.Page) + " " + strconv.Itoa(f.Index) + " " + f.Method + " " + pathOf(f.Action)
}

// Address implements Item.
func (f *Form) Address() string { return f.Page }

// Changes tells whether sending the form is meant to change something.
func (f *Form) Changes() bool { return f.Method != http.MethodGet }

// Field finds a field by its name.
func (f *Form) Field(name string) *Field {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			return &f.Fields[i]
		}
	}
	return nil
}

// SignIn says which of its fields take the name and the password.
func (f *Form) SignIn() *SignIn {
	s := &SignIn{Page: f.Page, Form: f.Key()}
	for _, field := range f.Fields {
		switch field.Type {
		case "password":
			s.Password = field.Name
		case "text", "email", "tel":
			if s.Name == "" {
				s.Name = field.Name
			}
		}
	}
	return s
}

// Values are values that the form should accept, as far as its fields tell: what stands in it, and something that fits
// where nothing does.
func (f *Form) Values() url.Values {
	values := url.Values{}
	for _, field := range f.Fields {
		switch field.Type {
		case "submit", "image", "reset", "button", "file":
			continue
		case "checkbox", "radio":
			if field.Value == "" || values.Has(field.Name) || !field.Required && field.Type == "checkbox" {
				continue
			}
		}
		values.Set(field.Name, field.Fitting())
	}
	return values
}

// Fitting is a value that the field should accept.
func (f *Field) Fitting() string {
	if f.Value != "" {
		return f.Value
	}
	fit := "Test"
	switch f.Type {
	case "email":
		fit = "tester@example.org"
	case "tel":
		fit = "+15550100"
	case "url":
		fit = "https://example.org/"
	case "number", "range":
		fit = "1"
		if f.Min != "" {
			fit = f.Min
		}
	case "date":
		fit = "2030-01-15"
	case "datetime-local":
		fit = "2030-01-15T10:30"
	case "month":
		fit = "2030-01"
	case "week":
		fit = "2030-W03"
	case "time":
		fit = "10:30"
	case "color":
		fit = "#336699"
	case "password":
		fit = "Correct-Horse-9-Battery"
	case "select", "radio":
		if len(f.Options) > 0 {
			fit = f.Options[0]
		}
	case "checkbox":
		fit = "on"
	case "hidden":
		fit = ""
	default:
		name := strings.ToLower(f.Name + " " + f.Label + " " + f.Autocomplete)
		switch {
		case strings.Contains(name, "mail"):
			fit = "tester@example.org"
		case strings.Contains(name, "phone"), strings.Contains(name, "tel"):
			fit = "+15550100"
		case strings.Contains(name, "amount"), strings.Contains(name, "price"), strings.Contains(name, "quantity"), strings.Contains(name, "qty"), strings.Contains(name, "age"):
			fit = "1"
		}
	}
	for f.MinLength > 0 && len(fit) < f.MinLength && len(fit) < 1000 {
		fit += " Test"
	}
	if f.MaxLength > 0 && len(fit) > f.MaxLength {
		fit = fit[:f.MaxLength]
	}
	return fit
}

// Request is the form sent with values. Files are sent as given; a form that is not multipart sends none.
func (f *Form) Request(values url.Values, files ...File) (wire.Request, error) {
	r := wire.Request{Method: f.Method, URL: f.Action, As: f.As, Header: http.Header{"Referer": {f.Page}}}
	switch {
	case f.Method == http.MethodGet:
		u, err := url.Parse(f.Action)
		if err != nil {
			return r, err
		}
		u.RawQuery = encode(values)
		r.URL = u.String()
	case f.Encoding == "multipart/form-data":
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for _, name := range keys(values) {
			for _, value := range values[name] {
				if err := w.WriteField(name, value); err != nil {
					return r, err
				}
			}
		}
		for _, file := range files {
			part, err := w.CreatePart(textproto.MIMEHeader{
				"Content-Disposition": {fmt.Sprintf(`form-data; name=%q; filename=%q`, file.Field, file.Name)}, "Content-Type": {file.Type}})
			if err != nil {
				return r, err
			}
			if _, err := part.Write(file.Data); err != nil {
				return r, err
			}
		}
		if err := w.Close(); err != nil {
			return r, err
		}
		r.Body = body.Bytes()
		r.Header.Set("Content-Type", w.FormDataContentType())
	case f.Encoding == "application/json":
		return jsonRequest(r, values)
	default:
		r.Body = []byte(encode(values))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r, nil
}

// File is a file to upload.
type File struct {
	Field, Name, Type string
	Data              []byte
}
