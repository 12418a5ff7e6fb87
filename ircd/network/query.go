package network

import (
	"context"
	"fmt"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/link"
)

// A query is what one server asks another. Fields and kinds may be added: who does not
// know a kind refuses, and skips fields.
type query struct {
	Kind   uint8    `cbor:"1,keyasint"`
	Bucket []uint16 `cbor:"2,keyasint,omitempty"`
	Scopes []string `cbor:"3,keyasint,omitempty"`
	// After is the last fact of the first scope that has been sent already.
	After *event.Fact `cbor:"4,keyasint,omitempty"`
	// Up is up to when the asking server has what happened on others, by SID.
	Up map[string]event.Stamp `cbor:"5,keyasint,omitempty"`
	// Buffer and Since are where the page before has ended.
	Buffer string      `cbor:"6,keyasint,omitempty"`
	Since  event.Stamp `cbor:"7,keyasint,omitzero"`
	// Words are a command with its parameters, and As who gives it.
	Words []string `cbor:"8,keyasint,omitempty"`
	As    string   `cbor:"9,keyasint,omitempty"`
	// Server asks. Of Live it gets all itself, and what the other had at a Turn of a Run it
	// has. Lost is when it may have lost what it said, and Asked up to which of its finds it has asked.
	Server string            `cbor:"10,keyasint,omitempty"`
	Live   []string          `cbor:"11,keyasint,omitempty"`
	Turn   map[string]uint64 `cbor:"12,keyasint,omitempty"`
	Lost   *lost             `cbor:"13,keyasint,omitempty"`
	Asked  event.Stamp       `cbor:"14,keyasint,omitzero"`
	Run    string            `cbor:"15,keyasint,omitempty"`
}

// lost is the time after one stamp, up to another.
type lost struct {
	From event.Stamp `cbor:"1,keyasint"`
	To   event.Stamp `cbor:"2,keyasint"`
}

// The kinds of queries. Numbers are not used again.
const (
	askSums   = 1 // of the buckets
	askScopes = 2 // of some buckets, with their sums
	askFacts  = 3 // of some scopes
	askPast   = 4 // events of the history
	askWords  = 5 // the answer to a command
	askRecent = 6 // what was published last
)

// answers are what this server answers queries by.
var answers = map[uint8]func(n *Network, ctx context.Context, q *query) ([]byte, error){
	askSums:   (*Network).answerSums,
	askScopes: (*Network).answerScopes,
	askFacts:  (*Network).answerFacts,
	askPast:   (*Network).answerPast,
	askWords:  (*Network).answerWords,
	askRecent: (*Network).answerRecent,
}

// page is how many bytes of an answer are filled: what is added last may exceed it.
const page = link.MaxRequest / 2

// strict refuses what would take more memory than an answer may.
var strict = func() cbor.DecMode {
	m, err := cbor.DecOptions{MaxNestedLevels: 8, MaxArrayElements: 1 << 17, MaxMapPairs: 1 << 12, UTF8: cbor.UTF8DecodeInvalid}.DecMode()
	if err != nil {
		panic(err) // the options are constants
	}
	return m
}()

func decode(b []byte, to any) error {
	if err := strict.Unmarshal(b, to); err != nil {
		return fmt.Errorf("reading what another server says: %w", err)
	}
	return nil
}

// patience is how long a server may take to answer.
const patience = 10 * time.Second

// inquire asks a server, and reads the answer.
func (n *Network) inquire(ctx context.Context, p *peer, q query, to any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	b, err := cbor.Marshal(q)
	if err != nil {
		return fmt.Errorf("asking %s: %w", p.name(), err)
	}
	answer, err := n.Link.Request(ctx, p.sid, b)
	if err != nil {
		return fmt.Errorf("asking %s: %w", p.name(), err)
	}
	return decode(answer, to)
}
