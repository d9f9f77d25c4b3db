package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

// AssertResult is how one assertion ended.
type AssertResult struct {
	Assert
	Passed bool `json:"passed"`
	// Text says what is wrong.
	Text string `json:"text,omitempty"`
	// Actual is what was found. A value too large to be shown is cut to the beginning of its text.
	Actual any  `json:"actual,omitempty"`
	Cut    bool `json:"cut,omitempty"`
}

// maxActual bounds what a result shows of a value, in bytes of JSON.
const maxActual = 16 << 10

// check tells whether an assertion holds.
func (s *caseRun) check(ctx context.Context, a Assert) AssertResult {
	r := AssertResult{Assert: a}
	switch a.Is {
	case "ran", "skipped", "fails":
		r.Passed, r.Text = s.checkCourse(&a)
		return r
	}
	actual, found, err := s.value(ctx, &a)
	if err != nil {
		r.Text = err.Error()
		return r
	}
	if actual, err = plain(actual); err != nil {
		r.Text = fmt.Sprintf("the value is no JSON: %v", err)
		return r
	}
	r.Passed, r.Text = compare(a.Is, actual, found, a.Value)
	r.show(actual, found)
	return r
}

func (r *AssertResult) show(actual any, found bool) {
	if !found {
		return
	}
	data, err := json.Marshal(actual)
	if err != nil || len(data) <= maxActual {
		r.Actual = actual
		return
	}
	r.Actual, r.Cut = strings.ToValidUTF8(string(data[:maxActual/8]), "")+"…", true
}

// checkCourse looks at what happened to a node, or to the run, instead of at items.
func (s *caseRun) checkCourse(a *Assert) (bool, string) {
	if a.Node == "" {
		switch part, _ := a.Value.(string); {
		case a.Is == "skipped":
			return false, "the run took place"
		case a.Is != "fails":
			return true, ""
		case s.run.Status != Failed:
			return false, "the run did not fail"
		case !strings.Contains(s.run.Error, part):
			return false, fmt.Sprintf("the run failed with another error: %s", s.run.Error)
		}
		return true, ""
	}
	name := s.doc.Nodes[s.doc.NodeByID(a.Node)].Name
	_, ran := s.outputs[a.Node]
	failure, failed := s.failures[a.Node]
	ran = ran || failed
	switch part, _ := a.Value.(string); {
	case a.Is == "ran" && !ran:
		return false, fmt.Sprintf("%q did not run", name)
	case a.Is == "skipped" && ran:
		return false, fmt.Sprintf("%q ran, and should have been skipped", name)
	case a.Is != "fails":
		return true, ""
	case !failed:
		return false, fmt.Sprintf("%q did not fail", name)
	case !strings.Contains(failure, part):
		return false, fmt.Sprintf("%q failed with another error: %s", name, failure)
	}
	return true, ""
}

var errNoItem = errors.New("there is no such item")

// value finds what an assertion compares, and whether it is there at all.
func (s *caseRun) value(ctx context.Context, a *Assert) (any, bool, error) {
	var root any
	var items []Item
	if a.Node == "" && a.Output == "response" {
		if s.response == nil {
			return nil, false, errors.New("the run gave no answer")
		}
		root = s.answer()
		object, _ := root.(map[string]any)
		items = []Item{{JSON: object}}
	} else {
		var err error
		if items, err = s.itemsAt(a); err != nil {
			return nil, false, err
		}
		list := make([]any, len(items))
		for i := range items {
			list[i] = items[i].JSON
		}
		root = list
		if a.Path != "" {
			if a.Item < 0 || a.Item >= len(items) {
				return nil, false, fmt.Errorf("%w: item %d of %d", errNoItem, a.Item+1, len(items))
			}
			root = items[a.Item].JSON
		}
	}
	switch {
	case a.Expression != "":
		e, err := expr.Compile(a.Expression, s.interpreter)
		if err != nil {
			return nil, false, err
		}
		v, err := e.Eval(ctx, &itemScope{seen: s, items: items, index: a.Item})
		return v, err == nil && v != nil, err
	case a.Path != "":
		root, err := plain(root)
		if err != nil {
			return nil, false, err
		}
		return valueAt(root, a.Path)
	}
	if a.Is == "exists" || a.Is == "missing" {
		return root, len(items) > 0, nil
	}
	return root, true, nil
}

