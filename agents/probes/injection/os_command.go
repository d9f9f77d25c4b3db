package injection

import (
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func osCommand() *agents.Probe {
	return &agents.Probe{
		ID: "os-command", Title: "A value from the request runs a command on the server",
		Decides:  "A command behind a value, which writes a marker and 41*271, makes the target show the marker with 11111.",
		Keeps:    "The exchange, and the place in the answer.",
		Advice:   "Start programs with a list of arguments and without a shell, and better not at all: most of what is done so has a library.",
		Needs:    needs,
		Severity: agents.Critical, References: []string{"CWE-78", "WSTG-INPV-12"}, Skills: []string{"command"},
		Check: agents.Each(inputs, runOSCommand),
	}
}

// commands are values with a command behind them. One value does for three places: outside of quotes what comes after the
// first command is a comment, inside of single or double ones its own part ends them.
func commands(known, marker string) []string {
	echo := "echo " + marker + "$((41*271))"
	all := func(between string) string {
		return known + between + echo + " #'" + between + echo + " #\"" + between + echo + " #"
	}
	return []string{
		all(";"), all("|"), known + "$(" + echo + ")", known + "\n" + echo + "\n", all("&&"),
		known + "&set /a 41*271&echo " + marker,
	}
}

func runOSCommand(ctx context.Context, lab *agents.Lab, in *surface.Input) agents.Outcome {
	a, stop := at(ctx, lab, in)
	if stop != nil {
		return *stop
	}
	defer a.close()
	marker := lab.Marker(1)
	x, value, excerpt, stop := a.proved(ctx, commands(in.Known, marker), func(x *wire.Exchange, _ string) string {
		for _, shown := range []string{marker + "11111", "11111" + marker} {
			if strings.Contains(string(x.Body), shown) {
				return around(string(x.Body), shown)
			}
		}
		return ""
	})
	switch {
	case stop != nil:
		return *stop
	case x == nil:
		return agents.Pass()
	}
	return agents.Fail(a.finding(fmt.Sprintf("%s with the value %q made a shell on the server compute 41*271 and the target show the result: any command can be run so.", in.Name, value),
		agents.Exchanged("the answer with what the command wrote", x), agents.Excerpt("where it stands", excerpt)))
}
