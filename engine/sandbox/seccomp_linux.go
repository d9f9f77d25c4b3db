//go:build linux && (amd64 || arm64)

package sandbox

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// deniedCalls fail with EPERM: the network, other processes, name spaces, mounts, the kernel, shared memory with others.
var deniedCalls = []uint32{
	unix.SYS_SOCKET, unix.SYS_SOCKETPAIR, unix.SYS_CONNECT, unix.SYS_BIND, unix.SYS_LISTEN, unix.SYS_ACCEPT, unix.SYS_ACCEPT4,
	unix.SYS_SENDTO, unix.SYS_SENDMSG, unix.SYS_SENDMMSG, unix.SYS_RECVFROM, unix.SYS_RECVMSG, unix.SYS_RECVMMSG,
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_KCMP, unix.SYS_PIDFD_OPEN, unix.SYS_PIDFD_GETFD,
	unix.SYS_PIDFD_SEND_SIGNAL, unix.SYS_KILL, unix.SYS_TKILL, unix.SYS_TGKILL, unix.SYS_RT_SIGQUEUEINFO, unix.SYS_RT_TGSIGQUEUEINFO,
	unix.SYS_EXECVEAT, unix.SYS_UNSHARE, unix.SYS_SETNS, unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT,
	unix.SYS_OPEN_TREE, unix.SYS_MOVE_MOUNT, unix.SYS_FSOPEN, unix.SYS_FSMOUNT, unix.SYS_FSCONFIG, unix.SYS_FSPICK, unix.SYS_MOUNT_SETATTR,
	unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_NAME_TO_HANDLE_AT, unix.SYS_MKNODAT, unix.SYS_QUOTACTL, unix.SYS_ACCT, unix.SYS_SWAPON, unix.SYS_SWAPOFF,
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD, unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
	unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL, unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE,
	unix.SYS_KEXEC_LOAD, unix.SYS_KEXEC_FILE_LOAD, unix.SYS_REBOOT, unix.SYS_SYSLOG, unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME,
	unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_CLOCK_ADJTIME, unix.SYS_ADJTIMEX, unix.SYS_PERSONALITY, unix.SYS_SETRLIMIT,
	unix.SYS_SETPRIORITY, unix.SYS_IOPRIO_SET, unix.SYS_SETPGID, unix.SYS_SETSID, unix.SYS_FANOTIFY_INIT, unix.SYS_LOOKUP_DCOOKIE, unix.SYS_VHANGUP,
	unix.SYS_SHMGET, unix.SYS_SHMAT, unix.SYS_SHMCTL, unix.SYS_SEMGET, unix.SYS_SEMOP, unix.SYS_SEMCTL, unix.SYS_MSGGET, unix.SYS_MSGSND,
	unix.SYS_MSGRCV, unix.SYS_MQ_OPEN, unix.SYS_MEMFD_CREATE, unix.SYS_MEMFD_SECRET,
}

// Offsets in struct seccomp_data.
const (
	atNumber = 0
	atArch   = 4
	atArgs   = 16
)

// systemCalls is the filter. execve is allowed only with the one pointer that this process is about to use: the worker
// cannot know it, and were it to find it out, what it executes is behind the same filter. Threads may be made, processes
// may not.
func systemCalls(path uint64) []unix.SockFilter {
	const (
		allow = uint32(unix.SECCOMP_RET_ALLOW)
		deny  = uint32(unix.SECCOMP_RET_ERRNO) | uint32(unix.EPERM)
		none  = uint32(unix.SECCOMP_RET_ERRNO) | uint32(unix.ENOSYS)
		kill  = uint32(unix.SECCOMP_RET_KILL_PROCESS)
	)
	load := func(at uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: at}
	}
	give := func(v uint32) unix.SockFilter { return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: v} }
	equal := func(v uint32, yes, no uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: yes, Jf: no, K: v}
	}
	hasBits := func(v uint32, yes, no uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, Jt: yes, Jf: no, K: v}
	}
	program := []unix.SockFilter{
		load(atArch), equal(auditArch, 1, 0), give(kill),
		load(atNumber),
		// The calls of the x32 interface have this bit and numbers of their own.
		hasBits(0x40000000, 0, 1), give(kill),
		equal(unix.SYS_CLONE3, 0, 1), give(none), // the C library falls back to clone
		equal(unix.SYS_CLONE, 0, 4), load(atArgs), hasBits(unix.CLONE_THREAD, 0, 1), give(allow), give(deny),
		equal(unix.SYS_EXECVE, 0, 6), load(atArgs), equal(uint32(path), 0, 3), load(atArgs + 4), equal(uint32(path>>32), 0, 1), give(allow), give(deny),
		// prlimit64 of this process that only asks.
		equal(unix.SYS_PRLIMIT64, 0, 8), load(atArgs), equal(0, 0, 5), load(atArgs + 16), equal(0, 0, 3), load(atArgs + 20), equal(0, 0, 1), give(allow), give(deny),
	}
	for _, list := range [][]uint32{deniedCalls, archCalls} {
		for _, n := range list {
			program = append(program, equal(n, 0, 1), give(deny))
		}
	}
	return append(program, give(allow))
}

// restrictCalls applies the filter to this thread and what it executes.
func restrictCalls(filter []unix.SockFilter) error {
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&program)))
	switch errno {
	case 0:
		return nil
	case unix.ENOSYS, unix.EINVAL: // the kernel was built without
		return errors.ErrUnsupported
	}
	return fmt.Errorf("seccomp: %w", errno)
}