// valueAt follows a path such as "order.lines[0].price" into a JSON value.
func valueAt(v any, path string) (any, bool, error) {
	for part := range strings.SplitSeq(strings.ReplaceAll(path, "[", ".["), ".") {
		if part == "" {
			continue
		}
		index, isIndex := strings.CutPrefix(part, "[")
		list, isList := v.([]any)
		if isIndex || isList {
			i, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
			if err != nil {
				return nil, false, invalid("%q is no place in a list (in the path %q)", part, path)
			}
			if !isList || i < 0 || i >= len(list) {
				return nil, false, nil
			}
			v = list[i]
			continue
		}
		object, _ := v.(map[string]any)
		next, ok := object[part]
		if !ok {
			return nil, false, nil
		}
		v = next
	}
	return v, true, nil
}

// compare tells whether a value is as expected, and, when it is not, what is wrong.
func compare(is string, actual any, found bool, want any) (bool, string) {
	want, err := plain(want)
	if err != nil {
		return false, fmt.Sprintf("the expected value is no JSON: %v", err)
	}
	switch is {
	case "exists":
		return found, unless(found, "it is not there")
	case "missing":
		return !found, unless(!found, "it is there")
	}
	if !found && is != "not_contains" && is != "not_equals" && (is != "equals" || want != nil) {
		return false, "it is not there"
	}
	switch is {
	case "equals":
		ok := same(actual, want)
		return ok, unless(ok, difference(actual, want))
	case "not_equals":
		ok := !same(actual, want)
		return ok, unless(ok, fmt.Sprintf("it is %s", brief(want)))
	case "contains":
		ok := contains(actual, want)
		return ok, unless(ok, fmt.Sprintf("%s does not contain %s", brief(actual), brief(want)))
	case "not_contains":
		ok := !contains(actual, want)
		return ok, unless(ok, fmt.Sprintf("it contains %s", brief(want)))
	case "matches":
		return matches(actual, want)
	case "count":
		return counted(actual, want)
	case "greater", "less":
		return ordered(is, actual, want)
	case "true":
		ok := actual == true
		return ok, unless(ok, fmt.Sprintf("it is %s, not true", brief(actual)))
	}
	return false, fmt.Sprintf("a test cannot compare by %q", is)
}

func unless(ok bool, text string) string {
	if ok {
		return ""
	}
	return text
}

func matches(actual, want any) (bool, string) {
	pattern, ok := want.(string)
	if !ok {
		return false, "the pattern must be a text"
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return false, fmt.Sprintf("the pattern cannot be read: %v", err)
	}
	text, ok := actual.(string)
	if !ok {
		text = brief(actual)
	}
	ok = re.MatchString(text)
	return ok, unless(ok, fmt.Sprintf("%s does not match the pattern %q", brief(actual), pattern))
}

func counted(actual, want any) (bool, string) {
	n := -1
	switch v := actual.(type) {
	case []any:
		n = len(v)
	case map[string]any:
		n = len(v)
	case string:
		n = len([]rune(v))
	}
	if n < 0 {
		return false, fmt.Sprintf("%s has nothing to count", brief(actual))
	}
	ok := same(json.Number(strconv.Itoa(n)), want)
	return ok, unless(ok, fmt.Sprintf("there are %d, not %s", n, brief(want)))
}

func ordered(is string, actual, want any) (bool, string) {
	var ok bool
	if a, isText := actual.(string); isText {
		b, bothText := want.(string)
		if !bothText {
			return false, fmt.Sprintf("%s and %s cannot be compared", brief(actual), brief(want))
		}
		ok = is == "greater" && a > b || is == "less" && a < b
	} else {
		a, isNumber := numeric(actual)
		b, bothNumbers := numeric(want)
		if !isNumber || !bothNumbers {
			return false, fmt.Sprintf("%s and %s cannot be compared", brief(actual), brief(want))
		}
		ok = is == "greater" && a > b || is == "less" && a < b
	}
	if is == "greater" {
		return ok, unless(ok, fmt.Sprintf("%s is not greater than %s", brief(actual), brief(want)))
	}
	return ok, unless(ok, fmt.Sprintf("%s is not less than %s", brief(actual), brief(want)))
}
