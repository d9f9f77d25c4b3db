package interop

import (
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

func toHTTP(p map[string]any) n8nNode {
	opts := map[string]any{}
	n := n8nNode{typ: "httpRequest", version: "4.2", params: map[string]any{"url": p["url"], "options": opts}}
	if method := text(p["method"]); method != "" && method != "GET" {
		n.params["method"] = method
	}
	if !blank(p["query"]) {
		n.params["sendQuery"] = true
		n.pairsOr(p["query"], "specifyQuery", "queryParameters", "jsonQuery")
	}
	if !blank(p["headers"]) {
		n.params["sendHeaders"] = true
		n.pairsOr(p["headers"], "specifyHeaders", "headerParameters", "jsonHeaders")
	}
	if !blank(p["credential"]) {
		n.params["authentication"], n.params["genericAuthType"] = "genericCredentialType", "httpHeaderAuth"
	}
	toBody(&n, p)
	if seconds, ok := number(p["timeout"]); ok && seconds != 300 {
		opts["timeout"] = plainNumber(seconds * 1000)
	}
	response := map[string]any{}
	if format := text(p["response"]); format != "" && format != "auto" {
		response["responseFormat"] = format
		if !blank(p["into"]) && format == "file" {
			response["outputPropertyName"] = p["into"]
		}
	}
	if boolean(p["full"]) {
		response["fullResponse"] = true
	}
	if boolean(p["any_status"]) {
		response["neverError"] = true
	}
	if len(response) > 0 {
		opts["response"] = map[string]any{"response": response}
	}
	if follow, ok := p["follow"].(bool); ok && !follow {
		opts["redirect"] = map[string]any{"redirect": map[string]any{"followRedirects": false}}
	}
	toPaging(&n, p, opts)
	n.drop(p, "method", "url", "query", "headers", "credential", "body", "body_type", "content_type", "file", "parts", "timeout",
		"response", "into", "full", "any_status", "follow", "retries", "repeat", "paging", "next", "page_param", "first_page",
		"cursor_param", "max_pages")
	return n
}

// pairsOr writes an object as n8n's list of names and values, an expression as its JSON.
func (n *n8nNode) pairsOr(v any, specify, parameters, asJSON string) {
	m := object(v)
	if m == nil {
		n.params[specify], n.params[asJSON] = "json", v
		return
	}
	n.params[parameters] = map[string]any{"parameters": entriesOf(m)}
}

func toBody(n *n8nNode, p map[string]any) {
	typ := orElse(text(p["body_type"]), "json")
	if blank(p["body"]) && blank(p["parts"]) && typ != "file" || typ == "none" {
		return
	}
	n.params["sendBody"] = true
	switch typ {
	case "form":
		n.params["contentType"] = "form-urlencoded"
		if m := object(p["body"]); m != nil {
			n.params["bodyParameters"] = map[string]any{"parameters": entriesOf(m)}
		} else {
			n.params["specifyBody"], n.params["body"] = "string", p["body"]
		}
	case "raw":
		n.params["contentType"], n.params["body"] = "raw", p["body"]
		n.params["rawContentType"] = orElse(text(p["content_type"]), "text/plain")
	case "file":
		n.params["contentType"], n.params["inputDataFieldName"] = "binaryData", orElse(text(p["file"]), "data")
	case "multipart":
		entries := []any{}
		for _, e := range objects(p["parts"]) {
			if !blank(e["file"]) {
				entries = append(entries, map[string]any{"parameterType": "formBinaryData", "name": e["name"], "inputDataFieldName": e["file"]})
			} else {
				entries = append(entries, map[string]any{"name": e["name"], "value": e["value"]})
			}
		}
		n.params["contentType"], n.params["bodyParameters"] = "multipart-form-data", map[string]any{"parameters": entries}
	default:
		n.params["specifyBody"], n.params["jsonBody"] = "json", p["body"]
		if _, ok := p["body"].(string); !ok {
			n.params["jsonBody"] = "=" + template(p["body"])
		}
	}
}

// template writes a value as JSON in which expressions are holes: {"a": {{ JSON.stringify($json.a) }}}.
func template(v any) string {
	switch v := v.(type) {
	case string:
		if expr.IsExpression(v) && len(holes(v)) > 1 {
			return "{{ JSON.stringify(" + js(v) + ") }}"
		}
	case map[string]any:
		fields := make([]string, 0, len(v))
		for _, k := range sortedKeys(v) {
			fields = append(fields, literal(k)+": "+template(v[k]))
		}
		return "{" + strings.Join(fields, ", ") + "}"
	case []any:
		entries := make([]string, len(v))
		for i, e := range v {
			entries[i] = template(e)
		}
		return "[" + strings.Join(entries, ", ") + "]"
	}
	return literal(v)
}

func toPaging(n *n8nNode, p map[string]any, opts map[string]any) {
	var pagination map[string]any
	parameter := func(name, value string) {
		pagination = map[string]any{"parameters": map[string]any{"parameters": []any{map[string]any{"name": name, "value": value}}}}
	}
	switch mode := orElse(text(p["paging"]), "none"); mode {
	case "none":
		return
	case "field":
		pagination = map[string]any{"paginationMode": "responseContainsNextURL", "nextURL": "={{ $response.body." + text(p["next"]) + " }}"}
	case "page":
		value := "={{ $pageCount + 1 }}"
		if first, ok := number(p["first_page"]); ok && first == 0 {
			value = "={{ $pageCount }}"
		}
		parameter(orElse(text(p["page_param"]), "page"), value)
	case "cursor":
		parameter(orElse(text(p["cursor_param"]), "cursor"), "={{ $response.body."+text(p["next"])+" }}")
	default:
		n.lose("n8n has no paging by the %s header", mode)
		return
	}
	if most, ok := number(p["max_pages"]); ok {
		pagination["limitPagesFetched"], pagination["maxRequests"] = true, whole(int(most))
	}
	opts["pagination"] = map[string]any{"pagination": pagination}
}

func toRespond(p map[string]any) n8nNode {
	opts := map[string]any{}
	n := n8nNode{typ: "respondToWebhook", version: "1.1", params: map[string]any{"options": opts}}
	with := orElse(text(p["respond_with"]), "first_item")
	n.params["respondWith"] = map[string]string{
		"first_item": "firstIncomingItem", "all_items": "allIncomingItems", "json": "json", "text": "text", "file": "binary", "none": "noData",
	}[with]
	if with == "json" || with == "text" {
		n.params["responseBody"] = p["body"]
		if _, ok := p["body"].(string); !ok && with == "json" {
			n.params["responseBody"] = "=" + template(p["body"])
		}
	}
	if file := text(p["file"]); file != "" && with == "file" {
		n.params["responseDataSource"], n.params["inputFieldName"] = "set", file
	}
	if status, ok := number(p["status"]); p["status"] != nil && (!ok || status != 200) {
		opts["responseCode"] = p["status"]
	}
	if h := object(p["headers"]); len(h) > 0 {
		opts["responseHeaders"] = map[string]any{"entries": entriesOf(h)}
	}
	n.drop(p, "respond_with", "body", "file", "status", "headers")
	return n
}
