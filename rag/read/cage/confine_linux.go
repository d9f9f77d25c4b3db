package cage

import (
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// confine sets the limits of this process: memory beyond what the program itself takes up, processor time, and no files.
func confine(memory int64, seconds uint64) error {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return fmt.Errorf("find the size of this program: %w", err)
	}
	var pages uint64
	if _, err := fmt.Sscan(strings.Fields(string(statm))[0], &pages); err != nil {
		return fmt.Errorf("find the size of this program: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up new privileges: %w", err)
	}
	for _, l := range []struct {
		what  int
		value uint64
	}{
		{unix.RLIMIT_CORE, 0}, {unix.RLIMIT_FSIZE, 0}, {unix.RLIMIT_NOFILE, 64}, {unix.RLIMIT_CPU, seconds},
		{unix.RLIMIT_AS, pages*uint64(os.Getpagesize()) + uint64(memory)},
	} {
		if err := syscall.Setrlimit(l.what, &syscall.Rlimit{Cur: l.value, Max: l.value}); err != nil {
			return fmt.Errorf("set limits: %w", err)
		}
	}
	return nil
}
