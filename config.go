package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// Config is everything that an operator can set. Its table, settings, is the only place that names flags and
// environment variables.
type Config struct {
	Listen         string
	Data           string
	DatabaseURL    string
	RedisURL       string
	MasterKey      string
	Environment    string
	PublicURL      string
	TrustedProxies string
	MetricsFrom    string
	AllowAddresses string
	FilesFolder    string
	AdminEmail     string
	AdminPassword  string
	Timezone       string
	Workers        int
	RunSync        string
	KeepRunsDays   int
	RequestRate    int
	LogLevel       string
	Browser        string
	TestHosts      string
	Campaigns      int
	KeepPictures   int
}

// setting is one row of the table: where a field comes from. A flag wins over the environment, which wins over the
// default.
type setting struct {
	flag, env string
	fallback  string
	help      string
	secret    bool // never shown
	field     func(*Config) any
}

var settings = []setting{
	{"listen", "ATELIER_LISTEN", "127.0.0.1:8080", "address and port to listen on; PORT=8080 in the environment means port 8080 of every address", false, func(c *Config) any { return &c.Listen }},
	{"data", "ATELIER_DATA", "./data", "folder of the database, files and keys", false, func(c *Config) any { return &c.Data }},
	{"", "DATABASE_URL", "", "Postgres, as postgres://user:password@host/name; empty: SQLite in the data folder", true, func(c *Config) any { return &c.DatabaseURL }},
	{"", "REDIS_URL", "", "Redis, as redis://user:password@host:6379/0, over which several processes on one Postgres are one studio; empty: this process is alone", true, func(c *Config) any { return &c.RedisURL }},
	{"", "ATELIER_MASTER_KEY", "", "32 bytes, base64 or hexadecimal, that wrap all keys; empty: the file master.key in the data folder", true, func(c *Config) any { return &c.MasterKey }},
	{"environment", "ENVIRONMENT", "production", "production or development; development shows the gallery of page parts", false, func(c *Config) any { return &c.Environment }},
	{"public-url", "ATELIER_PUBLIC_URL", "", "address that people use, such as https://studio.example.org; empty: that of the request", false, func(c *Config) any { return &c.PublicURL }},
	{"trusted-proxies", "ATELIER_TRUSTED_PROXIES", "", "addresses whose X-Forwarded headers are believed, separated by commas", false, func(c *Config) any { return &c.TrustedProxies }},
	{"metrics-from", "ATELIER_METRICS_FROM", "", "addresses that may read /metrics beside this machine, separated by commas", false, func(c *Config) any { return &c.MetricsFrom }},
	{"allow-address", "ATELIER_ALLOW_ADDRESSES", "", "private addresses that workflows may reach, as 10.0.0.0/8 or 127.0.0.1:9000, separated by commas", false, func(c *Config) any { return &c.AllowAddresses }},
	{"files", "ATELIER_FILES", "", "folder that file nodes read and write; empty: the folder \"folder\" in the data folder. Workspaces after the first have theirs inside it, under .workspaces", false, func(c *Config) any { return &c.FilesFolder }},
	{"", "ATELIER_ADMIN_EMAIL", "", "e-mail address of the first owner, for a set-up without the link", false, func(c *Config) any { return &c.AdminEmail }},
	{"", "ATELIER_ADMIN_PASSWORD", "", "password of the first owner", true, func(c *Config) any { return &c.AdminPassword }},
	{"timezone", "ATELIER_TIMEZONE", "UTC", "time zone of workflows that name none", false, func(c *Config) any { return &c.Timezone }},
	{"workers", "WORKERS", "256", "runs that execute at once", false, func(c *Config) any { return &c.Workers }},
	{"run-sync", "ATELIER_RUN_SYNC", "full", "full: acknowledged runs survive loss of power; normal: only loss of the process, and faster", false, func(c *Config) any { return &c.RunSync }},
	{"keep-runs", "ATELIER_KEEP_RUNS", "30", "days to keep finished runs; 0: for ever", false, func(c *Config) any { return &c.KeepRunsDays }},
	{"request-rate", "ATELIER_REQUEST_RATE", "100", "requests a second that one signed-in person may make over a time, four times as many at once; more are answered by 429 and when to try again; 0: no limit", false, func(c *Config) any { return &c.RequestRate }},
	{"log-level", "ATELIER_LOG_LEVEL", "info", "debug, info, warn or error", false, func(c *Config) any { return &c.LogLevel }},
	{"browser", "ATELIER_BROWSER", "", "Chromium or Chrome that personas test with; empty: the first that this machine has", false, func(c *Config) any { return &c.Browser }},
	{"test-hosts", "ATELIER_TEST_HOSTS", "", "hosts that campaigns may test without serving a token, separated by commas; this machine may always be tested", false, func(c *Config) any { return &c.TestHosts }},
	{"campaigns", "ATELIER_CAMPAIGNS", "1", "campaigns that this process runs at once; 0: it runs none", false, func(c *Config) any { return &c.Campaigns }},
	{"keep-pictures", "ATELIER_KEEP_PICTURES", "90", "days to keep the pictures of campaigns; 0: for ever", false, func(c *Config) any { return &c.KeepPictures }},
}

