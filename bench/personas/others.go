package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// others runs nikto and wapiti on the same shop, where they are there, for as long as a campaign took.
func others(ctx context.Context, limit time.Duration) error {
	limit = limit.Round(time.Second)
	fmt.Printf("\n## Others on the same shop, in the same time\n\nThey were given %s, as the last campaign took.\n\n", limit)
	for _, tool := range []struct {
		name string
		run  func(ctx context.Context, path, address, folder string, limit time.Duration) (found int, kinds []string, err error)
	}{{"wapiti", wapiti}, {"nikto", nikto}} {
		path, err := exec.LookPath(tool.name)
		if err != nil {
			fmt.Printf("%s is not on the path of this machine.\n", tool.name)
			continue
		}
		address, stop, err := serve(ctx)
		if err != nil {
			return err
		}
		folder, err := os.MkdirTemp("", "bench-personas-")
		if err != nil {
			return err
		}
		timed, cancel := context.WithTimeout(ctx, limit+time.Minute)
		begun := time.Now()
		found, kinds, err := tool.run(timed, path, address, folder, limit)
		cancel()
		stop()
		_ = os.RemoveAll(folder) //nolint:errcheck // the system clears its own folder
		if err != nil {
			fmt.Printf("%s did not come to an end: %v.\n", tool.name, err)
			continue
		}
		fmt.Printf("%s found %d in %s: %s.\n", tool.name, found, time.Since(begun).Round(time.Second), orNone(kinds))
	}
	return nil
}

func wapiti(ctx context.Context, path, address, folder string, limit time.Duration) (found int, kinds []string, err error) {
	report := filepath.Join(folder, "report.json")
	cmd := exec.CommandContext(ctx, path, "-u", address+"/", "-f", "json", "-o", report, "--scope", "folder", "--flush-session", "--max-scan-time", fmt.Sprint(int(limit.Seconds())), "--no-bugreport")
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, nil, fmt.Errorf("%w: %s", err, last(out))
	}
	data, err := os.ReadFile(report)
	if err != nil {
		return 0, nil, err
	}
	var r struct {
		Vulnerabilities map[string][]any `json:"vulnerabilities"`
		Anomalies       map[string][]any `json:"anomalies"`
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return 0, nil, err
	}
	for _, list := range []map[string][]any{r.Vulnerabilities, r.Anomalies} {
		for kind, each := range list {
			if len(each) > 0 {
				found += len(each)
				kinds = append(kinds, fmt.Sprintf("%s (%d)", kind, len(each)))
			}
		}
	}
	slices.Sort(kinds)
	return found, kinds, nil
}

func nikto(ctx context.Context, path, address, folder string, limit time.Duration) (found int, kinds []string, err error) {
	report := filepath.Join(folder, "report.xml")
	cmd := exec.CommandContext(ctx, path, "-h", address, "-nointeractive", "-ask", "no", "-maxtime", fmt.Sprintf("%ds", int(limit.Seconds())), "-Format", "xml", "-output", report)
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, nil, fmt.Errorf("%w: %s", err, last(out))
	}
	data, err := os.ReadFile(report)
	if err != nil {
		return 0, nil, err
	}
	var r struct {
		Items []struct {
			ID   string `xml:"id,attr"`
			Text string `xml:"description"`
		} `xml:"scandetails>item"`
	}
	if err := xml.Unmarshal(data, &r); err != nil {
		return 0, nil, err
	}
	counts, texts := map[string]int{}, map[string]string{}
	for _, item := range r.Items { // one check at many places is one kind
		counts[item.ID]++
		texts[item.ID] = cmp.Or(texts[item.ID], strings.TrimSpace(item.Text))
	}
	for id, n := range counts {
		kinds = append(kinds, fmt.Sprintf("%s (%d)", texts[id], n))
	}
	slices.Sort(kinds)
	return len(r.Items), kinds, nil
}

func last(out []byte) string {
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	return string(lines[len(lines)-1])
}
