package exposure

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func backupFiles() *agents.Probe {
	return &agents.Probe{
		ID: "backup-files", Title: "A backup copy is served",
		Decides:  "Beside a file that was discovered lies a copy of it (~, .bak, .old, .zip), which the target answers otherwise than a file that is not there.",
		Keeps:    "Its size and how it begins.",
		Advice:   "Keep copies out of the folder that is served, and serve only endings that are known.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.Medium, References: []string{"CWE-530"}, Skills: []string{"leak detection"},
		Check: agents.Each(withCopies, runBackupFiles),
	}
}

// withCopies are the files beside which copies may lie, one of each folder and ending, and the site, which may have been
// packed as a whole.
func withCopies(s *surface.Surface) []surface.Item {
	const most = 40
	list := []surface.Item{&surface.Site{Target: s.Target}}
	seen := map[string]bool{}
	add := func(item surface.Item, address string) {
		u, err := url.Parse(address)
		if err != nil || len(list) >= most {
			return
		}
		if name := path.Base(u.Path); strings.Contains(name, ".") && !seen[u.Path] {
			seen[u.Path] = true
			list = append(list, item)
		}
	}
	for _, p := range s.Pages {
		if p.As == "" {
			add(p, p.URL)
		}
	}
	for _, a := range s.Assets {
		if a.Inside && a.Kind == surface.Script {
			add(a, a.URL)
		}
	}
	return list
}

var (
	copies = []string{"~", ".bak", ".old", ".orig", ".zip"}
	packed = []string{"backup.zip", "site.zip", "www.zip", "backup.tar.gz", "backup.sql", "dump.sql", "db.sql", "database.sql"}
)

func runBackupFiles(ctx context.Context, lab *agents.Lab, item surface.Item) agents.Outcome {
	var tries []string
	if _, whole := item.(*surface.Site); whole {
		for _, root := range roots(lab.Surface) {
			for _, name := range packed {
				tries = append(tries, root+name)
			}
		}
	} else if u, err := url.Parse(item.Address()); err == nil {
		for _, ending := range copies {
			tries = append(tries, wire.Origin(u)+u.EscapedPath()+ending)
		}
		tries = append(tries, wire.Origin(u)+strings.TrimSuffix(u.EscapedPath(), path.Ext(u.Path))+".bak")
	}
	var findings []agents.Finding
	for _, address := range tries {
		x := file(ctx, lab, address)
		if ctx.Err() != nil {
			return agents.Block("it took too long")
		}
		if x == nil || !isCopy(address, x) || answersAll(ctx, lab, address, x) {
			continue
		}
		findings = append(findings, agents.Finding{
			Text:  fmt.Sprintf("%s is served: %d bytes that were laid aside and not meant to be read.", address, len(x.Body)),
			Where: place(x), Cause: "copy " + surface.ShapeOf(address),
			Evidence: []agents.Evidence{agents.Excerpt(fmt.Sprintf("how its %d bytes begin", len(x.Body)), string(bytes.ToValidUTF8(x.Body[:min(len(x.Body), 120)], []byte("·"))))},
		})
	}
	return agents.Fail(findings...)
}

// isCopy tells whether an answer is what its ending says, and no page of the application.
func isCopy(address string, x *wire.Exchange) bool {
	switch {
	case strings.HasSuffix(address, ".zip"):
		return bytes.HasPrefix(x.Body, []byte("PK\x03\x04"))
	case strings.HasSuffix(address, ".gz"):
		return bytes.HasPrefix(x.Body, []byte{0x1f, 0x8b})
	case strings.HasSuffix(address, ".sql"):
		return !isPage(x) && (bytes.Contains(x.Body, []byte("INSERT INTO")) || bytes.Contains(x.Body, []byte("CREATE TABLE")))
	default:
		kind := x.Header.Get("Content-Type")
		return !strings.HasPrefix(kind, "text/html") && !strings.HasPrefix(kind, "image/") && !strings.HasPrefix(kind, "application/json")
	}
}
