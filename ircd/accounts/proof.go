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
	id      string // of the account
	at      time.Time
	method  Method
	by      string // the certificate or app password, for the owner to recognise it
	second  bool   // a second factor was proved, too
}

// Account returns the name of the account, "" if nothing is proved.
func (p Proof) Account() string { return p.name }

// Method returns how it was proved.
func (p Proof) Method() Method { return p.method }

// complete reports whether nothing else has to be proved, whatever the account needs.
func (p Proof) complete() bool { return p.second || p.method == Registered || p.method == App }

// At returns when it was proved.
func (p Proof) At() time.Time { return p.at }

// String returns the name of the account, for logs.
func (p Proof) String() string { return p.name }

func (s *Service) proof(rec *record, m Method, by string) Proof {
	return Proof{account: rec.Folded, name: rec.Name, id: rec.ID, at: s.now(), method: m, by: by}
}

// of reports whether p is a proof of being the owner of an account that still counts.
func (p Proof) of(rec *record) bool {
	return rec != nil && rec.ID == p.id && !rec.Revoked.At.After(p.at)
}

// proved returns the account that p is a proof of, or nil if it is no more, or if what
// was proved before no longer counts.
func (s *Service) proved(p Proof) *record {
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	if rec := s.index.accounts[p.account]; p.account != "" && p.of(rec) {
		return rec
	}
	return nil
}
