package interop

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

// n8n describes conditions as lists of comparisons. Here a condition is one expression, so the comparisons are written
// as JavaScript: {left, operator, right} -> ={{ left === right }}.

// maxHoles bounds how many {{ }} of one text are told apart; the evaluator takes no more either.
const maxHoles = 1000

// holes cuts an expression (with its "=") into text and the JavaScript between {{ and }}; odd entries are JavaScript.
// The end of a hole is the first }} outside of brackets, as far as strings and brackets balance, else the first one.
func holes(src string) []string {
	src = strings.TrimPrefix(src, "=")
	var parts []string
	balanced := true
	for len(parts) < 2*maxHoles {
		open := strings.Index(src, "{{")
		if open < 0 {
			break
		}
		hole := src[open+2:]
		end := strings.Index(hole, "}}")
		if end < 0 {
			break
		}
		if balanced {
			// Where one hole never balances, looking for the end of each would take quadratic time.
			if n := balancedEnd(hole); n >= 0 {
				end = n
			} else {
				balanced = false
			}
		}
		parts = append(parts, src[:open], strings.Trim(hole[:end], " \t\r\n;"))
		src = hole[end+2:]
	}
	return append(parts, src)
}

// balancedEnd finds the first }} outside of brackets and quotation marks, or returns -1.
func balancedEnd(s string) int {
	depth := 0
	var quote byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '{' || c == '(' || c == '[':
			depth++
		case depth == 0 && strings.HasPrefix(s[i:], "}}"):
			return i
		case c == '}' || c == ')' || c == ']':
			depth--
		}
	}
	return -1
}

// js writes a parameter's value as JavaScript.
func js(v any) string {
	s, ok := v.(string)
	if !ok || !expr.IsExpression(s) {
		return literal(v)
	}
	parts := holes(s)
	if len(parts) == 1 {
		return literal(parts[0])
	}
	if len(parts) == 3 && strings.TrimSpace(parts[0]) == "" && strings.TrimSpace(parts[2]) == "" {
		return operand(parts[1])
	}
	// Text around holes: missing values become empty, as join does it.
	var list []string
	for i, p := range parts {
		switch {
		case i%2 == 1:
			list = append(list, operand(p))
		case p != "":
			list = append(list, literal(p))
		}
	}
	return "[" + strings.Join(list, ", ") + "].join(\"\")"
}

// literal writes a fixed value as JavaScript.
func literal(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "null"
	}
	return strings.TrimSuffix(b.String(), "\n")
}

var (
	purePath = regexp.MustCompile(`^\$(json|\('(?:[^'\\]|\\.)*'\)|\("(?:[^"\\]|\\.)*"\)|node\["(?:[^"\\]|\\.)*"\]|input)((?:\??\.[A-Za-z_$][\w$]*(?:\(\))?|(?:\?\.)?\["[^"]*"\]|(?:\?\.)?\['[^']*'\]|(?:\?\.)?\[\d+\])*)$`)
	pathStep = regexp.MustCompile(`\??\.[A-Za-z_$][\w$]*(?:\(\))?|(?:\?\.)?\["[^"]*"\]|(?:\?\.)?\['[^']*'\]|(?:\?\.)?\[\d+\]`)
)

// operand makes a piece of JavaScript safe to stand beside an operator. A plain path gets "?." from its second field
// on, because n8n gives nothing where JavaScript would fail.
func operand(source string) string {
	if source == "" {
		return "undefined"
	}
	m := purePath.FindStringSubmatch(source)
	if m == nil {
		if strings.Contains(source, "//") {
			source += "\n" // a comment must not swallow what follows
		}
		return "(" + source + ")"
	}
	root, steps := "$"+m[1], pathStep.FindAllString(m[2], -1)
	data := 0 // steps up to here lead to an item's data and always exist
	if m[1] != "json" {
		data = len(steps)
		for i, s := range steps {
			if s == ".json" || s == `["json"]` {
				data = i + 1
				break
			}
		}
	}
	var b strings.Builder
	b.WriteString(root)
	for i, s := range steps {
		switch {
		case i <= data || strings.HasPrefix(s, "?."):
			b.WriteString(s)
		case s[0] == '[':
			b.WriteString("?." + s)
		default:
			b.WriteString("?" + s)
		}
	}
	return b.String()
}

