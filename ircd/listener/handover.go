package listener

import (
	"errors"
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// Handover returns the open socket, for another program to go on listening on it when
// this one has closed the Listener: whoever connects in between waits, and is not
// refused. The caller closes it.
func (l *Listener) Handover() (*os.File, error) {
	switch ln := l.ln.(type) {
	case *net.TCPListener:
		return ln.File()
	case *net.UnixListener:
		ln.SetUnlinkOnClose(false)
		return ln.File()
	}
	return nil, errors.New("this listener has no socket")
}

// Inheritable lets a socket stay open in the program that replaces this one, and returns
// its descriptor.
func Inheritable(f *os.File) (fd int, err error) {
	fd = int(f.Fd())
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, 0); err != nil {
		return 0, fmt.Errorf("hand over a socket: %w", err)
	}
	return fd, nil
}

// inherit listens on a socket that an earlier program has handed over.
func inherit(f *os.File) (net.Listener, error) {
	defer f.Close() // the listener has a copy
	return net.FileListener(f)
}
