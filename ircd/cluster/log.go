package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The log is a sequence of entries that the servers of a network agree on: an entry that
// Append has accepted is on the disks of a majority of its replicas, and every server
// reads the same entries in the same order. It is a stream of JetStream, kept by up to
// maxReplicas servers, which sends each entry to all when it is accepted; who misses one
// asks for it.
const (
	logStream  = "RECORDS"
	logSubject = "records.log" // what is to be appended
	outSubject = "records.out" // what was

	maxReplicas = 3
)

// MaxEntry is how long an entry may be, in bytes.
const MaxEntry = maxPayload - 64<<10

// Errors of the log, wrapped.
var (
	// ErrNoQuorum means that the servers that can be reached are too few to accept
	// anything. What was to be appended may have been accepted all the same.
	ErrNoQuorum = errors.New("no majority of the network's servers can be reached")
	// ErrTrimmed means that entries are asked for that are no longer there.
	ErrTrimmed = errors.New("the log does not reach back so far")
)

// errStopped means that the engine has stopped.
var errStopped = fmt.Errorf("%w: this server is not linked", ErrNoQuorum)

// running returns the engine, if it has JetStream.
func (n *Node) running() (*engine, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.engine == nil || n.engine.js == nil {
		return nil, errStopped
	}
	return n.engine, nil
}

const (
	// patience is how long JetStream may take to answer: one that has no leader does not.
	patience = time.Second
	// retry is how long to wait before it is asked again.
	retry = 100 * time.Millisecond
)

// Append appends an entry and returns its number, which is greater than that of any
// before. An entry of the same identifier is not appended twice within two minutes. It
// tries until ctx ends.
func (n *Node) Append(ctx context.Context, id string, data []byte) (number uint64, err error) {
	e, err := n.running()
	if err != nil {
		return 0, err
	}
	for {
		attempt, cancel := context.WithTimeout(ctx, patience)
		ack, err := e.js.PublishMsg(attempt, &nats.Msg{Subject: logSubject, Data: data},
			jetstream.WithMsgID(id), jetstream.WithExpectStream(logStream), jetstream.WithRetryAttempts(0))
		cancel()
		var refused *jetstream.APIError
		switch {
		case err == nil:
			n.logs.hint(ack.Sequence)
			return ack.Sequence, nil
		case errors.As(err, &refused) && refused.Code == 400:
			return 0, fmt.Errorf("append to the log: %w", err)
		case errors.Is(err, nats.ErrConnectionClosed):
			return 0, errStopped
		case n.o.Hopeless != nil && n.o.Hopeless():
			return 0, fmt.Errorf("%w: %w", ErrNoQuorum, err)
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("%w: %w", ErrNoQuorum, err)
		case <-e.stopped:
			return 0, errStopped
		case <-time.After(retry):
		}
	}
}

// CreateLog makes the log, kept by this many servers, unless it is there. It tries until
// ctx ends.
func (n *Node) CreateLog(ctx context.Context, replicas int) error {
	return n.eachTry(ctx, func(ctx context.Context, js jetstream.JetStream) error {
		_, err := js.CreateStream(ctx, logConfig(replicas))
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
			return nil
		}
		return err
	})
}

func logConfig(replicas int) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: logStream, Subjects: []string{logSubject}, Storage: jetstream.FileStorage, Replicas: min(replicas, maxReplicas),
		MaxMsgSize: maxPayload, AllowDirect: true, DenyDelete: true,
		RePublish: &jetstream.RePublish{Source: logSubject, Destination: outSubject},
	}
}

// A LogState is what is in the log.
type LogState struct {
	First, Last uint64 // numbers; Last is First-1 if there is nothing
	Bytes       uint64
	Replicas    int
	Leader      string // the server that accepts entries, or ""
	Current     int    // how many replicas have all of it
}

// LogState asks for the state of the log.
func (n *Node) LogState(ctx context.Context) (s LogState, err error) {
	e, err := n.running()
	if err != nil {
		return s, err
	}
	stream, err := e.js.Stream(ctx, logStream)
	if err != nil {
		return s, fmt.Errorf("%w: %w", ErrNoQuorum, err)
	}
	i := stream.CachedInfo()
	s = LogState{First: i.State.FirstSeq, Last: i.State.LastSeq, Bytes: i.State.Bytes, Replicas: i.Config.Replicas, Current: 1}
	if i.Cluster != nil {
		s.Leader = i.Cluster.Leader
		for _, r := range i.Cluster.Replicas {
			if r.Current {
				s.Current++
			}
		}
	}
	return s, nil
}

// SetReplicas lets this many servers keep the log.
func (n *Node) SetReplicas(ctx context.Context, replicas int) error {
	return n.eachTry(ctx, func(ctx context.Context, js jetstream.JetStream) error {
		_, err := js.UpdateStream(ctx, logConfig(replicas))
		return err
	})
}

// Trim removes the entries before number.
func (n *Node) Trim(ctx context.Context, number uint64) error {
	return n.eachTry(ctx, func(ctx context.Context, js jetstream.JetStream) error {
		s, err := js.Stream(ctx, logStream)
		if err != nil {
			return err
		}
		return s.Purge(ctx, jetstream.WithPurgeSequence(number))
	})
}

// eachTry asks JetStream until it answers, or ctx ends. Each time it may take longer: on a
// machine that is busy, changes take their time.
func (n *Node) eachTry(ctx context.Context, f func(context.Context, jetstream.JetStream) error) error {
	e, err := n.running()
	if err != nil {
		return err
	}
	for wait := patience; ; wait *= 2 {
		attempt, cancel := context.WithTimeout(ctx, wait)
		err := f(attempt, e.js)
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrNoQuorum, err)
		case <-e.stopped:
			return errStopped
		case <-time.After(retry):
		}
	}
}
