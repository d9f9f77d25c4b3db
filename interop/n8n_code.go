package interop

import (
	"regexp"
	"strings"
)

func codeNode(f *foreign) (string, map[string]any, string) {
	mode := "all"
	if f.str("mode", "runOnceForAllItems") == "runOnceForEachItem" {
		mode = "each"
	}
	f.ignore("notice")
	if language := f.str("language", "javaScript"); strings.HasPrefix(language, "python") {
		f.ignore("jsCode")
		f.lose("Python sees items and item as dictionaries: item[\"name\"], not item.json[\"name\"], and there is no _input")
		return "code.python", map[string]any{"mode": mode, "code": f.str("pythonCode", "")}, ""
	}
	f.ignore("pythonCode")
	return javaScript(f, mode, f.str("jsCode", ""))
}

// javaScript names what code uses and the sandbox does not have.
func javaScript(f *foreign, mode, code string) (string, map[string]any, string) {
	if strings.TrimSpace(code) == "" {
		f.lose("it has no code of its own; n8n runs a sample then")
		return "flow.noop", map[string]any{}, ""
	}
	bare := withoutStrings(code)
	if reason := unsupportedCode(code); reason != "" {
		f.lose("%s", reason)
	}
	for _, m := range outside.FindAllStringSubmatch(bare, -1) {
		f.lose("code cannot use %s here: no modules, no network, no memory between runs", m[1])
	}
	return "code.javascript", map[string]any{"mode": mode, "code": code}, ""
}

var outside = regexp.MustCompile(`\b(require\s*\(|fetch\s*\(|axios\b|this\.helpers|getWorkflowStaticData|getNodeParameter|process\.env|setTimeout\s*\(|XMLHttpRequest|Buffer\b|crypto\.)`)

// functionNode is the first form of the code node: it finds the items under the name items, as code does here.
func functionNode(f *foreign) (string, map[string]any, string) {
	return javaScript(f, "all", f.str("functionCode", ""))
}

var declaresItem = regexp.MustCompile(`\b(let|const|var)\s+item\b`)

// functionItem is its form for one item, whose data it finds under the name item and returns.
func functionItem(f *foreign) (string, map[string]any, string) {
	code := f.str("functionCode", "")
	if !declaresItem.MatchString(code) && strings.TrimSpace(code) != "" {
		code = "item = $json;\n" + code
	}
	return javaScript(f, "each", code)
}
