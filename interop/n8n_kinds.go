package interop

import (
	"strings"
)

// n8nKinds tells how each kind of ours is written as a node of n8n. A kind that is not in it is written under its own
// name, with the prefix "atelier.", so that it comes back on import.
var n8nKinds = map[string]func(p map[string]any) n8nNode{
	"trigger.manual":   toManual,
	"trigger.webhook":  toWebhook,
	"trigger.schedule": toSchedule,

	"flow.if":     toIf,
	"flow.switch": toSwitch,
	"flow.merge":  toMerge,
	"flow.loop":   toLoop,
	"flow.wait":   toWait,
	"flow.call":   toCall,
	"flow.stop":   toStop,
	"flow.noop":   toNoOp,

	"data.set":       toSet,
	"data.filter":    toFilter,
	"data.sort":      toSort,
	"data.limit":     toLimit,
	"data.aggregate": toAggregate,
	"data.summarize": toSummarize,
	"data.split":     toSplit,
	"data.dedupe":    toDedupe,
	"data.rename":    toRename,
	"data.template":  toTemplate,
	"data.html":      toHTML,
	"data.markdown":  toMarkdown,
	"data.hash":      toHash,
	"data.csv":       toCSV,
	"data.datetime":  toDatetime,

	"http.request": toHTTP,
	"http.respond": toRespond,
	"file.read":    toFileRead,
	"file.write":   toFileWrite,
	"sql.query":    toSQL,
	"mail.send":    toMail,

	"code.javascript": toJavaScript,
	"code.python":     toPython,
}

// toN8N writes a kind and its parameters as n8n's type, version and parameters.
func toN8N(kind string, params map[string]any) (typ, version string, out map[string]any, lost []string) {
	if params == nil {
		params = map[string]any{}
	}
	write, ok := n8nKinds[kind]
	if !ok {
		// A kind with a package in its name came as a placeholder of n8n itself.
		if strings.HasPrefix(kind, n8nBase) || strings.HasPrefix(kind, "@") || strings.Contains(kind, "n8n-nodes") {
			return kind, "1", params, nil
		}
		return atelierPrefix + kind, "1", params, nil
	}
	n := write(params)
	if n.params == nil {
		n.params = map[string]any{}
	}
	if strings.HasPrefix(n.typ, atelierPrefix) {
		return n.typ, "1", params, n.lost
	}
	return n8nBase + n.typ, n.version, n.params, n.lost
}

// onlyHere is what a writer returns when n8n has a node for the kind but not for what these parameters ask.
func onlyHere(kind string) n8nNode { return n8nNode{typ: atelierPrefix + kind} }

// filterOf writes a condition as n8n's filter: one comparison with true.
func filterOf(condition any) map[string]any {
	return map[string]any{
		"options":    map[string]any{"caseSensitive": true, "leftValue": "", "typeValidation": "loose", "version": whole(2)},
		"combinator": "and",
		"conditions": []any{map[string]any{
			"id": "condition", "leftValue": condition, "rightValue": "",
			"operator": map[string]any{"type": "boolean", "operation": "true", "singleValue": true},
		}},
	}
}

func toIf(p map[string]any) n8nNode {
	n := n8nNode{typ: "if", version: "2.2", params: map[string]any{
		"conditions": filterOf(p["condition"]), "looseTypeValidation": true, "options": map[string]any{},
	}}
	n.drop(p, "condition")
	return n
}

func toFilter(p map[string]any) n8nNode {
	n := toIf(p)
	n.typ = "filter"
	return n
}

func toSwitch(p map[string]any) n8nNode {
	n := n8nNode{typ: "switch", version: "3.2"}
	values := []any{}
	for _, c := range objects(p["cases"]) {
		condition := c["condition"]
		if blank(condition) {
			// 5 and "5" are equal in a switch here, so both sides are compared as text.
			condition = "={{ String(" + js(p["value"]) + ") === String(" + js(c["value"]) + ") }}"
		}
		rule := map[string]any{"conditions": filterOf(condition)}
		if label := text(c["label"]); label != "" {
			rule["renameOutput"], rule["outputKey"] = true, label
		}
		values = append(values, rule)
	}
	options := map[string]any{"fallbackOutput": "extra"}
	if boolean(p["every"]) {
		options["allMatchingOutputs"] = true
	}
	n.params = map[string]any{"rules": map[string]any{"values": values}, "looseTypeValidation": true, "options": options}
	n.drop(p, "cases", "value", "every")
	return n
}

