// Package link says what a link is: what servers that are linked tell each other by.
//
// A link only carries. What it carries, how servers come to the same state and
// which users are shown to whom is decided by its user, package network: so the same
// code runs over a cluster of processes (link/nats), in tests (link/mem), and alone
// (link/local).
//
// Between every two servers that are linked there is one ordered stream in each
// direction. While it is up nothing in it is lost, doubled or out of order; whatever
// breaks that (a lost connection, a full queue, a restart of the other server) shows
// as Down, and as Up when there is a new stream. So the user has one place to come to
// the same state again, and needs no numbers of its own.
package link

import (
	"context"
	"errors"
	"time"
)

// A Link connects a server to the others. Methods may be called concurrently.
type Link interface {
	// Publish sends data to all servers that are up. It is called with state
	// locked, so it must not wait; a server whose queue exceeds its bound is Down.
	// data is not modified afterwards.
	Publish(data []byte)
	// Request asks one server, and waits for its answer. Either is at most
	// MaxRequest bytes long. The error is ErrUnreachable, at once, if the server is
	// not up, a *Refusal if it has answered with an error, or that of ctx.
	Request(ctx context.Context, sid string, query []byte) (answer []byte, err error)
	// Peers returns the other servers that are known, sorted by name: those that are
	// up, and those that have been.
	Peers() []Peer
	// Open links the server of this name (again), and Close ends the link to it until
	// somebody opens it, but does not let either server stop. Both return when that has
	// begun, or ErrUnknown.
	Open(name string) error
	Close(name, reason string) error
}

// A Handler is what a Link tells of. Calls of Up, Receive and Down about one server
// never overlap; those about different servers, and Answer, may.
type Handler interface {
	// Self returns what other servers are told of this one.
	Self() Server
	// Up means that the stream from s begins, and that whatever is published from now
	// on, in Up itself already, reaches s after its own Up. It does not wait.
	Up(s Server)
	// Receive takes what the server with this identifier has published. An error ends
	// the stream: what was published is not to be understood.
	Receive(sid string, data []byte) error
	// Down means that nothing more comes from the server. The reason is fit to be
	// shown to operators. goodbye means that the server has said that it stops. It does
	// not wait.
	Down(sid, reason string, goodbye bool)
	// Answer answers a request of a server, which is up or about to be. An error is
	// told to the other server as text.
	Answer(ctx context.Context, sid string, query []byte) (answer []byte, err error)
}

// MaxRequest is how long a request, or an answer, may be, in bytes.
const MaxRequest = 1 << 20

// A Server is what servers tell each other of themselves when they meet.
type Server struct {
	// SID identifies the server in stamps and UIDs. It follows from the name.
	SID  string `cbor:"1,keyasint"`
	Name string `cbor:"2,keyasint"`
	// Boot tells one run of the process from another.
	Boot        string    `cbor:"3,keyasint"`
	Started     time.Time `cbor:"4,keyasint"`
	Description string    `cbor:"5,keyasint,omitempty"`
	Version     string    `cbor:"6,keyasint,omitempty"` // of Parley
	// Network and Casemapping must be the same on all servers.
	Network     string `cbor:"7,keyasint,omitempty"`
	Casemapping string `cbor:"8,keyasint,omitempty"`
	// Writes is the version of the encoding of events that the server writes if all
	// others read it, and Reads the oldest that it reads.
	Writes uint8 `cbor:"9,keyasint"`
	Reads  uint8 `cbor:"10,keyasint"`
}

// A Peer is another server as a Link sees it.
type Peer struct {
	Server
	Up bool
	// Held means that somebody has closed the link to it.
	Held bool
	// Since is when it became what it is, up or not.
	Since time.Time
	// Reason is why it is not up, or "".
	Reason string
	// Latency is how long a message there and back takes, 0 if that is not known.
	Latency time.Duration
	// Queued is how many bytes wait to be sent to it; Sent and Received are counted
	// since Since.
	Queued, Sent, Received int64
}

// Errors of a Link, wrapped.
var (
	ErrUnreachable = errors.New("the server is not linked now")
	ErrUnknown     = errors.New("no server of this name is known")
)

// A Refusal is the error that another server has answered with.
type Refusal struct{ Text string }

func (r *Refusal) Error() string { return r.Text }
