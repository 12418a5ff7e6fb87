package cluster

import (
	"crypto/ecdh"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/link"
)

// A Card is what a server says of itself to all it can reach.
type Card struct {
	link.Server
	// ID names the server for as long as its data folder exists.
	ID string
	// State is what it is.
	State State
	// Group is the identifier of the network it is a member of. Networks of the same
	// name may have different ones.
	Group string
	// Address is where others reach it: host and port, or ":port" if they know the host.
	Address string
	// Linked means that it takes part in the link, which begins when its records are
	// complete.
	Linked bool
}

// A State is what a server is to a network.
type State string

// The states.
const (
	Alone   State = "alone"   // a network of one, which others may join
	Joining State = "joining" // not of any network yet
	Member  State = "member"  // of a network of several
)

// A hello is a Card, signed. What NATS knows the server by, and the key for this run,
// are signed as well: so nobody else can use the hello.
type hello struct {
	Card
	NATS  string
	Key   []byte   // X25519, for this run of the engine
	Chain [][]byte // certificates, DER

	chain []*x509.Certificate
}

// An envelope is what is sent.
type envelope struct {
	Hello     json.RawMessage
	Signature []byte
	Time      time.Time // when it was sent, by the sender's clock
}

func (e envelope) encode() ([]byte, error) { return json.Marshal(e) }

// signedAs keeps a signature from being used for anything else.
const signedAs = "parley hello 1\x00"

// maxHello bounds a hello, in bytes.
const maxHello = 64 << 10

// greet makes the hello of this server, and the key in it.
func (n *Node) greet(natsID string) (h *hello, key *ecdh.PrivateKey, err error) {
	if key, err = ecdh.X25519().GenerateKey(rand.Reader); err != nil {
		return nil, nil, err
	}
	return &hello{NATS: natsID, Key: key.PublicKey().Bytes(), Chain: n.o.Identity.Certificate.Certificate}, key, nil
}

// seal signs a hello.
func (n *Node) seal(h *hello) (envelope, error) {
	body, err := json.Marshal(h)
	if err != nil {
		return envelope{}, err
	}
	signature, err := n.o.Identity.sign(append([]byte(signedAs), body...))
	return envelope{Hello: body, Signature: signature}, err
}

// read returns the hello in an envelope, if it is that of the server whose name is in
// it and the two may be linked.
func (n *Node) read(data []byte) (h *hello, ahead time.Duration, err error) {
	var e envelope
	if len(data) > maxHello || json.Unmarshal(data, &e) != nil {
		return nil, 0, fmt.Errorf("its hello does not read")
	}
	h = new(hello)
	if err := json.Unmarshal(e.Hello, h); err != nil {
		return nil, 0, fmt.Errorf("its hello does not read")
	}
	for _, der := range h.Chain {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return h, 0, fmt.Errorf("its certificate does not read: %w", err)
		}
		h.chain = append(h.chain, c)
	}
	if err := n.trust.Load().owns(h.chain, h.Name); err != nil {
		return h, 0, err
	}
	if err := verify(h.chain[0], append([]byte(signedAs), e.Hello...), e.Signature); err != nil {
		return h, 0, fmt.Errorf("its hello is not signed by its key: %w", err)
	}
	ahead = e.Time.Sub(n.o.Clock.Now())
	return h, ahead, link.Check(*n.self.Load(), h.Server, ahead, event.MaxSkew)
}
