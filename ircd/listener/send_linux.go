//go:build linux && (amd64 || arm64)

package listener

import (
	"syscall"
	"unsafe"
)

// These are write and read for sockets that never wait, without the layer of files above
// them, and without telling the runtime. It would wake the thread that watches whether a call
// lasts (sysmon), which then looks up to fifty times in a millisecond; with one core that is
// a tenth of what a line to a hundred members costs. Calls that may wait wake it as ever.

func sendNow(fd int, p []byte) (int, error) {
	return direct(syscall.SYS_SENDTO, fd, p, syscall.MSG_NOSIGNAL)
}

func receiveNow(fd int, p []byte) (int, error) { return direct(syscall.SYS_RECVFROM, fd, p, 0) }

func direct(call uintptr, fd int, p []byte, flags uintptr) (int, error) {
	n, _, e := syscall.RawSyscall6(call, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)),
		flags|syscall.MSG_DONTWAIT, 0, 0)
	if e != 0 {
		return -1, e
	}
	return int(n), nil
}
