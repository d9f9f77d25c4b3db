// Package engine is the workflow: its model and file, edits and their inverses, validation, and the execution of runs.
// It knows no kind of node, no database and no HTTP: kinds come as a Catalogue, the rest behind small interfaces.
//
// A run belongs to one goroutine, which is the only one that changes it. Events of a run are ordered by Seq, without gaps,
// and reach watchers only after they are on disk. Functions that a caller gives (Publish, a kind's Run) must not block for
// ever: a kind is given a context and is expected to obey it.
package engine
