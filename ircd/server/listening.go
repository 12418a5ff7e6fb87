package server

import "strings"

// shown is the address with the port that was chosen, if that was left open.
func (k *socket) shown() string {
	if strings.HasPrefix(k.Address, "unix:") {
		return k.Address
	}
	return k.ln.Addr().String()
}

// kind says what clients speak here.
func (k *socket) kind() string {
	kind := "IRC"
	if k.WebSocket {
		kind = "WebSocket"
	}
	if k.TLS {
		kind += " with TLS"
	}
	if k.Proxy {
		kind += " behind a proxy"
	}
	if k.Tor {
		kind += " through Tor"
	}
	if k.STSOnly {
		kind += ", only to send clients to TLS"
	}
	return kind
}

// A Listening is an address that the server listens on.
type Listening struct {
	Address                 string // with the port that was chosen, if that was left open
	For                     string // "IRC with TLS"
	TLS, WebSocket, STSOnly bool
}

// Listening returns where the server listens.
func (s *Server) Listening() []Listening {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Listening
	for _, k := range s.sockets {
		all = append(all, Listening{k.shown(), k.kind(), k.TLS, k.WebSocket, k.STSOnly})
	}
	return all
}

// ports says where the server listens, a line each.
func (s *Server) ports() (lines []string) {
	for _, l := range s.Listening() {
		lines = append(lines, l.Address+" "+l.For)
	}
	return lines
}
