package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/engine/sandbox"
	"github.com/atelier-studio/atelier/rag/read/cage"
	"github.com/atelier-studio/atelier/store"
)

// parts are what nodes need of the world, for the server and the commands alike.
type parts struct {
	javascript *sandbox.JavaScript
	python     *sandbox.Python
	readers    *cage.Pool // of documents
	sql        *store.SQL
	folders    *folders
	catalogue  *nodes.Set
	http       *http.Client // guarded by the rules of what may be reached
	models     *models

	collections nodes.Collections
}

type partOptions struct {
	allow       []string                              // addresses beyond the public internet
	filesFolder string                                // of file nodes
	first       func(context.Context) (string, error) // the workspace whose files are in filesFolder itself; nil: there is only one
	dataDir     string                                // of SQLite files of workflows
	files       nodes.Files
	credentials nodes.Credentials
	collections nodes.Collections // nil: there are none
	campaigns   nodes.Campaigns   // nil: there are none
	accounts    accounts          // of language models; nil: none are kept
	log         *slog.Logger
}

func newParts(o partOptions) (_ *parts, err error) {
	egress, err := auth.NewEgress(o.allow)
	if err != nil {
		return nil, err
	}
	p := &parts{javascript: sandbox.NewJavaScript(sandbox.Limits{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find our own program: %w", err)
	}
	p.python = sandbox.NewPython(sandbox.PythonOptions{Command: []string{self, "sandbox"}})
	p.readers = cage.New(cage.Options{Command: []string{self, "read-file"}})
	dialer := egress.Dialer()
	if p.sql, err = store.NewSQL(store.SQLOptions{Dir: o.dataDir, Dial: dialer.DialContext}); err != nil {
		return nil, err
	}
	if p.folders, err = openFolders(o.filesFolder, o.first); err != nil {
		return nil, err
	}
	p.http = &http.Client{Transport: &http.Transport{
		DialContext: dialer.DialContext, ForceAttemptHTTP2: true, MaxIdleConns: 256, MaxIdleConnsPerHost: 16, IdleConnTimeout: 90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 5 * time.Minute,
	}}
	p.models, p.collections = newModels(o.credentials, p.http, o.accounts, logger(o.log)), o.collections
	p.catalogue = nodes.Catalogue(&nodes.Deps{
		HTTP:  p.http,
		Files: o.files, Roots: p.folders.of, Credentials: o.credentials, JavaScript: p.javascript, Python: p.python, SQL: p.sql,
		Mail: nodes.SMTP{Dial: dialer.DialContext}, Models: p.models, Collections: o.collections, Campaigns: o.campaigns, Now: time.Now, Log: o.log,
	})
	return p, nil
}

func (p *parts) close() error {
	p.javascript.Close()
	if p.python != nil {
		p.python.Close()
	}
	if p.readers != nil {
		p.readers.Close()
	}
	var errs []error
	if p.sql != nil {
		errs = append(errs, p.sql.Close())
	}
	if p.folders != nil {
		errs = append(errs, p.folders.close())
	}
	return errors.Join(errs...)
}

// fileCredentials are those of a run outside a studio, by name.
type fileCredentials map[string]credentialInFile

type credentialInFile struct {
	Type   string            `json:"type"`
	Values map[string]string `json:"values"`
}

func (f fileCredentials) Secret(_ context.Context, _, name string) (string, map[string]string, error) {
	c, ok := f[name]
	if !ok {
		return "", nil, fmt.Errorf("there is no credential %q: give a file that has it with --credentials FILE, as {\"%s\": {\"type\": \"http.bearer\", \"values\": {…}}}: %w",
			name, name, os.ErrNotExist)
	}
	return c.Type, c.Values, nil
}

// lint is engine.Lint of a file: of credentials, variables and other workflows nothing is known.
func lint(w *engine.Workflow) []engine.Problem {
	return engine.Lint(w, nodes.Catalogue(&nodes.Deps{}), engine.Surroundings{})
}

func logLevel(name string) slog.Level {
	var l slog.Level
	if err := l.UnmarshalText([]byte(cmp.Or(name, "info"))); err != nil {
		return slog.LevelInfo
	}
	return l
}
