package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/interop"
)

// maxForeignBytes bounds a file to import.
const maxForeignBytes = engine.MaxFileBytes

func importCommand(_ context.Context, p *process) int {
	flags := p.flags("import")
	from := flags.String("from", "auto", "format of the files: auto or n8n")
	out := flags.String("out", "", "folder for the workflow files; without it nothing is written but the report")
	report := flags.String("report", "", "file for the report, as JSON; - for standard output")
	names, err := parse(flags, p.args)
	if err != nil {
		return p.fail(exitUsage, err)
	}
	if len(names) == 0 {
		return p.fail(exitUsage, errors.New("import takes files"))
	}
	if *out != "" {
		if err := os.MkdirAll(*out, 0o755); err != nil { //nolint:gosec // workflow files are for everyone, as cp would make them
			return p.fail(exitFailed, err)
		}
	}
	code := exitOK
	var reports []*interop.Report
	targets, err := importTargets(names, *out)
	if err != nil {
		return p.fail(exitUsage, err)
	}
	for i, name := range names {
		r, err := importFile(name, *from, targets[i])
		if err != nil {
			fmt.Fprintf(p.stderr, "%s: %v\n", name, err)
			r = &interop.Report{Error: err.Error()}
			code = exitUsage
		}
		r.File = filepath.Base(name)
		reports = append(reports, r)
		if err == nil {
			c := r.Counts
			fmt.Fprintf(p.stderr, "%s: %d nodes (%d native, %d partly, %d kept as placeholders), %d edges, %d notes\n", name, c.Nodes, c.Native, c.Partly, c.Placeholders, c.Edges, c.Notes)
		}
	}
	s := interop.Summarize(reports)
	fmt.Fprintf(p.stderr, "%d of %d files imported; %d give the same file back; %d nodes, %.1f %% native; %d workflows run completely\n",
		s.Imported, s.Files, s.RoundTrip, s.Counts.Nodes, 100*s.NativeShare, s.Runnable)
	if err := writeReport(p, *report, s); err != nil {
		return p.fail(exitFailed, err)
	}
	return code
}

// importTargets names the file that each imported one becomes in the folder out; "" when nothing is to be written. None
// takes the place of a file that is read, or of another target.
func importTargets(names []string, out string) ([]string, error) {
	targets := make([]string, len(names))
	if out == "" {
		return targets, nil
	}
	taken := map[string]string{}
	for i, name := range names {
		targets[i] = filepath.Join(out, strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))+".json")
		if other, twice := taken[targets[i]]; twice {
			return nil, fmt.Errorf("%s and %s would both become %s: import them into different folders", other, name, targets[i])
		}
		taken[targets[i]] = name
		old, err := os.Stat(targets[i])
		if err != nil {
			continue // there is none
		}
		for _, source := range names {
			if info, err := os.Stat(source); err == nil && os.SameFile(info, old) {
				return nil, fmt.Errorf("%s would be overwritten: choose another folder with --out", source)
			}
		}
	}
	return targets, nil
}

// importFile imports one file and writes the workflow to the file target, unless that is "".
func importFile(name, from, target string) (*interop.Report, error) {
	data, err := readLimited(name, maxForeignBytes)
	if err != nil {
		return nil, err
	}
	base := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	w, report, err := interop.Import(data, interop.Options{Format: from, Name: strings.ReplaceAll(base, "_", " ")})
	if err != nil {
		return nil, err
	}
	if target == "" {
		return report, nil
	}
	encoded, err := w.Encode()
	if err != nil {
		return nil, err
	}
	return report, os.WriteFile(target, encoded, 0o644) //nolint:gosec // as above
}

func writeReport(p *process, name string, s *interop.Summary) error {
	if name == "" {
		return nil
	}
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return p.write(name, append(data, '\n'))
}

// write puts data into a file, or on standard output for "" and "-".
func (p *process) write(name string, data []byte) error {
	if name == "" || name == "-" {
		_, err := p.stdout.Write(data)
		return err
	}
	return os.WriteFile(name, data, 0o644) //nolint:gosec // what a person exports is theirs to share
}

func exportCommand(_ context.Context, p *process) int {
	flags := p.flags("export")
	to := flags.String("to", "", "format: n8n or atelier")
	out := flags.String("out", "", "file to write; standard output without it")
	names, err := parse(flags, p.args)
	if err != nil {
		return p.fail(exitUsage, err)
	}
	if len(names) != 1 || *to == "" {
		return p.fail(exitUsage, errors.New("export takes one workflow file and --to n8n or --to atelier"))
	}
	data, lost, err := exportFile(names[0], *to, time.Now().UnixMicro())
	if err != nil {
		return p.fail(exitUsage, err)
	}
	for _, text := range lost {
		fmt.Fprintf(p.stderr, "%s: %s\n", names[0], text)
	}
	if err := p.write(*out, data); err != nil {
		return p.fail(exitFailed, err)
	}
	return exitOK
}

// exportFile turns a workflow file into another format and tells what that cannot hold.
func exportFile(name, to string, now int64) (data []byte, lost []string, err error) {
	source, err := readLimited(name, engine.MaxFileBytes)
	if err != nil {
		return nil, nil, err
	}
	w, err := engine.Parse(source)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	threads, err := engine.ParseComments(source, now)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	if to == "atelier" {
		if len(threads) == 0 {
			data, err = w.Encode()
		} else {
			data, err = w.EncodeWith(threads)
		}
		return data, nil, err
	}
	data, lost, err = interop.Export(w, to)
	switch n := len(threads); {
	case n == 1:
		lost = append(lost, "1 thread of comments is left out")
	case n > 1:
		lost = append(lost, fmt.Sprintf("%d threads of comments are left out", n))
	}
	return data, lost, err
}
