package listener

import (
	"net"
	"syscall"
	"testing"
)

// TestKeepAlive tests that accepted connections have the options of the listener.
func TestKeepAlive(t *testing.T) {
	ln, err := listenTCP("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	peer, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	c, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ level, option, want int }{
		{syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1},
		{syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, 60},
		{syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, 20},
		{syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, 4},
	} {
		if err := raw.Control(func(fd uintptr) {
			if got, err := syscall.GetsockoptInt(int(fd), x.level, x.option); got != x.want || err != nil {
				t.Errorf("option %d is %d, want %d (%v)", x.option, got, x.want, err)
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
}
