package engine

import "encoding/json"

// Reword gives the texts of a drawing other words: its name, and those of its nodes, notes, groups and tests, as a
// template in another language has them. Expressions follow the names of nodes.
func (w *Workflow) Reword(say func(text string) string) error {
	var renames []Op
	for _, n := range w.Nodes {
		if name := say(n.Name); name != n.Name {
			value, err := json.Marshal(name)
			if err != nil {
				return err
			}
			renames = append(renames, Op{Op: "node.rename", ID: n.ID, Value: value})
		}
	}
	if _, err := Apply(w, renames...); err != nil {
		return err
	}
	w.Name = say(w.Name)
	for i := range w.Nodes {
		w.Nodes[i].Note = say(w.Nodes[i].Note)
	}
	for i := range w.Notes {
		w.Notes[i].Text = say(w.Notes[i].Text)
	}
	for i := range w.Groups {
		w.Groups[i].Name = say(w.Groups[i].Name)
	}
	for i := range w.Tests {
		w.Tests[i].Name = say(w.Tests[i].Name)
	}
	return nil
}
