package main

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/live"
	"github.com/atelier-studio/atelier/ops"
	"github.com/atelier-studio/atelier/store"
	"github.com/atelier-studio/atelier/web"
)

// release is set by the linker for published binaries.
var release = ""

// Time for requests and runs to finish when the studio is told to stop. Runs that need longer go on at the next start.
const (
	drainTime  = time.Second
	finishTime = 10 * time.Second
)

func serveCommand(ctx context.Context, p *process) int {
	c, err := readConfig(p.args, p.getenv, p.stdout)
	if err != nil {
		return p.fail(exitUsage, err)
	}
	log := ops.NewLog(p.stderr, ops.LogOptions{Terminal: isTerminal(p.stderr), Level: logLevel(c.LogLevel)})
	if err := serve(ctx, c, p.stdout, log); err != nil {
		return p.fail(exitFailed, err)
	}
	return exitOK
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// studio is a started server with everything behind it.
type studio struct {
	config *Config
	log    *slog.Logger
	store  *store.Store
	parts  *parts
	auth   *auth.Service
	bus    live.Bus
	hub    *live.Hub
	runner *engine.Runner
	docs   *documents
	tests  *tests
	asked  *askedFor // campaigns, as nodes see them
	web    *web.Server

	flashKey []byte
}

// serve runs the studio until the context ends, then lets requests and runs finish.
func serve(ctx context.Context, c *Config, stdout io.Writer, log *slog.Logger) (err error) {
	s := &studio{config: c, log: log}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.open(ctx); err != nil {
		return err
	}
	debug.SetGCPercent(200) // the heap is small: twice the garbage costs little memory and halves the collector's work
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", c.Listen, err)
	}
	if err := s.greet(ctx, stdout, listener.Addr()); err != nil {
		return errors.Join(err, listener.Close())
	}
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	var group sync.WaitGroup
	defer group.Wait()
	defer stopWork()
	s.background(work, &group)

	server := s.web.HTTPServer()
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping: requests and runs may finish", "seconds", finishTime.Seconds())
	return s.stop(server)
}

// open makes the parts, from the store up.
func (s *studio) open(ctx context.Context) error {
	c := s.config
	folder, err := filesFolder(c.FilesFolder, c.Data)
	if err != nil {
		return err
	}
	key, err := auth.MasterKey(c.Data, c.MasterKey)
	if err != nil {
		return err
	}
	sealer, err := auth.NewSealer(key)
	if err != nil {
		return err
	}
	if s.flashKey, err = hkdf.Key(sha256.New, key, nil, "atelier flash", 32); err != nil {
		return err
	}
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return fmt.Errorf("the time zone %q: %w", c.Timezone, err)
	}
	s.store, err = store.Open(ctx, store.Options{Dir: c.Data, URL: c.DatabaseURL, Log: s.log, Sealer: sealer, RunSync: c.RunSync, Zone: zone})
	if err != nil {
		return err
	}
	s.asked = &askedFor{store: s.store}
	s.parts, err = newParts(partOptions{
		allow: split(c.AllowAddresses), filesFolder: folder, first: s.store.FirstWorkspace, dataDir: c.Data, files: s.store, credentials: s.store, collections: &collections{store: s.store}, campaigns: s.asked, accounts: s.store, log: s.log,
	})
	if err != nil {
		return err
	}
	s.auth = auth.New(auth.Options{Store: s.store, Log: s.log})
	if s.bus, err = openBus(ctx, c.RedisURL, s.log); err != nil {
		return err
	}
	s.hub = live.NewHub(s.bus, s.log)
	metrics := ops.NewMetrics(ops.Version(release))
	if err := s.parts.models.watched(metrics); err != nil {
		return err
	}
	s.runner = engine.NewRunner(engine.Options{
		Catalogue: s.parts.catalogue, Journal: s.store.Journal(), Source: s.store, JavaScript: s.parts.javascript, Log: s.log,
		MaxRunning: c.Workers, Timezone: c.Timezone, Publish: publisher(web.Publisher(s.hub.Bus(), s.log), metrics),
		Nudge: func(process string) {
			// What is lost is found by the look that comes every second.
			_ = s.bus.Publish(context.Background(), live.ProcessTopic(process), live.Message{Data: []byte("{}")})
		},
	})
	if _, err := s.bus.Subscribe(live.ProcessTopic(s.runner.Owner), func(live.Message) { s.runner.Look() }); err != nil {
		return err
	}
	if s.docs, err = newDocuments(s.store, s.parts, s.bus, s.runner.Owner, s.log); err != nil {
		return err
	}
	s.docs.evaluator.Alone = c.DatabaseURL == "" // one process owns the folder
	if s.tests, err = newTests(s); err != nil {
		return err
	}
	s.asked.tests = s.tests
	return s.openWeb(metrics)
}

