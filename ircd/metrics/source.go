package metrics

import (
	"time"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/mail"
)

// A Source is where metrics are read. What is nil is not there, and has no figures.
type Source struct {
	Core    *dispatch.Server
	History func() history.Stats
	Mail    func() mail.Counts
	// Push returns how many notifications were sent, and how many attempts failed.
	Push func() (sent, failed uint64)
	// ACME returns how many certificates were got, and how many attempts failed.
	ACME func() (got, failed uint64)
	// Store returns how long the file of records is, and whether it can be written.
	Store     func() (bytes int64, writable bool)
	Listeners func() []Listener
	// Refused returns how many connections were refused, by why.
	Refused func() map[string]uint64
	Rehash  func() Rehash
	// Members returns how many servers the network has, and how many of them, this one
	// included, can be reached.
	Members func() (all, reached int)
}

// A Listener is where clients connect.
type Listener struct {
	Address          string
	Accepted, Failed uint64
	// Expires is when the certificate ends, zero if there is none.
	Expires time.Time
}

// A Rehash says how the configuration was read again.
type Rehash struct {
	Done, Failed uint64
	OK           bool      // the last one
	At           time.Time // of the last one that was done, or the start
}
