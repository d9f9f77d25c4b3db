package nodes

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "qa.report", Title: "Write a report", Group: "Testing", Icon: "file-text", PerItem: true, Class: engine.IO, World: true, Permission: "campaign.edit",
		// A step that a crash broke off may leave a link that nobody has seen. It leads nowhere else, and ends by itself.
		Effect:  engine.Idempotent,
		Summary: "Writes what a campaign found as a file, and makes a read-only link to it.",
		Doc: `The file goes on with the item: a page to read and pass on (HTML), all data (JSON), JUnit's XML for build servers, or SARIF for code hosts. Secrets are masked in all of them.

With **days** it also makes a link to the report for people without an account, which holds for as long; everybody who has it can read the report, until it is revoked under **Testing**. The studio's own address has to be known for that: set ATELIER_PUBLIC_URL when it is reached by another name.

The item also gets ` + "`text`" + `, a few lines for a chat, ` + "`link`" + ` to the campaign in the studio, and ` + "`shared`" + `, the link to pass on.`,
		Keywords: []string{"qa", "test", "campaign", "html", "junit", "sarif", "json", "share", "link", "chat", "findings"},
		Examples: []engine.Example{
			{Name: "A page and a link for a week", Needs: "campaigns", Params: params("form", "html", "days", 7), Input: in(obj("campaign", "nightly-2"))},
			{Name: "No campaign", Needs: "campaigns", Params: params("form", "sarif"), Input: in(obj()), Error: "by its id"},
		},
	}, qaReport{Field: "campaign", Form: "html", Into: "report"}, runQAReport)
}

type qaReport struct {
	Field string  `json:"field" form:"Field with the campaign" widget:"field" required:"true"`
	Form  string  `json:"form" form:"Write as" options:"html=Page to read and pass on (HTML),json=All data (JSON),junit=For build servers (JUnit),sarif=For code hosts (SARIF)"`
	Into  string  `json:"into" form:"Name of the file" required:"true"`
	Days  float64 `json:"days" form:"Read-only link (days)" min:"0" max:"366" help:"0: none."`
}

// reportFiles are the forms of a report: media type and name of the file.
var reportFiles = map[string][2]string{
	"html":  {"text/html; charset=utf-8", "report.html"},
	"json":  {"application/json", "report.json"},
	"junit": {"application/xml", "junit.xml"},
	"sarif": {"application/sarif+json", "findings.sarif"},
}

func runQAReport(ctx context.Context, d *Deps, p qaReport, c *engine.Call) (engine.Outputs, error) {
	as, ok := reportFiles[p.Form]
	if !ok {
		return nil, bad("form", "%q is no form of a report: html, json, junit or sarif", p.Form)
	}
	id, _ := field(c.Item().JSON, p.Field)
	o, err := d.campaign(ctx, c, "field", text(id))
	if err != nil {
		return nil, err
	}
	if err := ended(o); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := d.Campaigns.Write(ctx, c.Run.Workspace, o.ID, p.Form, &b); err != nil {
		return nil, err
	}
	f, err := d.storeFile(ctx, c, &b, as[1], as[0], maxFile)
	if err != nil {
		return nil, err
	}
	it := c.Item()
	m := own(it.JSON)
	link, err := d.Campaigns.Link(ctx, c.Run.Workspace, o.ID, 0)
	if err != nil {
		return nil, err
	}
	m["campaign"], m["link"], m["text"] = o.ID, link, campaignText(o, link)
	if p.Days > 0 {
		if m["shared"], err = d.Campaigns.Link(ctx, c.Run.Workspace, o.ID, time.Duration(p.Days*24*float64(time.Hour))); err != nil {
			return nil, err
		}
	}
	changed := changedItem(it, m)
	changed.Files = withFile(it.Files, strings.TrimSpace(p.Into), f)
	return engine.One([]engine.Item{changed}), nil
}
