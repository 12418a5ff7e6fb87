// Package audit keeps what operators have done by their privileges, so that one can
// ask later who did what to whom.
//
// An act is a row of a table: its name is what logs and filters know it by, its text
// is what other operators read at once. The acts themselves are records, shared by
// the servers of a network; so many of the last ones are kept.
package audit

import (
	"time"

	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/store"
)

// An Act is a kind of things that operators do.
type Act struct {
	// Name is the value of the attribute "audit" in the log. It never changes.
	Name string
	// Snomask is the letter of the notices that tell of it.
	Snomask byte
	// Text says what has happened: its arguments are who did it, to whom or what, and
	// the details.
	Text lang.Text
}

// An Entry is something that was done.
type Entry struct {
	ID      string    `json:"-"` // orders the entries of a network
	Time    time.Time `json:"at"`
	Act     string    `json:"act"`               // the name of an Act
	Oper    string    `json:"oper,omitempty"`    // the name of the operator's block, or ""
	Source  string    `json:"source"`            // nick!user@host, or what else did it
	Account string    `json:"account,omitempty"` // of the operator, or ""
	Server  string    `json:"server"`
	Target  string    `json:"target,omitempty"`
	Detail  string    `json:"detail,omitempty"`
}

// Who returns who did it, as people are told: the nick, and the operator's name.
func (e Entry) Who() string {
	nick := e.Source
	for i := range nick {
		if nick[i] == '!' {
			nick = nick[:i]
			break
		}
	}
	if e.Oper == "" {
		return nick
	}
	return nick + " (" + e.Oper + ")"
}

// String is the entry in a line, for those who know the acts by their names.
func (e Entry) String() string {
	line := e.Time.UTC().Format("2006-01-02 15:04:05") + " " + e.Who() + " " + e.Act
	if e.Target != "" {
		line += " " + e.Target
	}
	if e.Detail != "" {
		line += ": " + e.Detail
	}
	return line
}

var schema = store.Schema[Entry]{Name: "act"}
