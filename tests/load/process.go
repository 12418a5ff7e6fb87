//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// A usage is what was spent between two moments.
type usage struct {
	wall      time.Duration
	server    time.Duration // CPU of the server's process
	user, sys time.Duration // the same in hundredths of a second, divided
	generator time.Duration // without the time it only looked for work
}

// A moment is a reading of the clocks.
type moment struct {
	at        time.Time
	server    time.Duration
	user, sys time.Duration
	generator time.Duration
}

// now reads the clocks. A pid of 0 is a server whose process is unknown.
func now(pid int) (moment, error) {
	var ru syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &ru); err != nil {
		return moment{}, err
	}
	m := moment{generator: time.Duration(ru.Utime.Nano() + ru.Stime.Nano())}
	if pid != 0 {
		var err error
		if m.server, err = processCPU(pid); err != nil {
			return m, err
		}
		if m.user, m.sys, err = processTimes(pid); err != nil {
			return m, err
		}
	}
	m.at = time.Now()
	return m, nil
}

func (m moment) since(from moment) usage {
	return usage{m.at.Sub(from.at), m.server - from.server, m.user - from.user, m.sys - from.sys, m.generator - from.generator}
}

// processCPU reads the CPU clock of another process, which counts in
// nanoseconds where /proc counts in hundredths of a second.
func processCPU(pid int) (time.Duration, error) {
	clock := ^pid<<3 | 2 // as clock_getcpuclockid(3) makes it
	var ts syscall.Timespec
	_, _, e := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, uintptr(int32(clock)), uintptr(unsafe.Pointer(&ts)), 0)
	if e != 0 {
		return 0, fmt.Errorf("CPU clock of process %d: %w", pid, e)
	}
	return time.Duration(ts.Nano()), nil
}

// processTimes reads the user and system time of /proc/PID/stat.
func processTimes(pid int) (user, sys time.Duration, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, err
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(f) < 13 {
		return 0, 0, errors.New("/proc/PID/stat is short")
	}
	u, err := strconv.ParseInt(f[11], 10, 64)
	if err != nil {
		return 0, 0, err
	}
	s, err := strconv.ParseInt(f[12], 10, 64)
	const tick = 10 * time.Millisecond
	return time.Duration(u) * tick, time.Duration(s) * tick, err
}

// A memory is what a process keeps resident, in bytes.
type memory struct{ rss, pss int64 }

func processMemory(pid int) (memory, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return memory{}, err
	}
	var m memory
	for line := range strings.SplitSeq(string(b), "\n") {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		kb, _ := strconv.ParseInt(f[1], 10, 64)
		switch f[0] {
		case "Rss:":
			m.rss = kb << 10
		case "Pss:":
			m.pss = kb << 10
		}
	}
	if m.rss == 0 {
		return m, errors.New("smaps_rollup has no Rss")
	}
	return m, nil
}
