package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/report"
)

// baselineFile is what the next campaign on the target is compared with.
const baselineFile = "baseline.json"

// mayWrite makes a folder, and tells whether files can be written into it: one that is there already may be closed to us.
func mayWrite(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // a report is there to be read
		return err
	}
	f, err := os.CreateTemp(folder, ".new-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// writeQAFiles writes a report into a folder in all its forms.
func writeQAFiles(ctx context.Context, folder string, r report.Report) error {
	page := func(w io.Writer) error { return r.HTML(ctx, w) }
	before := func(w io.Writer) error {
		data, err := report.BaselineOf(r.Result).Encode()
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	}
	var err error
	for name, write := range map[string]func(io.Writer) error{
		"report.html": page, "report.json": r.JSON, "junit.xml": r.JUnit, "findings.sarif": r.SARIF, baselineFile: before,
	} {
		err = errors.Join(err, writeWhole(filepath.Join(folder, name), write)) // one that fails keeps none of the others from being there
	}
	return err
}

// writeWhole writes a file that is there whole or not at all.
func writeWhole(name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(write(f), f.Chmod(0o644), f.Close()); err != nil { //nolint:gosec // a report is there to be read
		return err
	}
	return os.Rename(f.Name(), name)
}

// writeQA writes what people want to know first: what it came to, how much was tested, and what was found.
func writeQA(w io.Writer, told report.Report, out string) error {
	var b strings.Builder
	r := told.Result
	fmt.Fprintf(&b, "%s: %s (%s)\n", r.Settings.Target, told.Conclude(), r.Authorised)
	if r.Stopped != "" {
		fmt.Fprintf(&b, "It ended early: %s.\n", r.Stopped)
	}
	if r.Browser != "" {
		fmt.Fprintf(&b, "Without a browser: %s\n", r.Browser)
	}
	if u := r.Model; u != nil {
		fmt.Fprintf(&b, "The language model %s was asked %d times (%d tokens). Walks: %d, steps: %d, claims: %d, tried and held: %d.\n", visible(u.Model), u.Questions, u.Input+u.Output, u.Walks, u.Steps, u.Claims, u.Kept)
		for _, why := range slices.Sorted(maps.Keys(u.Dropped)) {
			fmt.Fprintf(&b, "  dropped %d: %s\n", u.Dropped[why], visible(why))
		}
		if u.Failed != "" {
			fmt.Fprintf(&b, "  it failed at last: %s\n", visible(u.Failed))
		}
	}
	for _, a := range r.Accounts {
		if !a.In {
			fmt.Fprintf(&b, "%s (%s) could not sign in: %s\n", visible(a.User), visible(a.Role), visible(a.Why))
		}
	}
	b.WriteString("\n")
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "AREA\tTESTED\tOF\tSHARE\tREQUIRED\tNOT TESTED, MOSTLY BECAUSE")
	gates := map[agents.Area]agents.Gate{}
	for _, g := range r.Gates {
		gates[g.Area] = g
	}
	for _, area := range agents.Areas {
		count := r.Counts[area]
		g, required := gates[area]
		if count == nil && !required {
			continue
		}
		if count == nil {
			count = &agents.Count{}
		}
		want := "-"
		if required {
			want = fmt.Sprintf("%.3f %s", g.Required, map[bool]string{true: "ok", false: "missed"}[g.Met])
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%.3f\t%s\t%s\n", area, count.Executed, count.Applicable, count.Share(), want, visible(mostly(count)))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	b.WriteString("\n")
	if len(r.Findings) == 0 {
		b.WriteString("Nothing was found.\n")
	} else {
		fmt.Fprintf(&b, "Found: %s\n", severityCounts(r.Findings))
		several := map[string]int{}
		for i := range r.Findings {
			several[r.Findings[i].Probe]++
		}
		for i := range r.Findings {
			f := &r.Findings[i]
			where := f.Where.URL
			if f.Where.Parameter != "" {
				where += " (" + f.Where.Parameter + ")"
			}
			if more := len(f.Places) - 1; more > 0 {
				where += fmt.Sprintf(" and %d more", more)
			}
			fmt.Fprintf(&b, "  %-8s  %s  [%s]\n            %s\n", f.Severity, visible(f.Title), f.Probe, visible(where))
			if several[f.Probe] > 1 { // the title and the place do not tell them apart
				fmt.Fprintf(&b, "            %s\n", shortened(visible(strings.ReplaceAll(f.Text, "\n", " ")), 200))
			}
			if f.Explained != nil {
				fmt.Fprintf(&b, "            %s says: %s\n", visible(f.Explained.By), visible(strings.ReplaceAll(f.Explained.Text, "\n", " ")))
			}
		}
	}
	fmt.Fprintf(&b, "\n%d requests, %d cases, %s\n", r.Requests, len(r.Cases), r.Ended.Sub(r.Begun).Round(100_000_000))
	if out != "" {
		fmt.Fprintf(&b, "The report is in %s\n", filepath.Join(out, "report.html"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// severityCounts tells how many findings there are by severity, the worst first.
func severityCounts(findings []campaign.Agreed) string {
	counts := map[agents.Severity]int{}
	for i := range findings {
		counts[findings[i].Severity]++
	}
	var parts []string
	for s := agents.Critical; s >= agents.Info; s-- {
		if counts[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[s], s))
		}
	}
	return strings.Join(parts, ", ")
}

// mostly is the most frequent reason for which something was not tested, on one line.
func mostly(c *agents.Count) string {
	if len(c.Reasons) == 0 {
		return ""
	}
	reason := slices.MinFunc(slices.Collect(maps.Keys(c.Reasons)), func(a, b string) int {
		return cmp.Or(cmp.Compare(c.Reasons[b], c.Reasons[a]), strings.Compare(a, b))
	})
	text, _, _ := strings.Cut(reason, "\n")
	return fmt.Sprintf("%s (%d)", shortened(text, 80), c.Reasons[reason])
}

// visible leaves out what a terminal would take for an order: a target chooses its own addresses and titles.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x202d || r == 0x2066 || r == 0x2067 || r == 0x2068 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
}

func shortened(s string, most int) string {
	letters := []rune(s)
	if len(letters) <= most {
		return s
	}
	return string(letters[:most-1]) + "…"
}
