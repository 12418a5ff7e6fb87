package listener

import (
	"errors"
	"net"
	"syscall"
	"time"
)

// inherits says that accepted sockets have the options of the listening one.
const inherits = true

// keepAlive returns what sets k on a listening socket.
func keepAlive(k net.KeepAliveConfig) func(network, address string, c syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) (err error) {
		failed := c.Control(func(fd uintptr) {
			set := func(level, option, value int) error { return syscall.SetsockoptInt(int(fd), level, option, value) }
			err = errors.Join(
				set(syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1),
				set(syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, int(k.Idle/time.Second)),
				set(syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, int(k.Interval/time.Second)),
				set(syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, k.Count))
		})
		return errors.Join(failed, err)
	}
}
