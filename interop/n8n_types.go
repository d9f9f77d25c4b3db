package interop

// n8nTypes tells how each type of n8n is read. Types that are not in it stay placeholders.
var n8nTypes = map[string]n8nMapper{
	n8nBase + "manualTrigger":          manualTrigger,
	n8nBase + "start":                  manualTrigger,
	n8nBase + "executeWorkflowTrigger": calledTrigger,
	n8nBase + "webhook":                webhook,
	n8nBase + "scheduleTrigger":        scheduleTrigger,
	n8nBase + "cron":                   oldCron,
	n8nBase + "interval":               oldInterval,

	n8nBase + "if":              ifNode,
	n8nBase + "filter":          filterNode,
	n8nBase + "switch":          switchNode,
	n8nBase + "merge":           mergeNode,
	n8nBase + "splitInBatches":  splitInBatches,
	n8nBase + "wait":            waitNode,
	n8nBase + "executeWorkflow": executeWorkflow,
	n8nBase + "stopAndError":    stopAndError,
	n8nBase + "noOp":            noOp,

	n8nBase + "set":              setNode,
	n8nBase + "sort":             sortNode,
	n8nBase + "limit":            limitNode,
	n8nBase + "aggregate":        aggregateNode,
	n8nBase + "summarize":        summarizeNode,
	n8nBase + "splitOut":         splitOut,
	n8nBase + "itemLists":        itemLists,
	n8nBase + "removeDuplicates": removeDuplicates,
	n8nBase + "renameKeys":       renameKeys,
	n8nBase + "dateTime":         dateTime,
	n8nBase + "html":             htmlNode,
	n8nBase + "htmlExtract":      htmlExtract,
	n8nBase + "markdown":         markdownNode,
	n8nBase + "crypto":           cryptoNode,

	n8nBase + "httpRequest":      httpRequest,
	n8nBase + "respondToWebhook": respondToWebhook,
	n8nBase + "emailSend":        emailSend,
	n8nBase + "postgres":         postgresNode,

	n8nBase + "readWriteFile":   readWriteFile,
	n8nBase + "readBinaryFile":  readBinaryFile,
	n8nBase + "readBinaryFiles": readBinaryFile,
	n8nBase + "writeBinaryFile": writeBinaryFile,
	n8nBase + "extractFromFile": extractFromFile,
	n8nBase + "convertToFile":   convertToFile,
	n8nBase + "spreadsheetFile": spreadsheetFile,

	n8nBase + "code":         codeNode,
	n8nBase + "function":     functionNode,
	n8nBase + "functionItem": functionItem,
}

// none is what a mapper returns when there is no kind for what the node does.
func none(format string, args ...any) (string, map[string]any, string) {
	return "", nil, sprintf(format, args...)
}
