package integrity

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func csvInjection() *agents.Probe {
	return &agents.Probe{
		ID: "csv-injection", Title: "Export whose cells a spreadsheet calculates", Severity: agents.Medium, Needs: agents.NeedsIntrusive, References: []string{"CWE-1236"},
		Decides: "A text that begins with =1+1, stored by somebody, begins so in a cell of an export in CSV.",
		Keeps:   "The cell.",
		Advice:  "Put an apostrophe or a tab before cells that begin with =, +, -, @, a tab or a line break.",
		Check:   agents.Each(exports, calculated),
	}
}

var exportPath = regexp.MustCompile(`(?i)\.csv$|[/=]csv$`)

// exports are the addresses that export a table, one of each shape.
func exports(s *surface.Surface) []*surface.Link {
	var list []*surface.Link
	seen := map[string]bool{}
	add := func(l *surface.Link) {
		u, err := url.Parse(l.URL)
		if shape := surface.ShapeOf(l.URL); err == nil && !seen[shape] && (exportPath.MatchString(u.Path) || exportPath.MatchString(u.RawQuery)) {
			seen[shape] = true
			list = append(list, l)
		}
	}
	for _, l := range s.Links {
		if l.Inside {
			add(l)
		}
	}
	for _, p := range s.Pages {
		add(&surface.Link{Page: p.URL, URL: p.URL, Inside: true})
	}
	for _, o := range s.Operations {
		if o.Method == http.MethodGet && o.Origin == "" {
			add(&surface.Link{Page: o.URL, URL: o.URL, Inside: true})
		}
	}
	return list
}

func calculated(ctx context.Context, lab *agents.Lab, export *surface.Link) agents.Outcome {
	for _, r := range resource.With()(lab.Surface) {
		title := r.Title()
		if title == nil {
			continue
		}
		outcome, ok := exported(ctx, lab, r, title.Name, export)
		if ok {
			return outcome
		}
		if ctx.Err() != nil {
			return agents.BlockOn(ctx.Err())
		}
	}
	return agents.Skip("the export shows nothing that could be made")
}

// exported makes an object with a formula for its title and reads the export; not ok when the export does not show it.
func exported(ctx context.Context, lab *agents.Lab, r *resource.Resource, title string, export *surface.Link) (agents.Outcome, bool) {
	mark := lab.Marker(7)
	s := resource.Open(lab, r)
	defer s.Close(ctx)
	o, err := s.Make(ctx, 0, map[string]any{title: "=1+1 " + mark})
	if err != nil {
		return agents.Pass(), false
	}
	x := lab.Send(ctx, wire.Request{URL: export.URL, As: s.As, Follow: true})
	if !x.OK() || !strings.Contains(string(x.Body), mark) {
		return agents.Pass(), false
	}
	reader := csv.NewReader(bytes.NewReader(x.Body))
	reader.FieldsPerRecord, reader.LazyQuotes = -1, true
	if first, _, _ := strings.Cut(string(x.Body), "\n"); strings.Count(first, ";") > strings.Count(first, ",") {
		reader.Comma = ';'
	}
	rows, err := reader.ReadAll()
	if err != nil {
		return agents.Block("the export is no CSV: %v", err), true
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.Contains(cell, mark) && strings.HasPrefix(cell, "=") {
				return agents.Fail(agents.Finding{
					Text:  fmt.Sprintf("A text that begins with = stands unchanged in a cell of %s: the spreadsheet of whoever opens it calculates what somebody else wrote, and can be made to send data away.", export.URL),
					Where: agents.Place{URL: export.URL, Method: "GET", Parameter: title, As: s.As}, Cause: surface.ShapeOf(export.URL),
					Evidence: []agents.Evidence{agents.Excerpt("cell", cell), agents.Exchanged("stored", o.Made), agents.Exchanged("export", x)},
				}), true
			}
		}
	}
	return agents.Pass(), true
}
