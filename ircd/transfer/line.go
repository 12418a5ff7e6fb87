// Package transfer writes all that a server keeps as lines of JSON, and reads it again:
// for backups that can be looked at, for moving to another machine, and as a way out when
// a file cannot be repaired. What other servers have kept is read by package migrate.
//
// The form is one object a line, which says by its kind what it is: what wrote it, then
// records of the store and events of the history, and at last how many those were, so that
// a file which ends early is noticed. Records are what package store has, unread: what is
// in them belongs to other packages, which read every older form of theirs.
package transfer

import (
	"encoding/json"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/store"
)

// A Data is where a server keeps what it keeps.
type Data struct {
	Store   store.Store
	History history.Log // nil: none
}

// version is the version of the form. Kinds, and fields, may be added without a new one.
const version = 1

// The kinds of lines.
const (
	kindHead   = "parley"
	kindRecord = "record"
	kindEvent  = "event"
	kindEnd    = "end"
)

type (
	headLine struct {
		Kind    string    `json:"kind"`
		Version int       `json:"version"`
		Written time.Time `json:"written"`
		Server  string    `json:"server,omitempty"`
		Program string    `json:"program,omitempty"`
	}
	recordLine struct {
		Kind  string          `json:"kind"`
		Shelf string          `json:"shelf"`
		Key   string          `json:"key"`
		Value json.RawMessage `json:"value,omitempty"`
		Raw   []byte          `json:"raw,omitempty"` // instead of Value, if that is not JSON
		// RawKey is the key, if that is not UTF-8.
		RawKey []byte `json:"raw-key,omitempty"`
	}
	eventLine struct {
		Kind   string `json:"kind"`
		Buffer string `json:"buffer"`
		event.Plain
	}
	endLine struct {
		Kind string `json:"kind"`
		Counts
	}
)

// Counts are how many records and events there are.
type Counts struct {
	Records int `json:"records"`
	Events  int `json:"events"`
}
