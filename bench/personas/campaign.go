package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes"
	"github.com/atelier-studio/atelier/agents/targets"
	"github.com/atelier-studio/atelier/agents/targets/shop"
)

// outcome is what a campaign in a process of its own came to.
type outcome struct {
	Took     time.Duration     `json:"took"`
	Requests int64             `json:"requests"`
	Cases    int               `json:"cases"`
	Findings map[string]string `json:"findings"` // print -> probe and place
	Agreed   []campaign.Agreed `json:"agreed"`

	own, browser int // MiB at most
}

// measure makes a campaign in a process of its own, on a fresh shop, and watches its memory.
func measure(ctx context.Context, n int) (*outcome, error) {
	address, stop, err := serve(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-campaign", address, "-active", fmt.Sprint(n), "-personas", *only, fmt.Sprintf("-intrusive=%v", *intrusive), fmt.Sprintf("-browser=%v", *browsing), "-chrome", *chrome, "-time", longest.String(), "-pace", fmt.Sprint(*pace)) //nolint:gosec // this very program
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	watched := make(chan struct{})
	done := make(chan struct{})
	o := &outcome{}
	go func() { defer close(watched); o.own, o.browser = watch(cmd.Process.Pid, done) }()
	err = cmd.Wait()
	close(done)
	<-watched
	if err != nil {
		return nil, fmt.Errorf("the campaign with %d personas: %w", n, err)
	}
	return o, json.Unmarshal(out.Bytes(), o)
}

// write keeps what a campaign came to in a folder; "" keeps nothing.
func (o *outcome) write(folder string, n int) error {
	if folder == "" {
		return nil
	}
	data, err := json.MarshalIndent(o, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, fmt.Sprintf("%d.json", n)), data, 0o600)
}

// child makes one campaign and writes what came of it.
func child(ctx context.Context, address string) error {
	all := probes.All()
	personas, err := chosen(all)
	if err != nil {
		return err
	}
	settings := campaign.Settings{Target: address, Personas: personas, Intrusive: *intrusive, Seed: 1, Budget: campaign.Budget{PerSecond: *pace, Time: *longest, Requests: 200_000}}
	for _, a := range shop.Accounts() {
		settings.Accounts = append(settings.Accounts, campaign.Login{Role: a.Role, User: a.Name, Password: a.Password})
	}
	table, err := targets.Access()
	if err != nil {
		return err
	}
	settings.Access = *table
	if _, err := fmt.Sscan(*active, &settings.Budget.Active); err != nil {
		return err
	}
	path := ""
	if *browsing {
		if path, err = browser.Find(*chrome); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	begun := time.Now()
	r, err := campaign.Run(ctx, settings, campaign.Parts{Probes: all, BrowserPath: path, Agent: "atelier-bench"})
	if err != nil {
		return err
	}
	o := outcome{Took: time.Since(begun), Requests: r.Requests, Cases: len(r.Cases), Findings: map[string]string{}}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Evidence = nil
		o.Findings[f.ID] = f.Severity.String() + " " + named(f)
		o.Agreed = append(o.Agreed, *f)
	}
	blocked := map[string]int{}
	for _, x := range r.Cases {
		if x.Outcome.Verdict == agents.Blocked {
			blocked[x.Probe+": "+x.Outcome.Reason]++
		}
	}
	for reason, n := range blocked {
		fmt.Fprintf(os.Stderr, "blocked %d times: %s\n", n, strings.SplitN(reason, "\n", 2)[0])
	}
	if r.Stopped != "" {
		fmt.Fprintln(os.Stderr, r.Stopped)
	}
	return json.NewEncoder(os.Stdout).Encode(o)
}

// chosen are the personas that were asked for, with the probes that there are.
func chosen(all map[string]*agents.Probe) ([]agents.Persona, error) {
	list, err := agents.Personas()
	if err != nil {
		return nil, err
	}
	names := strings.FieldsFunc(*only, func(r rune) bool { return r == ',' })
	for i := range list {
		list[i].Probes = slices.DeleteFunc(list[i].Probes, func(id string) bool { return all[id] == nil })
	}
	return slices.DeleteFunc(list, func(p agents.Persona) bool {
		return len(p.Probes) == 0 || len(names) > 0 && !slices.Contains(names, p.ID)
	}), nil
}
