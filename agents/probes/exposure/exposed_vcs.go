package exposure

import (
	"bytes"
	"context"
	"fmt"
	"regexp"

	"github.com/atelier-studio/atelier/agents"
)

func exposedVCS() *agents.Probe {
	return &agents.Probe{
		ID: "exposed-vcs", Title: "The folder of a version control is served",
		Decides:  "A file of Git, Subversion or Mercurial is served, and begins as such a file does.",
		Keeps:    "The first 60 bytes of the file.",
		Advice:   "Serve a folder that has only what is meant to be served, and refuse names that begin with a dot. What was readable has to be taken as known: change the secrets in it.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.High, References: []string{"CWE-538"}, Skills: []string{"leak detection"},
		Check: agents.Whole(runExposedVCS),
	}
}

var histories = []struct {
	path, name string
	begins     *regexp.Regexp
}{
	{".git/HEAD", "Git", regexp.MustCompile(`^(?:ref: refs/|[0-9a-f]{40}\s*$)`)},
	{".git/config", "Git", regexp.MustCompile(`^\s*\[core\]`)},
	{".svn/entries", "Subversion", regexp.MustCompile(`^(?:\d{1,2}\s*\n|<\?xml[^>]*>\s*<wc-entries)`)},
	{".svn/wc.db", "Subversion", regexp.MustCompile(`^SQLite format 3\x00`)},
	{".hg/requires", "Mercurial", regexp.MustCompile(`(?m)^(?:revlogv1|store|dotencode|share-safe)$`)},
	{".hg/store/00manifest.i", "Mercurial", regexp.MustCompile(`^\x00[\x00-\x03]\x00\x01`)},
}

func runExposedVCS(ctx context.Context, lab *agents.Lab) agents.Outcome {
	found := map[string]bool{}
	var findings []agents.Finding
	for _, root := range roots(lab.Surface) {
		for _, h := range histories {
			if found[root+h.name] {
				continue
			}
			x := file(ctx, lab, root+h.path)
			if ctx.Err() != nil {
				return agents.Block("it took too long")
			}
			if x == nil || isPage(x) || !h.begins.Match(x.Body) {
				continue
			}
			found[root+h.name] = true
			findings = append(findings, agents.Finding{
				Text:  fmt.Sprintf("%s is served: with it the source of the application can be fetched, its whole history, and the secrets that were ever in it.", x.URL),
				Where: place(x), Cause: "folder of " + h.name, Evidence: []agents.Evidence{agents.Excerpt("the first 60 bytes", string(bytes.ToValidUTF8(x.Body[:min(60, len(x.Body))], []byte("·"))))},
			})
		}
	}
	return agents.Fail(findings...)
}
