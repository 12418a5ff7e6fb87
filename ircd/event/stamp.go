// Package event defines what can happen on the network, as data: events, the
// facts they write, and the clock that orders them.
//
// An event is what servers send each other and what history keeps. It has two
// halves. The facts say what is so afterwards; merging them in any order gives
// every server the same state. The body is the narrative, who did it and with
// which words; it is told to clients when the facts have won.
package event

import (
	"encoding/base32"
	"encoding/binary"
	"sync"
	"time"
)

// A Stamp says when and where something happened. It is the reading of a hybrid
// logical clock, so that a server's stamps grow and a consequence is stamped
// after its cause, whatever the wall clocks say. Stamps are totally ordered.
type Stamp struct {
	// Ticks are milliseconds since 1970 times 65,536, plus a counter.
	Ticks uint64 `cbor:"1,keyasint" json:"ticks"`
	// Server is the identifier (SID) of the server that made the stamp.
	Server string `cbor:"2,keyasint" json:"server"`
}

// After reports whether s is later than t.
func (s Stamp) After(t Stamp) bool {
	if s.Ticks != t.Ticks {
		return s.Ticks > t.Ticks
	}
	return s.Server > t.Server
}

// IsZero reports whether s is the stamp of nothing.
func (s Stamp) IsZero() bool { return s.Ticks == 0 }

// Time returns the wall time of s, to the millisecond, in UTC.
func (s Stamp) Time() time.Time { return time.UnixMilli(int64(s.Ticks >> 16)).UTC() }

// At returns the first stamp there can be at a time, to the millisecond.
func At(t time.Time) Stamp {
	const most = 1<<48 - 1 // milliseconds that a stamp can hold
	return Stamp{Ticks: uint64(min(max(t.UnixMilli(), 0), most)) << 16}
}

// ServerTime returns the time of s as tags have it, "2006-01-02T15:04:05.000Z".
// https://ircv3.net/specs/extensions/server-time
func (s Stamp) ServerTime() string {
	var room [serverTimeLen]byte
	return string(s.appendServerTime(room[:0]))
}

// Texts returns ServerTime and ID as parts of one string, since every message has both.
func (s Stamp) Texts() (serverTime, id string) {
	var room [64]byte
	both := string(s.AppendID(s.appendServerTime(room[:0])))
	return both[:serverTimeLen], both[serverTimeLen:]
}

const serverTimeLen = len("2006-01-02T15:04:05.000Z")

// appendServerTime writes by hand what every message has.
func (s Stamp) appendServerTime(to []byte) []byte {
	t := s.Time()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	b := [serverTimeLen]byte{4: '-', 7: '-', 10: 'T', 13: ':', 16: ':', 19: '.', 23: 'Z'}
	digits := func(at, n, v int) {
		for i := at + n - 1; i >= at; i-- {
			b[i] = '0' + byte(v%10)
			v /= 10
		}
	}
	digits(0, 4, year)
	digits(5, 2, int(month))
	digits(8, 2, day)
	digits(11, 2, hour)
	digits(14, 2, minute)
	digits(17, 2, second)
	digits(20, 3, int(s.Ticks>>16)%1000)
	return append(to, b[:]...)
}

var sortable = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// ID returns s as text: unique on the network, and ordered as the stamps of one
// server are. It is a msgid. https://ircv3.net/specs/extensions/message-ids
func (s Stamp) ID() string {
	var room [32]byte
	return string(s.AppendID(room[:0]))
}

// AppendID appends the ID of s.
func (s Stamp) AppendID(b []byte) []byte {
	const digits = "0123456789abcdefghijklmnopqrstuv"
	t, n := s.Ticks<<1, [13]byte{} // 13 digits have one bit more
	n[12] = digits[t&31]
	for i := 11; i >= 0; i-- {
		n[i] = digits[s.Ticks>>(59-5*i)&31]
	}
	return append(append(b, n[:]...), s.Server...)
}

// MaxSkew is how far the clock of another server may be ahead of ours. A stamp
// that is further ahead would win over everything that happens here until then.
const MaxSkew = 5 * time.Second

// A Clock makes the stamps of one server.
type Clock struct {
	server string
	now    func() time.Time

	mu   sync.Mutex
	last uint64
}

// NewClock returns the clock of the server with this SID. It reads the wall
// time from now.
func NewClock(server string, now func() time.Time) *Clock {
	return &Clock{server: server, now: now}
}

// Server returns the SID that the clock stamps with.
func (c *Clock) Server() string { return c.server }

// Now returns the wall time.
func (c *Clock) Now() time.Time { return c.now().UTC() }

// Stamp returns a stamp that is later than all the clock has made or observed.
func (c *Clock) Stamp() Stamp {
	return c.StampAt(c.now())
}

// StampAt is Stamp for who has just read the time with Now: reading it is a good part of
// what a stamp costs.
func (c *Clock) StampAt(now time.Time) Stamp {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = max(c.last+1, uint64(now.UnixMilli())<<16)
	return Stamp{c.last, c.server}
}

// Observe takes note of another server's stamp, so that what happens here from
// now on is later. It reports false, and does nothing, if the stamp is more than
// MaxSkew ahead of the wall clock.
func (c *Clock) Observe(s Stamp) bool {
	if s.Ticks>>16 > uint64(c.now().Add(MaxSkew).UnixMilli()) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = max(c.last, s.Ticks)
	return true
}

// ParseID returns the stamp whose ID is s.
func ParseID(s string) (Stamp, bool) {
	var b [10]byte
	if len(s) < 13 {
		return Stamp{}, false
	}
	if n, err := sortable.Decode(b[:], []byte(s[:13])); err != nil || n != 8 {
		return Stamp{}, false
	}
	return Stamp{binary.BigEndian.Uint64(b[:8]), s[13:]}, true
}
