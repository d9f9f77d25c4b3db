package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/ops"
	"github.com/atelier-studio/atelier/store"
)

// runFlags are the options of atelier run.
type runFlags struct {
	input, allow, files, credentials, history string
	json                                      bool
	timeout                                   time.Duration
}

func runCommand(ctx context.Context, p *process) int {
	var o runFlags
	flags := p.flags("run")
	flags.StringVar(&o.input, "input", "", "what the trigger gives: JSON (an object, or a list of objects), @FILE, or - for standard input")
	flags.BoolVar(&o.json, "json", false, "print status, items and steps as one JSON object")
	flags.DurationVar(&o.timeout, "timeout", 0, "how long the run may take, such as 30s")
	flags.StringVar(&o.allow, "allow-address", p.getenv("ATELIER_ALLOW_ADDRESSES"), "private addresses that the workflow may reach, separated by commas")
	flags.StringVar(&o.files, "files", ".", "folder that file nodes read and write")
	flags.StringVar(&o.credentials, "credentials", "", "JSON file of credentials by name: {\"name\": {\"type\": …, \"values\": {…}}}")
	flags.StringVar(&o.history, "history", "", "data folder of a studio, which may be running, whose history keeps the run (DATABASE_URL when it is on Postgres)")
	names, err := parse(flags, p.args)
	if err != nil {
		return p.fail(exitUsage, err)
	}
	if len(names) != 1 {
		return p.fail(exitUsage, errors.New("run takes one workflow file"))
	}
	if o.timeout < 0 {
		return p.fail(exitUsage, errors.New("--timeout must not be negative"))
	}
	w, err := readWorkflow(names[0])
	if err != nil {
		return p.fail(exitUsage, err)
	}
	items, err := readItems(o.input, p.stdin)
	if err != nil {
		return p.fail(exitUsage, fmt.Errorf("--input: %w", err))
	}
	credentials, err := readCredentials(o.credentials)
	if err != nil {
		return p.fail(exitUsage, fmt.Errorf("--credentials: %w", err))
	}
	result, err := runFile(ctx, p, &o, w, items, credentials)
	if err != nil {
		if bad, ok := errors.AsType[*engine.InvalidWorkflow](err); ok {
			writeProblems(p.stderr, names[0], w, bad.Problems)
			return exitUsage
		}
		return p.fail(exitFailed, err)
	}
	return p.report(&o, w, result)
}

func readCredentials(name string) (fileCredentials, error) {
	credentials := fileCredentials{}
	if name == "" {
		return credentials, nil
	}
	data, err := readLimited(name, engine.MaxFileBytes)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &credentials); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return credentials, nil
}

