package interop

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

func manualTrigger(f *foreign) (string, map[string]any, string) {
	f.ignore("notice")
	return "trigger.manual", map[string]any{}, ""
}

// calledTrigger is where a workflow begins that another one calls; here that is the manual start. The declared inputs
// are a hint for the caller's form.
func calledTrigger(f *foreign) (string, map[string]any, string) {
	f.ignore("notice", "inputSource", "workflowInputs", "jsonExample", "events")
	return "trigger.manual", map[string]any{}, ""
}

var hookPath = regexp.MustCompile(`^[A-Za-z0-9\-_.~/]+$`)

func webhook(f *foreign) (string, map[string]any, string) {
	f.ignore("httpMethod", "multipleMethods")
	if methods := list(f.get("httpMethod")); f.yes("multipleMethods", false) && len(methods) != 1 {
		return none("a webhook with an output for each of several methods: use one webhook a method")
	}
	p := map[string]any{"path": strings.Trim(f.str("path", f.webhookID), "/"), "method": f.str("httpMethod", "GET")}
	if methods := list(f.get("httpMethod")); len(methods) == 1 {
		p["method"] = text(methods[0])
	}
	if path := text(p["path"]); !hookPath.MatchString(path) {
		f.lose("the path %q: here a path is made of letters, digits and - _ . / and has no variable parts", path)
	}
	switch mode := f.str("responseMode", "onReceived"); mode {
	case "onReceived":
		p["respond"] = "at_once"
	case "lastNode":
		p["respond"] = "last_node"
	case "responseNode":
		p["respond"] = "respond_node"
	default:
		f.lose("the response mode %q is not supported", mode)
		p["respond"] = "at_once"
	}
	if p["respond"] == "last_node" {
		switch data := f.str("responseData", "firstEntryJson"); data {
		case "firstEntryJson":
		case "allEntries":
			p["content"] = "all_items"
		case "firstEntryBinary":
			p["content"] = "file"
		default:
			p["content"] = "none"
		}
	} else {
		f.ignore("responseData")
	}
	for _, path := range []string{"responseCode", "options.responseCode", "options.responseCode.values.responseCode", "options.responseCode.values.customCode"} {
		if code, ok := number(f.get(path)); ok && code >= 200 && code <= 599 && p["respond"] != "respond_node" {
			p["status"] = whole(int(code))
		}
	}
	if headers := pairs(f.entries("options.responseHeaders.entries"), "name", "value"); len(headers) > 0 {
		p["headers"] = headers
	}
	// A body is read as what it is here, and uploads travel with the item, whatever these say.
	f.ignore("options.rawBody", "options.binaryData", "options.binaryPropertyName", "options.ignoreBots")
	switch auth := f.str("authentication", "none"); auth {
	case "none":
	case "basicAuth":
		p["auth"], p["credential"] = "basic", f.login()
	case "headerAuth":
		p["auth"], p["credential"] = "header", f.login()
	default:
		f.lose("the authentication %q is not supported: callers are not checked", auth)
	}
	return "trigger.webhook", p, ""
}

// pairs makes an object of a list of names and values.
func pairs(entries []map[string]any, name, value string) map[string]any {
	out := map[string]any{}
	for _, e := range entries {
		if k := text(e[name]); k != "" {
			out[strings.TrimPrefix(k, "=")] = e[value]
		}
	}
	return out
}

// scheduleTrigger reads {rule: {interval: [{field, …}]}}. Several rules become one cron line where one can say them all.
func scheduleTrigger(f *foreign) (string, map[string]any, string) {
	var lines []string
	for _, rule := range f.entries("rule.interval") {
		line, problem := ruleLine(f, rule)
		if problem != "" {
			return none("%s", problem)
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		lines = []string{"0 0 * * *"}
	}
	return schedule(f, lines)
}

func schedule(f *foreign, lines []string) (string, map[string]any, string) {
	line := lines[0]
	for _, l := range lines[1:] {
		if both, ok := unite(line, l); ok {
			line = both
		} else {
			f.lose("a second schedule %q beside %q: add another schedule node", l, line)
		}
	}
	return "trigger.schedule", map[string]any{"cron": line}, ""
}

// unite makes one cron line of two that differ in one field only.
func unite(a, b string) (string, bool) {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) != len(y) || strings.HasPrefix(a, "@") || strings.HasPrefix(b, "@") {
		return "", false
	}
	differ := -1
	for i := range x {
		if x[i] != y[i] {
			if differ >= 0 || strings.ContainsAny(x[i]+y[i], "*?") {
				return "", false
			}
			differ = i
		}
	}
	if differ >= 0 {
		x[differ] += "," + y[differ]
	}
	return strings.Join(x, " "), true
}

