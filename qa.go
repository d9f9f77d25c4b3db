package main

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"slices"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/access"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/firefox"
	"github.com/atelier-studio/atelier/agents/probes"
	"github.com/atelier-studio/atelier/agents/report"
	"github.com/atelier-studio/atelier/agents/wire"
	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/ops"
)

// qaFlags are the options of atelier qa.
type qaFlags struct {
	require, areas, personas, out, browser, failOn string
	roles, journeys, baseline                      string
	accounts                                       []string
	model                                          modelFlags
	settings                                       campaign.Settings
	json                                           bool
}

// qaCommand sends personas against a web application. It fails (1) when the application does not reach what is required or
// faults were found, and could not test (2) with everything else, so that a pipeline can tell a bad release from a broken
// step.
func qaCommand(ctx context.Context, p *process) int {
	c, err := readConfig(nil, p.getenv, p.stderr)
	if err != nil {
		return p.fail(exitUsage, err)
	}
	var o qaFlags
	targets, err := parse(qaOptions(p, c, &o), p.args)
	if err != nil {
		return p.fail(exitUsage, err)
	}
	if len(targets) == 1 && targets[0] == "roles" {
		if _, err := p.stdout.Write(access.Template()); err != nil {
			return p.fail(exitUsage, err)
		}
		return exitOK
	}
	if len(targets) != 1 {
		return p.fail(exitUsage, errors.New("qa takes the address of one web application, such as http://127.0.0.1:3000"))
	}
	log.SetOutput(io.Discard) // net/http complains there of targets that break the protocol, in the middle of the board
	o.settings.Target = targets[0]
	failOn := agents.Low
	if o.failOn != "" {
		if err := failOn.UnmarshalText([]byte(o.failOn)); err != nil {
			return p.fail(exitUsage, fmt.Errorf("--fail-on: %w", err))
		}
	}
	parts, err := o.prepare(p, c)
	if err != nil {
		return p.fail(exitUsage, err)
	}
	if o.out != "" { // before the work, so that it is not done in vain
		if err := mayWrite(o.out); err != nil {
			return p.fail(exitUsage, fmt.Errorf("--out: %w", err))
		}
	}
	show := newQAProgress(p.stderr, terminalSize(p.stderr), o.settings, parts)
	parts.Each = show.event
	result, err := campaign.Run(ctx, o.settings, *parts)
	show.close()
	if result == nil {
		return p.fail(exitUsage, fmt.Errorf("nothing could be tested: %w", err))
	}
	return o.tell(context.WithoutCancel(ctx), p, result, probes.WithExplorers(), failOn)
}

func qaOptions(p *process, c *Config, o *qaFlags) *flag.FlagSet {
	s := &o.settings
	flags := p.flags("qa")
	flags.StringVar(&o.require, "require", "", "coverage that the campaign must reach by area, as functional=0.95,security=0.90; else the exit code is 1")
	flags.StringVar(&o.areas, "areas", "", "areas to test, separated by commas; empty: all of "+areaList())
	flags.BoolVar(&s.Intrusive, "intrusive", false, "also make probes that may change or break something: never against what people work with")
	flags.Func("account", "an account to sign in with, as ROLE:USER:FILE or ROLE:USER:env:NAME for where its password stands (or ROLE:NAME:header:FILE for a header to send, such as Authorization: Bearer …); may be given again", func(text string) error {
		o.accounts = append(o.accounts, text)
		return nil
	})
	flags.StringVar(&o.roles, "roles", "", "YAML or CSV file of roles and of what each may do, which is tried; atelier qa roles prints one to begin with")
	flags.StringVar(&o.journeys, "journeys", "", "YAML file of ways through the application that have to work")
	flags.StringVar(&o.baseline, "baseline", "", "baseline.json or report.json that an earlier campaign on the target left, to compare with")
	flags.StringVar(&o.out, "out", "", "folder for report.html, report.json, junit.xml, findings.sarif and baseline.json; it is made when absent")
	flags.Uint64Var(&s.Seed, "seed", 1, "the same seed finds the same")
	flags.DurationVar(&s.Budget.Time, "time", 30*time.Minute, "how long the campaign may take, such as 10m")
	flags.Float64Var(&s.Budget.PerSecond, "rate", 50, "requests a second, at most")
	flags.IntVar(&s.Budget.Requests, "requests", 50_000, "requests in all, at most")
	flags.IntVar(&s.Budget.Pages, "pages", 200, "pages that are discovered, at most")
	flags.IntVar(&s.Budget.Active, "active", 27, "personas that work at once")
	flags.IntVar(&s.Budget.Tabs, "tabs", 0, "tabs of the browser at once (0: as many as this machine carries)")
	flags.StringVar(&o.browser, "browser", c.Browser, "Chromium or Chrome to test with; empty: the first that this machine has; none: test without one")
	flags.StringVar(&o.personas, "personas", "", "ids of the personas that work, separated by commas, or a YAML file of personas; empty: all that come with the studio")
	flags.StringVar(&o.failOn, "fail-on", "", "the least severity of a finding that makes the exit code 1: info, low (as without this), medium, high or critical")
	flags.Func("origin", "one more origin that belongs to the target; may be given again", func(text string) error {
		s.Origins = append(s.Origins, text)
		return nil
	})
	flags.Func("without", "a path that is left alone, with all below it; may be given again", func(text string) error {
		s.Without = append(s.Without, text)
		return nil
	})
	o.model.add(flags, s)
	flags.StringVar(&c.Data, "data", c.Data, "the data folder whose key makes the token that a target on another machine has to serve")
	flags.BoolVar(&o.json, "json", false, "print the result as JSON")
	return flags
}

