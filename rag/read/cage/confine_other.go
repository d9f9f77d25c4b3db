//go:build !linux

package cage

// confine does nothing here: the deadline of each file and the limits of the readers themselves remain.
func confine(_ int64, _ uint64) error { return nil }
