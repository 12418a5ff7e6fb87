package server

import (
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/listener"
)

// A spec is all that a socket is opened with. Sockets whose spec a rehash leaves
// alone stay open. Certificates are not in it: they are replaced in place.
type spec struct {
	config.Listener
	MinVersion   string
	AllowedFrom  []string
	Origins      []string
	AllowMissing bool
	Handshake    time.Duration
}

func specs(c *config.Config) []spec {
	var all []spec
	for _, l := range c.Listeners {
		sp := spec{Listener: l, AllowedFrom: c.Proxy.AllowedFrom, Handshake: time.Duration(c.Server.TimeoutHandshake)}
		if l.TLS {
			sp.MinVersion = c.TLS.MinVersion
		}
		if l.WebSocket {
			sp.Origins, sp.AllowMissing = c.WebSocket.Origins, c.WebSocket.AllowMissing
		}
		all = append(all, sp)
	}
	return all
}

// same reports whether a socket of spec a does for b.
func (a spec) same(b spec) bool {
	a.Cert, a.Key, b.Cert, b.Key = "", "", "", ""
	return reflect.DeepEqual(a, b)
}

// A socket is a listener with what it was opened for.
type socket struct {
	spec
	ln      *listener.Listener
	certs   listener.Certificates
	serving bool
}

// loopback is who may speak the PROXY protocol to a listener that demands it,
// when nobody is named.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// open opens a socket. Nobody is let in before serveAll.
func (s *Server) open(sp spec, c *config.Config) (*socket, error) {
	k := &socket{spec: sp}
	k.certs.Challenge = s.acme.Challenge
	o := listener.Options{
		Address: sp.Address, Socket: s.inherited(sp.Address), STSOnly: sp.STSOnly,
		WebSocket: sp.WebSocket, Origins: sp.Origins, AllowMissingOrigin: sp.AllowMissing,
		ProxyRequired: sp.Proxy, ProxyFrom: prefixes(sp.AllowedFrom), HandshakeTimeout: sp.Handshake,
		Admit: func(addr netip.Addr) (func(), error) {
			return s.admit(sp.remote(netip.AddrPortFrom(addr, 0)).Addr(), sp.TLS)
		},
		Log: s.Log, Parking: s.parking, Way: s.way,
	}
	if sp.Proxy && len(o.ProxyFrom) == 0 {
		o.ProxyFrom = loopback
	}
	o.TrustForwardedFor = o.ProxyFrom
	if sp.TLS {
		o.TLS = listener.TLSConfig(&k.certs, sp.MinVersion)
	}
	if err := s.load(k, c); err != nil {
		return nil, err
	}
	var err error
	if k.ln, err = listener.Listen(o); err != nil {
		return nil, explain(sp.Address, err)
	}
	return k, nil
}

// explain adds to an error of a listener what can be done about it.
func explain(address string, err error) error {
	port := address[strings.LastIndexByte(address, ':')+1:]
	switch {
	case errors.Is(err, syscall.EADDRINUSE) && !strings.HasPrefix(address, "unix:"):
		return fmt.Errorf("%w. Another program has this port: find it by \"ss -ltnp sport = :%s\" and stop it, or write another address in [[listener]]", err, port)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%w. Ports below 1024 are for root: write a port from 1024 in [[listener]], or let the service manager grant CAP_NET_BIND_SERVICE", err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%w. This machine does not have the address: write one of its own in [[listener]], or \":%s\" for all of them", err, port)
	}
	return err
}

// listen opens the sockets of c, given those that are open, and returns those
// that are open then. What stays is not touched but for its certificates; what is
// no longer wanted is closed. With an error, everything is as before.
func (s *Server) listen(c *config.Config, now []*socket) ([]*socket, error) {
	keep, drop, missing := split(now, specs(c))
	opened, late, err := s.openAll(missing, c, drop)
	if err == nil {
		err = s.renew(keep, c)
	}
	if err != nil {
		closeAll(opened)
		return now, err
	}
	closeAll(drop)
	more, _, err := s.openAll(late, c, nil)
	if err != nil {
		closeAll(opened)
		back, _, again := s.openAll(specsOf(drop), s.config, nil)
		if again != nil {
			s.Log.Error("a listener is lost until the next rehash", "error", again)
		}
		return append(keep, back...), errors.Join(err, s.renew(keep, s.config))
	}
	return append(append(keep, opened...), more...), nil
}

// openAll opens sockets. Those whose address is taken by one that is to be closed are
// returned as late. Nothing is closed for one that is taken by another program.
func (s *Server) openAll(wanted []spec, c *config.Config, drop []*socket) (opened []*socket, late []spec, err error) {
	for _, sp := range wanted {
		k, err := s.open(sp, c)
		switch {
		case errors.Is(err, syscall.EADDRINUSE) && inTheWay(drop, sp):
			late = append(late, sp)
		case err != nil:
			closeAll(opened)
			return nil, nil, err
		default:
			opened = append(opened, k)
		}
	}
	return opened, late, nil
}

// inTheWay reports whether one of the sockets has the address of another.
func inTheWay(open []*socket, sp spec) bool {
	return slices.ContainsFunc(open, func(k *socket) bool { return config.Collide(k.shown(), sp.Address) })
}

// renew reads the certificates of open sockets again, as c names them. If one
// cannot be used, all have those of the configuration in use.
func (s *Server) renew(open []*socket, c *config.Config) error {
	for _, k := range open {
		err := s.load(k, c)
		if err == nil {
			continue
		}
		for _, k := range open {
			if old := s.load(k, s.config); old != nil {
				s.Log.Error("a certificate cannot be read again and stays in use", "listener", k.Address, "error", old)
			}
		}
		return err
	}
	return nil
}

// split tells the sockets that stay from those that go, and what is missing.
func split(now []*socket, wanted []spec) (keep, drop []*socket, missing []spec) {
	there := make([]bool, len(wanted))
	for _, k := range now {
		i := slices.IndexFunc(wanted, k.same)
		if i < 0 {
			drop = append(drop, k)
			continue
		}
		there[i] = true
		keep = append(keep, k)
	}
	for i, sp := range wanted {
		if !there[i] {
			missing = append(missing, sp)
		}
	}
	return keep, drop, missing
}

func specsOf(sockets []*socket) (all []spec) {
	for _, k := range sockets {
		all = append(all, k.spec)
	}
	return all
}

func closeAll(all []*socket) {
	for _, k := range all {
		k.ln.Close()
	}
}

// serveAll lets clients in.
func (s *Server) serveAll() {
	for _, k := range s.sockets {
		if k.serving {
			continue
		}
		k.serving = true
		s.Log.Info("listening", "address", k.shown(), "for", k.kind())
		s.loops.Go(func() { k.ln.Serve(func(c *listener.Conn) { s.serve(k.spec, c) }) })
	}
}
