package engine

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Sorts and states of a Difference, in the order in which Compare lists the sorts.
const (
	DiffNode    = "node"
	DiffEdge    = "edge"
	DiffNote    = "note"
	DiffGroup   = "group"
	DiffTest    = "test"
	DiffSetting = "setting"

	DiffAdded   = "added"
	DiffRemoved = "removed"
	DiffChanged = "changed"
	DiffMoved   = "moved" // stands elsewhere and is else as it was
)

// Difference is what differs in one part of a drawing. The page of the history finds the same in the browser
// (assets/src/doc/diff.ts).
type Difference struct {
	Sort   string
	ID     string // of a node, note, group or test; the name of a setting
	Name   string
	Kind   string // of a node
	State  string
	Fields []FieldDifference
}

// FieldDifference is one value that differs, as JSON; "" where there is none.
type FieldDifference struct{ Path, Before, After string }

// Compare lists what differs between two drawings: what came and changed in the order of the later one, then what went.
func Compare(before, after *Workflow) ([]Difference, error) {
	then, err := partsOf(before)
	if err != nil {
		return nil, err
	}
	now, err := partsOf(after)
	if err != nil {
		return nil, err
	}
	var all []Difference
	for i := range now {
		all = append(all, differ(then[i], now[i])...)
	}
	return all, nil
}

// part is a part of a drawing as it is compared.
type part struct {
	Difference
	at     string
	fields map[string]any
}

// partsOf cuts a drawing into its parts, by their sorts.
func partsOf(w *Workflow) ([][]part, error) {
	names := make(map[string]string, len(w.Nodes))
	for i := range w.Nodes {
		names[w.Nodes[i].ID] = w.Nodes[i].Name
	}
	lists := make([][]part, 6)
	var failed error
	add := func(list int, sort string, v any, about func(fields map[string]any) Difference) {
		fields, at, err := fieldsOf(v)
		if err != nil {
			failed = err
			return
		}
		d := about(fields)
		d.Sort = sort
		lists[list] = append(lists[list], part{d, at, fields})
	}
	for i := range w.Nodes {
		n := &w.Nodes[i]
		add(0, DiffNode, n, func(fields map[string]any) Difference {
			delete(fields, "params")
			for name, value := range n.Params {
				fields["params."+name] = value // here false and 0 say something: the kind's default may be another
			}
			return Difference{ID: n.ID, Name: n.Name, Kind: n.Kind}
		})
	}
	for i := range w.Edges {
		e := &w.Edges[i]
		lists[1] = append(lists[1], part{Difference: Difference{Sort: DiffEdge, ID: strings.Join([]string{e.From, e.Out, e.To, e.In}, "\x00"), Name: edgeName(e, names)}})
	}
	for i := range w.Notes {
		n := &w.Notes[i]
		add(2, DiffNote, n, func(map[string]any) Difference { return Difference{ID: n.ID, Name: firstLine(n.Text)} })
	}
	for i := range w.Groups {
		g := &w.Groups[i]
		add(3, DiffGroup, g, func(fields map[string]any) Difference {
			var inside []any
			for _, id := range g.Nodes {
				inside = append(inside, id)
			}
			fields["nodes"] = inside
			return Difference{ID: g.ID, Name: g.Name}
		})
	}
	for i := range w.Tests {
		c := &w.Tests[i]
		add(4, DiffTest, c, func(map[string]any) Difference { return Difference{ID: c.ID, Name: c.Name} })
	}
	settings, _, err := fieldsOf(w.Settings)
	if err != nil {
		return nil, err
	}
	settings["name"] = w.Name
	for name, value := range w.Extra {
		settings["extra."+name] = value
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		lists[5] = append(lists[5], part{Difference: Difference{Sort: DiffSetting, ID: name, Name: name}, fields: map[string]any{name: settings[name]}})
	}
	return lists, failed
}

// fieldsOf returns the JSON fields of a part that say something, without its id and place.
func fieldsOf(v any) (fields map[string]any, at string, err error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, "", err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		return nil, "", err
	}
	at = asJSON(fields["at"])
	delete(fields, "id")
	delete(fields, "at")
	maps.DeleteFunc(fields, func(name string, v any) bool { return name != "name" && name != "kind" && saysNothing(v) })
	return fields, at, nil
}

// differ compares the parts of one sort.
func differ(before, after []part) (all []Difference) {
	old := make(map[string]*part, len(before))
	for i := range before {
		old[before[i].ID] = &before[i]
	}
	kept := make(map[string]bool, len(after))
	for i := range after {
		now := &after[i]
		then := old[now.ID]
		kept[now.ID] = true
		d := now.Difference
		switch {
		case then == nil:
			d.State, d.Fields = DiffAdded, fieldsBetween(nil, now.fields)
		default:
			d.State, d.Fields = DiffChanged, fieldsBetween(then.fields, now.fields)
			if len(d.Fields) == 0 {
				if then.at == now.at {
					continue
				}
				d.State = DiffMoved
			}
		}
		all = append(all, d)
	}
	for i := range before {
		if !kept[before[i].ID] {
			d := before[i].Difference
			d.State, d.Fields = DiffRemoved, fieldsBetween(before[i].fields, nil)
			all = append(all, d)
		}
	}
	return all
}

func fieldsBetween(before, after map[string]any) (list []FieldDifference) {
	paths := slices.Sorted(maps.Keys(before))
	for _, path := range slices.Sorted(maps.Keys(after)) {
		if _, both := before[path]; !both {
			paths = append(paths, path)
		}
	}
	for _, path := range paths {
		a, was := before[path]
		b, is := after[path]
		if was == is && (reflect.DeepEqual(a, b) || asJSON(a) == asJSON(b)) {
			continue
		}
		d := FieldDifference{Path: path}
		if was {
			d.Before = asJSON(a)
		}
		if is {
			d.After = asJSON(b)
		}
		list = append(list, d)
	}
	return list
}

// asJSON writes a value that came from JSON; a text stands for itself.
func asJSON(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // people read it
	if err := encoder.Encode(v); err != nil {
		return ""
	}
	return strings.TrimSuffix(text.String(), "\n")
}

func edgeName(e *Edge, names map[string]string) string {
	end := func(id, port string) string {
		name := names[id]
		if name == "" {
			name = id
		}
		if port != "main" {
			name += " (" + port + ")"
		}
		return name
	}
	return end(e.From, e.Out) + " → " + end(e.To, e.In)
}

// firstLine is what a note is called.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimLeft(strings.TrimSpace(line), "#>*- "); line != "" {
			if r := []rune(line); len(r) > 60 {
				line = string(r[:60]) + "…"
			}
			return line
		}
	}
	return ""
}
