//go:build !linux || !(amd64 || arm64)

package listener

import "syscall"

// send writes to a socket without waiting.
func send(fd int, p []byte) (int, error) { return syscall.Write(fd, p) }
