package sandbox

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Main is the sub-command that becomes a Python worker: it gives up what it may do, then executes the interpreter in
// its own place. Standard input and output are the pipes to the server. What the kernel does not offer is left out:
// without Landlock (before Linux 5.13) a worker can read what its user can read.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	set := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	set.SetOutput(stderr)
	var c cage
	set.StringVar(&c.python, "python", "", "path of the Python interpreter")
	set.StringVar(&c.folder, "folder", "", "the only folder that can be written to")
	set.Uint64Var(&c.memory, "memory", 512<<20, "bytes of address space")
	set.Uint64Var(&c.seconds, "seconds", 120, "seconds of processor time")
	set.Func("read", "a folder that can be read; may be repeated", func(s string) error { c.read = append(c.read, s); return nil })
	if err := set.Parse(args); err != nil {
		return 2
	}
	if c.python == "" || c.folder == "" {
		fmt.Fprintln(stderr, "sandbox is started by the server for Python code; it is of no use alone")
		return 2
	}
	if err := c.enter(); err != nil { // it returns only when it failed
		fmt.Fprintln(stderr, "sandbox:", err)
	}
	return 1
}

// cage is what a worker is confined to.
type cage struct {
	python, folder  string
	read            []string
	memory, seconds uint64
}

// enter confines this thread and executes Python on it; the other threads end with the execution.
func (c *cage) enter() error {
	runtime.LockOSThread()
	real, err := filepath.EvalSymlinks(c.python)
	if err != nil {
		return fmt.Errorf("find Python: %w", err)
	}
	env := []string{"HOME=" + c.folder, "TMPDIR=" + c.folder, "LANG=C.UTF-8", "TZ=UTC", "OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1"}
	path, err := syscall.BytePtrFromString(c.python)
	if err != nil {
		return err
	}
	argv, err := syscall.SlicePtrFromStrings([]string{c.python, "-I", "-B", "-u", "-X", "utf8", "-c", workerPy})
	if err != nil {
		return err
	}
	envp, err := syscall.SlicePtrFromStrings(env)
	if err != nil {
		return err
	}
	if err := os.Chdir(c.folder); err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up new privileges: %w", err)
	}
	if err := restrictFiles(c.readable(real), c.folder); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("confine to folders: %w", err)
	}
	if err := dropPrivileges(real, c.folder); err != nil {
		return fmt.Errorf("give up privileges: %w", err)
	}
	filter := systemCalls(uint64(uintptr(unsafe.Pointer(path))))
	if err := c.limit(); err != nil {
		return fmt.Errorf("set limits: %w", err)
	}
	if err := restrictCalls(filter); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("restrict system calls: %w", err)
	}
	_, _, failed := unix.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(path)),
		uintptr(unsafe.Pointer(&argv[0])), uintptr(unsafe.Pointer(&envp[0])))
	runtime.KeepAlive(path)
	return fmt.Errorf("execute %s: %w", c.python, failed)
}

// limit sets the limits of resources. The address space comes last: this program itself uses more.
func (c *cage) limit() error {
	for _, l := range []struct {
		what  int
		value uint64
	}{
		{unix.RLIMIT_CORE, 0}, {unix.RLIMIT_FSIZE, 64 << 20}, {unix.RLIMIT_NOFILE, 64}, {unix.RLIMIT_CPU, c.seconds},
		{unix.RLIMIT_NPROC, 64}, {unix.RLIMIT_MEMLOCK, 0}, {unix.RLIMIT_MSGQUEUE, 0}, {unix.RLIMIT_AS, c.memory},
	} {
		if err := syscall.Setrlimit(l.what, &syscall.Rlimit{Cur: l.value, Max: l.value}); err != nil {
			return err
		}
	}
	return nil
}

// readable are the paths that Python needs.
func (c *cage) readable(executable string) []string {
	list := []string{
		executable, c.python, filepath.Join(filepath.Dir(filepath.Dir(executable)), "lib"), "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib",
		"/etc/ld.so.cache", "/usr/share/zoneinfo", "/dev/urandom",
	}
	if cfg := filepath.Join(filepath.Dir(filepath.Dir(c.python)), "pyvenv.cfg"); cfg != "/pyvenv.cfg" {
		list = append(list, cfg)
	}
	return append(list, c.read...)
}

// dropPrivileges makes root nobody. Where Python lies in a folder that only root can enter it stays root without any
// capability, behind Landlock and the filter of system calls.
func dropPrivileges(executable, folder string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	const nobody = 65534
	if reachable(executable) && reachable(filepath.Dir(folder)) {
		if err := os.Chown(folder, nobody, nobody); err != nil {
			return err
		}
		if err := syscall.Setgroups(nil); err != nil {
			return err
		}
		if err := syscall.Setresgid(nobody, nobody, nobody); err != nil {
			return err
		}
		return syscall.Setresuid(nobody, nobody, nobody)
	}
	const noRoot = 1<<0 | 1<<1 // SECBIT_NOROOT and its lock: executing as root gives no capabilities
	if err := unix.Prctl(unix.PR_SET_SECUREBITS, noRoot, 0, 0, 0); err != nil && !errors.Is(err, unix.EPERM) {
		return err
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	return unix.Capset(&header, &none[0])
}

// reachable reports whether everybody may enter the folders above a path, and execute or enter the path.
func reachable(path string) bool {
	for {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm()&1 == 0 {
			return false
		}
		if path == "/" || path == "." {
			return true
		}
		path = filepath.Dir(path)
	}
}

func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// killGroup kills a worker; it has started nothing else, for it cannot.
func killGroup(p *os.Process) {
	if p != nil {
		_ = syscall.Kill(-p.Pid, syscall.SIGKILL) // it may have ended already
		_ = p.Kill()
	}
}

// landlockVersion is for messages and tests: 0 when the kernel has none.
func landlockVersion() int {
	n, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0
	}
	return int(n)
}

// Confinement says in words what the kernel offers to confine Python workers with.
func Confinement() string {
	parts := []string{"limits of resources"}
	if n := landlockVersion(); n > 0 {
		parts = append(parts, "Landlock version "+strconv.Itoa(n))
	}
	if systemCalls(0) != nil {
		parts = append(parts, "a filter of system calls")
	}
	return strings.Join(parts, ", ")
}