// readConfig reads flags and environment. It returns flag.ErrHelp when help was asked for and written.
func readConfig(args []string, getenv func(string) string, stderr io.Writer) (*Config, error) {
	c := new(Config)
	flags := flag.NewFlagSet("atelier serve", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	for _, s := range settings {
		value := s.fallback
		if v := getenv(s.env); v != "" {
			value = v
		}
		if s.flag == "listen" && getenv("ATELIER_LISTEN") == "" && getenv("PORT") != "" {
			value = ":" + getenv("PORT")
		}
		if err := set(s.field(c), value); err != nil {
			return nil, fmt.Errorf("%s: %w", s.env, err)
		}
		if s.flag != "" {
			flags.Func(s.flag, s.help, func(v string) error { return set(s.field(c), v) })
		}
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, errors.Join(err, writeSettings(stderr))
		}
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("serve takes no %q; see atelier help", flags.Arg(0))
	}
	return c, c.check()
}

func set(field any, value string) error {
	switch f := field.(type) {
	case *string:
		*f = value
	case *int:
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			return fmt.Errorf("%q is not a number", value)
		}
		*f = n
	}
	return nil
}

func (c *Config) check() error {
	if c.Environment != "production" && c.Environment != "development" {
		return fmt.Errorf("the environment must be production or development, not %q", c.Environment)
	}
	if c.RedisURL != "" && c.DatabaseURL == "" {
		return errors.New("REDIS_URL is for several processes on one Postgres: set DATABASE_URL too, or leave both out")
	}
	if _, err := time.LoadLocation(c.Timezone); err != nil {
		return fmt.Errorf("there is no time zone %q", c.Timezone)
	}
	if c.Workers < 1 {
		return errors.New("workers must be at least 1")
	}
	if (c.AdminEmail == "") != (c.AdminPassword == "") {
		return errors.New("ATELIER_ADMIN_EMAIL and ATELIER_ADMIN_PASSWORD go together")
	}
	for _, list := range []string{c.TrustedProxies, c.MetricsFrom} {
		if _, err := prefixes(list); err != nil {
			return err
		}
	}
	return nil
}

// prefixes reads addresses and ranges separated by commas.
func prefixes(list string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, s := range split(list) {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, addrErr := netip.ParseAddr(s)
			if addrErr != nil {
				return nil, fmt.Errorf("%q is not an address or a range like 10.0.0.0/8", s)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		all = append(all, p)
	}
	return all, nil
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// writeSettings prints the table.
func writeSettings(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "FLAG\tENVIRONMENT\tDEFAULT\tMEANING")
	for _, s := range settings {
		name := "-"
		if s.flag != "" {
			name = "--" + s.flag
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", name, s.env, s.fallback, s.help)
	}
	return t.Flush()
}
