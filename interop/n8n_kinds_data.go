package interop

import (
	"strings"
)

func options() map[string]any { return map[string]any{} }

func toSort(p map[string]any) n8nNode {
	n := n8nNode{typ: "sort", version: "1"}
	fields := []any{}
	add := func(name, order string) {
		name, minus := strings.CutPrefix(strings.TrimSpace(name), "-")
		down := strings.HasPrefix(order, "desc") != minus
		f := map[string]any{"fieldName": name}
		if down {
			f["order"] = "descending"
		}
		if name != "" {
			fields = append(fields, f)
		}
	}
	order := text(p["order"])
	if s, ok := p["by"].(string); ok {
		for name := range strings.SplitSeq(s, ",") {
			add(name, order)
		}
	}
	for _, e := range list(p["by"]) {
		if m := object(e); m != nil {
			add(text(m["field"]), orElse(text(m["order"]), order))
		} else {
			add(text(e), order)
		}
	}
	n.params = map[string]any{"sortFieldsUi": map[string]any{"sortField": fields}, "options": options()}
	if as := text(p["as"]); as != "" && as != "auto" {
		n.lose("values are compared as they are in n8n, not as %s", as)
	}
	n.drop(p, "by", "order", "as")
	return n
}

func toLimit(p map[string]any) n8nNode {
	n := n8nNode{typ: "limit", version: "1", params: map[string]any{"maxItems": p["count"]}}
	if p["count"] == nil {
		n.params["maxItems"] = whole(10)
	}
	if text(p["from"]) == "last" {
		n.params["keep"] = "lastItems"
	}
	n.drop(p, "count", "from")
	return n
}

func toAggregate(p map[string]any) n8nNode {
	n := n8nNode{typ: "aggregate", version: "1"}
	field, into := text(p["field"]), text(p["into"])
	if field == "" {
		n.params = map[string]any{
			"aggregate": "aggregateAllItemData", "destinationFieldName": orElse(into, "items"), "options": options(),
		}
	} else {
		entry := map[string]any{"fieldToAggregate": field, "renameField": true, "outputFieldName": orElse(into, field)}
		n.params = map[string]any{"fieldsToAggregate": map[string]any{"fieldToAggregate": []any{entry}}, "options": options()}
		if boolean(p["keep_empty"]) {
			n.params["options"] = map[string]any{"keepMissing": true}
		}
	}
	n.drop(p, "field", "into", "keep_empty")
	return n
}