// ruleLine makes a cron line of one rule.
func ruleLine(f *foreign, rule map[string]any) (line, problem string) {
	var bad string
	at := func(key string, def int) int {
		v, ok := rule[key]
		if !ok || v == nil {
			return def
		}
		n, ok := number(v)
		if !ok || n < 0 || n > 100_000 {
			bad = sprintf("the schedule's %s is %s, which is not a fixed number", key, short(v))
		}
		return int(n)
	}
	field := text(rule["field"])
	if field == "" {
		field = "days"
	}
	minute, hour := at("triggerAtMinute", 0), at("triggerAtHour", 0)
	every := 1
	switch field {
	case "seconds":
		line = sprintf("*/%d * * * * *", at("secondsInterval", 30))
	case "minutes":
		line = stepLine(at("minutesInterval", 5), 60, "*/%d * * * *", "@every %dm")
	case "hours":
		line = stepLine(at("hoursInterval", 1), 24, sprintf("%d */%%d * * *", minute), "@every %dh")
	case "days":
		if every = at("daysInterval", 1); every > 1 {
			line = sprintf("%d %d */%d * *", minute, hour, every)
		} else {
			line = sprintf("%d %d * * *", minute, hour)
		}
	case "weeks":
		every = at("weeksInterval", 1)
		line = sprintf("%d %d * * %s", minute, hour, days(rule["triggerAtDay"]))
	case "months":
		n := at("monthsInterval", 1)
		months := "*"
		if n > 1 {
			months = sprintf("*/%d", n)
		}
		line = sprintf("%d %d %d %s *", minute, hour, at("triggerAtDayOfMonth", 1), months)
	case "cronExpression":
		line = strings.TrimSpace(strings.TrimPrefix(text(rule["expression"]), "="))
		if line == "" || strings.Contains(line, "{{") {
			bad = "the schedule is an expression; here it is fixed"
		}
	default:
		bad = sprintf("the schedule's unit %q is not known", field)
	}
	if every > 1 {
		f.lose("every %d %s: a cron line counts days from the first of the month and cannot leave out weeks", every, field)
	}
	return line, bad
}

// stepLine says "every n" as a step of a cron field, or as a duration where a field cannot.
func stepLine(n, most int, step, duration string) string {
	if n <= 1 {
		return strings.Replace(sprintf(step, 1), "*/1", "*", 1)
	}
	if n < most {
		return sprintf(step, n)
	}
	return sprintf(duration, n)
}

func days(v any) string {
	var out []string
	for _, d := range list(v) {
		if n, ok := number(d); ok && n >= 0 && n <= 7 {
			out = append(out, sprintf("%d", int(n)))
		}
	}
	if v == nil {
		return "0"
	}
	if len(out) == 0 {
		return "*"
	}
	return strings.Join(out, ",")
}

