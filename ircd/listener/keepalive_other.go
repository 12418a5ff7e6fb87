//go:build !linux

package listener

import (
	"net"
	"syscall"
)

// inherits says that accepted sockets have the options of the listening one.
const inherits = false

func keepAlive(net.KeepAliveConfig) func(network, address string, c syscall.RawConn) error {
	return nil
}
