//go:build linux && (amd64 || arm64)

package listener

import (
	"syscall"
	"unsafe"
)

// send writes to a socket without waiting. It is what write does, without the layer of
// files above sockets, and the runtime is not told, because it takes no longer than other
// code does: together a fifth of what a short line costs until it is in the kernel's queue.
func send(fd int, p []byte) (int, error) {
	n, _, e := syscall.RawSyscall6(syscall.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)),
		syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL, 0, 0)
	if e != 0 {
		return -1, e
	}
	return int(n), nil
}
