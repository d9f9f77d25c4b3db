package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/live"
	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/ops"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/read"
	"github.com/atelier-studio/atelier/rag/site"
	"github.com/atelier-studio/atelier/store"
)

// ragFlags are the options of atelier rag.
type ragFlags struct {
	collection, workspace, tags string
	json, noModel               bool
	require, questions, note    string        // eval
	answers, keep               bool          // eval
	addresses                   []site.Source // ingest
	pages, depth                int
}

func ragCommand(ctx context.Context, p *process) int {
	c, err := readConfig(nil, p.getenv, p.stderr)
	if err != nil {
		return p.fail(exitUsage, err)
	}
	var o ragFlags
	flags := p.flags("rag")
	flags.StringVar(&c.Data, "data", c.Data, "the data folder of a studio that does not run (DATABASE_URL when it is on Postgres)")
	flags.StringVar(&o.collection, "collection", "", "name or id of the collection; ingest makes it where there is none")
	flags.StringVar(&o.workspace, "workspace", "", "id of the workspace; empty: the first one")
	flags.StringVar(&o.tags, "tags", "", "ingest: tags of the documents; ask: only documents that have all of them; separated by commas")
	flags.BoolVar(&o.json, "json", false, "ask: print the answer with its sources as JSON; eval: print the result as JSON")
	flags.BoolVar(&o.noModel, "no-model", false, "ask and eval: answer with sentences of the documents")
	flags.StringVar(&o.require, "require", "", "eval: what the result must reach, as ndcg=0.40,recall=0.9,mrr=0.5; else the exit code is 1")
	flags.StringVar(&o.questions, "questions", "", "eval: CSV or JSON file of judged questions, in place of those that the collection keeps; - for standard input")
	flags.BoolVar(&o.answers, "answers", false, "eval: answer the questions too, and check the sources of every sentence")
	flags.BoolVar(&o.keep, "keep", false, "eval: keep the run with the collection, for its chart")
	flags.StringVar(&o.note, "note", "", "eval: a note for the run that is kept")
	for _, k := range []struct {
		kind       site.Kind
		name, help string
	}{
		{site.One, "url", "ingest: address of a page to take in, instead of files or beside them; may be given again"},
		{site.Map, "sitemap", "ingest: address of a site map, or of a site that has one; may be given again"},
		{site.Links, "follow", "ingest: address of a page to take in with what links lead to below it; may be given again"},
	} {
		flags.Func(k.name, k.help, func(address string) error {
			o.addresses = append(o.addresses, site.Source{Address: address, Kind: k.kind})
			return nil
		})
	}
	flags.IntVar(&o.pages, "pages", 0, "ingest: pages of an address, at most (500)")
	flags.IntVar(&o.depth, "depth", 0, "ingest: links in a row that are followed, at most (3)")
	names, err := parse(flags, p.args)
	if err != nil {
		return p.fail(exitUsage, err)
	}
	if len(names) > 0 && names[0] == "eval" {
		return ragEval(ctx, p, c, &o, names[1:])
	}
	work := map[string]func(context.Context, *process, *desk, []string) (int, error){"ingest": ragIngest, "ask": ragAsk}
	switch {
	case len(names) == 0 || work[names[0]] == nil || len(names) < 2 && (names[0] != "ingest" || len(o.addresses) == 0):
		return p.fail(exitUsage, errors.New("rag takes ingest with files, folders or --url, ask with a question, or eval with a collection"))
	case o.collection == "":
		return p.fail(exitUsage, errors.New("--collection NAME is missing"))
	}
	d, err := openDesk(ctx, p, c, &o)
	if err != nil {
		return p.fail(exitFailed, err)
	}
	code, err := work[names[0]](ctx, p, d, names[1:])
	if err = errors.Join(err, d.close()); err != nil {
		return p.fail(max(code, exitFailed), err)
	}
	return code
}

// desk is a studio's documents without its server.
type desk struct {
	*ragFlags
	store     *store.Store
	parts     *parts
	documents *documents
	scope     auth.Scope
}

func openDesk(ctx context.Context, p *process, c *Config, o *ragFlags) (_ *desk, err error) {
	log := ops.NewLog(p.stderr, ops.LogOptions{Terminal: isTerminal(p.stderr), Level: logLevel("warn")})
	key, err := auth.MasterKey(c.Data, c.MasterKey)
	if err != nil {
		return nil, err
	}
	sealer, err := auth.NewSealer(key)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return nil, fmt.Errorf("the time zone %q: %w", c.Timezone, err)
	}
	d := &desk{ragFlags: o}
	if d.store, err = store.Open(ctx, store.Options{Dir: c.Data, URL: c.DatabaseURL, Log: log, Sealer: sealer, Zone: zone}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	if d.parts, err = newParts(partOptions{allow: split(c.AllowAddresses), filesFolder: c.Data, dataDir: c.Data, files: d.store, credentials: d.store, accounts: d.store, log: log}); err != nil {
		return nil, err
	}
	if d.documents, err = newDocuments(d.store, d.parts, live.NewMemory(), "rag", log); err != nil {
		return nil, err
	}
	workspace := o.workspace
	if workspace == "" {
		if workspace, err = d.store.FirstWorkspace(ctx); err != nil {
			return nil, err
		}
	}
	if workspace == "" {
		return nil, fmt.Errorf("the data folder %s has no workspace yet: start the studio once and set it up", c.Data)
	}
	d.scope = auth.System(workspace)
	return d, nil
}

