package interop

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

func postgresNode(f *foreign) (string, map[string]any, string) {
	if op := f.str("operation", "insert"); op != "executeQuery" {
		return none("the operation %q on a table: here a statement does it", op)
	}
	query, args := parametrised(f, f.str("query", ""))
	given := f.str("options.queryReplacement", f.str("additionalFields.queryParams", ""))
	if given != "" {
		if len(args) > 0 {
			return none("a statement with values both filled in and listed")
		}
		if list, ok := argumentList(given); ok {
			args = list
		} else {
			return none("a list of values that is made by one expression")
		}
	}
	p := map[string]any{"query": query}
	if len(args) > 0 {
		p["args"] = args
	}
	needsLogin(f, p)
	if f.str("options.queryBatching", "single") == "transaction" {
		f.lose("statements of several items are not one transaction")
	}
	f.ignore("resource", "options.queryBatching", "options.largeNumbersOutput")
	return "sql.query", p, ""
}

// quotedHole finds a value filled into a statement, with the quotation marks around it when it is a text of its own.
var quotedHole = regexp.MustCompile(`'\x00(\d+)\x00'|\x00(\d+)\x00`)

// parametrised takes the values that n8n fills into the text of a statement out of it, so that data cannot become SQL.
// n8n fills them in whether or not the text is marked as an expression.
func parametrised(f *foreign, query string) (string, []any) {
	if !strings.Contains(query, "{{") {
		return strings.TrimPrefix(query, "="), nil
	}
	parts := holes(query)
	if len(parts) == 3 && strings.TrimSpace(parts[0]+parts[2]) == "" {
		f.lose("the whole statement comes from data; here a statement is best fixed text")
		return "=" + strings.TrimPrefix(query, "="), nil
	}
	var b strings.Builder
	for i, part := range parts {
		if i%2 == 1 {
			part = "\x00" + strconv.Itoa(i) + "\x00"
		}
		b.WriteString(part)
	}
	var args []any
	out := quotedHole.ReplaceAllStringFunc(b.String(), func(m string) string {
		i, err := strconv.Atoi(strings.Trim(m, "'\x00"))
		if err != nil || i >= len(parts) {
			return m
		}
		args = append(args, "={{ "+parts[i]+" }}")
		return "$" + strconv.Itoa(len(args))
	})
	if partOfText(b.String()) || nameHole.MatchString(b.String()) {
		f.lose("values filled into the statement are sent apart from it, as $1, $2 …: a table's name or a part of a text cannot be, write the statement anew")
	}
	return out, args
}

// nameHole finds a value where a statement has a name.
var nameHole = regexp.MustCompile(`(?i)\b(from|join|into|update|table|by|select|distinct|schema|database)\s+"?\x00`)

// partOfText tells whether a value is filled into the middle of a quoted text.
func partOfText(query string) bool {
	for i, piece := range strings.Split(query, "'") {
		// Odd pieces are between quotation marks; a whole value is a marker and nothing else.
		if i%2 == 1 && strings.Contains(piece, "\x00") && !wholeHole.MatchString(piece) {
			return true
		}
	}
	return false
}

var wholeHole = regexp.MustCompile(`^\x00\d+\x00$`)

// argumentList reads values separated by commas: fixed ones and expressions.
func argumentList(s string) ([]any, bool) {
	if !expr.IsExpression(s) {
		return fieldNames(s), true
	}
	parts := holes(s)
	var args []any
	for i, part := range parts {
		if i%2 == 1 {
			args = append(args, "={{ "+part+" }}")
		} else if strings.Trim(part, ", \t\r\n") != "" {
			return nil, false
		}
	}
	return args, len(args) > 1 || !strings.Contains(s, "[")
}

func toSQL(p map[string]any) n8nNode {
	n := n8nNode{typ: "postgres", version: "2.6", params: map[string]any{"operation": "executeQuery", "query": p["query"]}}
	opts := map[string]any{}
	if args := list(p["args"]); len(args) > 0 {
		var parts []string
		for _, a := range args {
			parts = append(parts, "{{ "+strings.TrimSpace(js(a))+" }}")
		}
		opts["queryReplacement"] = "=" + strings.Join(parts, ",")
	}
	n.params["options"] = opts
	n.drop(p, "query", "args", "credential", "repeat")
	return n
}
