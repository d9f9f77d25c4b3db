package interop

import (
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

// httpRequest reads all versions. The first two call things requestMethod, queryParametersUi and so on.
func httpRequest(f *foreign) (string, map[string]any, string) {
	old := f.version < 3 && f.version > 0
	p := map[string]any{"method": strings.ToUpper(f.str("method", f.str("requestMethod", "GET"))), "url": f.or("url", "")}
	var problem string
	if old {
		problem = oldRequest(f, p)
	} else {
		problem = newRequest(f, p)
	}
	if problem != "" {
		return none("%s", problem)
	}
	if (p["method"] == "GET" || p["method"] == "HEAD") && p["body"] != nil {
		f.lose("a %s request is sent without a body", p["method"])
	}
	if blank(p["url"]) {
		f.lose("it has no address")
	}
	requestLogin(f, p)
	requestOptions(f, p)
	if problem := paging(f, p); problem != "" {
		f.lose("%s", problem)
	}
	return "http.request", p, ""
}

func newRequest(f *foreign, p map[string]any) string {
	f.ignore("queryParameters", "jsonQuery", "headerParameters", "jsonHeaders", "specifyQuery", "specifyHeaders", "curlImport", "infoMessage")
	if f.yes("sendQuery", false) {
		if f.str("specifyQuery", "keypair") == "json" {
			p["query"] = jsonValue(f.get("jsonQuery"))
		} else if q := lists(f.entries("queryParameters.parameters")); len(q) > 0 {
			p["query"] = q
		}
	}
	if f.yes("sendHeaders", false) {
		if f.str("specifyHeaders", "keypair") == "json" {
			p["headers"] = jsonValue(f.get("jsonHeaders"))
		} else if h := pairs(f.entries("headerParameters.parameters"), "name", "value"); len(h) > 0 {
			p["headers"] = h
		}
	}
	f.ignore("contentType", "specifyBody", "bodyParameters", "jsonBody", "body", "rawContentType", "inputDataFieldName")
	if !f.yes("sendBody", false) {
		return ""
	}
	specify := f.str("specifyBody", "keypair")
	switch content := f.str("contentType", "json"); content {
	case "json":
		if specify == "json" {
			p["body"] = jsonValue(f.get("jsonBody"))
		} else {
			p["body"] = pairs(f.entries("bodyParameters.parameters"), "name", "value")
		}
	case "form-urlencoded":
		p["body_type"], p["body"] = "form", pairs(f.entries("bodyParameters.parameters"), "name", "value")
		if specify == "string" {
			p["body_type"], p["body"], p["content_type"] = "raw", f.or("body", ""), "application/x-www-form-urlencoded"
		}
	case "multipart-form-data":
		p["body_type"], p["parts"] = "multipart", parts(f.entries("bodyParameters.parameters"))
	case "binaryData":
		p["body_type"], p["file"] = "file", f.str("inputDataFieldName", "data")
	case "raw":
		p["body_type"], p["body"], p["content_type"] = "raw", f.or("body", ""), f.str("rawContentType", "text/plain")
	default:
		return sprintf("a request with a body of the type %q", content)
	}
	return ""
}

func oldRequest(f *foreign, p map[string]any) string {
	f.ignore("jsonParameters", "bodyParametersUi", "bodyParametersJson", "queryParametersUi", "queryParametersJson",
		"headerParametersUi", "headerParametersJson", "sendBinaryData", "binaryPropertyName")
	asJSON := f.yes("jsonParameters", false)
	if asJSON {
		for key, into := range map[string]string{"queryParametersJson": "query", "headerParametersJson": "headers"} {
			if v := jsonValue(f.get(key)); !blank(v) {
				p[into] = v
			}
		}
	} else {
		if q := lists(f.entries("queryParametersUi.parameter")); len(q) > 0 {
			p["query"] = q
		}
		if h := pairs(f.entries("headerParametersUi.parameter"), "name", "value"); len(h) > 0 {
			p["headers"] = h
		}
	}
	content := f.str("options.bodyContentType", "json")
	contentType := f.str("options.bodyContentCustomMimeType", "")
	if f.yes("sendBinaryData", false) {
		p["body_type"], p["file"] = "file", f.str("binaryPropertyName", "data")
		return ""
	}
	entries := f.entries("bodyParametersUi.parameter")
	body := jsonValue(f.get("bodyParametersJson"))
	if asJSON && blank(body) || !asJSON && len(entries) == 0 {
		return ""
	}
	if !asJSON {
		body = pairs(entries, "name", "value")
	}
	p["body"] = body
	switch content {
	case "json":
	case "form-urlencoded":
		p["body_type"] = "form"
	case "raw":
		p["body_type"] = "raw"
		if contentType != "" {
			p["content_type"] = contentType
		}
	case "multipart-form-data":
		delete(p, "body")
		p["body_type"], p["parts"] = "multipart", parts(entries)
	default:
		return sprintf("a request with a body of the type %q", content)
	}
	return ""
}

// lists is pairs for a query, in which a name may stand several times.
func lists(entries []map[string]any) map[string]any {
	out := map[string]any{}
	for _, e := range entries {
		name := strings.TrimPrefix(text(e["name"]), "=")
		if name == "" {
			continue
		}
		switch old := out[name].(type) {
		case nil:
			out[name] = e["value"]
		case []any:
			out[name] = append(old, e["value"])
		default:
			out[name] = []any{old, e["value"]}
		}
	}
	return out
}

func parts(entries []map[string]any) []any {
	out := []any{}
	for _, e := range entries {
		part := map[string]any{"name": e["name"]}
		if e["parameterType"] == "formBinaryData" {
			part["file"] = orElse(text(e["inputDataFieldName"]), "data")
		} else {
			part["value"] = e["value"]
		}
		out = append(out, part)
	}
	return out
}

// jsonValue reads JSON that was written into a form: a value when it is fixed, else the expression as it is.
func jsonValue(v any) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	fixed := s
	if expr.IsExpression(s) && len(holes(s)) == 1 {
		fixed = strings.TrimPrefix(s, "=")
	}
	if parsed, err := decode([]byte(fixed)); err == nil {
		return parsed
	}
	return s
}

