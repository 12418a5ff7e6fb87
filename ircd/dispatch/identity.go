package dispatch

import (
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/passkey"
	"github.com/parley-irc/parley/ircd/sasl"
)

// An identity is what a client has shown of who it is, and is showing just now.
type identity struct {
	exchange *sasl.Exchange
	proof    accounts.Proof // by which this client has logged in last
	// first is a proof that is not enough: a second factor is asked for.
	first      accounts.Proof
	firstUntil time.Time
	recovered  accounts.Proof // by which the client may choose a password, once
	enrolment  Enrolment
	// linkUntil is until when the owner of the client's account ties it to an identity
	// elsewhere, by proving that.
	linkUntil time.Time
}

// identity returns what the client has shown, to change it. Most clients show nothing,
// and need no memory for it.
func (c *Conn) identity() *identity {
	if c.shown == nil {
		c.shown = &identity{}
	}
	return c.shown
}

var nobody identity // is never changed

// seen returns what the client has shown, to read it.
func (c *Conn) seen() *identity {
	if c.shown == nil {
		return &nobody
	}
	return c.shown
}

// SASL returns the exchange that is going on, or nil.
func (c *Conn) SASL() *sasl.Exchange { return c.seen().exchange }

// EndSASL drops the exchange that is going on.
func (c *Conn) EndSASL() {
	if c.shown != nil {
		c.shown.exchange = nil
	}
}

// AbortSASL drops all that was half done, also a proof that waits for a second factor.
func (c *Conn) AbortSASL() {
	if c.shown != nil {
		c.shown.exchange, c.shown.first = nil, accounts.Proof{}
	}
}

// StartSASL begins an exchange by the mechanism of this name. One that was going on is
// dropped. After a proof that was not enough, a mechanism for second factors completes
// it; any other begins anew.
func (c *Conn) StartSASL(mechanism string) (err error) {
	e := sasl.Env{Prover: c.Prover(), Names: c.Server.Network.World.Mapping, Fingerprint: c.Peer.CertFP, SHA512: c.Peer.CertFP512}
	table := c.Mechanisms()
	if c.Account() != "" && time.Now().Before(c.seen().linkUntil) {
		e.Prover = e.Prover.Linking(c.Account())
	}
	if c.AwaitsSecond() && sasl.Second.Has(mechanism) {
		e.First, table = c.seen().first, sasl.Second
	} else {
		c.identity().first = accounts.Proof{}
	}
	c.identity().exchange, err = table.Start(mechanism, e)
	return err
}

// secondWithin is how long a client may take to prove a second factor: somebody looks
// for a phone.
const secondWithin = 2 * time.Minute

// AwaitSecond keeps a proof that is not enough until a second factor is proved.
func (c *Conn) AwaitSecond(p accounts.Proof) {
	i := c.identity()
	i.first, i.firstUntil = p, time.Now().Add(secondWithin)
	c.await(secondWithin)
}

// AwaitsSecond reports whether there is such a proof.
func (c *Conn) AwaitsSecond() bool {
	i := c.seen()
	return i.first.Account() != "" && time.Now().Before(i.firstUntil)
}

// freshFor is for how long a client that has logged in need not do so again, to change
// how one logs in.
const freshFor = 15 * time.Minute

// Fresh reports whether this client has shown a moment ago to be the owner's: who finds
// one unattended must not be able to change how one logs in.
func (c *Conn) Fresh() bool {
	p := c.seen().proof
	return p.Method() != accounts.App && p.Account() != "" && p.Account() == c.Account() && c.Server.Now().Sub(p.At()) < freshFor
}

// Recovered returns the proof by which the client may choose a password, which is good
// for one attempt.
func (c *Conn) Recovered() (p accounts.Proof) {
	i := c.identity()
	p, i.recovered = i.recovered, p
	return p
}

// SetRecovered keeps such a proof.
func (c *Conn) SetRecovered(p accounts.Proof) { c.identity().recovered = p }

// An Enrolment is a second factor that the owner of the client's account is adding.
type Enrolment struct {
	Type  accounts.FactorType
	Key   string // what an authenticator has been given
	until time.Time

	question passkey.Question
	answer   sasl.Framer // as far as it has come
}

// enrolWithin is how long that may take.
const enrolWithin = 10 * time.Minute

// Enrol begins to add a second factor. One that was being added is forgotten.
func (c *Conn) Enrol(e Enrolment) {
	e.until = time.Now().Add(enrolWithin)
	c.identity().enrolment = e
}

// Enrolment returns the second factor of a type that is being added, if there is one.
func (c *Conn) Enrolment(t accounts.FactorType) (e Enrolment, ok bool) {
	e = c.seen().enrolment
	return e, e.Type == t && time.Now().Before(e.until)
}

// Link lets the next token tie the client's account to an identity elsewhere.
func (c *Conn) Link() { c.identity().linkUntil = time.Now().Add(enrolWithin) }

// Enrolled notes that the second factor was added.
func (c *Conn) Enrolled() { c.identity().enrolment = Enrolment{} }