// oldCron reads {triggerTimes: {item: [{mode, hour, minute, …}]}}.
func oldCron(f *foreign) (string, map[string]any, string) {
	var lines []string
	for _, t := range f.entries("triggerTimes.item") {
		at := func(key string, def string) string {
			if v := t[key]; v != nil {
				return strings.TrimSpace(strings.Trim(short(v), `"`))
			}
			return def
		}
		minute, hour := at("minute", "0"), at("hour", "14")
		var line string
		switch mode := at("mode", "everyDay"); mode {
		case "everyMinute":
			line = "* * * * *"
		case "everyHour":
			line = minute + " * * * *"
		case "everyDay":
			line = minute + " " + hour + " * * *"
		case "everyWeek":
			line = minute + " " + hour + " * * " + at("weekday", "1")
		case "everyMonth":
			line = minute + " " + hour + " " + at("dayOfMonth", "1") + " * *"
		case "everyX":
			n, _ := number(t["value"])
			if t["value"] == nil {
				n = 2
			}
			if at("unit", "hours") == "minutes" {
				line = stepLine(int(n), 60, "*/%d * * * *", "@every %dm")
			} else {
				line = stepLine(int(n), 24, "0 */%d * * *", "@every %dh")
			}
		case "custom":
			line = at("cronExpression", "* * * * * *")
		default:
			return none("the schedule %q is not known", mode)
		}
		if strings.Contains(line, "{{") || expr.IsExpression(line) {
			return none("the schedule is an expression; here it is fixed")
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return none("the schedule is empty")
	}
	return schedule(f, lines)
}

func oldInterval(f *foreign) (string, map[string]any, string) {
	n, ok := number(f.or("interval", json.Number("1")))
	unit, known := map[string]string{"seconds": "s", "minutes": "m", "hours": "h"}[f.str("unit", "seconds")]
	if !ok || !known || n < 1 || n > 1e6 {
		return none("the interval %s is not a fixed number of seconds, minutes or hours", short(f.get("interval")))
	}
	return "trigger.schedule", map[string]any{"cron": sprintf("@every %d%s", int(n), unit)}, ""
}

// The functions below write our triggers as n8n's.

func toManual(map[string]any) n8nNode { return n8nNode{typ: "manualTrigger", version: "1"} }

func toWebhook(p map[string]any) n8nNode {
	n := n8nNode{typ: "webhook", version: "2", params: map[string]any{"path": p["path"], "options": map[string]any{}}}
	options := object(n.params["options"])
	switch method := text(p["method"]); method {
	case "", "POST":
		n.params["httpMethod"] = "POST"
	case "GET":
	case "*":
		n.lose("a webhook for any method takes POST only in n8n")
		n.params["httpMethod"] = "POST"
	default:
		n.params["httpMethod"] = method
	}
	if mode := map[string]string{"last_node": "lastNode", "respond_node": "responseNode"}[text(p["respond"])]; mode != "" {
		n.params["responseMode"] = mode
	}
	if data := map[string]string{"all_items": "allEntries", "file": "firstEntryBinary", "none": "noData"}[text(p["content"])]; data != "" {
		n.params["responseData"] = data
	}
	if status, ok := number(p["status"]); ok && status != 200 {
		options["responseCode"] = map[string]any{"values": map[string]any{"responseCode": whole(int(status))}}
	}
	if h := object(p["headers"]); len(h) > 0 {
		options["responseHeaders"] = map[string]any{"entries": entriesOf(h)}
	}
	if auth := map[string]string{"basic": "basicAuth", "header": "headerAuth"}[text(p["auth"])]; auth != "" {
		n.params["authentication"] = auth
	}
	n.drop(p, "path", "method", "respond", "content", "status", "headers", "auth", "credential", "max_body_mb")
	return n
}

func toSchedule(p map[string]any) n8nNode {
	n := n8nNode{typ: "scheduleTrigger", version: "1.2"}
	line := text(p["cron"])
	if line == "" {
		line = "0 9 * * *"
	}
	rule := map[string]any{"field": "cronExpression", "expression": line}
	if rest, ok := strings.CutPrefix(line, "@every "); ok {
		units := map[byte]string{'s': "seconds", 'm': "minutes", 'h': "hours"}
		if v, ok := number(rest[:max(0, len(rest)-1)]); ok && units[rest[len(rest)-1]] != "" {
			unit := units[rest[len(rest)-1]]
			rule = map[string]any{"field": unit, unit + "Interval": whole(int(v))}
		} else {
			n.lose("n8n cannot say %q", line)
		}
	} else if named := map[string]string{
		"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
		"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
	}[line]; named != "" {
		rule["expression"] = named
	}
	n.params = map[string]any{"rule": map[string]any{"interval": []any{rule}}}
	if zone := text(p["timezone"]); zone != "" {
		n.lose("in n8n the time zone %s belongs to the workflow's settings", zone)
	}
	n.drop(p, "cron", "timezone")
	return n
}

// entriesOf writes an object as n8n's list of names and values, in order of the names.
func entriesOf(m map[string]any) []any {
	out := []any{}
	for _, k := range sortedKeys(m) {
		out = append(out, map[string]any{"name": k, "value": m[k]})
	}
	return out
}

// n8nNode is a node of ours in n8n's words.
type n8nNode struct {
	typ     string // without the package
	version string
	params  map[string]any
	lost    []string
}

func (n *n8nNode) lose(format string, args ...any) { n.lost = append(n.lost, sprintf(format, args...)) }

// drop reports the parameters that are set and were not written: all but the named ones.
func (n *n8nNode) drop(p map[string]any, written ...string) {
	for _, k := range sortedKeys(p) {
		if !slices.Contains(written, k) && !blank(p[k]) {
			n.lose("n8n has nothing for the parameter %q", k)
		}
	}
}