// requestLogin reads which credential is used. Credentials of other products become HTTP credentials of the same name.
func requestLogin(f *foreign, p map[string]any) {
	f.ignore("nodeCredentialType", "genericAuthType", "provideSslCertificates")
	auth := f.str("authentication", "none")
	typ := f.str("nodeCredentialType", "")
	switch auth {
	case "none", "":
		return
	case "genericCredentialType":
		typ = f.str("genericAuthType", "")
	case "predefinedCredentialType":
	default: // basicAuth, headerAuth, queryAuth, oAuth2 … of the first versions
		typ = "http" + strings.ToUpper(auth[:1]) + auth[1:]
	}
	name := n8nCredentialName(f.logins[typ])
	if name == "" {
		name = f.login()
	}
	if name != "" {
		p["credential"] = name
	}
	switch lower := strings.ToLower(typ); {
	case strings.Contains(lower, "digest"), strings.Contains(lower, "oauth1"), strings.Contains(lower, "ssl"), strings.Contains(lower, "customauth"),
		strings.Contains(lower, "aws"):
		f.lose("the authentication %q is not supported", typ)
	case strings.Contains(lower, "oauth2"):
		f.lose("a credential of the type %q, which a person signs in for, is not supported; client credentials and tokens are", typ)
	}
}

func requestOptions(f *foreign, p map[string]any) {
	timeout := 300.0 // seconds, n8n's own
	if ms, ok := number(f.get("options.timeout")); ok && ms > 0 {
		timeout = ms / 1000
	}
	p["timeout"] = plainNumber(min(max(timeout, 0.1), 3600))
	// The answer: options of version 3 and later, then those of the first.
	const answer = "options.response.response."
	format := f.str(answer+"responseFormat", f.str("responseFormat", "autodetect"))
	into := f.str(answer+"outputPropertyName", f.str("dataPropertyName", "data"))
	switch format {
	case "json":
		if f.version >= 3 || f.version == 0 {
			p["response"] = "json"
		}
	case "file":
		p["response"], p["into"] = "file", into
	case "text", "string":
		if p["response"] = "text"; into != "data" {
			f.lose("the text of the answer is in the field data, not %s", into)
		}
	}
	if f.yes(answer+"fullResponse", f.yes("options.fullResponse", false)) {
		p["full"] = true
		f.lose("the full answer calls its status status, not statusCode")
	}
	if f.yes(answer+"neverError", f.yes("options.ignoreResponseCode", false)) {
		p["any_status"] = true
	}
	if follow, ok := f.get("options.redirect.redirect.followRedirects").(bool); ok && !follow {
		p["follow"] = false
	}
	if follow, ok := f.get("options.followRedirect").(bool); ok && !follow {
		p["follow"] = false
	}
	f.ignore("options.redirect", "options.queryParameterArrays", "options.lowercaseHeaders", "options.splitIntoItems", "options.followAllRedirects")
	if f.yes("allowUnauthorizedCerts", f.yes("options.allowUnauthorizedCerts", false)) {
		f.lose("certificates are always checked")
	}
}

