// Package cluster is how the servers of a network reach each other: a server of NATS in
// every process, joined into one cluster, streams between every two servers, and a log
// that all share.
//
// NATS carries, elects and stores. It does not know who may be which server, so that
// is decided here: a server shows a certificate that is pinned or vouched for, knows
// the secret of the network, and signs its hello with the key that belongs to its name.
// Nothing above this package knows NATS, and nothing of it runs in a server that is
// not to be linked.
package cluster

import (
	"context"
	"crypto/ecdh"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/link"
)

// A Node is this server among the others. Methods may be called concurrently.
type Node struct {
	o      Options
	log    natsLog
	trust  atomic.Pointer[Trust]
	self   atomic.Pointer[link.Server]
	ctx    context.Context
	cancel context.CancelFunc
	loops  sync.WaitGroup
	holds  holds
	report reporter
	logs   logs

	answers [256]Answerer
	lose    func() bool             // in tests: what is sent gets lost
	lanes   atomic.Pointer[[]*lane] // of the link

	starting sync.Mutex // held by Start and Close
	mu       sync.Mutex
	mode     Mode
	peers    []string // configured addresses
	engine   *engine
	key      *ecdh.PrivateKey
	hello    *hello
	sealed   envelope
	greeted  time.Time
	met      map[string]*peer // by what NATS knows them by
	seen     map[string]*link.Peer
	handler  link.Handler
}

// An Answerer answers requests of other servers. Its error is told as text.
type Answerer func(ctx context.Context, from Card, query []byte) ([]byte, error)

// New returns a Node that does nothing until Start.
func New(o Options) *Node {
	n := &Node{o: o, peers: o.Peers, met: map[string]*peer{}, seen: map[string]*link.Peer{}}
	n.trust.Store(o.Trust)
	n.self.Store(&o.Self)
	n.lanes.Store(new([]*lane))
	n.ctx, n.cancel = context.WithCancel(context.Background())
	n.log = natsLog{node: n, lost: make(chan struct{}, 1)}
	if n.o.Tell == nil {
		n.o.Tell = func(lang.Text, ...any) {}
	}
	n.report.log, n.report.tell, n.logs.more = o.Log, n.o.Tell, make(chan struct{}, 1)
	n.loops.Go(n.watch)
	return n
}

// Handle lets f answer requests of a service. It is to be called before Start.
func (n *Node) Handle(service byte, f Answerer) { n.answers[service] = f }

// Start begins in a mode, or begins anew in another: then all other servers are met
// again.
func (n *Node) Start(m Mode) error {
	n.starting.Lock()
	defer n.starting.Unlock()
	return n.start(m)
}

func (n *Node) start(m Mode) error {
	n.stopEngine(closing{reason: "it begins anew"})
	if m.State == Member && !m.Forming {
		if err := n.remember(m.Group); err != nil {
			return err
		}
	}
	e, err := startEngine(n, m)
	if err != nil {
		return err
	}
	n.mu.Lock()
	n.mode, n.engine = m, e
	err = n.present()
	n.mu.Unlock()
	if err == nil {
		err = n.listen(e)
	}
	if err != nil {
		n.stopEngine(closing{})
		return err
	}
	return nil
}

// present makes the hello of a new engine. The lock is held.
func (n *Node) present() (err error) {
	n.hello, n.key, err = n.greet(n.engine.server.ID())
	if err == nil {
		err = n.sign()
	}
	return err
}

// sign signs what the hello says now. The lock is held.
func (n *Node) sign() (err error) {
	if n.handler != nil {
		self := n.handler.Self()
		n.self.Store(&self)
	}
	n.hello.Card = Card{
		Server: *n.self.Load(), ID: n.o.ID, State: n.mode.State, Group: n.mode.Group, Address: n.o.Advertise, Linked: n.handler != nil,
	}
	if n.hello.Address == "" {
		n.hello.Address = fmt.Sprintf(":%d", n.engine.server.ClusterAddr().Port)
	}
	n.sealed, err = n.seal(n.hello)
	return err
}

const (
	helloSubject = "parley.hello"
	pairSubject  = "parley.to."
)

// listen begins to hear others.
func (n *Node) listen(e *engine) error {
	for subject, f := range map[string]nats.MsgHandler{
		helloSubject:                       func(m *nats.Msg) { n.heard(e, m.Data) },
		pairSubject + e.server.ID() + ".*": func(m *nats.Msg) { n.frame(m) },
	} {
		sub, err := e.hellos.Subscribe(subject, f)
		if err == nil {
			err = sub.SetPendingLimits(-1, -1) // windows and deadlines bound it
		}
		if err != nil {
			return err
		}
	}
	return e.hellos.Flush()
}

// frame takes a frame of another server.
func (n *Node) frame(m *nats.Msg) {
	id := m.Subject[strings.LastIndexByte(m.Subject, '.')+1:]
	n.mu.Lock()
	p := n.met[id]
	n.mu.Unlock()
	if p == nil {
		return // its hello has not come yet
	}
	f, err := p.in.open(m.Data)
	if err != nil || int(f.lane) >= len(p.lanes) {
		n.report.say("a message that claims to be of it is not", p.Name)
		return
	}
	p.lanes[f.lane].accept(&f)
}

// post sends the bytes of a frame.
func (n *Node) post(p *peer, b []byte) {
	if n.lose == nil || !n.lose() {
		_ = p.engine.hellos.Publish(p.subject, b) // what is lost shows
	}
}

// Reconfigure replaces the configured addresses and what is trusted. If there are other
// addresses, or a server is connected that is no longer trusted, all connections begin
// anew, which takes a moment: NATS cannot close one, nor learn an address.
func (n *Node) Reconfigure(peers []string, t *Trust) error {
	n.starting.Lock()
	defer n.starting.Unlock()
	n.trust.Store(t)
	n.mu.Lock()
	anew := n.engine != nil && (!slices.Equal(n.peers, peers) || n.distrusts())
	n.peers = peers
	m := n.mode
	var err error
	if n.engine != nil && !anew {
		err = n.sign() // what is told of this server may have changed as well
	}
	n.mu.Unlock()
	if anew {
		m.Forming = false
		return n.start(m)
	}
	return err
}

// Route replaces the addresses of servers that were met before, for the next beginning.
func (n *Node) Route(addresses []string) {
	n.mu.Lock()
	n.mode.Routes = addresses
	n.mu.Unlock()
}

// Close disconnects from all others, and tells them the reason.
func (n *Node) Close(reason string) {
	n.starting.Lock()
	defer n.starting.Unlock()
	n.stopEngine(closing{reason: reason, goodbye: true})
	n.cancel()
	n.loops.Wait()
}

// stopEngine stops what Start has started.
func (n *Node) stopEngine(c closing) {
	n.mu.Lock()
	e := n.engine
	n.engine = nil
	var gone []*peer
	for id := range n.met {
		gone = append(gone, n.forget(id))
	}
	n.mu.Unlock()
	if e == nil {
		return
	}
	if c.goodbye {
		drain(gone)
	}
	for _, p := range gone {
		p.stop(c, true)
	}
	_ = e.hellos.FlushTimeout(tick)
	e.close()
}