func toMerge(p map[string]any) n8nNode {
	n := n8nNode{typ: "merge", version: "3", params: map[string]any{}}
	inputs, _ := number(p["inputs"])
	switch mode := text(p["mode"]); mode {
	case "by_key":
		n.params["mode"], n.params["advanced"] = "combine", true
		values := []any{}
		for _, k := range objects(p["keys"]) {
			right := k["right"]
			if blank(right) {
				right = k["left"]
			}
			values = append(values, map[string]any{"field1": k["left"], "field2": right})
		}
		n.params["mergeByFields"] = map[string]any{"values": values}
		join := orElse(text(p["join"]), "inner")
		n.params["joinMode"] = map[string]string{
			"inner": "keepMatches", "left": "enrichInput1", "right": "enrichInput2", "outer": "keepEverything", "unmatched": "keepNonMatches",
		}[join]
		if join == "unmatched" {
			n.params["outputDataFrom"] = "input1"
		}
	case "by_position":
		n.params["mode"], n.params["combineBy"] = "combine", "combineByPosition"
		if boolean(p["unpaired"]) {
			n.params["options"] = map[string]any{"includeUnpaired": true}
		}
	case "all_combinations":
		n.params["mode"], n.params["combineBy"] = "combine", "combineAll"
	default:
		if inputs > 2 {
			n.params["numberInputs"] = whole(int(inputs))
		}
	}
	if inputs > 2 && n.params["mode"] == "combine" {
		n.lose("n8n combines two inputs, not %d", int(inputs))
	}
	if clash := text(p["clash"]); clash == "first" && n.params["mode"] == "combine" {
		options := object(n.params["options"])
		if options == nil {
			options = map[string]any{}
		}
		options["clashHandling"] = map[string]any{"values": map[string]any{"resolveClash": "preferInput1"}}
		n.params["options"] = options
	} else if clash == "both" {
		n.lose("of fields that both inputs have, n8n keeps the second")
	}
	n.drop(p, "mode", "inputs", "keys", "join", "clash", "unpaired")
	return n
}

func toLoop(p map[string]any) n8nNode {
	n := n8nNode{typ: "splitInBatches", version: "3", params: map[string]any{"options": map[string]any{}}}
	if size := p["batch_size"]; size != nil {
		n.params["batchSize"] = size
	}
	if most, ok := number(p["max_iterations"]); ok && most < 100_000 {
		n.lose("n8n's loops have no bound (%v here)", most)
	}
	n.drop(p, "batch_size", "max_iterations")
	return n
}

func toWait(p map[string]any) n8nNode {
	n := n8nNode{typ: "wait", version: "1.1", params: map[string]any{}}
	if text(p["mode"]) == "until" {
		n.params["resume"], n.params["dateTime"] = "specificTime", p["until"]
		if !blank(p["timezone"]) {
			n.lose("the time zone %s belongs to the workflow's settings", short(p["timezone"]))
		}
	} else {
		n.params["amount"], n.params["unit"] = whole(1), orElse(text(p["unit"]), "minutes")
		if p["amount"] != nil {
			n.params["amount"] = p["amount"]
		}
	}
	n.drop(p, "mode", "until", "amount", "unit", "timezone")
	return n
}

func toCall(p map[string]any) n8nNode {
	n := n8nNode{typ: "executeWorkflow", version: "1.2", params: map[string]any{
		"workflowId": map[string]any{"__rl": true, "mode": "id", "value": p["workflow"]}, "options": map[string]any{},
	}}
	if text(p["mode"]) == "each" {
		n.params["mode"] = "each"
	}
	n.lose("choose the workflow to call (%s) again in n8n: it knows workflows by ids of its own", short(p["workflow"]))
	n.drop(p, "workflow", "mode")
	return n
}

func toStop(p map[string]any) n8nNode {
	if text(p["as"]) == "finished" {
		return onlyHere("flow.stop")
	}
	n := n8nNode{typ: "stopAndError", version: "1", params: map[string]any{"errorMessage": p["message"]}}
	n.drop(p, "as", "message")
	return n
}

func toNoOp(map[string]any) n8nNode { return n8nNode{typ: "noOp", version: "1"} }

func toJavaScript(p map[string]any) n8nNode {
	n := n8nNode{typ: "code", version: "2", params: map[string]any{"jsCode": p["code"]}}
	if text(p["mode"]) == "each" {
		n.params["mode"] = "runOnceForEachItem"
	}
	n.drop(p, "code", "mode")
	return n
}

func toPython(p map[string]any) n8nNode {
	n := toJavaScript(p)
	n.params["language"], n.params["pythonCode"] = "python", p["code"]
	delete(n.params, "jsCode")
	n.lose("Python code finds its items under the name _input there and items here: look it over")
	return n
}