var (
	pageCount    = regexp.MustCompile(`^=\s*\{\{\s*\$pageCount\s*(?:\+\s*1)?\s*\}\}\s*$`)
	responseBody = regexp.MustCompile(`^=\s*\{\{\s*\$response\.body((?:\.[A-Za-z_]\w*|\["[^"]+"\])+)\s*\}\}\s*$`)
)

// paging reads the two ways of paging that exist here too; others are told in words.
func paging(f *foreign, p map[string]any) string {
	const at = "options.pagination.pagination."
	f.ignore("options.pagination")
	if f.get("options.pagination.pagination") == nil {
		return ""
	}
	pages := whole(1000)
	if n, ok := number(f.get(at + "maxRequests")); ok && f.yes(at+"limitPagesFetched", false) && n >= 1 && n <= 1000 {
		pages = whole(int(n))
	}
	switch f.str(at+"paginationMode", "updateAParameterInEachRequest") {
	case "off":
		return ""
	case "responseContainsNextURL":
		if m := responseBody.FindStringSubmatch(f.str(at+"nextURL", "")); m != nil {
			p["paging"], p["next"], p["max_pages"] = "field", strings.TrimPrefix(m[1], "."), pages
			return ""
		}
		return "paging by an address that is computed is not supported"
	}
	parameters := f.entries(at + "parameters.parameters")
	if len(parameters) == 1 && orElse(text(parameters[0]["type"]), "qs") == "qs" {
		name, value := text(parameters[0]["name"]), text(parameters[0]["value"])
		if pageCount.MatchString(value) {
			first := whole(0)
			if strings.Contains(value, "1") {
				first = whole(1)
			}
			p["paging"], p["page_param"], p["first_page"], p["max_pages"] = "page", name, first, pages
			return ""
		}
		if m := responseBody.FindStringSubmatch(value); m != nil {
			p["paging"], p["cursor_param"], p["next"], p["max_pages"] = "cursor", name, strings.TrimPrefix(m[1], "."), pages
			return ""
		}
	}
	return "paging that changes other things than one query parameter is not supported: only the first page is read"
}

func respondToWebhook(f *foreign) (string, map[string]any, string) {
	p := map[string]any{}
	if h := pairs(f.entries("options.responseHeaders.entries"), "name", "value"); len(h) > 0 {
		p["headers"] = h
	}
	if code := f.get("options.responseCode"); code != nil {
		p["status"] = code
	}
	f.ignore("options.enableStreaming", "generalNotice", "webhookNotice", "responseBody", "redirectURL")
	switch with := f.str("respondWith", "firstIncomingItem"); with {
	case "firstIncomingItem":
		p["respond_with"] = "first_item"
	case "allIncomingItems":
		p["respond_with"] = "all_items"
	case "json":
		p["respond_with"], p["body"] = "json", jsonValue(f.or("responseBody", ""))
	case "text":
		p["respond_with"], p["body"] = "text", f.or("responseBody", "")
	case "noData":
		p["respond_with"] = "none"
	case "binary":
		p["respond_with"] = "file"
		if name := f.str("inputFieldName", ""); name != "" && f.str("responseDataSource", "automatically") == "set" {
			p["file"] = name
		}
		f.ignore("inputFieldName", "responseDataSource")
	case "redirect":
		headers := object(p["headers"])
		if headers == nil {
			headers = map[string]any{}
		}
		headers["Location"] = f.or("redirectURL", "")
		p["headers"], p["respond_with"] = headers, "none"
		if p["status"] == nil {
			p["status"] = whole(307)
		}
	default:
		return none("an answer with %q", with)
	}
	return "http.respond", p, ""
}
