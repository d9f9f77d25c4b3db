package resource

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// refers is what a field is called that has the id of something else in it: project_id, projectId.
var refers = regexp.MustCompile(`^(.+?)(?:_id|Id|ID)$`)

// persons are what things belong to: for somebody else nothing is made.
var persons = regexp.MustCompile(`(?i)^(?:user|account|customer|member|person|owner|author|creator|assignee|employee|student|patient|client)$`)

// references are ids for the fields of an object that refer to something else: for project_id that of the first object that
// the collection "projects" shows to whoever works. One that was guessed would be refused.
func (s *Session) references(ctx context.Context) map[string]any {
	ids := map[string]any{}
	if !s.Resource.API() { // forms offer what they take
		return ids
	}
	for _, f := range s.Resource.Fields {
		m := refers.FindStringSubmatch(f.Name)
		if m == nil || !f.Required || persons.MatchString(m[1]) {
			continue
		}
		o := collectionOf(s.lab.Surface, m[1])
		if o == nil {
			continue
		}
		x := s.lab.Send(ctx, wire.Request{URL: o.URL, As: s.who(), Header: http.Header{"Accept": {"application/json, */*;q=0.5"}}})
		list := reading.Items(reading.JSON(x.Body))
		if !x.OK() || len(list) == 0 {
			continue
		}
		switch id := reading.ID(list[0], "id"); {
		case id == "":
		case f.Sort == Integer || f.Sort == Number:
			if _, err := strconv.ParseInt(id, 10, 64); err == nil {
				ids[f.Name] = json.Number(id)
			}
		default:
			ids[f.Name] = id
		}
	}
	return ids
}

// collectionOf is the operation that lists what a name in the singular stands for; nil where there is none.
func collectionOf(s *surface.Surface, name string) *surface.Operation {
	plain := strings.NewReplacer("_", "", "-", "")
	name = strings.ToLower(plain.Replace(name))
	names := map[string]bool{name: true, name + "s": true, name + "es": true, strings.TrimSuffix(name, "y") + "ies": true, name + "list": true}
	for _, o := range s.Operations {
		last := strings.ToLower(plain.Replace(o.Path[strings.LastIndex(o.Path, "/")+1:]))
		if o.Method == http.MethodGet && names[last] && !strings.Contains(o.Path, "{") {
			return o
		}
	}
	return nil
}
