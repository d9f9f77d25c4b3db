// Package expr evaluates the expressions in parameters: text that begins with "=" and holds JavaScript between {{ and }}.
//
// Plain paths, literals and their concatenation, four of five expressions that people write, are compiled once to
// native look-ups. The rest runs in a sandboxed interpreter with a hard limit of memory and time. A result is never
// evaluated again, whatever it contains.
package expr

import "time"

// Scope is what an expression sees. Values are JSON values: nil, bool, float64, string, []any and map[string]any (ints
// and json.Number are read as numbers). They are shared and never modified.
type Scope interface {
	// Item returns the current item's JSON ($json) and its index ($itemIndex).
	Item() (map[string]any, int)
	// Input returns the JSON of all items on the current input ($input.all(), $input.first() …).
	Input() []map[string]any
	// Files describes the current item's files by name ($binary, $files): {name, type, size}.
	Files() map[string]any
	// NodeItems returns the JSON of all items that a node gave on its first output that had items; an error says in
	// words that there is no node of this name, or that it has not run.
	NodeItems(name string) ([]map[string]any, error)
	// Paired returns the item of an earlier node that the current item was made from ($('Name').item).
	Paired(name string) (map[string]any, error)
	// Root returns the value of another root: "vars", "run", "workflow", "execution", "env"; nil when it has none.
	Root(name string) any
	// Now is the time that $now and $today give, in the workflow's time zone; the same for all of one step.
	Now() time.Time
}