func (d *desk) close() error {
	var errs []error
	if d.parts != nil {
		errs = append(errs, d.parts.close())
	}
	return errors.Join(append(errs, d.store.Close())...)
}

// ragIngest takes files and folders in, one line a file. It fails when one of them could not be taken in.
func ragIngest(ctx context.Context, p *process, d *desk, names []string) (int, error) {
	c, err := d.store.Collection(ctx, d.scope, d.collection)
	if errors.Is(err, fs.ErrNotExist) {
		c, err = d.store.PutCollection(ctx, d.scope, library.Collection{Name: d.collection})
	}
	if err != nil {
		return exitFailed, err
	}
	code := exitOK
	for _, name := range names {
		err := filepath.WalkDir(name, func(file string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !e.Type().IsRegular() {
				return err
			}
			inside := filepath.Base(file)
			if rel, err := filepath.Rel(name, file); err == nil && rel != "." {
				inside = filepath.ToSlash(rel)
			}
			if problem := d.take(ctx, p, c, file, inside); problem != nil {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				fmt.Fprintf(p.stderr, "%s: %v\n", file, problem)
				code = exitFailed
			}
			return nil
		})
		if err != nil {
			return exitFailed, err
		}
	}
	return d.visitAll(ctx, p, c, code)
}

// take takes one file in and says what became of it.
func (d *desk) take(ctx context.Context, p *process, c *library.Collection, file, name string) error {
	data, err := readLimited(file, read.MaxFile)
	if err != nil {
		return err
	}
	doc, fresh, err := d.store.AddDocument(ctx, d.scope, c.ID, store.NewDocument{Name: name, Data: data, Tags: split(d.tags)})
	if err != nil {
		return err
	}
	if fresh {
		if err := d.ingestAll(ctx); err != nil {
			return err
		}
	}
	if doc, err = d.store.Document(ctx, d.scope, c.ID, doc.ID); err != nil {
		return err
	}
	switch {
	case doc.Status == library.Failed:
		return errors.New(doc.Error)
	case !fresh:
		fmt.Fprintf(p.stdout, "%s: unchanged\n", file)
	default:
		fmt.Fprintf(p.stdout, "%s: %s, chunks: %d\n", file, doc.Status, doc.Chunks)
	}
	return nil
}

// ragAsk answers a question. It fails when the documents do not tell.
func ragAsk(ctx context.Context, p *process, d *desk, words []string) (int, error) {
	found, err := d.store.Collection(ctx, d.scope, d.collection)
	if err != nil {
		return exitFailed, err
	}
	o, err := d.documents.library.Open(ctx, d.scope.Workspace(), found.ID)
	if err != nil {
		return exitFailed, err
	}
	ctx = llm.Using(ctx, &llm.Use{Kind: llm.UseAsk, ID: found.ID, Name: found.Name})
	var model llm.Model
	if len(o.Collection.Models) > 0 && !d.noModel {
		if model, err = d.documents.models.model(ctx, d.scope.Workspace(), o.Collection.Models); err != nil {
			return exitFailed, err
		}
	}
	a, err := o.Ask(ctx, model, strings.Join(words, " "), rag.Asking{
		Settings: o.Collection.Settings, Filter: o.Select(split(d.tags)), Temperature: rag.DefaultTemperature, MaxTokens: rag.DefaultMaxTokens,
	}, nil)
	if err != nil {
		return exitFailed, err
	}
	code := exitOK
	if a.Mode == rag.Abstained {
		code = exitFailed
	}
	if d.json {
		a.Found = nil
		return code, writeJSON(p.stdout, a)
	}
	if code == exitOK {
		fmt.Fprintln(p.stdout, a.Text)
		return code, sources(p, a.Sources)
	}
	fmt.Fprintln(p.stdout, "The documents do not tell. Nearest:")
	return code, sources(p, a.Nearest)
}

func sources(p *process, hits []rag.Hit) error {
	for i, h := range hits {
		where := strings.Join(append([]string{h.Title}, h.Headings...), " > ")
		if h.Page > 0 {
			where += fmt.Sprintf(", page %d", h.Page)
		}
		if _, err := fmt.Fprintf(p.stdout, "[%d] %s\n", i+1, where); err != nil {
			return err
		}
	}
	return nil
}
