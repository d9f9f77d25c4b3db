//go:build !unix

package main

import "io"

// terminalSize is not known here: progress is told line by line.
func terminalSize(io.Writer) func() (columns, rows int) { return nil }
