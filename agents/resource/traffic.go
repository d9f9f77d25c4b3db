package resource

import (
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// seenOnly finds resources in what scripts were seen asking: an object that was posted to a path, and paths one part
// deeper. What was only described is not looked at here.
func seenOnly(s *surface.Surface) []*Resource {
	byPath := map[string]map[string]*surface.Operation{}
	for _, op := range s.Operations {
		if op.Described || len(op.Seen) == 0 {
			continue
		}
		if byPath[op.Path] == nil {
			byPath[op.Path] = map[string]*surface.Operation{}
		}
		byPath[op.Path][op.Method] = op
	}
	var list []*Resource
	for _, path := range sortedKeys(byPath) {
		create := byPath[path][http.MethodPost]
		if create == nil || strings.Contains(path, "{") {
			continue
		}
		sent, ok := reading.JSON(create.Seen[0].Request.Body).(map[string]any)
		if !ok || len(sent) == 0 {
			continue
		}
		item, parameter := map[string]*surface.Operation{}, "id"
		for _, deeper := range sortedKeys(byPath) {
			if name, ok := isItem(deeper, path); ok {
				item, parameter = byPath[deeper], name
				break
			}
		}
		list = append(list, fromTraffic(create, byPath[path], item, path, parameter, sent))
	}
	return list
}

// fromTraffic makes a resource of what was seen. What was not seen of an object's own path is tried as such APIs have it:
// it is the object's own that is read and deleted.
func fromTraffic(create *surface.Operation, collection, item map[string]*surface.Operation, path, parameter string, sent map[string]any) *Resource {
	u, err := url.Parse(create.URL)
	if err != nil {
		u = &url.URL{}
	}
	if parameter == "n" { // the shape of a number's place
		parameter = "id"
	}
	w := &api{origin: wire.Origin(u), parameter: parameter, calls: map[Step]*call{}}
	one := strings.TrimSuffix(path, "/") + "/{" + parameter + "}"
	header := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json, */*;q=0.5"}}
	if seen, err := discover.RequestOf(&surface.Surface{}, create); err == nil {
		maps.Copy(header, discover.Carried(seen.Header))
	}
	w.calls[Create] = &call{method: http.MethodPost, path: path, request: func() (wire.Request, map[string]any, error) {
		return wire.Request{Method: http.MethodPost, URL: create.URL, Header: header.Clone()}, sent, nil
	}}
	w.calls[Read] = &call{method: http.MethodGet, path: one}
	w.calls[Delete] = &call{method: http.MethodDelete, path: one}
	for _, method := range []string{http.MethodPut, http.MethodPatch} {
		if item[method] != nil && w.calls[Update] == nil {
			w.calls[Update] = &call{method: method, path: one, whole: method == http.MethodPut, request: func() (wire.Request, map[string]any, error) {
				return wire.Request{Method: method, Header: header.Clone()}, nil, nil
			}}
		}
	}
	if collection[http.MethodGet] != nil {
		w.calls[List] = &call{method: http.MethodGet, path: path}
	}
	r := &Resource{Path: path, Fields: fieldsSent(sent), Found: InTraffic, at: create.URL, way: w, can: map[Step]bool{Create: true}}
	r.can[Read] = item[http.MethodGet] != nil
	r.can[Delete] = item[http.MethodDelete] != nil
	r.can[Update], r.can[List] = w.calls[Update] != nil, w.calls[List] != nil
	return r
}