// runFile executes a workflow in this process, with its own temporary place for files.
func runFile(ctx context.Context, p *process, o *runFlags, w *engine.Workflow, items []engine.Item, credentials fileCredentials) (_ *engine.Result, err error) {
	dir, err := os.MkdirTemp("", "atelier-run-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	log := ops.NewLog(p.stderr, ops.LogOptions{Terminal: isTerminal(p.stderr), Level: logLevel("warn")})
	files, err := store.Open(ctx, store.Options{Dir: dir, Log: log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	parts, err := newParts(partOptions{
		allow: split(o.allow), filesFolder: o.files, dataDir: o.files, files: files, credentials: credentials, log: log,
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, parts.close()) }()
	drawn := w.Clone() // without the limit of this one run
	if o.timeout > 0 {
		w.Settings.TimeoutMS = max(1, int(o.timeout.Milliseconds()))
	}
	var journal history
	options := engine.Options{Catalogue: parts.catalogue, JavaScript: parts.javascript, Log: log}
	if o.history != "" {
		options.Publish = journal.add
	}
	runner := engine.NewRunner(options)
	h, err := runner.Start(ctx, engine.StartRequest{Workspace: headlessWorkspace, Doc: w, Trigger: "cli", Items: items})
	if err != nil {
		return nil, err
	}
	select {
	case <-h.Done():
	case <-ctx.Done():
		if err := runner.Cancel(context.WithoutCancel(ctx), headlessWorkspace, h.ID); err != nil && !errors.Is(err, fs.ErrNotExist) { // else it has just ended
			return nil, err
		}
		<-h.Done()
	}
	result := h.Result()
	if o.history == "" {
		return &result, nil
	}
	err = store.KeepRun(context.WithoutCancel(ctx), store.Options{Dir: o.history, URL: p.getenv("DATABASE_URL")}, *result.Run, drawn, journal.events, journal.count)
	if err != nil {
		return nil, fmt.Errorf("the run is %s, but could not be added to the history: %w", result.Run.Status, err)
	}
	return &result, nil
}

// history gathers the journal of a run that no store keeps.
type history struct {
	events []byte
	count  int
}

func (h *history) add(_ engine.Run, c engine.Chunk) {
	h.events = append(h.events, c.Events...)
	h.count += c.Count
}

// headlessWorkspace stands for a workspace where there is no studio.
const headlessWorkspace = "cli"

func (p *process) report(o *runFlags, w *engine.Workflow, r *engine.Result) int {
	code := exitOK
	if r.Run.Status != engine.Succeeded {
		code = exitFailed
	}
	took := time.Duration(r.Run.Finished-r.Run.Started) * time.Microsecond
	items := r.Items
	if items == nil {
		items = []engine.Item{}
	}
	if o.json {
		if err := writeJSON(p.stdout, map[string]any{
			"status": r.Run.Status, "error": r.Run.Error, "error_node": r.Run.ErrorNode, "steps": r.Run.Steps,
			"milliseconds": float64(took.Microseconds()) / 1000, "items": items,
		}); err != nil {
			return p.fail(exitFailed, err)
		}
		return code
	}
	if code != exitOK {
		where := ""
		if i := w.NodeByID(r.Run.ErrorNode); i >= 0 {
			where = " at " + w.Nodes[i].Name
		}
		fmt.Fprintf(p.stderr, "%s%s after %v: %s\n", r.Run.Status, where, took.Round(time.Millisecond), r.Run.Error)
		return code
	}
	for _, it := range items {
		if err := writeJSON(p.stdout, it.JSON); err != nil {
			return p.fail(exitFailed, err)
		}
	}
	fmt.Fprintf(p.stderr, "done: %d steps, %d items, %v\n", r.Run.Steps, len(items), took.Round(time.Millisecond))
	return code
}

// maxInput bounds what a run is given, in bytes.
const maxInput = 64 << 20

// readItems reads the input of a run: nothing, an object, or a list of objects.
func readItems(input string, stdin io.Reader) ([]engine.Item, error) {
	var data []byte
	var err error
	switch {
	case input == "":
		return nil, nil
	case input == "-":
		data, err = io.ReadAll(io.LimitReader(stdin, maxInput+1))
	case strings.HasPrefix(input, "@"):
		data, err = readLimited(input[1:], maxInput)
	default:
		data = []byte(input)
	}
	if err != nil {
		return nil, err
	}
	if len(data) > maxInput {
		return nil, fmt.Errorf("there is more than %d MiB of it", maxInput>>20)
	}
	if err := engine.CheckJSON(data, engine.MaxDepth); err != nil {
		return nil, err
	}
	var list []map[string]any
	if json.Unmarshal(data, &list) != nil {
		one := map[string]any{}
		if err := json.Unmarshal(data, &one); err != nil {
			return nil, errors.New("the input must be a JSON object or a list of objects")
		}
		list = []map[string]any{one}
	}
	items := make([]engine.Item, len(list))
	for i, o := range list {
		items[i].JSON = o
	}
	return items, nil
}

func readWorkflow(name string) (*engine.Workflow, error) {
	data, err := readLimited(name, engine.MaxFileBytes)
	if err != nil {
		return nil, err
	}
	w, err := engine.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return w, nil
}

// readLimited reads a file, but no more than one byte over the limit: enough for the reader to refuse it.
func readLimited(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	return data, errors.Join(err, f.Close())
}

func checkCommand(_ context.Context, p *process) int {
	flags := p.flags("check")
	asJSON := flags.Bool("json", false, "print the problems as JSON")
	names, err := parse(flags, p.args)
	if err != nil {
		return p.fail(exitUsage, err)
	}
	if len(names) == 0 {
		return p.fail(exitUsage, errors.New("check takes workflow files"))
	}
	code := exitOK
	all := map[string][]engine.Problem{}
	for _, name := range names {
		w, err := readWorkflow(name)
		if err != nil {
			all[name] = []engine.Problem{{Text: err.Error(), Code: "bad-file"}}
			code = exitFailed
			if !*asJSON {
				fmt.Fprintln(p.stderr, err)
			}
			continue
		}
		problems := lint(w)
		all[name] = append([]engine.Problem{}, problems...)
		for _, pr := range problems {
			if !pr.Warning {
				code = exitFailed
			}
		}
		if !*asJSON {
			problems = slices.DeleteFunc(problems, func(pr engine.Problem) bool { return pr.Ignored })
			writeProblems(p.stderr, name, w, problems)
			if len(problems) == 0 {
				fmt.Fprintf(p.stdout, "%s: nothing to complain about\n", name)
			}
		}
	}
	if *asJSON {
		if err := writeJSON(p.stdout, all); err != nil {
			return p.fail(exitFailed, err)
		}
	}
	return code
}

func writeProblems(out io.Writer, file string, w *engine.Workflow, problems []engine.Problem) {
	for _, pr := range problems {
		level, where := "error", ""
		if pr.Warning {
			level = "warning"
		}
		if i := w.NodeByID(pr.Node); i >= 0 {
			where = w.Nodes[i].Name + ": "
		}
		fmt.Fprintf(out, "%s: %s: %s%s\n", file, level, where, pr.Error())
	}
}

func (p *process) flags(name string) *flag.FlagSet {
	f := flag.NewFlagSet("atelier "+name, flag.ContinueOnError)
	f.SetOutput(p.stderr)
	return f
}

// parse reads flags that stand before, between or behind the other arguments, which it returns.
func parse(flags *flag.FlagSet, args []string) ([]string, error) {
	var names []string
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return names, nil
		}
		names = append(names, flags.Arg(0))
		args = flags.Args()[1:]
	}
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// openAuth opens the accounts of a data folder for the commands that work on them.
func openAuth(ctx context.Context, c *Config, log io.Writer) (*store.Store, *auth.Service, error) {
	s, err := store.Open(ctx, store.Options{Dir: c.Data, URL: c.DatabaseURL, Log: ops.NewLog(log, ops.LogOptions{Level: logLevel("warn")})})
	if err != nil {
		return nil, nil, err
	}
	return s, auth.New(auth.Options{Store: s}), nil
}
