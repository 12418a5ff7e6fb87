// Package memos keeps what people leave for each other: short texts for the owner of an
// account, who may be away for long. They stay until the owner removes them, whatever
// becomes of the history.
package memos

import (
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
)

// A Record is the memos of an account. It must not be modified but by Change.
type Record struct {
	// Owner is the ID of the account: what was left for another of that name counts for
	// nothing.
	Owner string `json:"owner"`
	Memos []Memo `json:"memos,omitempty"`
	Last  int    `json:"last,omitempty"` // the number of the last one
	// Ignored are the accounts that leave none here, by name.
	Ignored []string `json:"ignored,omitempty"`
	Closed  bool     `json:"closed,omitempty"` // the owner wants none
	Quiet   bool     `json:"quiet,omitempty"`  // the owner is not told of new ones
	Mail    bool     `json:"mail,omitempty"`   // the owner is told by mail
}

// A Memo is a text that somebody has left.
type Memo struct {
	Number int    `json:"number"` // stays while others are removed
	From   string `json:"from"`   // an account, or a service
	FromID string `json:"from-id,omitempty"`
	// Channel is the one to whose operators it was sent, or "".
	Channel string    `json:"channel,omitempty"`
	At      time.Time `json:"at"`
	Text    string    `json:"text"`
	Read    time.Time `json:"read,omitzero"` // when it was, or zero
}

// MaxText is how many bytes a memo has at most, so that it is shown on one line.
const MaxText = 400

// Unread returns how many memos have not been read.
func (r *Record) Unread() (n int) {
	for _, m := range r.Memos {
		if m.Read.IsZero() {
			n++
		}
	}
	return n
}

// Remove removes the memos that are wanted gone, and returns how many those were.
func (r *Record) Remove(gone func(m Memo) bool) int {
	before := len(r.Memos)
	if r.Memos = slices.DeleteFunc(r.Memos, gone); len(r.Memos) == 0 {
		r.Last = 0
	}
	return before - len(r.Memos)
}

// Ignores reports whether an account leaves no memos here.
func (r *Record) Ignores(m casemap.Mapping, account string) bool {
	return slices.ContainsFunc(r.Ignored, func(name string) bool { return m.Equal(name, account) })
}

func (r *Record) idle() bool {
	return len(r.Memos) == 0 && len(r.Ignored) == 0 && !r.Closed && !r.Quiet && !r.Mail
}

var schema = store.Schema[Record]{Name: "memos of an account"}
