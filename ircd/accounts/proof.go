package accounts

import (
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
)

// A Proof says that somebody has shown to be the owner of an account. Only this
// package makes one, when it has checked a secret: by a Prover, by Register, Verify or
// Recover. It is no permission to be the account; that is Authorise's to give.
//
// A Proof is of one account, not of whoever has its name: it is worth nothing when the
// account has been removed and somebody else has registered the name.
type Proof struct {
	account casemap.Folded
	name    string
	since   time.Time // when the account was registered
	method  Method
	by      string // the certificate or app password, for the owner to recognise it
	second  bool   // a second factor was proved, too
}

// Account returns the name of the account, "" if nothing is proved.
func (p Proof) Account() string { return p.name }

// Method returns how it was proved.
func (p Proof) Method() Method { return p.method }

// String returns the name of the account, for logs.
func (p Proof) String() string { return p.name }

func (rec *record) proof(m Method, by string) Proof {
	return Proof{account: rec.Folded, name: rec.Name, since: rec.Created, method: m, by: by}
}

// proved returns the account that p is a proof of, or nil if it is no more.
func (s *Service) proved(p Proof) *record {
	if p.account == "" {
		return nil
	}
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	rec := s.index.accounts[p.account]
	if rec == nil || !rec.Created.Equal(p.since) {
		return nil
	}
	return rec
}
