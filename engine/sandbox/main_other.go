//go:build !linux

package sandbox

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

// Main would become a Python worker; only Linux has what confines one.
func Main(_ []string, _ io.Reader, _, stderr io.Writer) int {
	fmt.Fprintln(stderr, "Python code runs only on Linux")
	return 1
}

// Confinement says in words what the kernel offers to confine Python workers with.
func Confinement() string { return "nothing: Python code runs only on Linux" }

func ownGroup() *syscall.SysProcAttr { return nil }

func killGroup(p *os.Process) {
	if p != nil {
		_ = p.Kill() // it may have ended already
	}
}
