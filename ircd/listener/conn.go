package listener

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// A Conn is the connection of a client, ready for lines.
//
// The embedded net.Conn is the transport, and what it can do beyond net.Conn is
// found by asserting on it, not on the Conn: plain TCP and unix sockets have
// TryWrite, which writes what the kernel takes at once; TLS and WebSocket have
// not, because half a record or frame cannot be taken back. A Conn around any
// other net.Conn, such as an end of net.Pipe, works as well.
type Conn struct {
	net.Conn

	// Remote is the address of the client, behind proxies that are believed.
	// It is zero for the peer of a unix socket.
	Remote netip.AddrPort
	// Peer is the other end of the socket: the client or the last proxy.
	Peer net.Addr
	// Proxied says that Remote was told by a proxy. Ident cannot be asked then.
	Proxied bool

	// Secure says that nobody but the client and proxies on this machine could
	// read along.
	Secure bool
	// CertFP is the SHA-256 of the client's certificate in hexadecimal, or
	// empty. TLS has proved that the client holds its key; nothing else about
	// the certificate has been verified.
	CertFP string
	// CertFP512 is the same by SHA-512.
	CertFP512 string
	// SNI is the host name that the client asked for in TLS, or empty.
	SNI string
	// WebSocket is the subprotocol, TextProtocol or BinaryProtocol, or empty if
	// this is no WebSocket.
	WebSocket string

	// Listener is Options.Address of the listener.
	Listener string
	// STSOnly says that the listener only tells clients to use TLS.
	STSOnly bool

	small   []byte // of ReadPooled
	rest    rest
	parking *Parking // or nil
	admit   func(netip.Addr) (release func(), err error)
	release func() // of the admission
}

// Readmit admits the client by another address, which a gateway that is believed
// has told, in place of Remote. With an error, all is as before. It is called by
// the goroutine that serves the connection.
func (c *Conn) Readmit(addr netip.Addr) error {
	release, err := c.admit(addr)
	if err != nil {
		return err
	}
	c.release()
	c.release, c.Remote = release, netip.AddrPortFrom(plain(addr), 0)
	return nil
}

// A pooledReader waits without holding a buffer.
type pooledReader interface {
	ReadPooled(pool *sync.Pool) (buf *[]byte, n int, err error)
}

// An idler waits until ReadPooled is to be called. It must not be interrupted
// anywhere else, or not everywhere.
type idler interface{ Idle() error }

// smallBuffer is what a transport that must read into something keeps while its
// client is idle. Most lines of clients fit.
const smallBuffer = 512

// ReadPooled waits for data, then takes a buffer from the pool, of *[]byte with
// a length of at least 512, and reads into it. The caller puts the buffer back;
// with an error there is none. An idle client thereby costs no buffer (plain and
// WebSocket) or a small one (TLS). Deadlines are those of SetReadDeadline.
//
// If mayRest is true, Rest may end the wait; there is then neither a buffer nor an
// error.
func (c *Conn) ReadPooled(pool *sync.Pool, mayRest bool) (buf *[]byte, n int, err error) {
	if !mayRest {
		return c.readPooled(pool)
	}
	i, ok := c.Conn.(idler)
	c.rest.begin()
	if ok {
		err = i.Idle()
	} else {
		buf, n, err = c.readPooled(pool)
	}
	switch {
	case c.rest.end(c.Conn, err):
		return nil, 0, nil
	case ok:
		return c.readPooled(pool)
	}
	return buf, n, err
}

func (c *Conn) readPooled(pool *sync.Pool) (buf *[]byte, n int, err error) {
	if r, ok := c.Conn.(pooledReader); ok {
		return r.ReadPooled(pool)
	}
	if c.small == nil {
		c.small = make([]byte, smallBuffer)
	}
	n, err = c.Conn.Read(c.small)
	if n == 0 {
		return nil, 0, err
	}
	// An error that came with data comes again at the next call.
	buf = pool.Get().(*[]byte)
	return buf, copy(*buf, c.small[:n]), nil
}

// Socket returns the transport: what it can do beyond net.Conn is found by asserting.
func (c *Conn) Socket() net.Conn { return c.Conn }

// Abort closes the descriptor at once, without farewell. Close may wait, for up
// to 5 seconds, to tell a TLS peer that reads nothing that this is the end.
func (c *Conn) Abort() error { return bottom(c.Conn).Close() }

// drainBytes bounds what Finish reads from a peer that goes on sending.
const drainBytes = 256 << 10

// Finish closes the connection so that the last lines arrive: after the end of
// the outgoing stream it reads and discards, for at most the given time, until
// the peer has closed. A plain Close while input is unread makes the kernel
// send a reset, which can overtake the ERROR with the reason. It is called in
// place of Close by the goroutine that reads.
func (c *Conn) Finish(wait time.Duration) error {
	type closeWriter interface{ CloseWrite() error }
	if w, ok := c.Conn.(closeWriter); ok && w.CloseWrite() == nil {
		b := bottom(c.Conn)
		b.SetReadDeadline(time.Now().Add(wait))
		page := pages.Get().(*[]byte)
		defer pages.Put(page)
		for left := drainBytes; left > 0; {
			n, err := b.Read((*page)[:cap(*page)])
			if err != nil {
				break
			}
			left -= n
		}
	}
	return c.Close()
}

// bottom returns the socket below TLS and WebSocket.
func bottom(c net.Conn) net.Conn {
	for {
		b, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return c
		}
		c = b.NetConn()
	}
}