// openBus connects this process with the others, or with nobody.
func openBus(ctx context.Context, redisURL string, log *slog.Logger) (live.Bus, error) {
	if redisURL == "" {
		return live.NewMemory(), nil
	}
	return live.NewRedis(ctx, live.RedisOptions{URL: redisURL, Prefix: "atelier/", Log: log})
}

// publisher passes chunks on and counts the runs that ended.
func publisher(next func(engine.Run, engine.Chunk), metrics *ops.Metrics) func(engine.Run, engine.Chunk) {
	return func(run engine.Run, chunk engine.Chunk) {
		if u := chunk.Update; u != nil && u.Status.Final() {
			metrics.Run(u.Trigger, string(u.Status), time.Duration(u.Finished-u.Started)*time.Microsecond)
		}
		next(run, chunk)
	}
}

// templates are the workflows that a new one can begin as.
func templates() []web.Template {
	var list []web.Template
	for _, t := range nodes.Templates() {
		list = append(list, web.Template{ID: t.Name, Category: t.Category, Title: t.Title, Text: t.Summary, Doc: t.Doc})
	}
	return list
}

func (s *studio) openWeb(metrics *ops.Metrics) error {
	c := s.config
	proxies, err := prefixes(c.TrustedProxies)
	if err != nil {
		return err
	}
	scrapers, err := prefixes(c.MetricsFrom)
	if err != nil {
		return err
	}
	campaigns, err := s.tests.edge()
	if err != nil {
		return err
	}
	python := ""
	if err := s.parts.python.Available(); err != nil {
		python = err.Error()
	}
	s.web, err = web.New(web.Options{
		Store: s.store, Auth: s.auth, Runner: s.runner, Catalogue: s.parts.catalogue, CredentialTypes: nodes.CredentialTypes(),
		JavaScript: s.parts.javascript, Live: s.hub, Library: s.docs.library, Ingester: s.docs.ingester, Crawler: s.docs.crawler, Evaluator: s.docs.evaluator, Recutter: s.docs.recutter, Model: s.docs.models.model, Campaigns: campaigns, Metrics: metrics, Log: s.log, Version: ops.Version(release),
		Templates: templates(), NextTimes: nodes.NextTimes, Timezone: c.Timezone, Python: python, PublicURL: c.PublicURL,
		TrustedProxies: proxies, MetricsFrom: scrapers, FlashKey: s.flashKey, RequestRate: c.RequestRate, Development: c.Environment == "development",
	})
	return err
}

