package nodes

import (
	"embed"
	"fmt"

	"github.com/atelier-studio/atelier/engine"
)

//go:embed templates/*.json
var templateFiles embed.FS

// Template is a workflow to start from.
type Template struct {
	Name    string // of the file, stable
	Title   string
	Summary string
	Doc     *engine.Workflow
}

var templateList = []Template{
	{Name: "log_digest", Title: "Log digest", Summary: "Counts the most frequent errors and slow requests in log files, saves them in a table and posts a summary."},
	{Name: "sample_logs", Title: "Sample logs", Summary: "Writes a log file for trying out the log digest."},
	{Name: "webhook_reply", Title: "Webhook with an answer", Summary: "Takes a request, changes its data and answers."},
	{Name: "site_check", Title: "Check a site", Summary: "Calls a page every five minutes and sends a mail when something is wrong."},
	{Name: "csv_cleanup", Title: "Clean up a table", Summary: "Tidies a CSV file: names, addresses, duplicates, order."},
}

// Templates returns the starter workflows. Every call gives fresh ones. It panics when an embedded file is broken, which
// a test rules out.
func Templates() []Template {
	out := make([]Template, len(templateList))
	for i, t := range templateList {
		data, err := templateFiles.ReadFile("templates/" + t.Name + ".json")
		if err == nil {
			t.Doc, err = engine.Parse(data)
		}
		if err != nil {
			panic(fmt.Sprintf("the template %s is broken: %v", t.Name, err))
		}
		out[i] = t
	}
	return out
}
