package listener

import "net"

// A gate lets as many TLS handshakes compute at once as there are processors.
// The others wait in its line instead of the scheduler's, where a flood of them
// would make every client of the server wait.
type gate chan struct{}

func newGate(n int) gate { return make(gate, n) }

// gated is the connection below TLS. The handshake passes the gate when the
// client's hello has arrived, so that a client which sends nothing holds no
// place, and leaves it when the answer, which took the computing, is written.
type gated struct {
	net.Conn
	gate gate
	held bool // only touched by the goroutine of the handshake while it lasts
}

func (g *gated) enter() {
	g.gate <- struct{}{}
	g.held = true
}

func (g *gated) leave() {
	if g.held {
		g.held = false
		<-g.gate
	}
}

// Read implements net.Conn.
func (g *gated) Read(p []byte) (int, error) {
	g.leave()
	return g.Conn.Read(p)
}

// Write implements net.Conn.
func (g *gated) Write(p []byte) (int, error) {
	g.leave()
	return g.Conn.Write(p)
}

// NetConn returns the connection below, as that of tls.Conn does.
func (g *gated) NetConn() net.Conn { return g.Conn }