func areaList() string {
	var words []string
	for _, area := range agents.Areas {
		words = append(words, string(area))
	}
	return strings.Join(words, ", ")
}

// prepare makes a campaign of the options.
func (o *qaFlags) prepare(p *process, c *Config) (*campaign.Parts, error) {
	s := &o.settings
	var err error
	if s.Require, err = agents.ParseRequirements(o.require); err != nil {
		return nil, fmt.Errorf("--require: %w", err)
	}
	for _, word := range split(o.areas) {
		if !slices.Contains(agents.Areas, agents.Area(word)) {
			return nil, fmt.Errorf("--areas: %q is no area: it is one of %s", word, areaList())
		}
		s.Areas = append(s.Areas, agents.Area(word))
	}
	b := s.Budget
	if b.Time <= 0 || b.PerSecond <= 0 || b.Requests <= 0 || b.Active <= 0 || b.Tabs < 0 || b.Pages <= 0 {
		return nil, errors.New("--time, --rate, --requests, --pages and --active must be more than 0, and --tabs not less")
	}
	for _, text := range o.accounts {
		login, err := readLogin(p, text)
		if err != nil {
			return nil, fmt.Errorf("--account: %w", err)
		}
		s.Accounts = append(s.Accounts, login)
	}
	if err := o.given(p); err != nil {
		return nil, err
	}
	known := probes.All()
	if s.Personas, err = readPersonas(o.personas, known); err != nil {
		return nil, fmt.Errorf("--personas: %w", err)
	}
	before, err := readBaseline(o.baseline, s.Target)
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w", err)
	}
	parts := &campaign.Parts{Probes: known, Explorers: probes.Explorers(), Baseline: before, Listed: split(c.TestHosts), Agent: "Atelier-QA/" + ops.Version(release), Control: &campaign.Control{}}
	if o.browser == campaign.NoBrowser {
		parts.BrowserPath = o.browser
	} else {
		parts.BrowserPath, err = browser.Find(o.browser)
		if err != nil && !errors.Is(err, browser.ErrNone) {
			return nil, fmt.Errorf("--browser: %w", err)
		}
		if path, err := firefox.Find(); err == nil {
			parts.FirefoxPath = path
		}
	}
	if parts.Model, err = o.model.open(p, s); err != nil {
		return nil, err
	}
	u, err := wire.ParseTarget(s.Target)
	if err != nil {
		return nil, err
	}
	if !wire.IsLoopback(u.Hostname()) { // else no key is needed, and none is made
		parts.Secret, err = targetSecret(c)
	}
	return parts, err
}

// targetSecret is what the tokens of targets are made of: the same for the command and the studio of one data folder.
func targetSecret(c *Config) ([]byte, error) {
	key, err := auth.MasterKey(c.Data, c.MasterKey)
	if err != nil {
		return nil, err
	}
	return hkdf.Key(sha256.New, key, nil, "atelier targets", 32)
}

// readLogin reads ROLE:USER:FILE, ROLE:USER:env:NAME, and the same with header: before where it stands.
func readLogin(p *process, text string) (login campaign.Login, err error) {
	parts := strings.SplitN(text, ":", 3)
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return login, fmt.Errorf("%q is none: write ROLE:USER:FILE or ROLE:USER:env:NAME", text)
	}
	return loginFrom(p, parts[0], parts[1], parts[2])
}

