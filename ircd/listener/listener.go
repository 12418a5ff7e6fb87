// Package listener owns the sockets on which clients arrive: TCP, TLS, unix and
// WebSocket, with the PROXY protocol in front of any of them, the limits per
// address, and the questions asked about an address (host name, ident).
//
// It ends where IRC begins. What it hands over is a Conn: handshaken, with its
// final address, delivering lines however they travelled. So nothing above has
// to know about transports, and everything a stranger can do before the first
// line – stall, spoof an address, speak HTTP – is dealt with in one place and
// under one deadline.
package listener

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/courtesy"
)

// Options say where a Listener listens and whom it believes.
type Options struct {
	// Address is "host:port", or "unix:" and the path of a socket, which gets
	// the mode 0770.
	Address string
	// Socket, unless it is nil, is the open socket of the address, which an earlier
	// program has handed over. Listen closes it.
	Socket *os.File
	// TLS makes the listener speak TLS only; see TLSConfig. Nil: plain.
	TLS *tls.Config
	// STSOnly is copied to every Conn.
	STSOnly bool

	// WebSocket makes every connection a WebSocket. Origins are the values of
	// the Origin header that may connect: "https://chat.example.org", with "*"
	// for a part of the host or a port, or "*" alone for any. A request without
	// that header comes from no browser.
	WebSocket          bool
	Origins            []string
	AllowMissingOrigin bool
	// TrustForwardedFor are the HTTP proxies whose X-Forwarded-For is believed.
	TrustForwardedFor []netip.Prefix

	// ProxyFrom are the addresses whose PROXY header is believed. With
	// ProxyRequired, only they may connect, and only with such a header.
	// The peers of a unix socket are not looked up in these lists: the mode of
	// the socket says who they are.
	ProxyRequired bool
	ProxyFrom     []netip.Prefix

	// HandshakeTimeout bounds everything before the first line of IRC: PROXY,
	// TLS and HTTP together. 0 is 10 seconds.
	HandshakeTimeout time.Duration
	// MaxLine is the longest line that a WebSocket message may hold, in bytes
	// without CR LF. 0 is 8191 of tags and 510 of message.
	MaxLine int

	// Admit is asked once per connection, as soon as the address of the client
	// is known and before any work is done for it. The client hears the text of
	// an error where its protocol can carry one before the handshake. release is
	// called when the connection has ended. Nil admits everybody.
	Admit func(addr netip.Addr) (release func(), err error)
	// Parking is where connections may wait without a goroutine; nil: they do not.
	Parking *Parking
	// Way is what accepting gives to the clients who are there already; or nil.
	Way *courtesy.Way
	// Log gets what an operator should know; nil discards it.
	Log *slog.Logger
}

const (
	defaultTimeout = 10 * time.Second
	defaultMaxLine = 8191 + 510
)

// A Listener accepts the connections of one address.
type Listener struct {
	o         Options
	ln        net.Listener
	local     bool // a unix socket
	gate      gate
	lines     *sync.Pool // of buffers for one WebSocket message
	closing   chan struct{}
	closeOnce sync.Once
	lingering atomic.Int32 // see linger
	accepted  atomic.Uint64
	failed    atomic.Uint64
}

// Counts returns how many connections the listener has accepted, and how many of them
// ended before the first line: they were refused, or did not complete the handshake.
func (l *Listener) Counts() (accepted, failed uint64) { return l.accepted.Load(), l.failed.Load() }

// Listen opens the socket of o.Address. Connections wait in the kernel until
// Serve is called.
func Listen(o Options) (*Listener, error) {
	path, local := unixPath(o.Address)
	var ln net.Listener
	var err error
	switch {
	case o.Socket != nil:
		ln, err = inherit(o.Socket)
	case local:
		ln, err = listenUnix(path)
	default:
		ln, err = listenTCP(o.Address)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", o.Address, err)
	}
	return newListener(o, ln, local), nil
}

// Open opens the socket of an address, "host:port" or "unix:" and a path, for other
// protocols than IRC.
func Open(address string) (net.Listener, error) {
	if path, local := unixPath(address); local {
		return listenUnix(path)
	}
	return listenTCP(address)
}

func newListener(o Options, ln net.Listener, local bool) *Listener {
	if o.HandshakeTimeout <= 0 {
		o.HandshakeTimeout = defaultTimeout
	}
	if o.MaxLine <= 0 {
		o.MaxLine = defaultMaxLine
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Admit == nil {
		o.Admit = func(netip.Addr) (func(), error) { return func() {}, nil }
	}
	l := &Listener{o: o, ln: ln, local: local, gate: newGate(runtime.GOMAXPROCS(0)), closing: make(chan struct{})}
	if o.TLS != nil {
		l.o.TLS = listenerTLS(o.TLS, o.WebSocket)
	}
	l.lines = &sync.Pool{New: func() any {
		b := make([]byte, o.MaxLine+len("\r\n"))
		return &b
	}}
	return l
}

func listenTCP(address string) (net.Listener, error) {
	lc := net.ListenConfig{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: time.Minute, Interval: 20 * time.Second, Count: 4,
	}}
	if inherits { // four system calls less for each connection
		lc.Control = keepAlive(lc.KeepAliveConfig)
		lc.KeepAlive, lc.KeepAliveConfig.Enable = -1, false
	}
	// Multipath TCP costs every connection kernel memory, which no IRC client
	// is known to use.
	lc.SetMultipathTCP(false)
	return lc.Listen(background, "tcp", address)
}

// Addr returns the address of the socket, with the port that was chosen for ":0".
func (l *Listener) Addr() net.Addr { return l.ln.Addr() }

// Close stops accepting. Connections that were accepted live on; Serve returns.
func (l *Listener) Close() error {
	err := net.ErrClosed
	l.closeOnce.Do(func() {
		close(l.closing)
		err = l.ln.Close()
	})
	return err
}
