package engine

import (
	"reflect"
	"strconv"
	"strings"
)

// ParamsOf describes the parameters of a kind from the tags of its struct, with the values of defaults as defaults:
//
//	json:"url" form:"URL" help:"…" placeholder:"…" widget:"textarea" lang:"sql" options:"GET,POST=Post it"
//	min:"0" max:"10" required:"true" expr:"no" show:"mode=all|each"
//	types:"mcp" (of credentials) from:"credential" (of choices)
//
// A field without a form tag is not shown.
func ParamsOf(defaults any) []Param {
	v := reflect.ValueOf(defaults)
	if !v.IsValid() || v.Kind() != reflect.Struct {
		return nil
	}
	return paramsOf(v)
}

func paramsOf(v reflect.Value) []Param {
	var list []Param
	for f, fv := range v.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct {
			list = append(list, paramsOf(fv)...)
			continue
		}
		label := f.Tag.Get("form")
		if name == "" || name == "-" || label == "" {
			continue
		}
		list = append(list, paramOf(f, fv, name, label))
	}
	return list
}

func paramOf(f reflect.StructField, v reflect.Value, name, label string) Param {
	p := Param{
		Name: name, Label: label, Help: f.Tag.Get("help"), Placeholder: f.Tag.Get("placeholder"),
		Lang: f.Tag.Get("lang"), Show: f.Tag.Get("show"), Required: f.Tag.Get("required") == "true",
		From: f.Tag.Get("from"), NoExpression: f.Tag.Get("expr") == "no", Min: number(f.Tag.Get("min")), Max: number(f.Tag.Get("max")),
	}
	if types := f.Tag.Get("types"); types != "" {
		p.Credentials = strings.Split(types, ",")
	}
	for o := range strings.SplitSeq(f.Tag.Get("options"), ",") {
		if o == "" {
			continue
		}
		value, text, found := strings.Cut(o, "=")
		if !found {
			text = value
		}
		p.Options = append(p.Options, Option{Value: value, Label: text})
	}
	p.Type, p.Widget = typeOf(f.Type)
	if len(p.Options) > 0 {
		p.Widget = "select"
	}
	if w := f.Tag.Get("widget"); w != "" {
		p.Widget = w
	}
	if !v.IsZero() {
		p.Default = v.Interface()
	}
	switch f.Type.Kind() {
	case reflect.Struct:
		p.Fields = paramsOf(v)
	case reflect.Slice:
		if f.Type.Elem().Kind() == reflect.Struct {
			p.Fields = paramsOf(reflect.Zero(f.Type.Elem()))
		}
	}
	return p
}

func typeOf(t reflect.Type) (typ, widget string) {
	switch t.Kind() {
	case reflect.String:
		return "string", "text"
	case reflect.Bool:
		return "boolean", "toggle"
	case reflect.Int, reflect.Int64, reflect.Int32:
		return "integer", "number"
	case reflect.Float64, reflect.Float32:
		return "number", "number"
	case reflect.Slice:
		return "list", "list"
	case reflect.Map:
		return "object", "map"
	case reflect.Struct:
		return "object", "object"
	default:
		return "any", "text"
	}
}

func number(s string) *float64 {
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return &f
	}
	return nil
}

// Ports returns the input and output ports of a node of this kind. A kind that is nil, unknown to this studio, has the
// ports that its edges use: see the plan.
func (n *Node) Ports(k *Kind) (in, out []Port) {
	switch {
	case k.PortsOf != nil:
		in, out = k.PortsOf(n.Params)
	default:
		in, out = k.Inputs, k.Outputs
	}
	if in == nil && !k.Trigger {
		in = mainPort
	}
	if out == nil {
		out = mainPort
	}
	if n.OnError == "output" {
		out = append(out[:len(out):len(out)], Port{Name: "error", Label: "error"})
	}
	return in, out
}

var mainPort = []Port{{Name: "main"}}
