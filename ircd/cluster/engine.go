package cluster

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// An engine is the NATS server in this process, with the connections to it. It accepts
// no clients: all there is of it outside is the port for other servers.
//
// It has three accounts, so that servers meet who are not of one network (yet) and
// cannot disturb each other: one in which all say hello, and two that have the
// identifier of the network in their names, for the logs and for NATS itself.
type engine struct {
	server  *natsserver.Server
	token   string // the password of its users
	hellos  *nats.Conn
	logs    *nats.Conn // nil without JetStream, like those below
	system  *nats.Conn
	js      jetstream.JetStream
	stopped chan struct{}
}

const (
	// pingInterval and pingsOut are when NATS gives up a silent connection.
	pingInterval = time.Second
	pingsOut     = 2
	// maxPayload bounds a message of NATS, in bytes.
	maxPayload = 8 << 20
	// maxDisk bounds all logs together, in bytes.
	maxDisk = 16 << 30
)

// startEngine starts a server of NATS. Without JetStream it can do no more than meet
// others.
func startEngine(n *Node, m Mode) (*engine, error) {
	token := rand.Text()
	o, err := n.engineOptions(m, token)
	if err != nil {
		return nil, err
	}
	if err := probe(n.o.Listen); err != nil {
		return nil, err
	}
	e := &engine{token: token, stopped: make(chan struct{})}
	if e.server, err = natsserver.NewServer(o); err != nil {
		return nil, fmt.Errorf("start NATS: %w", err)
	}
	n.log.fatal.Store(nil)
	e.server.SetLoggerV2(&n.log, false, false, false)
	if e.server.Start(); n.log.fatal.Load() == nil {
		// Start leaves this to the listener for clients, and there is none. One goroutine
		// of it stays when the server is shut down.
		ready := make(chan struct{})
		close(ready)
		e.server.StartRouting(ready)
	}
	if n.log.fatal.Load() != nil || !e.server.ReadyForConnections(10*time.Second) {
		e.close()
		return nil, fmt.Errorf("start NATS: %s", n.log.worst())
	}
	if err := e.connect(m); err != nil {
		e.close()
		return nil, fmt.Errorf("connect to NATS: %w", err)
	}
	return e, nil
}

func (n *Node) engineOptions(m Mode, token string) (*natsserver.Options, error) {
	host, port, err := hostPort(n.o.Listen)
	if err != nil {
		return nil, err
	}
	o := &natsserver.Options{
		ServerName: n.o.Self.Name, DontListen: true, NoSigs: true, NoLog: true,
		MaxPayload: maxPayload, WriteDeadline: 5 * time.Second,
		JetStream: m.jetStream(), StoreDir: n.o.Folder, SyncAlways: true, DisableJetStreamBanner: true,
		JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: maxDisk,
		CustomRouterAuthentication: (*guard)(n),
	}
	if err := o.ProcessConfigString(accounts(m, token)); err != nil {
		return nil, fmt.Errorf("configure NATS: %w", err)
	}
	o.Cluster = natsserver.ClusterOpts{
		Name: "parley", Host: host, Port: port, Advertise: n.o.Advertise,
		// The name says who wants to connect; the guard of the other server reads it.
		Username: n.o.Self.Name, Password: n.o.Secret, AuthTimeout: 5,
		TLSConfig: n.tlsConfig(), TLSTimeout: 5,
		// Who has met another server by hearsay tries for long to meet it again.
		ConnectRetries: 1 << 20,
		PoolSize:       -1, PingInterval: pingInterval, MaxPingsOut: pingsOut,
	}
	o.Routes = n.routeURLs(m)
	return o, nil
}

// accounts returns the accounts and their users, of which each has one.
func accounts(m Mode, token string) string {
	if !m.jetStream() {
		return fmt.Sprintf(`accounts { HELLO { users [{user: hello, password: %q}] } }`, token)
	}
	return fmt.Sprintf(`accounts {
	HELLO { users [{user: hello, password: %[2]q}] }
	LOGS_%[1]s { jetstream: enabled, users [{user: logs, password: %[2]q}] }
	SYSTEM_%[1]s { users [{user: system, password: %[2]q}] }
}
system_account: SYSTEM_%[1]s`, m.Group, token)
}

func (e *engine) connect(m Mode) (err error) {
	as := func(user string) (*nats.Conn, error) {
		return nats.Connect("", nats.InProcessServer(e.server), nats.UserInfo(user, e.token), nats.Name(user),
			nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond), nats.ReconnectBufSize(-1),
			nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	}
	if e.hellos, err = as("hello"); err != nil || !m.jetStream() {
		return err
	}
	if e.logs, err = as("logs"); err != nil {
		return err
	}
	if e.system, err = as("system"); err != nil {
		return err
	}
	e.js, err = jetstream.New(e.logs)
	return err
}

func (e *engine) close() {
	close(e.stopped)
	for _, c := range []*nats.Conn{e.hellos, e.logs, e.system} {
		if c != nil {
			c.Close()
		}
	}
	e.server.Shutdown()
	e.server.WaitForShutdown()
}

// tlsConfig returns how connections between servers are encrypted. Who may connect
// is decided by what is trusted then; names of hosts mean nothing.
func (n *Node) tlsConfig() *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{n.o.Identity.Certificate},
		MinVersion:   tls.VersionTLS13,
		ClientAuth:   tls.RequireAnyClientCert,
		// It means that VerifyConnection does it.
		InsecureSkipVerify: true,
		VerifyConnection: func(s tls.ConnectionState) error {
			return n.trust.Load().believe(s.PeerCertificates)
		},
		SessionTicketsDisabled: true, // a session that is resumed would be one of yesterday's trust
	}
}

// probe returns why the address cannot be listened on: NATS does not say it.
func probe(address string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen for other servers: %w", err)
	}
	return l.Close()
}

func hostPort(address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, err
	}
	if port, err = strconv.Atoi(text); err != nil {
		return "", 0, err
	}
	return host, port, nil
}

// routed returns the servers that are connected, by their identifiers in NATS.
func (e *engine) routed() map[string]route {
	z, err := e.server.Routez(nil)
	if err != nil {
		return nil
	}
	all := map[string]route{}
	for _, r := range z.Routes {
		all[r.RemoteID] = route{name: r.RemoteName, host: r.IP}
	}
	return all
}

// A route is a connection to another server.
type route struct{ name, host string }

// A guard lets servers in that connect.
type guard Node

var errSecret = errors.New("it gives another link.secret than this server's")

// Check implements natsserver.Authentication.
func (g *guard) Check(c natsserver.ClientAuthentication) bool {
	n := (*Node)(g)
	name := c.GetOpts().Username
	err := n.admits(c, name)
	if err != nil {
		n.report.refuse(name+" at "+origin(c), err)
	}
	return err == nil
}

// origin returns the host that a connection comes from. One that has ended meanwhile has
// none any more.
func origin(c natsserver.ClientAuthentication) string {
	a := c.RemoteAddress()
	if a == nil {
		return "an address that has hung up"
	}
	return hostIn(a.String())
}

func (n *Node) admits(c natsserver.ClientAuthentication, name string) error {
	if !sameSecret(c.GetOpts().Password, n.o.Secret) {
		return errSecret
	}
	var chain []*x509.Certificate
	if s := c.GetTLSConnectionState(); s != nil {
		chain = s.PeerCertificates
	}
	if name == n.o.Self.Name {
		return errSameName
	}
	return n.trust.Load().owns(chain, name)
}
