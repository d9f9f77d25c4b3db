package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

// binder turns a node's parameters into the struct that its kind takes. What does not depend on data is converted once;
// the places that hold expressions, holes, are filled for each call.
type binder struct {
	base   reflect.Value
	static any // base as the kind takes it, when there are no holes
	holes  []hole
	copies [][]int // lists that holes reach into, outermost first: copied before they are filled
}

type hole struct {
	path  []int // field numbers and list indexes, from the struct
	name  string
	value any // *expr.Expr, or a map or list with some inside
}

// newBinder compiles parameters over a kind's defaults. Errors are Problems with Param set.
func newBinder(defaults any, params map[string]any, js expr.Interpreter) (*binder, error) {
	b := new(binder)
	if defaults == nil {
		return b, nil
	}
	b.base = reflect.New(reflect.TypeOf(defaults)).Elem()
	b.base.Set(reflect.ValueOf(defaults))
	if err := b.fields(b.base, params, nil, "", js); err != nil {
		return nil, err
	}
	if len(b.holes) == 0 {
		b.static = b.base.Interface()
	}
	return b, nil
}

func (b *binder) fields(v reflect.Value, params map[string]any, path []int, name string, js expr.Interpreter) error {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		at := append(slices.Clone(path), i)
		if f.Anonymous && key == "" && f.Type.Kind() == reflect.Struct {
			if err := b.fields(v.Field(i), params, at, name, js); err != nil {
				return err
			}
			continue
		}
		value, given := params[key]
		if key == "" || key == "-" || !given {
			continue
		}
		if err := b.field(v.Field(i), value, at, join2(name, key), js); err != nil {
			return err
		}
	}
	return nil
}

func (b *binder) field(v reflect.Value, value any, path []int, name string, js expr.Interpreter) error {
	switch value := value.(type) {
	case map[string]any:
		if v.Kind() == reflect.Struct {
			return b.fields(v, value, path, name, js)
		}
	case []any:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct {
			v.Set(reflect.MakeSlice(v.Type(), len(value), len(value)))
			before := len(b.holes)
			for i, e := range value {
				if err := b.field(v.Index(i), e, append(slices.Clone(path), i), join2(name, strconv.Itoa(i+1)), js); err != nil {
					return err
				}
			}
			if len(b.holes) > before {
				b.copies = append([][]int{path}, b.copies...)
			}
			return nil
		}
	}
	compiled, dynamic, err := compileTree(value, js)
	if err != nil {
		return Problem{Param: name, Text: err.Error(), Code: "bad-expression"}
	}
	if dynamic {
		b.holes = append(b.holes, hole{path: path, name: name, value: compiled})
		return nil
	}
	if err := assign(v, plainNumbers(value)); err != nil {
		return Problem{Param: name, Text: err.Error(), Code: "bad-value"}
	}
	return nil
}

func join2(a, b string) string {
	if a == "" {
		return b
	}
	return a + "." + b
}

// compileTree compiles the expressions in a value; dynamic tells whether there are any.
func compileTree(v any, js expr.Interpreter) (compiled any, dynamic bool, err error) {
	switch v := v.(type) {
	case string:
		if !expr.IsExpression(v) {
			return v, false, nil
		}
		e, err := expr.Compile(v, js)
		return e, true, err
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			c, d, err := compileTree(e, js)
			if err != nil {
				return nil, false, fmt.Errorf("%s: %w", k, err)
			}
			m[k], dynamic = c, dynamic || d
		}
		return m, dynamic, nil
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			c, d, err := compileTree(e, js)
			if err != nil {
				return nil, false, err
			}
			list[i], dynamic = c, dynamic || d
		}
		return list, dynamic, nil
	}
	return plainNumbers(v), false, nil
}

func evalTree(ctx context.Context, v any, s expr.Scope) (any, error) {
	switch v := v.(type) {
	case *expr.Expr:
		return v.Eval(ctx, s)
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			r, err := evalTree(ctx, e, s)
			if err != nil {
				return nil, err
			}
			m[k] = r
		}
		return m, nil
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			r, err := evalTree(ctx, e, s)
			if err != nil {
				return nil, err
			}
			list[i] = r
		}
		return list, nil
	}
	return v, nil
}

// bind returns the parameters for one call.
func (b *binder) bind(ctx context.Context, s expr.Scope) (any, error) {
	if len(b.holes) == 0 {
		return b.static, nil
	}
	v := reflect.New(b.base.Type()).Elem()
	v.Set(b.base)
	for _, path := range b.copies {
		list := walk(v, path)
		fresh := reflect.MakeSlice(list.Type(), list.Len(), list.Len())
		reflect.Copy(fresh, list)
		list.Set(fresh)
	}
	for _, h := range b.holes {
		value, err := evalTree(ctx, h.value, s)
		if err == nil {
			err = assign(walk(v, h.path), value)
		}
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, Problem{Param: h.name, Text: err.Error()}
		}
	}
	return v.Interface(), nil
}

