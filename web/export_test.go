package web

import "github.com/atelier-studio/atelier/auth"

// Row is a row of the table, for the tests that walk it.
type Row struct {
	Method, Path  string
	Permission    auth.Permission
	Foreign, Open bool
	HasHandler    bool
	byKey         bool
}

// Rows returns the whole table.
func Rows() []Row {
	var all []Row
	for _, r := range routes() {
		all = append(all, Row{r.Method, r.Path, r.Permission, r.Foreign, r.Open, r.Handle != nil, r.byKey()})
	}
	return all
}

// SafeNext is what keeps ?next= on this site.
func SafeNext(next string) string { return safeNext(next) }

// ByKey tells whether programs may ask for the row with a key.
func (r Row) ByKey() bool { return r.byKey }
