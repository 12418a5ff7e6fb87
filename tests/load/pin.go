//go:build linux

package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"unsafe"
)

// Pins are the cores of the server and of the generator; -1 is none.
type pins struct{ server, generator int }

func parseCores(s string) (pins, error) {
	if s == "" {
		return pins{-1, -1}, nil
	}
	var p pins
	if _, err := fmt.Sscanf(s, "%d,%d", &p.server, &p.generator); err != nil || p.server < 0 || p.generator < 0 {
		return p, fmt.Errorf("-cores: want two core numbers such as 0,1, not %q", s)
	}
	return p, nil
}

// pinned marks a process that has been started again on its core.
const pinned = "LOAD_PINNED"

// settle moves the whole program to its core. Threads that exist already keep
// their cores, so the program starts itself once more from the moved thread.
func (p pins) settle() error {
	if p.generator < 0 || os.Getenv(pinned) != "" {
		return nil
	}
	if err := setCore(p.generator); err != nil {
		return fmt.Errorf("core %d: %w (use -cores to choose others)", p.generator, err)
	}
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	return syscall.Exec(exe, os.Args, append(os.Environ(), pinned+"=1"))
}

// onServerCore runs f on the server's core, so that what it starts stays there.
// The calling goroutine must be locked to its thread.
func (p pins) onServerCore(f func() error) error {
	if p.server < 0 {
		return f()
	}
	if err := setCore(p.server); err != nil {
		return fmt.Errorf("core %d: %w (use -cores to choose others)", p.server, err)
	}
	err := f()
	if back := setCore(p.generator); back != nil && err == nil {
		err = back
	}
	return err
}

// setCore moves the calling thread to one core.
func setCore(n int) error {
	var set [16]uint64
	if n >= len(set)*64 {
		return syscall.EINVAL
	}
	set[n/64] = 1 << (n % 64)
	_, _, e := syscall.RawSyscall(syscall.SYS_SCHED_SETAFFINITY, 0, unsafe.Sizeof(set), uintptr(unsafe.Pointer(&set)))
	if e != 0 {
		return e
	}
	return nil
}

// raiseFiles allows as many descriptors as the system lets. A value set by the
// program, other than the one Go sets by itself, is inherited by the servers.
func raiseFiles() error {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		return err
	}
	r.Cur = r.Max
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &r)
}

// cpuModel names the processor.
func cpuModel() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	_, after, _ := strings.Cut(string(b), "model name")
	line, _, _ := strings.Cut(after, "\n")
	return strings.Trim(line, " \t:")
}
