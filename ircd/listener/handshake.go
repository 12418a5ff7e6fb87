package listener

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"
)

// A handshake makes a Conn of an accepted socket: PROXY header, admission, TLS,
// WebSocket, in this order, as far as the listener has them.
type handshake struct {
	l      *Listener
	c      *Conn
	told   bool // the peer has been sent the reason of the failure
	nearby bool // the socket's peer is on this machine
}

// run sets h.c, or returns an error for the log: whom it concerns has been told.
func (h *handshake) run(nc net.Conn) error {
	s, err := newSocket(nc)
	if err != nil {
		return err
	}
	o := &h.l.o
	h.c = &Conn{Conn: s, Remote: addrPort(s.RemoteAddr()), Peer: s.RemoteAddr(), Listener: o.Address, STSOnly: o.STSOnly, parking: o.Parking, admit: o.Admit, release: func() {}}
	h.nearby = h.l.local || h.c.Remote.Addr().IsLoopback()

	proxy := h.l.believes(o.ProxyFrom, h.c.Remote.Addr(), o.ProxyRequired)
	if o.ProxyRequired && !proxy {
		return errors.New("the listener is for proxies and the peer is not in the list of proxies")
	}
	if !proxy && o.TLS == nil && !o.WebSocket {
		return h.admit() // no deadline, no timer: nothing here waits
	}
	s.SetDeadline(time.Now().Add(o.HandshakeTimeout))
	if proxy {
		if err := h.readProxy(s); err != nil {
			return err
		}
	}
	forwarded := o.WebSocket && h.l.believes(o.TrustForwardedFor, h.c.Remote.Addr(), len(o.TrustForwardedFor) > 0)
	if !forwarded {
		if err := h.admit(); err != nil {
			return err
		}
	}
	if o.TLS != nil {
		if err := h.secure(); err != nil {
			return err
		}
	}
	if o.WebSocket {
		if err := h.upgrade(forwarded); err != nil {
			return err
		}
	}
	return s.SetDeadline(time.Time{})
}

// believes says whether what addr tells about others is believed. All peers of
// a unix socket are, if any are.
func (l *Listener) believes(list []netip.Prefix, addr netip.Addr, local bool) bool {
	if l.local {
		return local
	}
	return contains(list, addr)
}

func contains(list []netip.Prefix, addr netip.Addr) bool {
	for _, p := range list {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// admit asks whether there is room for the client, and tells it if not.
func (h *handshake) admit() error {
	err := h.ask()
	if err != nil {
		h.refuse(err.Error())
	}
	return err
}

func (h *handshake) ask() error {
	release, err := h.l.o.Admit(h.c.Remote.Addr())
	if err == nil {
		h.c.release = release
	}
	return err
}

// leave gives back the admission of a client that did not get further.
func (h *handshake) leave() {
	if h.c != nil {
		h.c.release()
	}
}

// refuse tells the peer why, in the protocol it is about to speak. Before TLS
// there is none; doing the handshake for the sake of the reason would let
// refused clients use the processor as admitted ones do.
func (h *handshake) refuse(reason string) {
	s, ok := h.c.Conn.(*socket)
	if !ok || h.l.o.TLS != nil {
		return
	}
	text := "ERROR :" + oneLine(reason) + "\r\n"
	if h.l.o.WebSocket {
		text = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n" +
			oneLine(reason) + "\n"
	}
	n, err := s.TryWrite([]byte(text))
	h.told = err == nil && n > 0
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == 0 {
			return ' '
		}
		return r
	}, s)
}

// secure performs the TLS handshake.
func (h *handshake) secure() error {
	g := &gated{Conn: h.c.Conn, gate: h.l.gate}
	defer g.leave()
	t := tls.Server(g, h.l.o.TLS)
	if err := t.Handshake(); err != nil {
		return err
	}
	state := t.ConnectionState()
	h.c.Conn, h.c.Secure, h.c.SNI = &careful{t, carefully}, true, state.ServerName
	if len(state.PeerCertificates) > 0 {
		sum := sha256.Sum256(state.PeerCertificates[0].Raw)
		h.c.CertFP = hex.EncodeToString(sum[:])
		sum512 := sha512.Sum512(state.PeerCertificates[0].Raw)
		h.c.CertFP512 = hex.EncodeToString(sum512[:])
	}
	return nil
}
