package browser

import (
	"context"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
)

// Deprecated is something that a script uses although the browser will take it away.
type Deprecated struct {
	Name string `json:"name"` // as the browser calls it
	URL  string `json:"url"`  // of the script
	Line int64  `json:"line"`
}

// Audit lets the tab's log tell what is deprecated; it is called before a page is opened.
func (t *Tab) Audit(ctx context.Context) error {
	_, err := Call(ctx, t, audits.Enable, cdp.Empty{})
	return err
}

// issue keeps what the browser finds fault with.
func (r *recorder) issue(i *audits.InspectorIssue) {
	if i == nil || i.Details == nil || i.Details.DeprecationIssueDetails == nil || len(r.log.Deprecated) >= maxMessages {
		return
	}
	d := Deprecated{Name: i.Details.DeprecationIssueDetails.Type}
	if at := i.Details.DeprecationIssueDetails.SourceCodeLocation; at != nil {
		d.URL, d.Line = at.URL, at.LineNumber+1
	}
	r.log.Deprecated = append(r.log.Deprecated, d)
}
