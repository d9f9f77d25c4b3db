//go:build unix

package main

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// terminalSize asks how many columns and rows the terminal behind w has now; nil where there is none, or none that says.
func terminalSize(w io.Writer) func() (columns, rows int) {
	f, ok := w.(*os.File)
	if !ok || !isTerminal(w) {
		return nil
	}
	size := func() (columns, rows int) {
		s, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
		if err != nil {
			return 0, 0
		}
		return int(s.Col), int(s.Row)
	}
	if columns, rows := size(); columns == 0 || rows == 0 {
		return nil
	}
	return size
}
