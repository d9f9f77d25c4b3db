package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"regexp"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/report"
	"github.com/atelier-studio/atelier/locales"
)

var tags = regexp.MustCompile(`<[^>]*>`)

// A build server that reads JUnit, a person who reads the page and a shell that reads the exit code are told the same.
func TestFormsAgree(t *testing.T) {
	t.Parallel()
	critical, info := agents.Critical, agents.Info
	marked := func(r *campaign.Result) {
		for i := range r.Findings[:2] {
			r.Findings[i].Marked = "It is a test page."
		}
	}
	for _, tt := range []struct {
		name   string
		change func(*campaign.Result)
		failOn *agents.Severity
		want   report.Conclusion
		fails  int // cases of JUnit that fail
		says   string
	}{
		{"faults", func(r *campaign.Result) { r.Gates = nil }, nil, report.Failed, 2, "2 faults were found"},
		{"faults below what fails", func(r *campaign.Result) { r.Gates, r.Findings = nil, r.Findings[1:] }, &critical, report.Passed, 0, "of severity critical or worse"},
		{"what is only to know", func(r *campaign.Result) { r.Gates, r.Findings = nil, r.Findings[2:] }, &info, report.Failed, 1, "1 fault was found"},
		{"too little tested", func(r *campaign.Result) {
			r.Findings = nil
			r.Gates = agents.Requirements{agents.Security: 0.9}.Check(r.Counts)
		}, nil, report.Failed, 1, "1 of 1 requirements"},
		{"not finished", func(r *campaign.Result) { r.Gates, r.Findings, r.Stopped = nil, nil, "the campaign was stopped" }, nil, report.NotFinished, 1, "Not finished"},
		{"nothing tested", func(r *campaign.Result) { r.Gates, r.Findings, r.Counts = nil, nil, nil }, nil, report.NotTested, 1, "Could not test"},
		{"marked as false", func(r *campaign.Result) { r.Gates = nil; marked(r) }, nil, report.Passed, 0, "Marked as false: It is a test page."},
	} {
		r := example(t)
		tt.change(r)
		all := report.Report{Result: r, Probes: probes, FailOn: tt.failOn}
		var page, unit, sarif, data bytes.Buffer
		for _, err := range []error{all.HTML(locales.With(t.Context(), locales.English), &page), all.JUnit(&unit), all.SARIF(&sarif), all.JSON(&data)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		var suites struct {
			Failures int `xml:"failures,attr"`
			Skipped  int `xml:"skipped,attr"`
		}
		var log struct {
			Runs []struct {
				Properties struct{ Conclusion report.Conclusion }
				Results    []struct {
					Suppressions []struct{ Kind, Justification string }
				}
			}
		}
		if err := xml.Unmarshal(unit.Bytes(), &suites); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(sarif.Bytes(), &log); err != nil {
			t.Fatal(err)
		}
		file, err := report.Read(&data)
		if err != nil {
			t.Fatal(err)
		}
		if got := all.Conclude(); got != tt.want || file.Conclusion != tt.want || log.Runs[0].Properties.Conclusion != tt.want || suites.Failures != tt.fails {
			t.Errorf("%s: %s, JSON %s, SARIF %s, want %s; %d cases of JUnit fail, want %d", tt.name, got, file.Conclusion, log.Runs[0].Properties.Conclusion, tt.want, suites.Failures, tt.fails)
		}
		if text := strings.Join(strings.Fields(tags.ReplaceAllString(page.String(), "")), " "); !strings.Contains(text, tt.says) {
			t.Errorf("%s: the page does not say %q", tt.name, tt.says)
		}
		for i, result := range log.Runs[0].Results {
			if is := len(result.Suppressions) == 1 && result.Suppressions[0].Kind == "external" && result.Suppressions[0].Justification != ""; is != (r.Findings[i].Marked != "") {
				t.Errorf("%s: %+v", tt.name, result)
			}
		}
		if tt.name == "marked as false" && (suites.Skipped != 3 || !strings.Contains(unit.String(), "It is a test page.")) {
			t.Errorf("%d cases are skipped", suites.Skipped)
		}
	}
}
