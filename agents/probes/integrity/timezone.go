package integrity

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
)

func timezone() *agents.Probe {
	return &agents.Probe{
		ID: "timezone", Title: "Date or time that is shifted when it is read back", Severity: agents.Medium, Needs: agents.NeedsIntrusive,
		Decides: "A day is read as the day before or after, or a moment as another moment.",
		Keeps:   "What was sent and what was read.",
		Advice:  "Keep days as days, without a time; keep moments in UTC with their zone, and convert them where they are shown only.",
		Check:   agents.Each(dated, shifted),
	}
}

// dated are the resources with a day or a moment.
func dated(s *surface.Surface) []*resource.Resource {
	var list []*resource.Resource
	for _, r := range resource.With(resource.Read)(s) {
		if len(r.Sorted(resource.Day))+len(r.Sorted(resource.Moment)) > 0 {
			list = append(list, r)
		}
	}
	return list
}

var dayIn = regexp.MustCompile(`\b(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?`)

func shifted(ctx context.Context, lab *agents.Lab, r *resource.Resource) agents.Outcome {
	s := resource.Open(lab, r)
	defer s.Close(ctx)
	var findings []agents.Finding
	tried := 0
	for _, f := range append(r.Sorted(resource.Day), r.Sorted(resource.Moment)...) {
		value := "2031-06-15"
		if f.Sort == resource.Moment {
			value = "2031-06-15T23:30:00Z"
			if !r.API() {
				value = "2031-06-15T23:30"
			}
		}
		tried++
		o, err := s.Make(ctx, tried, map[string]any{f.Name: value})
		if err != nil {
			continue
		}
		x := s.Read(ctx, o)
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		got, ok := s.Value(x, o, f.Name)
		shown := resource.Words(got)
		if !ok && !r.API() { // not as it was sent: the day that stands there instead
			shown = neighbour(string(x.Body))
		}
		if shown == "" || !wrongTime(value, shown) {
			continue
		}
		findings = append(findings, agents.Finding{
			Text:  fmt.Sprintf("%s of %s was sent as %s and is read as %s: it was converted to another zone on its way.", f.Name, r.Path, value, shown),
			Where: agents.Place{URL: o.URL, Parameter: f.Name, As: s.As}, Cause: r.Key() + " " + f.Name,
			Evidence: append([]agents.Evidence{agents.Table("sent and read", agents.ByHTTP, []string{"sent", "read"}, []string{value, shown})}, sequence([]string{"sent", "read"}, o.Made, x)...),
		})
	}
	if len(s.Log) == 0 || s.Log[len(s.Log)-1].Status >= 400 && len(findings) == 0 {
		return agents.Skip("no object with such a value could be made")
	}
	return agents.Fail(findings...)
}

// neighbour is the day before or after the one that was sent, where a page shows it.
func neighbour(page string) string {
	for _, m := range dayIn.FindAllString(page, 1000) {
		if len(m) >= 10 && (m[:10] == "2031-06-14" || m[:10] == "2031-06-16") {
			return m
		}
	}
	return ""
}

// wrongTime tells whether what is read is another time than what was sent. A time without a zone is right in any zone that
// writes it alike.
func wrongTime(sent, shown string) bool {
	m := dayIn.FindStringSubmatch(shown)
	if m == nil {
		return false // written in a way that cannot be judged
	}
	if len(sent) == 10 {
		return m[1] != sent
	}
	if m[2] == "" {
		return false // a day is all that is shown
	}
	if m[3] == "" {
		return m[1]+"T"+m[2] != sent[:16]
	}
	at, err := time.Parse(time.RFC3339, m[1]+"T"+m[2]+":00"+zone(m[3]))
	was, err2 := time.Parse(time.RFC3339, sent)
	if err2 != nil {
		was, err2 = time.Parse("2006-01-02T15:04", sent)
	}
	return err == nil && err2 == nil && !at.Equal(was)
}

func zone(z string) string {
	if len(z) == 5 {
		return z[:3] + ":" + z[3:]
	}
	return z
}