// comparison is one condition of n8n in its newest form.
type comparison struct {
	typ, op     string
	left, right any
	loose       bool // types are converted
	fold        bool // letter case does not matter
}

// code writes the comparison as JavaScript; "" for an operation that is not known.
func (c comparison) code() string {
	l, r := js(c.left), js(c.right)
	switch c.op {
	case "exists":
		return l + " != null"
	case "notExists":
		return l + " == null"
	case "empty":
		return c.empty(l, "===")
	case "notEmpty":
		return c.empty(l, "!==")
	}
	switch c.typ {
	case "number":
		return c.number(l)
	case "dateTime":
		return compareWith(map[string]string{
			"equals": "===", "notEquals": "!==", "after": ">", "before": "<", "afterOrEquals": ">=", "beforeOrEquals": "<=",
		}[c.op], "+new Date("+l+")", "+new Date("+r+")")
	case "boolean":
		return c.boolean(l, r)
	case "array":
		return c.array(l, r)
	case "string", "any", "":
		return c.text(l, r)
	}
	return ""
}

func compareWith(operator, l, r string) string {
	if operator == "" {
		return ""
	}
	return l + " " + operator + " " + r
}

func (c comparison) empty(l, operator string) string {
	if c.typ == "array" || c.typ == "object" {
		return "Object.keys(" + l + " ?? {}).length " + operator + " 0"
	}
	return "(" + l + " ?? \"\") " + operator + " \"\""
}

func (c comparison) number(l string) string {
	operator := map[string]string{"equals": "===", "notEquals": "!==", "gt": ">", "lt": "<", "gte": ">=", "lte": "<="}[c.op]
	right := js(c.right)
	if s, ok := c.right.(string); ok && !expr.IsExpression(s) {
		if _, err := strconv.ParseFloat(s, 64); err == nil {
			right = s
		} else if s == "" {
			right = "0"
		}
	} else if c.loose && ok {
		right = "Number(" + right + ")"
	}
	if c.loose {
		l = "Number(" + l + ")"
	}
	return compareWith(operator, l, right)
}

func (c comparison) boolean(l, r string) string {
	if c.loose {
		// Texts such as "false" and "0" count as false where types are converted.
		l = `!["", "false", "0", "no", "off", "undefined", "null"].includes(String(` + l + ` ?? "").toLowerCase())`
	}
	switch c.op {
	case "true":
		return l + " === true"
	case "false":
		return l + " === false"
	case "equals":
		return l + " === " + truth(c.right, r)
	case "notEquals":
		return l + " !== " + truth(c.right, r)
	}
	return ""
}

// truth writes the right side of a comparison with true or false, which a form may hold as text.
func truth(v any, code string) string {
	if v == "true" || v == "false" {
		return text(v)
	}
	if v == nil || v == "" {
		return "false"
	}
	return code
}

func (c comparison) array(l, r string) string {
	l = "(" + l + " ?? [])"
	if operator := map[string]string{
		"lengthEquals": "===", "lengthNotEquals": "!==", "lengthGt": ">", "lengthLt": "<", "lengthGte": ">=", "lengthLte": "<=",
	}[c.op]; operator != "" {
		if f, ok := number(c.right); ok {
			r = strconv.FormatFloat(f, 'f', -1, 64)
		}
		return l + ".length " + operator + " " + r
	}
	switch c.op {
	case "contains":
		return l + ".includes(" + r + ")"
	case "notContains":
		return "!" + l + ".includes(" + r + ")"
	}
	return ""
}

func (c comparison) text(l, r string) string {
	switch c.op {
	case "equals", "notEquals":
		operator := map[string]string{"equals": " === ", "notEquals": " !== "}[c.op]
		if c.loose || c.fold {
			return c.str(l) + operator + c.str(r)
		}
		return l + operator + r
	case "regex", "notRegex":
		not := ""
		if c.op == "notRegex" {
			not = "!"
		}
		return not + "new RegExp(" + c.pattern(r) + ").test(String(" + l + " ?? \"\"))"
	}
	op, not := c.op, ""
	if after, ok := strings.CutPrefix(op, "not"); ok {
		op, not = strings.ToLower(after[:1])+after[1:], "!"
	}
	method := map[string]string{"contains": "includes", "startsWith": "startsWith", "endsWith": "endsWith"}[op]
	if method == "" {
		return ""
	}
	return not + c.str(l) + "." + method + "(" + c.str(r) + ")"
}

