package listener

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

const unixMode = 0o770

// unixPath returns the path of a "unix:" address.
func unixPath(address string) (path string, ok bool) {
	return strings.CutPrefix(address, "unix:")
}

// listenUnix listens on a unix socket. One that a killed server left behind is
// removed; one that answers, or any other file, is not.
func listenUnix(path string) (net.Listener, error) {
	if err := removeStale(path); err != nil {
		return nil, err
	}
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		// The file takes its mode from the socket, less the umask: it is at no
		// moment more open than it will be.
		return c.Control(func(fd uintptr) { syscall.Fchmod(int(fd), unixMode) })
	}}
	ln, err := lc.Listen(background, "unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, unixMode); err != nil {
		ln.Close()
		return nil, err
	}
	return ln, nil
}

func removeStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s exists and is no socket", path)
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		c.Close()
		return fmt.Errorf("%s: %w: another server answers there", path, syscall.EADDRINUSE)
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("%s: cannot tell whether it is in use: %w", path, err)
	}
	return os.Remove(path)
}
