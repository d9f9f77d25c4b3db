package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/ops"
	"github.com/atelier-studio/atelier/store"
)

// testFlags are the options of atelier test.
type testFlags struct {
	only, allow, files, credentials, junit string
	json                                   bool
}

// testedFile is a workflow file and how its tests ended.
type testedFile struct {
	File    string              `json:"file"`
	Name    string              `json:"name,omitempty"`
	Error   string              `json:"error,omitempty"` // why the file could not be read
	Cases   []engine.CaseResult `json:"cases"`
	started time.Time
	doc     *engine.Workflow
}

func testCommand(ctx context.Context, p *process) int {
	var o testFlags
	flags := p.flags("test")
	flags.StringVar(&o.only, "only", "", "run only the tests whose name contains this")
	flags.BoolVar(&o.json, "json", false, "print the results as JSON")
	flags.StringVar(&o.junit, "junit", "", "write the results as JUnit XML to this file; - for standard output")
	flags.StringVar(&o.allow, "allow-address", p.getenv("ATELIER_ALLOW_ADDRESSES"), "private addresses that tests may reach where they allow a node to, separated by commas")
	flags.StringVar(&o.files, "files", "", "folder that file nodes may read and write where a test allows it; without it every file's tests have an empty folder of their own")
	flags.StringVar(&o.credentials, "credentials", "", "JSON file of credentials by name, as for run")
	names, err := parse(flags, p.args)
	if err != nil {
		return p.fail(exitUsage, err)
	}
	if len(names) == 0 {
		return p.fail(exitUsage, errors.New("test takes workflow files"))
	}
	if o.json && o.junit == "-" {
		return p.fail(exitUsage, errors.New("--json and --junit - would both write to standard output"))
	}
	credentials, err := readCredentials(o.credentials)
	if err != nil {
		return p.fail(exitUsage, fmt.Errorf("--credentials: %w", err))
	}
	var all []testedFile
	for _, name := range names {
		f, err := testFile(ctx, p, &o, name, credentials)
		if err != nil {
			return p.fail(exitFailed, err)
		}
		all = append(all, f)
		if !o.json && o.junit != "-" {
			f.print(p)
		}
	}
	return p.reportTests(&o, all)
}

// testFile runs the tests of a file, with a temporary place for files.
func testFile(ctx context.Context, p *process, o *testFlags, name string, credentials fileCredentials) (_ testedFile, err error) {
	f := testedFile{File: name, Cases: []engine.CaseResult{}, started: time.Now()}
	if f.doc, err = readWorkflow(name); err != nil {
		f.Error = err.Error()
		return f, nil
	}
	f.Name = f.doc.Name
	if len(f.doc.Tests) == 0 {
		return f, nil
	}
	dir, err := os.MkdirTemp("", "atelier-test-")
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	log := ops.NewLog(p.stderr, ops.LogOptions{Terminal: isTerminal(p.stderr), Level: logLevel("error")})
	files, err := store.Open(ctx, store.Options{Dir: dir, Log: log})
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	folder := o.files
	if folder == "" {
		if folder, err = os.MkdirTemp(dir, "files-"); err != nil {
			return f, err
		}
	}
	parts, err := newParts(partOptions{
		allow: split(o.allow), filesFolder: folder, dataDir: folder, files: files, credentials: credentials, log: log,
	})
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, parts.close()) }()
	options := engine.Options{Catalogue: parts.catalogue, JavaScript: parts.javascript, Log: log}
	for i := range f.doc.Tests {
		c := &f.doc.Tests[i]
		if ctx.Err() != nil {
			return f, context.Cause(ctx)
		}
		if strings.Contains(strings.ToLower(c.Name), strings.ToLower(o.only)) {
			f.Cases = append(f.Cases, engine.RunCase(ctx, options, engine.CaseRequest{Workspace: headlessWorkspace, Doc: f.doc, Case: c}))
		}
	}
	return f, nil
}

// print tells how a file's tests ended, what failed with the reason.
func (f *testedFile) print(p *process) {
	switch {
	case f.Error != "":
		fmt.Fprintln(p.stderr, f.Error)
		return
	case len(f.Cases) == 0:
		fmt.Fprintf(p.stdout, "%s: no tests\n", f.File)
	}
	for _, r := range f.Cases {
		word := map[engine.CaseStatus]string{engine.CasePassed: "ok", engine.CaseFailed: "FAILED", engine.CaseError: "ERROR"}[r.Status]
		fmt.Fprintf(p.stdout, "%s: %s: %s (%v)\n", f.File, r.Name, word, time.Duration(r.Took*1000).Round(time.Millisecond))
		for _, line := range f.reasons(&r) {
			fmt.Fprintf(p.stdout, "    %s\n", line)
		}
	}
}

// reasons says in words why a test did not pass.
func (f *testedFile) reasons(r *engine.CaseResult) []string {
	var lines []string
	if r.Error != "" {
		where := ""
		if i := f.doc.NodeByID(r.ErrorNode); i >= 0 {
			where = f.doc.Nodes[i].Name + ": "
		}
		lines = append(lines, where+r.Error)
	}
	for i := range r.Asserts {
		if a := &r.Asserts[i]; !a.Passed {
			lines = append(lines, f.looksAt(&a.Assert)+": "+a.Text)
		}
	}
	return lines
}

// looksAt names what an assertion is about.
func (f *testedFile) looksAt(a *engine.Assert) string {
	text := "the result"
	if i := f.doc.NodeByID(a.Node); i >= 0 {
		text = f.doc.Nodes[i].Name
	}
	if a.Output != "" {
		text += ", " + a.Output
	}
	if a.Path != "" {
		text += ", item " + fmt.Sprint(a.Item+1) + ", " + a.Path
	}
	if a.Expression != "" {
		text += ", " + a.Expression
	}
	if a.Is == "ran" || a.Is == "skipped" || a.Is == "fails" || a.Is == "exists" || a.Is == "missing" || a.Is == "true" {
		return text + " " + strings.ReplaceAll(a.Is, "_", " ")
	}
	value, err := json.Marshal(a.Value)
	if err != nil || len(value) > 100 {
		return text + " " + strings.ReplaceAll(a.Is, "_", " ")
	}
	return text + " " + strings.ReplaceAll(a.Is, "_", " ") + " " + string(value)
}

func (p *process) reportTests(o *testFlags, all []testedFile) int {
	code, ran, bad := exitOK, 0, 0
	for _, f := range all {
		if f.Error != "" {
			code = exitUsage
		}
		ran += len(f.Cases)
		for _, r := range f.Cases {
			if r.Status != engine.CasePassed {
				bad++
			}
		}
	}
	if o.junit != "" {
		data, err := junit(all)
		if err == nil {
			err = p.write(o.junit, data)
		}
		if err != nil {
			return p.fail(exitFailed, err)
		}
	}
	switch {
	case o.json:
		if err := writeJSON(p.stdout, map[string]any{"files": all, "tests": ran, "failed": bad}); err != nil {
			return p.fail(exitFailed, err)
		}
	case o.junit != "-" && ran > 0:
		fmt.Fprintf(p.stderr, "%d tests, %d failed\n", ran, bad)
	}
	switch {
	case code != exitOK:
		return code
	case ran == 0:
		return p.fail(exitUsage, errors.New("there was nothing to test: no file holds a test of that name"))
	case bad > 0:
		return exitFailed
	}
	return exitOK
}
