package listener

import "crypto/tls"

// record is how much is in a record of TLS at first, in bytes, and carefully for how
// long that is so.
const (
	record    = 1024
	carefully = 64 << 10
)

// A careful connection writes small records at first. There are clients that wait for
// the socket to be readable, then read 1024 bytes of it, and do not ask TLS whether it
// holds more: the rest of a larger record stays there until something else arrives,
// which after the greeting of a server is its PING, minutes later. What comes when a
// client connects is therefore written so that nothing is left; later, something else
// always arrives soon, and large records cost less.
type careful struct {
	*tls.Conn
	left int // bytes to be written carefully; used by the writer alone
}

// Write implements net.Conn.
func (c *careful) Write(b []byte) (n int, err error) {
	for c.left > 0 && len(b) > record {
		m, err := c.Conn.Write(b[:record])
		n, c.left = n+m, c.left-m
		if err != nil {
			return n, err
		}
		b = b[m:]
	}
	m, err := c.Conn.Write(b)
	c.left -= m
	return n + m, err
}