func walk(v reflect.Value, path []int) reflect.Value {
	for _, i := range path {
		if v.Kind() == reflect.Slice {
			v = v.Index(i)
		} else {
			v = v.Field(i)
		}
	}
	return v
}

// assign converts a JSON value to the field's type, as people expect of a form: "12" is a number, 12 is a text.
func assign(v reflect.Value, value any) error {
	if value == nil {
		v.SetZero()
		return nil
	}
	switch v.Kind() {
	case reflect.Interface:
		v.Set(reflect.ValueOf(value))
	case reflect.String:
		v.SetString(textOf(value))
	case reflect.Bool:
		switch x := value.(type) {
		case bool:
			v.SetBool(x)
		case string:
			b, err := strconv.ParseBool(strings.TrimSpace(x))
			if err != nil && x != "" {
				return fmt.Errorf("this must be true or false, not %s", inWords(value))
			}
			v.SetBool(b)
		default:
			return fmt.Errorf("this must be true or false, not %s", inWords(value))
		}
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64:
		return assignNumber(v, value)
	default:
		return assignShape(v, value)
	}
	return nil
}

func assignNumber(v reflect.Value, value any) error {
	var f float64
	switch x := value.(type) {
	case float64:
		f = x
	case int:
		f = float64(x)
	case int64:
		f = float64(x)
	case string:
		var err error
		if f, err = strconv.ParseFloat(strings.TrimSpace(x), 64); err != nil {
			return fmt.Errorf("this must be a number, not %s", inWords(value))
		}
	default:
		return fmt.Errorf("this must be a number, not %s", inWords(value))
	}
	if v.CanFloat() {
		v.SetFloat(f)
		return nil
	}
	if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return fmt.Errorf("this must be a whole number, not %s", inWords(value))
	}
	v.SetInt(int64(f))
	return nil
}

// assignShape fills lists, maps and structs. Scalars inside are converted as in assign.
func assignShape(v reflect.Value, value any) error {
	if s, ok := value.(string); ok { // an object typed into a text field
		var parsed any
		if json.Unmarshal([]byte(s), &parsed) == nil {
			value = parsed
		}
	}
	switch x := value.(type) {
	case []any:
		if v.Kind() == reflect.Slice {
			v.Set(reflect.MakeSlice(v.Type(), len(x), len(x)))
			for i, e := range x {
				if err := assign(v.Index(i), e); err != nil {
					return fmt.Errorf("entry %d: %w", i+1, err)
				}
			}
			return nil
		}
	case map[string]any:
		if v.Kind() == reflect.Map {
			v.Set(reflect.MakeMapWithSize(v.Type(), len(x)))
			for k, e := range x {
				ev := reflect.New(v.Type().Elem()).Elem()
				if err := assign(ev, e); err != nil {
					return fmt.Errorf("%s: %w", k, err)
				}
				v.SetMapIndex(reflect.ValueOf(k), ev)
			}
			return nil
		}
		if v.Kind() == reflect.Struct {
			for i := range v.NumField() {
				key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
				if e, ok := x[key]; ok {
					if err := assign(v.Field(i), e); err != nil {
						return fmt.Errorf("%s: %w", key, err)
					}
				}
			}
			return nil
		}
	}
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Struct { // one value stands for a list of one
		e := reflect.New(v.Type().Elem()).Elem()
		if err := assign(e, value); err == nil {
			v.Set(reflect.Append(reflect.MakeSlice(v.Type(), 0, 1), e))
			return nil
		}
	}
	return fmt.Errorf("this must be %s, not %s", typeInWords(v.Type()), inWords(value))
}

func inWords(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		if r := []rune(v); len(r) > 40 {
			v = string(r[:40]) + "…"
		}
		return strconv.Quote(v)
	case []any:
		return fmt.Sprintf("a list of %d", len(v))
	case map[string]any:
		return "an object"
	}
	return textOf(v)
}

// plainNumbers returns the value with json.Number turned into float64, as data has it.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			m[k] = plainNumbers(e)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = plainNumbers(e)
		}
		return list
	}
	return v
}

func problemOf(node string, err error) Problem {
	p, ok := errors.AsType[Problem](err)
	if !ok {
		p = Problem{Text: err.Error()}
	}
	p.Node = node
	return p
}

// textOf writes a value as a text field shows it.
func textOf(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return string(appendValue(nil, v))
}
