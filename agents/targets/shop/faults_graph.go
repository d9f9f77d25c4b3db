package shop

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// deepest is how far a query may go.
const deepest = 6

// graph answers queries of products and their makers. It keeps its types to itself, and refuses what is nested without end.
func (s *Shop) graph() {
	s.mux.HandleFunc("POST /graphql", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		var in struct {
			Query string `json:"query"`
		}
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in); err != nil || r.Header.Get("Content-Type") != "application/json" {
			answer(w, http.StatusBadRequest, map[string]any{"errors": []any{map[string]string{"message": "Send an object with a query, as application/json."}}})
			return
		}
		q := &query{rest: in.Query, shop: s}
		data, err := q.selection("Query", 0)
		if err != nil {
			answer(w, http.StatusOK, map[string]any{"errors": []any{map[string]string{"message": err.Error()}}})
			return
		}
		answer(w, http.StatusOK, map[string]any{"data": data})
	})
}

// links are what leads from one type to another.
var links = map[string]map[string]string{"Query": {"product": "Product"}, "Product": {"maker": "Maker"}, "Maker": {"best": "Product"}}

// types are what introspection tells, where it is on.
const types = `{"queryType":{"name":"Query"},"types":[
{"name":"Query","kind":"OBJECT","fields":[{"name":"product","args":[],"type":{"kind":"OBJECT","name":"Product"}}]},
{"name":"Product","kind":"OBJECT","fields":[{"name":"name","args":[],"type":{"kind":"SCALAR","name":"String"}},{"name":"maker","args":[],"type":{"kind":"OBJECT","name":"Maker"}}]},
{"name":"Maker","kind":"OBJECT","fields":[{"name":"name","args":[],"type":{"kind":"SCALAR","name":"String"}},{"name":"best","args":[],"type":{"kind":"OBJECT","name":"Product"}}]}]}`

// query is one that is being read and answered in one go.
type query struct {
	rest string
	shop *Shop
}

func (q *query) selection(of string, depth int) (map[string]any, error) {
	if depth > deepest && !q.shop.has("graph-without-end") || depth > 100 {
		return nil, errors.New("the query is nested too deeply")
	}
	if !q.take("{") {
		return nil, errors.New("the query is none: a selection is missing")
	}
	data := map[string]any{}
	for !q.take("}") {
		name := q.word()
		if name == "" {
			return nil, errors.New("the query is none: a name is missing")
		}
		as := name
		if q.take(":") {
			name = q.word()
		}
		next, leads := links[of][name]
		switch {
		case name == "__typename":
			data[as] = of
		case name == "__schema" && q.shop.has("graph-tells-types"):
			q.skip()
			data[as] = json.RawMessage(types)
		case leads:
			inner, err := q.selection(next, depth+1)
			if err != nil {
				return nil, err
			}
			data[as] = inner
		case name == "name" && of != "Query":
			data[as] = products[0].Name
		default:
			return nil, errors.New("there is no such field")
		}
	}
	return data, nil
}

func (q *query) take(mark string) bool {
	q.rest = strings.TrimLeft(q.rest, " \n\t,")
	rest, ok := strings.CutPrefix(q.rest, mark)
	if ok {
		q.rest = rest
	}
	return ok
}

func (q *query) word() string {
	q.rest = strings.TrimLeft(q.rest, " \n\t,")
	end := strings.IndexFunc(q.rest, func(r rune) bool { return r != '_' && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') })
	if end < 0 {
		end = len(q.rest)
	}
	word := q.rest[:end]
	q.rest = q.rest[end:]
	return word
}

// skip leaves out a selection that is answered as a whole.
func (q *query) skip() {
	open := 0
	for i, r := range q.rest {
		switch r {
		case '{':
			open++
		case '}':
			if open--; open <= 0 {
				q.rest = q.rest[i+1:]
				return
			}
		}
	}
	q.rest = ""
}
