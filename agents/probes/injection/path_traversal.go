package injection

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func pathTraversal() *agents.Probe {
	return &agents.Probe{
		ID: "path-traversal", Title: "A value from the request reads files of the server",
		Decides:  "A path in a value that leads out of its folder makes the target show a file that every system has: the line of root in /etc/passwd, or [fonts] in win.ini.",
		Keeps:    "The line of the file, and the exchange.",
		Advice:   "Choose files by an id or from a list; where a name has to be taken, open it within one folder by means that cannot leave it (os.Root, chroot).",
		Needs:    needs,
		Severity: agents.High, References: []string{"CWE-22", "WSTG-ATHZ-01"},
		Check: agents.Each(inputs, runPathTraversal),
	}
}

var (
	systemFile = regexp.MustCompile(`root:[^:\s]{0,200}:0:0:[^\s<]*|(?m)^\s*\[fonts\]`)
	fileName   = regexp.MustCompile(`(?i)file|path|page|doc|folder|dir|include|template|view|load|read|download|attachment|image|img|photo|avatar|report|log|theme|lang|locale|style|skin|module|content|name$`)
	hasEnding  = regexp.MustCompile(`\.[A-Za-z0-9]{1,5}$`)
)

// paths are values that lead to a file of the system; all of them where the input takes a file by what it is called.
func paths(in *surface.Input) []string {
	const up = "../../../../../../../../../.."
	list := []string{up + "/etc/passwd", "/etc/passwd"}
	if !fileName.MatchString(in.Name) && !hasEnding.MatchString(in.Known) && !strings.Contains(in.Known, "/") {
		return list[:1]
	}
	list = append(list, "file:///etc/passwd", strings.Repeat("....//", 10)+"etc/passwd", strings.ReplaceAll(up, "/", "%2f")+"%2fetc%2fpasswd", `..\..\..\..\..\..\..\..\windows\win.ini`)
	if ending := path.Ext(in.Known); ending != "" {
		list = append(list, up+"/etc/passwd\x00"+ending)
	}
	if folder := path.Dir(in.Known); folder != "." && folder != "/" {
		list = append(list, folder+"/"+up+"/etc/passwd")
	}
	return list
}

func runPathTraversal(ctx context.Context, lab *agents.Lab, in *surface.Input) agents.Outcome {
	a, stop := at(ctx, lab, in)
	if stop != nil {
		return *stop
	}
	defer a.close()
	if systemFile.Match(a.base.Body) {
		return agents.Pass() // it stands there anyway, as in a text about it
	}
	x, value, line, stop := a.proved(ctx, paths(in), func(x *wire.Exchange, _ string) string { return systemFile.FindString(string(x.Body)) })
	switch {
	case stop != nil:
		return *stop
	case x == nil:
		return agents.Pass()
	}
	return agents.Fail(a.finding(fmt.Sprintf("%s with the value %q shows a file of the server's system: whatever the application can read can be read so.", in.Name, value),
		agents.Excerpt("a line of the file", line), agents.Exchanged("the answer with the file", x)))
}
