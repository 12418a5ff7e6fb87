// Package sasl implements the server's side of SASL mechanisms, and the framing
// of AUTHENTICATE: https://ircv3.net/specs/extensions/sasl-3.1
//
// A mechanism only finds out who somebody is, and ends with an accounts.Proof; what
// that is worth is decided elsewhere. It knows nothing of connections, which own an
// Exchange as a value: when anything goes wrong, or registration ends, or the client
// begins again, the value is dropped and with it all that was half done.
package sasl

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
)

// Errors of an exchange. They end it.
var (
	ErrMechanism = errors.New("there is no such mechanism")                // 908 and 904
	ErrAborted   = errors.New("the client has aborted the authentication") // 906
	ErrTooLong   = errors.New("the line is longer than 400 bytes")         // 905
	// ErrFailed is any other failure (904). It wraps the Prover's error, if
	// that was the reason.
	ErrFailed = errors.New("the authentication has failed")
)

// Env is what an exchange needs from the connection.
type Env struct {
	Prover      *accounts.Prover
	Names       casemap.Mapping
	Fingerprint string         // SHA-256 of the client's TLS certificate, or ""
	SHA512      string         // and its SHA-512, if it is known
	First       accounts.Proof // for Second: what was proved before
	Timeout     time.Duration  // of the whole exchange; if 0, a minute

	device *string // where the client's device is noted
}

// account returns the account of a name that may name a device, too, and notes that.
func (e Env) account(name string) string {
	account, device := accounts.SplitDevice(name)
	if device != "" {
		*e.device = device
	}
	return account
}

// A Mechanism is a row of the table of mechanisms.
type Mechanism struct {
	Name  string // of 1 to 20 of A-Z 0-9 - _
	begin func(Env) steps
}

// steps is a mechanism at work. A step takes what the client has sent, and returns
// either a challenge or, when it is done, the proof.
type steps interface {
	step(ctx context.Context, data []byte) (challenge []byte, proof accounts.Proof, err error)
}

// A Table is the mechanisms that a server offers.
type Table []Mechanism

// All is every mechanism there is, in the order of preference.
var All = Table{
	{"SCRAM-SHA-256", func(e Env) steps { return &scramSHA256{env: e} }},
	{"EXTERNAL", func(e Env) steps { return external{e} }},
	{"PLAIN", func(e Env) steps { return plain{e} }},
}

// Only returns the mechanisms of t that have one of the names.
func (t Table) Only(names ...string) (some Table) {
	for _, name := range names {
		if m, ok := t.find(name); ok {
			some = append(some, m)
		}
	}
	return some
}

// String returns the names, separated by commas: the value of the capability, and
// the parameter of 908.
func (t Table) String() string {
	names := make([]string, len(t))
	for i, m := range t {
		names[i] = m.Name
	}
	return strings.Join(names, ",")
}

func (t Table) find(name string) (Mechanism, bool) {
	for _, m := range t {
		if casemap.ASCII.Equal(m.Name, name) {
			return m, true
		}
	}
	return Mechanism{}, false
}

// An Exchange is one authentication. It belongs to one connection and is not safe
// for concurrent use.
type Exchange struct {
	framer   Framer
	steps    steps // nil when it has ended
	deadline time.Time
	proof    accounts.Proof
	device   string
}

// Start begins an exchange, or returns ErrMechanism. The client has been told to
// go on by "AUTHENTICATE +": every mechanism here begins with the client.
func (t Table) Start(name string, e Env) (*Exchange, error) {
	m, ok := t.find(name)
	if !ok {
		return nil, ErrMechanism
	}
	if e.Timeout == 0 {
		e.Timeout = time.Minute
	}
	x := &Exchange{deadline: time.Now().Add(e.Timeout)}
	e.device = &x.device
	x.steps = m.begin(e)
	return x, nil
}

// Deadline returns when the exchange ends if it is not done. A connection that
// waits for its client should end it then.
func (x *Exchange) Deadline() time.Time { return x.deadline }

// Feed takes the parameter of an AUTHENTICATE command, and returns the parameters
// of the AUTHENTICATE commands to answer with. When done, there is a Proof.
func (x *Exchange) Feed(ctx context.Context, param string) (replies []string, done bool, err error) {
	data, complete, err := x.framer.Feed(param)
	if err != nil {
		x.steps = nil
		return nil, false, err
	}
	if !complete {
		return nil, false, nil
	}
	challenge, done, err := x.Step(ctx, data)
	if err != nil || done {
		return nil, done, err
	}
	return Encode(challenge), false, nil
}

// Step takes a message of the client, and returns the challenge for the next. When
// done, there is a Proof. After an error, all further steps fail.
func (x *Exchange) Step(ctx context.Context, data []byte) (challenge []byte, done bool, err error) {
	if x.steps == nil || time.Now().After(x.deadline) {
		x.steps = nil
		return nil, false, ErrFailed
	}
	challenge, proof, err := x.steps.step(ctx, data)
	done = proof.Account() != ""
	if challenge == nil && !done && err == nil {
		err = ErrFailed // nobody is nobody's owner
	}
	if err != nil || done {
		x.steps = nil
	}
	if err != nil {
		return nil, false, failed(err)
	}
	x.proof = proof
	return challenge, done, nil
}

// failed makes an error an ErrFailed.
func failed(err error) error {
	if errors.Is(err, ErrFailed) {
		return err
	}
	return &failure{err}
}

type failure struct{ reason error }

func (f *failure) Error() string   { return ErrFailed.Error() + ": " + f.reason.Error() }
func (f *failure) Unwrap() []error { return []error{ErrFailed, f.reason} }

// Proof returns the result, if the exchange is done.
func (x *Exchange) Proof() (p accounts.Proof, ok bool) { return x.proof, x.proof.Account() != "" }

// Device returns how the client calls its device, or "": it has logged in as
// "account@device", or to act as that.
func (x *Exchange) Device() string { return x.device }