func toSummarize(p map[string]any) n8nNode {
	n := n8nNode{typ: "summarize", version: "1.1"}
	values := []any{}
	for _, o := range objects(p["operations"]) {
		op, field, into := text(o["operation"]), text(o["field"]), text(o["into"])
		aggregation := ""
		for name, known := range n8nSummaries {
			if known[0] == op {
				aggregation = name
				into, _ = strings.CutPrefix(into, known[1])
			}
		}
		if aggregation == "" || field == "" {
			return onlyHere("data.summarize")
		}
		if into != "" && into != field {
			n.lose("the result of %q is called %s_%s in n8n", op, aggregation, field)
		}
		v := map[string]any{"aggregation": aggregation, "field": field}
		if op == "join" {
			v["separateBy"] = ", "
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		return onlyHere("data.summarize")
	}
	n.params = map[string]any{"fieldsToSummarize": map[string]any{"values": values}, "options": options()}
	if by := joinNames(p["group_by"]); by != "" {
		n.params["fieldsToSplitBy"] = by
	}
	n.drop(p, "operations", "group_by")
	return n
}

func toSplit(p map[string]any) n8nNode {
	n := n8nNode{typ: "splitOut", version: "1", params: map[string]any{"fieldToSplitOut": p["field"], "options": options()}}
	if boolean(p["keep_others"]) {
		n.params["include"] = "allOtherFields"
	}
	if into := text(p["into"]); into != "" {
		n.params["options"] = map[string]any{"destinationFieldName": into}
	}
	n.drop(p, "field", "into", "keep_others")
	return n
}

func toDedupe(p map[string]any) n8nNode {
	n := n8nNode{typ: "removeDuplicates", version: "2", params: map[string]any{"options": options()}}
	if names := joinNames(p["fields"]); names != "" {
		n.params["compare"], n.params["fieldsToCompare"] = "selectedFields", names
	}
	if text(p["keep"]) == "last" {
		n.lose("n8n keeps the first of equal items, not the last")
	}
	n.drop(p, "fields", "keep")
	return n
}

func toRename(p map[string]any) n8nNode {
	n := n8nNode{typ: "renameKeys", version: "1", params: map[string]any{"additionalOptions": options()}}
	entries := []any{}
	for _, e := range objects(p["fields"]) {
		if boolean(p["regex"]) {
			entries = append(entries, map[string]any{"searchRegex": e["from"], "replaceRegex": e["to"]})
		} else {
			entries = append(entries, map[string]any{"currentKey": e["from"], "newKey": e["to"]})
		}
	}
	if boolean(p["regex"]) {
		n.params["additionalOptions"] = map[string]any{"regexReplacement": map[string]any{"replacements": entries}}
	} else {
		n.params["keys"] = map[string]any{"key": entries}
	}
	n.drop(p, "fields", "regex")
	return n
}

func toTemplate(p map[string]any) n8nNode {
	into := orElse(text(p["into"]), "text")
	keep, ok := p["keep_others"].(bool)
	n := toSet(map[string]any{
		"fields": []any{map[string]any{"name": into, "value": p["template"]}}, "keep_others": keep || !ok,
	})
	n.drop(p, "template", "into", "keep_others")
	return n
}

func toHTML(p map[string]any) n8nNode {
	n := n8nNode{typ: "html", version: "1.2", params: map[string]any{"options": options()}}
	switch orElse(text(p["operation"]), "extract") {
	case "extract":
		values := []any{}
		for _, e := range objects(p["values"]) {
			v := map[string]any{"key": e["name"], "cssSelector": e["selector"]}
			if take := text(e["take"]); take != "" && take != "text" {
				v["returnValue"] = take
			}
			if !blank(e["attribute"]) {
				v["attribute"] = e["attribute"]
			}
			if boolean(e["all"]) {
				v["returnArray"] = true
			}
			values = append(values, v)
		}
		n.params["operation"], n.params["extractionValues"] = "extractHtmlContent", map[string]any{"values": values}
		n.params["dataPropertyName"] = orElse(text(p["field"]), "html")
		n.drop(p, "operation", "values", "field")
	case "table":
		n.params["operation"] = "convertToHtmlTable"
		n.drop(p, "operation", "field")
	default:
		return onlyHere("data.html")
	}
	return n
}

func toMarkdown(p map[string]any) n8nNode {
	field := orElse(text(p["field"]), "text")
	value := "={{ " + fieldPath(field) + " }}"
	if !strings.ContainsAny(field, `"' `) {
		value = "={{ $json." + field + " }}"
	}
	n := n8nNode{typ: "markdown", version: "1", params: map[string]any{
		"destinationKey": orElse(text(p["into"]), field), "options": options(),
	}}
	if text(p["operation"]) == "from_html" {
		n.params["html"] = value
	} else {
		n.params["mode"], n.params["markdown"] = "markdownToHtml", value
	}
	n.drop(p, "operation", "field", "into")
	return n
}

func toHash(p map[string]any) n8nNode {
	n := n8nNode{typ: "crypto", version: "1", params: map[string]any{
		"type": strings.ToUpper(orElse(text(p["algorithm"]), "sha256")), "dataPropertyName": orElse(text(p["into"]), "hash"),
	}}
	if boolean(p["hmac"]) {
		n.params["action"], n.params["secret"] = "hmac", p["key"]
	} else {
		n.params["action"] = "hash"
	}
	switch text(p["encoding"]) {
	case "base64":
		n.params["encoding"] = "base64"
	case "base64url":
		n.lose("n8n writes Base64 only with + and /")
		n.params["encoding"] = "base64"
	}
	if file := text(p["file"]); file != "" {
		n.params["binaryData"], n.params["binaryPropertyName"] = true, file
	} else {
		n.params["value"] = p["value"]
	}
	n.drop(p, "algorithm", "into", "hmac", "key", "credential", "encoding", "file", "value")
	return n
}

func toCSV(p map[string]any) n8nNode {
	if text(p["source"]) != "file" {
		return onlyHere("data.csv")
	}
	opts := options()
	n := n8nNode{typ: "extractFromFile", version: "1", params: map[string]any{"options": opts}}
	if file := text(p["file"]); file != "" && file != "data" {
		n.params["binaryPropertyName"] = file
	}
	if text(p["operation"]) == "build" {
		n.typ, n.version = "convertToFile", "1.1"
		opts["fileName"] = orElse(text(p["file_name"]), "table.csv")
	}
	if d := text(p["delimiter"]); d != "" && d != "auto" {
		opts["delimiter"] = d
	}
	if header, ok := p["header"].(bool); ok && !header {
		opts["headerRow"] = false
	}
	n.drop(p, "source", "file", "operation", "file_name", "delimiter", "header")
	return n
}

func toDatetime(p map[string]any) n8nNode {
	opts := map[string]any{"includeInputFields": true}
	n := n8nNode{typ: "dateTime", version: "2", params: map[string]any{
		"options": opts, "outputFieldName": orElse(text(p["into"]), "date"),
	}}
	if zone := text(p["timezone"]); zone != "" {
		opts["timezone"] = zone
	}
	format, unit := text(p["format"]), orElse(text(p["unit"]), "days")
	switch op := orElse(text(p["operation"]), "now"); op {
	case "now":
		n.params["operation"] = "getCurrentDate"
		if format == "date" {
			n.params["includeTime"] = false
		} else if format != "" && format != "iso" {
			n.lose("the date is written as ISO 8601")
		}
	case "add", "subtract":
		n.params["operation"] = map[string]string{"add": "addToDate", "subtract": "subtractFromDate"}[op]
		n.params["magnitude"], n.params["duration"], n.params["timeUnit"] = p["value"], p["amount"], unit
	case "format":
		n.params["operation"], n.params["date"], n.params["format"] = "formatDate", p["value"], "custom"
		n.params["customFormat"] = map[string]string{
			"unix": "X", "unix_ms": "x", "date": "yyyy-MM-dd", "time": "HH:mm:ss", "": "yyyy-MM-dd'T'HH:mm:ss.SSSZZ",
			"iso": "yyyy-MM-dd'T'HH:mm:ss.SSSZZ", "rfc2822": "EEE, dd MMM yyyy HH:mm:ss ZZZ", "pattern": text(p["pattern"]),
		}[format]
	case "round":
		n.params["operation"], n.params["date"], n.params["toNearest"] = "roundDate", p["value"], strings.TrimSuffix(unit, "s")
	case "part":
		n.params["operation"], n.params["date"], n.params["part"] = "extractDate", p["value"], orElse(text(p["part"]), "year")
	default:
		return onlyHere("data.datetime")
	}
	n.drop(p, "into", "timezone", "format", "unit", "operation", "value", "amount", "pattern", "part", "to")
	return n
}

func toFileRead(p map[string]any) n8nNode {
	if text(p["as"]) != "file" {
		return onlyHere("file.read")
	}
	n := n8nNode{typ: "readWriteFile", version: "1", params: map[string]any{"fileSelector": p["path"], "options": options()}}
	if name := text(p["name"]); name != "" && name != "data" {
		n.params["options"] = map[string]any{"dataPropertyName": name}
	}
	n.drop(p, "as", "path", "name")
	return n
}

func toFileWrite(p map[string]any) n8nNode {
	file := text(p["file"])
	if file == "" || text(p["mode"]) == "new" || boolean(p["newline"]) {
		return onlyHere("file.write")
	}
	n := n8nNode{typ: "readWriteFile", version: "1", params: map[string]any{
		"operation": "write", "fileName": p["path"], "options": options(),
	}}
	if file != "data" {
		n.params["dataPropertyName"] = file
	}
	if text(p["mode"]) == "append" {
		n.params["options"] = map[string]any{"append": true}
	}
	n.drop(p, "file", "mode", "path", "newline", "content")
	return n
}
