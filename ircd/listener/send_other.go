//go:build !linux || !(amd64 || arm64)

package listener

import "syscall"

func sendNow(fd int, p []byte) (int, error) { return syscall.Write(fd, p) }

func receiveNow(fd int, p []byte) (int, error) { return syscall.Read(fd, p) }
