package ops

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func healthLeak() *agents.Probe {
	return &agents.Probe{
		ID: "health-leak", Title: "Internals shown to everybody where the application says how it is",
		Decides:  "An address for health, metrics or versions answers anonymously with connection strings, addresses and names of machines inside, paths of files, versions of components, or measurements of the process.",
		Keeps:    "The lines that show it.",
		Advice:   "Answer everybody with the bare state, and keep details for a port or a role that only operators reach.",
		Severity: agents.Low, References: []string{"CWE-200"}, Needs: agents.NeedsHTTP, Skills: []string{"health", "logs"},
		Check: agents.Whole(keepsToItself),
	}
}

// internals are what an answer about health should not tell strangers, by what it is.
var internals = []struct {
	what    string
	pattern *regexp.Regexp
}{
	{"a connection string", regexp.MustCompile(`(?i)\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|redis|rediss|amqps?|kafka|sqlserver|jdbc:[a-z]+)://[^\s"'<>]+`)},
	{"an address inside", regexp.MustCompile(`\b(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}\b`)},
	{"the name of a machine", regexp.MustCompile(`(?i)"(?:host_?name|node_?name|pod_?name|machine_?name|instance_?id|server_?name)"\s*:\s*"[^"]+"`)},
	{"a path of a file", regexp.MustCompile(`(?:"|\s|=)(?:/(?:home|var|usr|opt|srv|etc|root|app|data|tmp|mnt)/[A-Za-z0-9._/-]{2,}|[A-Z]:\\\\?[A-Za-z0-9._ \\-]{3,})`)},
	{"the version of a component", regexp.MustCompile(`(?i)\b(?:postgresql|postgres|mysql|mariadb|redis|sqlite|mongodb|nginx|openssl|python|node|java|php|ruby|dotnet|go)[ /_-]?(?:version)?["':= /v]{1,5}\d+\.\d+(?:\.\d+)?|"(?:go|python|node|java|php|ruby)_?version"\s*:\s*"[^"]+"|\bgo1\.\d+\.\d+`)},
	{"measurements of the process", regexp.MustCompile(`(?m)^# (?:HELP|TYPE) (?:process_|go_|nodejs_|python_|jvm_|http_)\w+|"(?:diskSpace|memstats|heap_?used|HeapAlloc|heapTotal|rss|goroutines)"\s*:`)},
	{"variables of its environment", regexp.MustCompile(`(?i)"(?:PATH|HOME|JAVA_HOME|PYTHONPATH|GOPATH|LD_LIBRARY_PATH)"\s*:`)},
}

func keepsToItself(ctx context.Context, lab *agents.Lab) agents.Outcome {
	var findings []agents.Finding
	asked := map[string]bool{}
	for _, path := range append(append(described(lab.Surface), healthPaths...), moreOfIt...) {
		address := at(lab, path)
		if asked[address] {
			continue
		}
		asked[address] = true
		x, ok := there(ctx, lab, address)
		if o, ok := stopped(x); !ok {
			return o
		}
		// A page for people that the target links to is content; an answer for machines is not.
		if !ok || reading.IsHTML(x) && isPage(lab, address) {
			continue
		}
		if f, ok := tells(x); ok {
			findings = append(findings, f)
		}
	}
	return agents.Fail(findings...)
}

// isPage tells whether an address is a page that people are led to.
func isPage(lab *agents.Lab, address string) bool {
	p := lab.Surface.Page(address)
	return p != nil && p.Via != surface.ByGuess
}

func tells(x *wire.Exchange) (agents.Finding, bool) {
	var kinds, lines []string
	for _, in := range internals {
		at := in.pattern.FindIndex(x.Body)
		if at == nil {
			continue
		}
		kinds = append(kinds, in.what)
		lines = append(lines, in.what+": "+masked.ReplaceAllString(reading.Around(string(x.Body), at[0], at[1], 60), "://…@"))
	}
	if len(kinds) == 0 {
		return agents.Finding{}, false
	}
	path := pathOf(x.Request.URL)
	return agents.Finding{
		Cause: path, Where: agents.Place{URL: x.Request.URL, Method: "GET"},
		Text:     fmt.Sprintf("%s tells whoever asks %s.", path, strings.Join(kinds, ", ")),
		Evidence: []agents.Evidence{agents.Excerpt("What it tells", strings.Join(lines, "\n")), agents.Excerpt("Headers", reading.Lines(x.Header, "Content-Type", "Cache-Control"))},
	}, true
}

// masked takes names and passwords out of connection strings.
var masked = regexp.MustCompile(`://[^/@\s"']+@`)
