package interop

import (
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

// maxCases is how many outputs a switch may have here.
const maxCases = 50

// condition reads the conditions of an if or filter node: the newest form, or that of the first version.
func condition(f *foreign) (string, string) {
	fold := f.yes("options.ignoreCase", false)
	loose := f.yes("looseTypeValidation", false) || f.yes("options.looseTypeValidation", false)
	conditions := object(f.get("conditions"))
	if conditions["conditions"] != nil || f.version >= 2 {
		return filterExpression(conditions, loose, fold)
	}
	either := f.str("combineOperation", "all") == "any" || f.str("combineConditions", "AND") == "OR"
	return oldConditions(conditions, either)
}

func ifNode(f *foreign) (string, map[string]any, string) {
	code, problem := condition(f)
	if problem != "" {
		return none("%s", problem)
	}
	return "flow.if", map[string]any{"condition": code}, ""
}

func filterNode(f *foreign) (string, map[string]any, string) {
	code, problem := condition(f)
	if problem != "" {
		return none("%s", problem)
	}
	return "data.filter", map[string]any{"condition": code}, ""
}

// switchRule is one rule of a switch: a condition (an expression), the output it leads to and its label.
type switchRule struct {
	condition string
	output    int
	label     string
}

func switchNode(f *foreign) (string, map[string]any, string) {
	if f.str("mode", "rules") == "expression" {
		return switchByNumber(f)
	}
	var rules []switchRule
	var problem string
	fallback, every := -1, false
	if f.version >= 3 {
		rules, problem = newRules(f)
		every = f.yes("options.allMatchingOutputs", false)
		f.ignore("options.renameFallbackOutput")
		if n, ok := number(f.get("options.fallbackOutput")); ok {
			fallback = int(n)
		}
	} else {
		rules, problem = oldRules(f)
		if n, ok := number(f.get("fallbackOutput")); ok && n >= 0 {
			fallback = int(n)
		}
	}
	if problem != "" {
		return none("%s", problem)
	}
	outputs := fallback + 1
	for _, r := range rules {
		outputs = max(outputs, r.output+1)
	}
	if outputs > maxCases {
		return none("a switch with %d outputs; here it has at most %d", outputs, maxCases)
	}
	if fallback < 0 && oneEach(rules) {
		cases := []any{}
		for _, r := range rules {
			c := map[string]any{"condition": r.condition}
			if r.label != "" {
				c["label"] = r.label
			}
			cases = append(cases, c)
		}
		p := map[string]any{"cases": cases}
		if every {
			p["every"] = true
		}
		return "flow.switch", p, ""
	}
	if every {
		f.lose("an item goes to the first matching output, not to all, where several rules share an output or one is the fallback")
	}
	return "flow.switch", map[string]any{"value": numberOf(rules, fallback), "cases": numbered(outputs, rules)}, ""
}

// oneEach tells whether the first rule leads to the first output, the second to the second, and so on.
func oneEach(rules []switchRule) bool {
	for i, r := range rules {
		if r.output != i {
			return false
		}
	}
	return true
}

// numberOf makes an expression that gives the number of the output.
func numberOf(rules []switchRule, fallback int) string {
	var b strings.Builder
	b.WriteString("={{ ")
	for _, r := range rules {
		b.WriteString(js(r.condition) + " ? " + strconv.Itoa(r.output) + " : ")
	}
	b.WriteString(strconv.Itoa(fallback) + " }}")
	return b.String()
}

func numbered(outputs int, rules []switchRule) []any {
	cases := make([]any, outputs)
	for i := range cases {
		c := map[string]any{"value": whole(i)}
		for _, r := range rules {
			if r.output == i && r.label != "" {
				c["label"] = r.label
				break
			}
		}
		cases[i] = c
	}
	return cases
}

func newRules(f *foreign) ([]switchRule, string) {
	fold := f.yes("options.ignoreCase", false)
	loose := f.yes("looseTypeValidation", false) || f.yes("options.looseTypeValidation", false)
	entries := f.entries("rules.values")
	if len(entries) == 0 {
		entries = f.entries("rules.rules") // the first release of version 3
	}
	var rules []switchRule
	for i, e := range entries {
		code, problem := filterExpression(object(e["conditions"]), loose, fold)
		if problem != "" {
			return nil, problem
		}
		label := ""
		if boolean(e["renameOutput"]) {
			label = text(e["outputKey"])
		}
		rules = append(rules, switchRule{code, i, strings.TrimPrefix(label, "=")})
	}
	return rules, ""
}

func oldRules(f *foreign) ([]switchRule, string) {
	typ := f.str("dataType", "number")
	left := f.get("value1")
	var rules []switchRule
	for i, e := range f.entries("rules.rules") {
		op := text(e["operation"])
		if op == "" {
			op = map[string]string{"number": "smaller", "dateTime": "after"}[typ]
		}
		if op == "" {
			op = "equal"
		}
		code := comparison{typ: typ, op: oldOperations[op], left: oldLeft(typ, left), right: oldRight(typ, e["value2"]), loose: typ == "number"}.code()
		if code == "" {
			return nil, sprintf("the comparison %q of %s is not known", op, typ)
		}
		rule := switchRule{condition: "={{ " + code + " }}", output: i, label: strings.TrimPrefix(text(e["outputKey"]), "=")}
		if f.version < 2 {
			n, _ := number(e["output"])
			rule.output = int(min(max(n, 0), maxCases))
		}
		rules = append(rules, rule)
	}
	return rules, ""
}

func switchByNumber(f *foreign) (string, map[string]any, string) {
	outputs := 4
	for _, path := range []string{"outputsAmount", "numberOutputs"} {
		if n, ok := number(f.get(path)); ok {
			outputs = int(n)
		}
	}
	if outputs < 1 || outputs > maxCases {
		return none("a switch with %d outputs; here it has at most %d", outputs, maxCases)
	}
	return "flow.switch", map[string]any{"value": f.or("output", whole(0)), "cases": numbered(outputs, nil)}, ""
}

func mergeNode(f *foreign) (string, map[string]any, string) {
	f.ignore("options.includeUnpaired", "numberInputs")
	p := map[string]any{}
	mode := f.str("mode", "append")
	if mode == "combine" {
		mode = f.str("combinationMode", f.str("combineBy", "combineByFields"))
	}
	switch mode {
	case "append":
		p["mode"] = "append"
	case "wait":
		return onlyInput(p, "right"), p, ""
	case "passThrough", "chooseBranch":
		f.ignore("chooseBranchMode")
		switch output := f.str("output", f.str("useDataOfInput", "input1")); output {
		case "input1", "specifiedInput", "1", "":
			return onlyInput(p, "left"), p, ""
		case "input2", "2":
			return onlyInput(p, "right"), p, ""
		default:
			return none("a merge that passes on %s", output)
		}
	case "mergeByIndex", "mergeByPosition", "combineByPosition":
		p["mode"] = "by_position"
		if join := f.str("join", ""); f.yes("options.includeUnpaired", false) || join == "outer" {
			p["unpaired"] = true
		} else if join == "left" {
			f.lose("items of the first input without a partner are left out")
		}
	case "multiplex", "combineAll":
		p["mode"] = "all_combinations"
	case "mergeByKey", "keepKeyMatches", "removeKeyMatches":
		p["mode"] = "by_key"
		p["keys"] = []any{map[string]any{"left": f.str("propertyName1", ""), "right": f.str("propertyName2", "")}}
		p["join"] = map[string]string{"mergeByKey": "left", "keepKeyMatches": "inner", "removeKeyMatches": "unmatched"}[mode]
		if mode == "keepKeyMatches" {
			p["clash"] = "first"
		}
		if o := f.str("overwrite", "always"); mode == "mergeByKey" && o != "always" {
			f.lose("values are overwritten always, not %q", o)
		}
	case "mergeByFields", "combineByFields":
		if problem := mergeByFields(f, p); problem != "" {
			return none("%s", problem)
		}
	default:
		return none("a merge with the mode %q", mode)
	}
	clashes(f, p)
	if n, ok := number(f.get("numberInputs")); ok && n != 2 {
		if n < 2 || n > 10 {
			return none("a merge of %v inputs; here it has 2 to 10", n)
		}
		p["inputs"] = whole(int(n))
	}
	return "flow.merge", p, ""
}

// onlyInput waits for both inputs and passes on the items of one: a join on a field that no item has.
func onlyInput(p map[string]any, side string) string {
	p["mode"], p["join"] = "by_key", side
	p["keys"] = []any{map[string]any{"left": "(none)", "right": "(none)"}}
	return "flow.merge"
}

func mergeByFields(f *foreign, p map[string]any) string {
	keys := []any{}
	for _, e := range f.entries("mergeByFields.values") {
		keys = append(keys, map[string]any{"left": text(e["field1"]), "right": text(e["field2"])})
	}
	if same := f.str("fieldsToMatchString", ""); len(keys) == 0 || !f.yes("advanced", f.version < 3) && same != "" {
		keys = []any{}
		for _, name := range fieldNames(same) {
			keys = append(keys, map[string]any{"left": name, "right": ""})
		}
	}
	if len(keys) == 0 {
		return "a merge by fields that names no field"
	}
	join := f.str("joinMode", "keepMatches")
	from := f.str("outputDataFrom", "both")
	p["mode"], p["keys"] = "by_key", keys
	switch {
	case join == "keepMatches":
		p["join"] = "inner"
		if from != "both" {
			f.lose("matching items are united; only those of %s were kept", from)
		}
	case join == "keepNonMatches" && from == "input1":
		p["join"] = "unmatched"
	case join == "keepNonMatches":
		p["join"] = "unmatched"
		f.lose("only items of the first input without a match are kept, not those of %s", from)
	case join == "keepEverything":
		p["join"] = "outer"
	case join == "enrichInput1":
		p["join"] = "left"
	case join == "enrichInput2":
		p["join"] = "right"
	default:
		return sprintf("a merge that keeps %q", join)
	}
	if m := f.str("options.multipleMatches", "all"); m == "first" {
		f.lose("all matches are taken, not the first one")
	}
	f.ignore("options.disableDotNotation", "options.fuzzyCompare")
	if f.yes("options.fuzzyCompare", false) {
		p["keys"] = keys // 5 and "5" match here anyway
	}
	return ""
}

// clashes reads what happens to a field that two items have.
func clashes(f *foreign, p map[string]any) {
	handling := "options.clashHandling.values."
	switch f.str(handling+"resolveClash", "") {
	case "preferInput1":
		p["clash"] = "first"
	case "addSuffix":
		p["clash"] = "both"
		f.lose("of fields that both have, the second is called name_2, and the first keeps its name")
	}
	if f.str(handling+"mergeMode", "deepMerge") == "deepMerge" {
		f.ignore(handling + "overrideEmpty")
	}
}

func splitInBatches(f *foreign) (string, map[string]any, string) {
	size := whole(1)
	if f.version < 3 {
		size = whole(10)
	}
	if f.yes("options.reset", false) {
		f.lose("a loop cannot be reset while it runs")
	} else if reset := f.str("options.reset", ""); expr.IsExpression(reset) {
		f.lose("a loop cannot be reset while it runs")
	}
	// n8n has no bound; the largest one here stands for it.
	return "flow.loop", map[string]any{"batch_size": f.or("batchSize", size), "max_iterations": whole(100_000)}, ""
}

func waitNode(f *foreign) (string, map[string]any, string) {
	resume := f.str("resume", "timeInterval")
	switch resume {
	case "timeInterval":
		amount, unit := whole(5), "seconds"
		if f.version < 1.1 {
			amount, unit = whole(1), "hours"
		}
		f.ignore("options")
		return "flow.wait", map[string]any{"mode": "for", "amount": f.or("amount", amount), "unit": f.str("unit", unit)}, ""
	case "specificTime":
		f.ignore("options")
		return "flow.wait", map[string]any{"mode": "until", "until": f.or("dateTime", "")}, ""
	}
	return none("a wait until a request or a form arrives (%s)", resume)
}

func executeWorkflow(f *foreign) (string, map[string]any, string) {
	if source := f.str("source", "database"); source != "database" {
		return none("a workflow called from a %s; here it is called by its name", source)
	}
	locator := object(f.params["workflowId"])
	name := f.str("workflowId", "")
	if cached := text(locator["cachedResultName"]); cached != "" && !expr.IsExpression(name) {
		name = cached
	}
	if name == "" {
		f.lose("it names no workflow")
	}
	p := map[string]any{"workflow": name, "mode": "all"}
	if f.str("mode", "once") == "each" {
		p["mode"] = "each"
	}
	if wait, ok := f.get("options.waitForSubWorkflow").(bool); ok && !wait {
		f.lose("the call waits for the other workflow to finish")
	}
	f.ignore("workflowInputs", "source")
	if inputs := object(object(f.params["workflowInputs"])["value"]); len(inputs) > 0 {
		f.lose("the other workflow gets the items as they are; put a Set node before the call for its inputs (%s)", strings.Join(sortedKeys(inputs), ", "))
	}
	return "flow.call", p, ""
}

func stopAndError(f *foreign) (string, map[string]any, string) {
	message := f.or("errorMessage", "")
	if f.str("errorType", "errorMessage") == "errorObject" {
		message = f.or("errorObject", "")
	}
	return "flow.stop", map[string]any{"as": "failed", "message": message}, ""
}

func noOp(*foreign) (string, map[string]any, string) { return "flow.noop", map[string]any{}, "" }
