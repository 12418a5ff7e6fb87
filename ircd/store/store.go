// Package store defines durable storage for what must outlive the server:
// accounts, channel registrations, bans, settings.
//
// Above it nobody knows whether records live in a file or are agreed upon by
// several servers. Therefore the interface offers only what both can do well:
// changes that are conditional on a revision, made several at once or not at
// all, and a stream of changes from which every package builds the index it
// needs in memory. Reads that must be fast are answered by such an index.
package store

import (
	"context"
	"errors"
	"fmt"
)

// A Store keeps records by shelf and key. Methods may be called concurrently.
// Implementations must pass the tests of package storetest.
//
// Every change returns when it is durable, which includes a power cut, and when
// every watcher has seen it; its error is then an OpError for a condition that
// did not hold (ErrExists, ErrConflict, ErrNotFound), or ErrUnavailable. After
// ErrUnavailable, and when ctx ends early, the change may have happened or not.
type Store interface {
	// Get returns a record, or ErrNotFound.
	Get(ctx context.Context, shelf, key string) (Record, error)
	// Put replaces the record whose revision is rev, and returns the new
	// revision. Revision 0 means that there must be no such record (ErrExists);
	// otherwise the revision must be the current one (ErrConflict).
	Put(ctx context.Context, shelf, key string, value []byte, rev uint64) (uint64, error)
	// Delete removes the record whose revision is rev (else ErrConflict).
	// Revision 0 means any; without a record, the error is ErrNotFound.
	Delete(ctx context.Context, shelf, key string, rev uint64) error
	// Commit makes several changes, all or none, and returns the revision that
	// all the records have then. A key may occur only once.
	Commit(ctx context.Context, ops ...Op) (uint64, error)
	// List calls f for the records of a shelf whose keys begin with prefix, in
	// the order of their keys, until f returns false. It holds no lock while f
	// runs: a record changed meanwhile may be listed in either state.
	List(ctx context.Context, shelf, prefix string, f func(Record) bool) error
	// Watch calls f for every record of a shelf, then returns, and from then
	// on calls f for every change, in the order of commits. Calls never
	// overlap. f must be quick and must not use the store. After cancel, no
	// further call begins.
	Watch(ctx context.Context, shelf string, f func(Change)) (cancel func(), err error)
	// Close waits for the changes under way and releases the store. Later
	// calls return ErrUnavailable.
	Close() error
}

// A Record is a value with its key and revision. Revisions are never 0, grow
// with every change, and are never used again for the same key.
type Record struct {
	Key   string
	Value []byte // must not be modified
	Rev   uint64
}

// An Op is a change to one record, as Put and Delete make it.
type Op struct {
	Shelf, Key string
	Value      []byte
	Rev        uint64
	Delete     bool
}

// A Change is what became of a record.
type Change struct {
	Record         // without a value if Deleted
	Shelf   string // the shelf watched
	Deleted bool
}

// Limits of keys and values.
const (
	MaxKey   = 512     // bytes
	MaxValue = 1 << 20 // bytes
	MaxOps   = 256     // changes in a Commit
)

// Errors returned by a Store, wrapped.
var (
	ErrNotFound    = errors.New("there is no such record")
	ErrExists      = errors.New("the record exists already")
	ErrConflict    = errors.New("the record has changed meanwhile")
	ErrUnavailable = errors.New("the store cannot be used now")
	ErrInvalid     = errors.New("the change is not valid")
)

// An OpError tells which change of a Commit failed.
type OpError struct {
	Op  Op
	Err error // ErrExists, ErrConflict, ErrNotFound or ErrInvalid
}

// Error implements error. It contains no value, which may be secret.
func (e *OpError) Error() string { return fmt.Sprintf("%s/%s: %v", e.Op.Shelf, e.Op.Key, e.Err) }

// Unwrap returns the reason.
func (e *OpError) Unwrap() error { return e.Err }

// Validate checks the form of the changes of a Commit: shelves are lower-case
// ASCII letters, keys are not empty, nothing exceeds a limit or occurs twice.
func Validate(ops []Op) error {
	if len(ops) == 0 || len(ops) > MaxOps {
		return fmt.Errorf("%w: %d changes at once", ErrInvalid, len(ops))
	}
	seen := make(map[[2]string]bool, len(ops))
	for _, op := range ops {
		name := [2]string{op.Shelf, op.Key}
		if !validShelf(op.Shelf) || op.Key == "" || len(op.Key) > MaxKey || len(op.Value) > MaxValue || seen[name] {
			return &OpError{op, ErrInvalid}
		}
		seen[name] = true
	}
	return nil
}

func validShelf(name string) bool {
	for _, c := range []byte(name) {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return name != ""
}

// Holds tells whether op may be applied to a record whose revision is current,
// which is 0 if there is none. It returns nil, or the OpError.
func (op Op) Holds(current uint64) error {
	switch {
	case op.Delete && op.Rev == 0 && current == 0:
		return &OpError{op, ErrNotFound}
	case op.Delete && op.Rev == 0, op.Rev == current:
		return nil
	case op.Rev == 0:
		return &OpError{op, ErrExists}
	}
	return &OpError{op, ErrConflict}
}
