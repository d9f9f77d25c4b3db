package interop

import (
	"strings"
)

func sortNode(f *foreign) (string, map[string]any, string) {
	if typ := f.str("type", "simple"); typ != "simple" {
		return none("a sort by %s", map[string]string{"random": "chance", "code": "code"}[typ])
	}
	return sorted(f, f.entries("sortFieldsUi.sortField"))
}

func sorted(f *foreign, entries []map[string]any) (string, map[string]any, string) {
	by := []any{}
	for _, e := range entries {
		if name := text(e["fieldName"]); name != "" {
			by = append(by, map[string]any{"field": name, "order": orElse(text(e["order"]), "ascending")})
		}
	}
	if len(by) == 0 {
		f.lose("it names no field to sort by")
	}
	f.ignore("options.disableDotNotation")
	return "data.sort", map[string]any{"by": by}, ""
}

func orElse(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

func limitNode(f *foreign) (string, map[string]any, string) {
	p := map[string]any{"count": f.or("maxItems", whole(1)), "from": "first"}
	if f.str("keep", "firstItems") == "lastItems" {
		p["from"] = "last"
	}
	return "data.limit", p, ""
}

func aggregateNode(f *foreign) (string, map[string]any, string) {
	all := f.str("aggregate", "aggregateIndividualFields") == "aggregateAllItemData"
	return aggregated(f, all, f.str("destinationFieldName", "data"), f.entries("fieldsToAggregate.fieldToAggregate"))
}

func aggregated(f *foreign, all bool, into string, entries []map[string]any) (string, map[string]any, string) {
	f.ignore("options.disableDotNotation", "include", "fieldsToInclude", "fieldsToExclude")
	if f.yes("options.includeBinaries", false) {
		f.lose("files of the items are not gathered")
	}
	if f.yes("options.mergeLists", false) {
		f.lose("lists are gathered as lists, not united")
	}
	keep := f.yes("options.keepMissing", false)
	if all {
		if include := f.str("include", "allFields"); include != "allFields" {
			f.lose("whole items are gathered, not only some fields")
		}
		return "data.aggregate", map[string]any{"into": into}, ""
	}
	operations := []any{}
	for _, e := range entries {
		field := text(e["fieldToAggregate"])
		if field == "" {
			continue
		}
		name := field[strings.LastIndexByte(field, '.')+1:]
		if boolean(e["renameField"]) {
			name = text(e["outputFieldName"])
		}
		operations = append(operations, map[string]any{"operation": "list", "field": field, "into": orElse(name, field)})
	}
	switch len(operations) {
	case 0:
		f.lose("it names no field to gather")
		return "data.aggregate", map[string]any{}, ""
	case 1:
		p := map[string]any{"field": object(operations[0])["field"], "into": object(operations[0])["into"]}
		if keep {
			p["keep_empty"] = true
		}
		return "data.aggregate", p, ""
	}
	if keep {
		f.lose("empty values are left out of the lists")
	}
	return "data.summarize", map[string]any{"group_by": []any{}, "operations": operations}, ""
}

// n8nSummaries are n8n's aggregations: our operation, and the beginning of the result's name.
var n8nSummaries = map[string][2]string{
	"append": {"list", "appended_"}, "average": {"average", "average_"}, "concatenate": {"join", "concatenated_"},
	"count": {"count", "count_"}, "countUnique": {"unique", "unique_count_"}, "max": {"max", "max_"}, "min": {"min", "min_"},
	"sum": {"sum", "sum_"},
}

func summarizeNode(f *foreign) (string, map[string]any, string) {
	operations := []any{}
	for _, e := range f.entries("fieldsToSummarize.values") {
		aggregation := orElse(text(e["aggregation"]), "count")
		field := text(e["field"])
		known, ok := n8nSummaries[aggregation]
		if !ok {
			return none("a summary by %q", aggregation)
		}
		if field == "" {
			continue
		}
		if separator := orElse(text(e["separateBy"]), ","); aggregation == "concatenate" && separator != ", " {
			f.lose("texts are joined with a comma and a blank, not with %q", separator)
		}
		if boolean(e["includeEmpty"]) {
			f.lose("empty values are left out")
		}
		name := known[1] + strings.NewReplacer("]", "", `"`, "", ".", "_", "[", "_").Replace(field)
		operations = append(operations, map[string]any{"operation": known[0], "field": field, "into": name})
	}
	if len(operations) == 0 {
		f.lose("it names no field to work on")
	}
	if f.str("options.outputFormat", "separateItems") == "singleItem" {
		f.lose("each group gives an item of its own, not all one item")
	}
	f.ignore("options.disableDotNotation", "options.continueIfFieldNotFound", "options.skipEmptySplitFields")
	return "data.summarize", map[string]any{"group_by": fieldNames(f.str("fieldsToSplitBy", "")), "operations": operations}, ""
}

func splitOut(f *foreign) (string, map[string]any, string) {
	fields := fieldNames(f.str("fieldToSplitOut", ""))
	into := f.str("options.destinationFieldName", "")
	f.ignore("options.disableDotNotation", "options.includeBinary", "fieldsToInclude")
	switch {
	case len(fields) == 0:
		f.lose("it names no field to split")
	case len(fields) > 1 && !strings.HasPrefix(text(fields[0]), "="):
		return none("a split of several lists side by side (%s)", joinNames(fields))
	}
	p := map[string]any{"field": strings.TrimSpace(f.str("fieldToSplitOut", ""))}
	if into != "" {
		p["into"] = into
	}
	switch include := f.str("include", "noOtherFields"); include {
	case "noOtherFields":
	case "allOtherFields":
		p["keep_others"] = true
	default:
		p["keep_others"] = true
		f.lose("all other fields are kept, not only %s", f.str("fieldsToInclude", "some"))
	}
	return "data.split", p, ""
}

// itemLists is the node that n8n cut into splitOut, aggregate, removeDuplicates, sort, limit and summarize later.
func itemLists(f *foreign) (string, map[string]any, string) {
	f.ignore("resource")
	switch op := f.str("operation", "splitOutItems"); op {
	case "splitOutItems":
		return splitOut(f)
	case "aggregateItems", "concatenateItems":
		all := f.str("aggregate", "aggregateIndividualFields") == "aggregateAllItemData"
		return aggregated(f, all, f.str("destinationFieldName", "data"), f.entries("fieldsToAggregate.fieldToAggregate"))
	case "removeDuplicates":
		return removeDuplicates(f)
	case "sort":
		return sortNode(f)
	case "limit":
		return limitNode(f)
	case "summarize":
		return summarizeNode(f)
	default:
		return none("the list operation %q", op)
	}
}

func removeDuplicates(f *foreign) (string, map[string]any, string) {
	if op := f.str("operation", "removeDuplicateInputItems"); op != "removeDuplicateInputItems" && op != "removeDuplicates" {
		return none("a node that remembers what it saw in earlier runs")
	}
	f.ignore("options.disableDotNotation", "options.removeOtherFields", "fieldsToCompare", "fieldsToExclude")
	if f.yes("options.removeOtherFields", false) {
		f.lose("other fields are not removed")
	}
	p := map[string]any{}
	switch compare := f.str("compare", "allFields"); compare {
	case "allFields":
	case "selectedFields":
		fields := fieldNames(text(f.get("fieldsToCompare")))
		for _, e := range f.entries("fieldsToCompare.fields") {
			fields = append(fields, fieldNames(text(e["fieldName"]))...)
		}
		p["fields"] = fields
	default:
		f.lose("all fields are compared, none is left out")
	}
	return "data.dedupe", p, ""
}

func renameKeys(f *foreign) (string, map[string]any, string) {
	fields := []any{}
	for _, e := range f.entries("keys.key") {
		if from, to := text(e["currentKey"]), text(e["newKey"]); from != "" && to != "" {
			fields = append(fields, map[string]any{"from": from, "to": to})
		}
	}
	patterns := f.entries("additionalOptions.regexReplacement.replacements")
	switch {
	case len(fields) == 0 && len(patterns) == 0:
		return "flow.noop", map[string]any{}, ""
	case len(fields) > 0 && len(patterns) > 0:
		f.lose("patterns beside plain names are left out: add a second node for them")
	case len(patterns) > 0:
		for _, e := range patterns {
			from := text(e["searchRegex"])
			if boolean(object(e["options"])["caseInsensitive"]) {
				from = "(?i)" + from
			}
			fields = append(fields, map[string]any{"from": from, "to": e["replaceRegex"]})
		}
		return "data.rename", map[string]any{"fields": fields, "regex": true}, ""
	}
	return "data.rename", map[string]any{"fields": fields}, ""
}

// hashes are n8n's algorithms that exist here.
var hashes = map[string]string{"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256", "SHA512": "sha512"}

func cryptoNode(f *foreign) (string, map[string]any, string) {
	action := f.str("action", "hash")
	if action != "hash" && action != "hmac" {
		return none("the operation %q with keys or random values", action)
	}
	algorithm, ok := hashes[strings.ReplaceAll(f.str("type", "MD5"), "-", "")]
	if !ok {
		return none("the algorithm %s", f.str("type", "MD5"))
	}
	p := map[string]any{"algorithm": algorithm, "into": f.str("dataPropertyName", "data"), "encoding": f.str("encoding", "hex")}
	f.ignore("value", "binaryPropertyName")
	if f.yes("binaryData", false) {
		p["file"] = f.str("binaryPropertyName", "data")
	} else {
		p["value"] = f.or("value", "")
	}
	if action == "hmac" {
		p["hmac"] = true
		if secret := f.str("secret", ""); secret != "" {
			p["key"] = secret
		} else if login := f.login(); login != "" {
			p["credential"] = login
		}
	}
	return "data.hash", p, ""
}
