package apisecurity

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func debugEndpoint() *agents.Probe {
	return &agents.Probe{
		ID: "debug-endpoint", Title: "Address for developers that anybody may ask", Severity: agents.Medium, Needs: agents.NeedsHTTP, References: []string{"CWE-489", "API9"},
		Decides: "An address of the description, or one where debuggers, profilers and metrics usually are, answers 2xx to nobody, and its answer looks like what is expected there.",
		Keeps:   "The head of the answer.",
		Advice:  "Take debuggers, profilers and metrics out of what is public: serve them on another port, or to signed-in operators only.",
		Check:   agents.Whole(debugged),
	}
}

// debugPaths are addresses of well-known tools, and what their answers have in them.
var debugPaths = []struct {
	path  string
	shows *regexp.Regexp
}{
	{"/debug/vars", regexp.MustCompile(`"memstats"`)},
	{"/debug/pprof/", regexp.MustCompile(`goroutine|/debug/pprof`)},
	{"/actuator", regexp.MustCompile(`"_links"`)},
	{"/actuator/env", regexp.MustCompile(`"propertySources"`)},
	{"/actuator/mappings", regexp.MustCompile(`"dispatcherServlets?"`)},
	{"/actuator/beans", regexp.MustCompile(`"beans"`)},
	{"/metrics", regexp.MustCompile(`(?m)^# (?:HELP|TYPE) `)},
	{"/actuator/prometheus", regexp.MustCompile(`(?m)^# (?:HELP|TYPE) `)},
	{"/server-status", regexp.MustCompile(`Apache Server Status|Server uptime`)},
	{"/phpinfo.php", regexp.MustCompile(`PHP Version`)},
	{"/_profiler", regexp.MustCompile(`(?i)symfony profiler`)},
	{"/__debug__/", regexp.MustCompile(`(?i)djdt`)},
	{"/console", regexp.MustCompile(`(?i)werkzeug|h2-console|H2 Console`)},
	{"/rails/info/routes", regexp.MustCompile(`(?i)Helper.{0,200}HTTP Verb`)},
	{"/telescope/requests", regexp.MustCompile(`(?i)telescope`)},
	{"/elmah.axd", regexp.MustCompile(`(?i)error log for`)},
	{"/trace.axd", regexp.MustCompile(`(?i)application trace`)},
	{"/debug/default/view", regexp.MustCompile(`(?i)yii debugger`)},
}

var debugWord = regexp.MustCompile(`(?i)(?:^|[/_.-])_?(?:debug|actuator|pprof|heapdump|threaddump|phpinfo|profiler|internals?|console)(?:$|[/_.-])`)

func debugged(ctx context.Context, lab *agents.Lab) agents.Outcome {
	shows := map[string]*regexp.Regexp{}
	for _, d := range debugPaths {
		shows[wire.Origin(lab.Client.Scope().Target())+d.path] = d.shows
	}
	for _, o := range lab.Surface.Operations {
		if o.Method == http.MethodGet && debugWord.MatchString(o.Path) {
			shows[o.URL] = regexp.MustCompile(`^\s*[\[{]`) // it answers with what it was described for
		}
	}
	var findings []agents.Finding
	var last *wire.Exchange
	for _, address := range slices.Sorted(maps.Keys(shows)) {
		x := lab.Send(ctx, wire.Request{URL: address})
		u, err := url.Parse(address)
		if last = x; err != nil || x.Status < 200 || x.Status >= 300 || discover.IsMissing(lab.Surface, x, u.Path) || !shows[address].Match(x.Body) {
			continue
		}
		findings = append(findings, agents.Finding{
			Text:  fmt.Sprintf("%s answers anybody with %d. What is meant for those who develop or run the application tells others how it is made and what it holds.", u.Path, x.Status),
			Where: agents.Place{URL: address, Method: http.MethodGet}, Cause: surface.ShapeOf(address),
			Evidence: []agents.Evidence{agents.Excerpt("head of the answer", reading.Shorten(string(x.Body), 400)), agents.Exchanged("answer", x)},
		})
	}
	if ctx.Err() != nil || last != nil && !last.Answered() && len(findings) == 0 {
		return agents.Block("the target did not answer to the end")
	}
	return agents.Fail(findings...)
}
