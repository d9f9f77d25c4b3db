package interop

import (
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

func htmlNode(f *foreign) (string, map[string]any, string) {
	switch op := f.str("operation", "generateHtmlTemplate"); op {
	case "generateHtmlTemplate":
		template := f.str("html", "")
		// n8n fills in what stands between {{ and }} of a template even when it is not marked as an expression.
		if strings.Contains(template, "{{") && !expr.IsExpression(template) {
			template = "=" + template
		}
		return "data.template", map[string]any{"template": template, "into": "html", "keep_others": false}, ""
	case "extractHtmlContent":
		return htmlExtract(f)
	case "convertToHtmlTable":
		f.ignore("options")
		if !blank(f.params["options"]) {
			f.lose("a table has no styles, caption or capitalised headings")
		}
		return "data.html", map[string]any{"operation": "table", "field": "table"}, ""
	default:
		return none("the HTML operation %q", op)
	}
}

func htmlExtract(f *foreign) (string, map[string]any, string) {
	if f.str("sourceData", "json") == "binary" {
		return none("taking values out of an HTML file: here the HTML is in a field")
	}
	values := []any{}
	for _, e := range f.entries("extractionValues.values") {
		selector := text(e["cssSelector"])
		if selector == "" {
			continue
		}
		v := map[string]any{"name": e["key"], "selector": selector}
		switch take := orElse(text(e["returnValue"]), "text"); take {
		case "text", "html":
			v["take"] = take
		case "attribute":
			v["take"], v["attribute"] = take, e["attribute"]
		case "value":
			v["take"], v["attribute"] = "attribute", "value"
		default:
			return none("taking %q of HTML", take)
		}
		if boolean(e["returnArray"]) {
			v["all"] = true
		}
		if text(e["skipSelectors"]) != "" {
			f.lose("parts of what matches %q cannot be skipped", selector)
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		f.lose("it names no selector")
	}
	f.ignore("options.trimValues", "options.cleanUpText")
	return "data.html", map[string]any{"operation": "extract", "field": f.str("dataPropertyName", "data"), "values": values}, ""
}

var jsonField = regexp.MustCompile(`^=\s*\{\{\s*\$json((?:\??\.[A-Za-z_$][\w$]*|\["[^"\\.\[\]]+"\]|\['[^'\\.\[\]]+'\]|\[\d+\])+)\s*;?\s*\}\}\s*$`)

// fieldOf returns the name of the field that an expression reads, for kinds that work on a field.
func fieldOf(v any) (string, bool) {
	m := jsonField.FindStringSubmatch(text(v))
	if m == nil {
		return "", false
	}
	path := strings.NewReplacer("?.", ".", `["`, ".", `"]`, "", "['", ".", "']", "", "[", ".", "]", "").Replace(m[1])
	return strings.TrimPrefix(path, "."), true
}

func markdownNode(f *foreign) (string, map[string]any, string) {
	operation, source := "from_html", f.get("html")
	if f.str("mode", "htmlToMarkdown") == "markdownToHtml" {
		operation, source = "to_html", f.get("markdown")
	} else {
		f.ignore("markdown")
	}
	f.ignore("html")
	field, ok := fieldOf(source)
	if !ok {
		return none("a conversion of Markdown from an expression: here it works on a field, put a Set node before it")
	}
	return "data.markdown", map[string]any{"operation": operation, "field": field, "into": f.str("destinationKey", "data")}, ""
}

// dateTime reads both versions: the first writes dates with the patterns of moment.js, the second with Luxon's.
func dateTime(f *foreign) (string, map[string]any, string) {
	if f.version < 2 {
		return oldDateTime(f)
	}
	p := map[string]any{}
	if zone := f.str("options.timezone", ""); zone != "" {
		p["timezone"] = zone
	}
	f.ignore("options.includeInputFields")
	if !f.yes("options.includeInputFields", false) {
		f.lose("the other fields of the item are kept")
	}
	into := func(def string) { p["into"] = f.str("outputFieldName", def) }
	switch op := f.str("operation", "getCurrentDate"); op {
	case "getCurrentDate":
		p["operation"], p["format"] = "now", "iso"
		if !f.yes("includeTime", true) {
			p["format"] = "date"
		}
		into("currentDate")
	case "addToDate", "subtractFromDate":
		p["operation"] = strings.TrimSuffix(strings.TrimSuffix(op, "ToDate"), "FromDate")
		p["value"], p["amount"], p["unit"] = f.or("magnitude", ""), f.or("duration", whole(0)), f.str("timeUnit", "days")
		p["format"] = "iso"
		into("newDate")
	case "formatDate":
		p["operation"], p["value"] = "format", f.or("date", "")
		pattern := f.str("format", "MM/dd/yyyy")
		if pattern == "custom" {
			pattern = f.str("customFormat", "")
		}
		f.ignore("customFormat")
		writeAs(p, pattern)
		into("formattedDate")
	case "roundDate":
		if f.str("mode", "roundDown") != "roundDown" {
			return none("rounding a date up")
		}
		p["operation"], p["value"], p["unit"] = "round", f.or("date", ""), plural(f.str("toNearest", "month"))
		into("roundedDate")
	case "extractDate":
		part, ok := map[string]string{
			"year": "year", "month": "month", "week": "week", "day": "day", "hour": "hour", "minute": "minute", "second": "second",
		}[f.str("part", "month")]
		if !ok {
			return none("the part %q of a date", f.str("part", ""))
		}
		p["operation"], p["value"], p["part"] = "part", f.or("date", ""), part
		into("datePart")
	case "getTimeBetweenDates":
		units := list(f.or("units", []any{"day"}))
		if len(units) != 1 {
			return none("the time between dates in several units at once")
		}
		f.ignore("options.isoString")
		f.lose("the difference is a number, not an object by unit")
		p["operation"], p["value"], p["to"], p["unit"] = "difference", f.or("startDate", ""), f.or("endDate", ""), plural(text(units[0]))
		into("timeDifference")
	default:
		return none("the date operation %q", op)
	}
	if pattern := f.str("options.fromFormat", ""); pattern != "" {
		f.lose("the date is read without the pattern %q", pattern)
	}
	return "data.datetime", p, ""
}

func plural(unit string) string {
	if unit == "" || strings.HasSuffix(unit, "s") {
		return unit
	}
	return unit + "s"
}

// writeAs sets how a date is written.
func writeAs(p map[string]any, pattern string) {
	switch pattern {
	case "X":
		p["format"] = "unix"
	case "x":
		p["format"] = "unix_ms"
	default:
		p["format"], p["pattern"] = "pattern", pattern
	}
}

func oldDateTime(f *foreign) (string, map[string]any, string) {
	p := map[string]any{"value": f.or("value", ""), "into": f.str("dataPropertyName", "data")}
	if zone := f.str("options.toTimezone", ""); zone != "" {
		p["timezone"] = zone
	}
	if pattern := f.str("options.fromFormat", ""); pattern != "" {
		f.lose("the date is read without the pattern %q", pattern)
	}
	f.ignore("custom")
	if f.str("action", "format") == "calculate" {
		p["operation"], p["format"] = f.str("operation", "add"), "iso"
		p["amount"], p["unit"] = f.or("duration", whole(0)), f.str("timeUnit", "days")
		return "data.datetime", p, ""
	}
	pattern := f.str("toFormat", "MM/DD/YYYY")
	if expr.IsExpression(pattern) {
		return none("a date pattern that is an expression")
	}
	p["operation"] = "format"
	writeAs(p, luxonPattern(pattern))
	return "data.datetime", p, ""
}

// luxonPattern translates a pattern of moment.js.
func luxonPattern(pattern string) string {
	return strings.NewReplacer("YYYY", "yyyy", "YY", "yy", "DD", "dd", "D", "d", "dddd", "EEEE", "ddd", "EEE", "A", "a",
		"Z", "ZZ", "[", "'", "]", "'").Replace(pattern)
}