// greet prints the address, and the set-up link while nobody has an account.
func (s *studio) greet(ctx context.Context, stdout io.Writer, at net.Addr) error {
	address := strings.TrimSuffix(s.config.PublicURL, "/")
	if address == "" {
		address = "http://" + readable(at)
	}
	s.asked.address = address
	if s.config.AdminEmail != "" {
		needed, err := s.auth.NeedsSetup(ctx)
		if err != nil {
			return err
		}
		if needed {
			_, err := s.auth.CreateOwner(ctx, auth.Person{Email: s.config.AdminEmail, Password: s.config.AdminPassword})
			if still, again := s.auth.NeedsSetup(ctx); err != nil && (again != nil || still) { // else another replica was first
				return fmt.Errorf("the first owner: %w", err)
			}
		}
	}
	token, err := s.auth.SetupToken(ctx)
	if err != nil {
		return err
	}
	if token == "" {
		fmt.Fprintf(stdout, "Atelier is ready: %s\n", address)
		return nil
	}
	fmt.Fprintf(stdout, "Atelier is ready. Nobody has an account yet; open this link once to make the first:\n\n    %s/setup/%s\n\n", address, token)
	return nil
}

// readable turns "every address" into one that a browser on this machine can open.
func readable(at net.Addr) string {
	host, port, err := net.SplitHostPort(at.String())
	if err != nil {
		return at.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// background starts what goes on beside requests: recovery, schedules, retention.
func (s *studio) background(ctx context.Context, group *sync.WaitGroup) {
	dead := time.Now().Add(-engine.Lease)
	if s.config.DatabaseURL == "" { // one process owns the folder: whoever ran before is dead
		dead = time.Now()
	}
	clockwork := &engine.Clockwork{
		Schedules: s.store, Runner: s.runner, NextTimes: nodes.NextTimes, Item: nodes.ScheduleItem, Log: s.log, Now: time.Now,
	}
	group.Go(func() { s.docs.ingester.Run(ctx) })
	group.Go(func() { s.docs.evaluator.Run(ctx) })
	group.Go(func() { s.docs.crawler.Run(ctx) })
	s.tests.background(ctx, group)
	group.Go(func() {
		if err := s.runner.Recover(ctx, dead.UnixMicro()); err != nil && ctx.Err() == nil {
			s.log.Error("runs could not be recovered", "error", err)
		}
		if err := s.runner.Serve(ctx); err != nil {
			s.log.Error("the runner stopped", "error", err)
		}
	})
	group.Go(func() {
		if err := clockwork.Serve(ctx); err != nil {
			s.log.Error("schedules stopped", "error", err)
		}
	})
	group.Go(func() { s.retain(ctx) })
	group.Go(func() { giveBack(ctx) })
}

// retain removes what is past its time: finished runs, old revisions where that is wanted, deleted workflows.
func (s *studio) retain(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		now := time.Now()
		if _, err := s.store.PruneRuns(ctx, now.UnixMicro(), s.config.KeepRunsDays); err != nil && ctx.Err() == nil {
			s.log.Error("old runs could not be removed", "error", err)
		}
		if _, err := s.store.PruneRevisions(ctx, now.UnixMicro()); err != nil && ctx.Err() == nil {
			s.log.Error("old revisions could not be removed", "error", err)
		}
		if _, err := s.store.PurgeWorkflows(ctx, now.AddDate(0, 0, -30).UnixMicro()); err != nil && ctx.Err() == nil {
			s.log.Error("deleted workflows could not be removed", "error", err)
		}
		if _, err := s.store.PrunePictures(ctx, now.UnixMicro(), s.config.KeepPictures); err != nil && ctx.Err() == nil {
			s.log.Error("old pictures of campaigns could not be removed", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// stop ends the studio so that nobody notices: it says that it is not ready, lets a load balancer see that, then lets
// requests and runs finish.
func (s *studio) stop(server *http.Server) error {
	s.web.Drain()
	time.Sleep(drainTime) //nolint:forbidigo // nothing tells when load balancers have looked
	ctx, cancel := context.WithTimeout(context.Background(), finishTime)
	defer cancel()
	s.hub.Close()
	s.runner.Close(ctx)
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

func (s *studio) close() error {
	var errs []error
	if s.bus != nil {
		errs = append(errs, s.bus.Close())
	}
	if s.parts != nil {
		errs = append(errs, s.parts.close())
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	return errors.Join(errs...)
}