// loginFrom reads what signs an account in from FILE or env:NAME, with header: before it for a header.
func loginFrom(p *process, role, user, where string) (login campaign.Login, err error) {
	login.Role, login.User = role, user
	from, isHeader := strings.CutPrefix(where, "header:")
	secret, err := readSecret(p, from)
	if err != nil {
		return login, fmt.Errorf("of %s: %w", login.User, err)
	}
	if !isHeader {
		login.Password = secret
		return login, nil
	}
	name, value, ok := strings.Cut(secret, ":")
	if !ok || strings.ContainsAny(secret, "\r\n") || strings.TrimSpace(name) == "" || strings.TrimSpace(value) == "" {
		return login, fmt.Errorf("%s holds no header, such as Authorization: Bearer …", from)
	}
	login.Header = secret
	return login, nil
}

// readSecret reads FILE, or env:NAME.
func readSecret(p *process, from string) (secret string, err error) {
	if name, ok := strings.CutPrefix(from, "env:"); ok {
		if secret = p.getenv(name); secret == "" {
			return "", fmt.Errorf("the environment has no %s", name)
		}
	} else {
		const most = 64 << 10
		data, err := readLimited(from, most)
		if err != nil {
			return "", err
		}
		if len(data) > most {
			return "", fmt.Errorf("%s has more than %d bytes", from, most)
		}
		secret = string(data)
	}
	if secret = strings.TrimRight(secret, "\r\n"); secret == "" {
		return "", fmt.Errorf("there is nothing in %s", from)
	}
	return secret, nil
}

// ownPersonas are those that come with the studio, with the probes that it has.
func ownPersonas(known map[string]*agents.Probe) ([]agents.Persona, error) {
	all, err := agents.Personas()
	for i := range all {
		all[i].Probes = slices.DeleteFunc(all[i].Probes, func(id string) bool { return known[id] == nil })
	}
	return slices.DeleteFunc(all, func(p agents.Persona) bool { return len(p.Probes) == 0 }), err
}

// readPersonas reads a file of personas, or picks some of those that come with the studio.
func readPersonas(text string, known map[string]*agents.Probe) ([]agents.Persona, error) {
	all, err := ownPersonas(known)
	if err != nil || text == "" || text == "all" {
		return all, err
	}
	if strings.ContainsAny(text, "./\\") {
		data, err := readLimited(text, 1<<20)
		if err != nil {
			return nil, err
		}
		list, err := agents.ReadPersonas(data)
		if err == nil && len(list) == 0 {
			err = fmt.Errorf("%s has no persona", text)
		}
		return list, err
	}
	var list []agents.Persona
	for _, id := range split(text) {
		i := slices.IndexFunc(all, func(persona agents.Persona) bool { return persona.ID == id })
		if i < 0 {
			return nil, fmt.Errorf("there is no persona %q; name a file with a dot or a slash in it", id)
		}
		list = append(list, all[i])
	}
	return list, nil
}

// tell writes what a campaign came to, and returns the exit code for it.
func (o *qaFlags) tell(ctx context.Context, p *process, result *campaign.Result, known map[string]*agents.Probe, failOn agents.Severity) int {
	r := report.Report{Result: result, Probes: known, Version: ops.Version(release), FailOn: &failOn}
	var unwritten error
	if o.out != "" {
		unwritten = writeQAFiles(ctx, o.out, r)
	}
	var err error
	if o.json {
		err = r.JSON(p.stdout)
	} else if unwritten != nil {
		err = writeQA(p.stdout, r, "")
	} else {
		err = writeQA(p.stdout, r, o.out)
	}
	if unwritten != nil {
		err = errors.Join(fmt.Errorf("--out: %w", unwritten), err)
	}
	if err != nil { // what was found is told all the same
		return p.fail(exitUsage, err)
	}
	if r.Conclude() == report.NotTested {
		return p.fail(exitUsage, errors.New("nothing was tested: see the reasons above"))
	}
	var why []string
	for _, g := range result.Gates {
		if !g.Met {
			why = append(why, fmt.Sprintf("%s: %.3f tested, %.3f required", g.Area, g.Reached, g.Required))
		}
	}
	if bad := r.Faults(); bad > 0 {
		why = append(why, fmt.Sprintf("findings of severity %s or worse: %d", failOn, bad))
	}
	if result.Stopped != "" {
		why = append(why, result.Stopped)
	}
	if len(why) > 0 {
		return p.fail(exitFailed, errors.New(strings.Join(why, "; ")))
	}
	return exitOK
}
