package nodes

import (
	"embed"
	"fmt"

	"github.com/atelier-studio/atelier/engine"
)

//go:embed templates/*.json
var templateFiles embed.FS

// Template is a workflow to start from. Every one holds tests.
type Template struct {
	Name     string // of the file, stable
	Category string // one of TemplateCategories
	Title    string
	Summary  string
	Doc      *engine.Workflow
}

// TemplateCategories are the groups of the gallery, in its order.
var TemplateCategories = []string{"Reports", "Watching", "Webhooks", "Documents and models", "Tables and files"}

var templateList = []Template{
	{Name: "log_digest", Category: "Reports", Title: "Log digest", Summary: "Counts the most frequent errors and slow requests in log files, saves them in a table and posts a summary."},
	{Name: "sample_logs", Category: "Reports", Title: "Sample logs", Summary: "Writes a log file for trying out the log digest."},
	{Name: "sales_report", Category: "Reports", Title: "Weekly sales report", Summary: "Adds up a week's orders by region, and mails a table every Friday."},
	{Name: "issue_digest", Category: "Reports", Title: "Weekly issue digest", Summary: "Mails the most discussed open issues of a repository every Monday."},
	{Name: "site_check", Category: "Watching", Title: "Check a site", Summary: "Calls a page every five minutes and sends a mail when something is wrong."},
	{Name: "price_watch", Category: "Watching", Title: "Watch prices", Summary: "Reads prices from pages every morning, and sends a mail when one changed."},
	{Name: "link_check", Category: "Watching", Title: "Find broken links", Summary: "Calls every link of a page, and lists those that do not work."},
	{Name: "stock_check", Category: "Watching", Title: "Check the stock", Summary: "Puts what is in stock beside what is ordered, and mails what has to be bought."},
	{Name: "nightly_campaign", Category: "Watching", Title: "Nightly campaign", Summary: "Has personas test an application every night, opens an issue for each new fault, and tells the team."},
	{Name: "webhook_reply", Category: "Webhooks", Title: "Webhook with an answer", Summary: "Takes a request, changes its data and answers."},
	{Name: "contact_form", Category: "Webhooks", Title: "Contact form", Summary: "Takes what a form sends, keeps it, mails it and answers; machines are left out."},
	{Name: "order_router", Category: "Webhooks", Title: "Route orders", Summary: "Sends each order to the warehouse of its country, and puts aside what no one took."},
	{Name: "document_answers", Category: "Documents and models", Title: "Answer from documents", Summary: "Answers questions from a collection with the source of every sentence, with a language model or without."},
	{Name: "document_chat", Category: "Documents and models", Title: "Chat with documents", Summary: "A chat page that answers from a collection, and understands questions that refer to those before."},
	{Name: "support_triage", Category: "Documents and models", Title: "Support triage", Summary: "Sorts requests, answers what the documents can answer, and mails the rest to a person."},
	{Name: "production_rag", Category: "Documents and models", Title: "Production RAG", Summary: "Embeds, searches, reranks and answers, a node a stage, with a second model and a fallback."},
	{Name: "ticket_assistant", Category: "Documents and models", Title: "Ticket assistant", Summary: "Answers requests with the help of a collection, and opens a ticket once a person has approved it."},
	{Name: "csv_cleanup", Category: "Tables and files", Title: "Clean up a table", Summary: "Tidies a CSV file: names, addresses, duplicates, order."},
	{Name: "data_quality", Category: "Tables and files", Title: "Check a table", Summary: "Parts good rows from bad ones, and says what is wrong with those."},
	{Name: "api_export", Category: "Tables and files", Title: "Export an API to a table", Summary: "Reads all pages of a list and writes a CSV file every night."},
	{Name: "batch_upload", Category: "Tables and files", Title: "Upload in batches", Summary: "Sends a large table to a service, fifty rows at a time and a second apart."},
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
