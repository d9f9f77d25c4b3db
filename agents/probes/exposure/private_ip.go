package exposure

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func privateIP() *agents.Probe {
	return &agents.Probe{
		ID: "private-ip", Title: "An answer names a machine of the network inside",
		Decides:  "A body has an address of a private network (RFC 1918), or an address with a name that only the network inside knows. Examples, placeholders and whole networks do not count.",
		Keeps:    "The place where it stands.",
		Advice:   "Write addresses that readers can use, and take the rest out of what is sent.",
		Severity: agents.Low, References: []string{"CWE-200"}, Skills: []string{"leak detection"},
		Check: agents.Each(bodies, runPrivateIP),
	}
}

var (
	inside  = regexp.MustCompile(`(?:^|[^\w.-])((?:10|172|192)(?:\.\d{1,3}){3})(?:[^\w.-]|\.?(?:$|[\s<"']))|(?i:(?:https?|wss?|jdbc:\w+|redis|amqp|postgres(?:ql)?|mysql)://(?:[^\s@/"'<>]+@)?([a-z0-9.-]+\.(?:internal|corp|intranet|lan))\b)`)
	example = regexp.MustCompile(`(?i)placeholder|example|e\.\s?g\.|z\.\s?b\.|such as|for instance|version|range|subnet|cidr|pattern|default`)
)

func runPrivateIP(_ context.Context, lab *agents.Lab, item surface.Item) agents.Outcome {
	x := answerOf(item)
	text := string(x.Body)
	host := ""
	if u, err := url.Parse(lab.Surface.Target); err == nil {
		host = u.Hostname()
	}
	const most, margin = 50, 60
	for _, at := range inside.FindAllStringSubmatchIndex(text, most) {
		var name string
		if at[2] >= 0 {
			address, err := netip.ParseAddr(text[at[2]:at[3]])
			if err != nil || !address.IsPrivate() || strings.HasPrefix(text[at[3]:], "/") {
				continue
			}
			name = address.String()
		} else {
			name = text[at[4]:at[5]]
		}
		if name == host || example.MatchString(text[max(0, at[0]-margin):at[0]]) {
			continue
		}
		return agents.Fail(agents.Finding{
			Text:  fmt.Sprintf("The answer names %s, which lies in the network inside: it tells how that is built.", name),
			Where: place(x), Cause: "inside " + name, Evidence: []agents.Evidence{agents.Excerpt("where it stands", reading.Around(text, at[0], at[1], margin))},
		})
	}
	return agents.Pass()
}
