// Package vhosts keeps the hosts that are given to accounts: what others see instead of
// the address of who is logged in.
//
// A host is a claim: people read from it where somebody belongs. So none looks like an
// address, like a cloak, or like that of a service; what is offered to everybody can
// have the account in it, and the rest is asked for and judged by an operator.
package vhosts

import (
	"time"

	"github.com/parley-irc/parley/ircd/store"
)

// A Record is the host of an account. It must not be modified: a change makes another
// Record.
type Record struct {
	// Owner is the ID of the account: what was kept of another of that name counts for
	// nothing.
	Owner string    `json:"owner"`
	Host  string    `json:"host,omitempty"`
	Off   bool      `json:"off,omitempty"` // the owner does not want it shown
	By    string    `json:"by,omitempty"`  // who has given it
	Since time.Time `json:"since,omitzero"`
	// Wanted is the host that the owner has asked for, and Asked when that was, also if it
	// has been answered.
	Wanted string    `json:"wanted,omitempty"`
	Asked  time.Time `json:"asked,omitzero"`
	// Refused is the last answer, if it was no.
	Refused *Refusal `json:"refused,omitempty"`
}

// A Refusal says why somebody does not get a host.
type Refusal struct {
	Host   string    `json:"host"`
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Told   bool      `json:"told,omitempty"` // the owner knows
}

// Shown returns the host that others see, or "".
func (r *Record) Shown() string {
	if r == nil || r.Off {
		return ""
	}
	return r.Host
}

func (r *Record) idle() bool {
	return r.Host == "" && r.Wanted == "" && r.Refused == nil && r.Asked.IsZero()
}

// An Offer is a template of hosts that everybody with an account can take.
type Offer struct {
	Template string    `json:"template"`
	By       string    `json:"by"`
	Since    time.Time `json:"since"`
}

// offers are what is kept under offersKey.
type offers struct {
	Offers []Offer `json:"offers"`
}

// offersKey is the name of no account.
const offersKey = "*"

var (
	schema       = store.Schema[Record]{Name: "host of an account"}
	offersSchema = store.Schema[offers]{Name: "hosts that are offered"}
)