// pattern writes the arguments of RegExp: n8n takes "abc" as well as "/abc/i".
func (c comparison) pattern(code string) string {
	s, ok := c.right.(string)
	if !ok || expr.IsExpression(s) {
		return code
	}
	flags := ""
	if end := strings.LastIndexByte(s, '/'); strings.HasPrefix(s, "/") && end > 0 {
		s, flags = s[1:end], s[end+1:]
	}
	if flags == "" {
		return js(s)
	}
	return js(s) + ", " + js(flags)
}

// str makes text of a piece of code; fixed text needs no call.
func (c comparison) str(code string) string {
	if !strings.HasPrefix(code, `"`) {
		code = "String(" + code + " ?? \"\")"
	}
	if c.fold {
		code += ".toLowerCase()"
	}
	return code
}

// joined makes one expression of comparisons. They need no brackets: whatever binds weaker than a comparison stands in
// brackets already.
func joined(codes []string, either bool) string {
	if len(codes) == 0 {
		return "={{ true }}"
	}
	operator := " && "
	if either {
		operator = " || "
	}
	return "={{ " + strings.Join(codes, operator) + " }}"
}

// filterExpression makes an expression of n8n's filter value: {combinator, options, conditions: [{leftValue, operator,
// rightValue}]}.
func filterExpression(filter map[string]any, loose, fold bool) (string, string) {
	options := object(filter["options"])
	loose = loose || options["typeValidation"] == "loose"
	if sensitive, ok := options["caseSensitive"].(bool); ok && !sensitive {
		fold = true
	}
	conditions := objects(filter["conditions"])
	if len(conditions) == 1 && loose && object(conditions[0]["operator"])["operation"] == "true" {
		// What counts as true is the same here: the value itself is the condition.
		if left := text(conditions[0]["leftValue"]); expr.IsExpression(left) {
			return left, ""
		}
	}
	var codes []string
	for _, c := range conditions {
		operator := object(c["operator"])
		code := comparison{
			typ: text(operator["type"]), op: text(operator["operation"]), left: c["leftValue"], right: c["rightValue"],
			loose: loose, fold: fold,
		}.code()
		if code == "" {
			return "", sprintf("the comparison %q of %s is not known", text(operator["operation"]), text(operator["type"]))
		}
		codes = append(codes, code)
	}
	return joined(codes, filter["combinator"] == "or"), ""
}

// oldOperations are the comparisons of n8n's first versions in today's words.
var oldOperations = map[string]string{
	"equal": "equals", "notEqual": "notEquals", "larger": "gt", "largerEqual": "gte", "smaller": "lt", "smallerEqual": "lte",
	"isEmpty": "empty", "isNotEmpty": "notEmpty", "contains": "contains", "notContains": "notContains",
	"startsWith": "startsWith", "notStartsWith": "notStartsWith", "endsWith": "endsWith", "notEndsWith": "notEndsWith",
	"regex": "regex", "notRegex": "notRegex", "after": "after", "before": "before", "exists": "exists", "notExists": "notExists",
}

// oldDefaults are the operations of an entry that names none.
var oldDefaults = map[string]string{"string": "equal", "number": "smaller", "boolean": "equal", "dateTime": "after"}

// oldConditions makes an expression of {string: [{value1, operation, value2}], number: …, boolean: …, dateTime: …}.
func oldConditions(conditions map[string]any, either bool) (string, string) {
	var codes []string
	for _, typ := range []string{"boolean", "dateTime", "number", "string"} {
		for _, c := range objects(conditions[typ]) {
			op := text(c["operation"])
			if op == "" {
				op = oldDefaults[typ]
			}
			code := comparison{
				typ: typ, op: oldOperations[op], left: oldLeft(typ, c["value1"]), right: oldRight(typ, c["value2"]), loose: typ == "number",
			}.code()
			if code == "" {
				return "", sprintf("the comparison %q of %s is not known", op, typ)
			}
			codes = append(codes, code)
		}
	}
	return joined(codes, either), ""
}

func oldLeft(typ string, v any) any {
	if v == nil && typ == "boolean" {
		return false
	}
	if v == nil {
		return ""
	}
	return v
}

func oldRight(typ string, v any) any {
	if v != nil {
		return v
	}
	switch typ {
	case "number":
		return whole(0)
	case "boolean":
		return false
	}
	return ""
}
