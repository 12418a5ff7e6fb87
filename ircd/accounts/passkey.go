package accounts

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"slices"

	"github.com/parley-irc/parley/ircd/passkey"
)

// TakesPasskeys reports whether the network knows for whom keys would sign.
func (s *Service) TakesPasskeys() bool { return s.options().Passkeys != nil }

// owner is whose passkeys an account's are.
func (rec *record) owner() passkey.Owner {
	o := passkey.Owner{ID: []byte(rec.ID), Name: rec.Name}
	for _, f := range rec.Factors {
		if x := rec.Secrets[f.ID]; f.Type == Passkey && x.Passkey != nil {
			o.Keys = append(o.Keys, *x.Passkey)
		}
	}
	return o
}

// BeginPasskey begins to add a passkey, with AddPasskey. The errors are ErrNotFound and
// ErrNoPasskeys.
func (s *Service) BeginPasskey(name string) (passkey.Creation, passkey.Question, error) {
	p, rec := s.options().Passkeys, s.index.resolve(name)
	switch {
	case p == nil:
		return passkey.Creation{}, passkey.Question{}, ErrNoPasskeys
	case rec == nil:
		return passkey.Creation{}, passkey.Question{}, ErrNotFound
	}
	return p.Create(rec.owner())
}

// AddPasskey adds the key that the client has made. It is a second factor, and logs in
// alone, too, if its device knows its user. The errors are ErrCode, ErrExists, ErrLabel,
// ErrLimit and ErrNoPasskeys.
func (s *Service) AddPasskey(ctx context.Context, name, label string, q passkey.Question, c passkey.Created) (id string, err error) {
	p := s.options().Passkeys
	if p == nil {
		return "", ErrNoPasskeys
	}
	return s.addFactor(ctx, name, Passkey, label, func(rec *record) (x factorSecret, err error) {
		o := rec.owner()
		k, err := p.Key(o, q, c)
		switch {
		case err != nil:
			return x, ErrCode
		case slices.ContainsFunc(o.Keys, func(old passkey.Key) bool { return bytes.Equal(old.ID, k.ID) }):
			return x, ErrExists
		}
		return factorSecret{Passkey: &k}, nil
	})
}

// A Signature is what somebody is asked for who has passkeys.
type Signature struct {
	Request  passkey.Request // for the client
	question passkey.Question
	party    *passkey.Party
	attempt  *attempt
	first    Proof
}

// AskPasskey asks for a signature by one of the passkeys of an account. After a first
// proof it is the second factor; without, the device must know its user, and the
// signature proves both. For an account without passkeys the question looks like any, and
// can never be answered. The errors are ErrNoPasskeys and a ThrottledError.
func (p *Prover) AskPasskey(ctx context.Context, name string, first Proof) (*Signature, error) {
	x := &Signature{party: p.s.options().Passkeys, first: first}
	alone := first.account == ""
	if !alone {
		name = first.name
	}
	x.attempt = p.s.attempt(name, p.addr)
	if x.party == nil {
		return nil, ErrNoPasskeys
	}
	if err := errors.Join(ctx.Err(), x.attempt.wait()); err != nil {
		return nil, err
	}
	owner := passkey.Owner{}
	if x.attempt.rec != nil {
		owner = x.attempt.rec.signers(alone)
	}
	if len(owner.Keys) == 0 {
		owner = p.s.nobody(name)
	}
	var err error
	x.Request, x.question, err = x.party.Ask(owner, alone)
	return x, err
}

// signers is owner without the keys that are second factors only, if need be.
func (rec *record) signers(alone bool) passkey.Owner {
	o := rec.owner()
	if !alone {
		return o
	}
	o.Keys = nil
	for _, f := range rec.Factors {
		if x := rec.Secrets[f.ID]; f.Type == Passkey && x.Passkey != nil && !x.SecondOnly {
			o.Keys = append(o.Keys, *x.Passkey)
		}
	}
	return o
}

// nobody makes up an owner of a key, always the same for a name.
func (s *Service) nobody(name string) passkey.Owner {
	h := hmac.New(sha256.New, s.secret)
	h.Write([]byte("passkey " + string(s.names.Fold(name))))
	sum := h.Sum(nil)
	return passkey.Owner{ID: sum[:16], Name: name, Keys: []passkey.Key{{ID: sum[:20], Public: sum}}}
}

// Meet returns the proof, if the answer is right. The errors are ErrCredentials and a
// ThrottledError.
func (x *Signature) Meet(ctx context.Context, a passkey.Signed) (proof Proof, err error) {
	if x.first.account != "" {
		err = x.attempt.s.guess(x.first.account, func() error { return x.use(ctx, a) })
		proof = x.first
	} else {
		err = x.attempt.judge(func() error { return x.use(ctx, a) })
		if rec := x.attempt.rec; rec != nil {
			proof = x.attempt.s.proof(rec, PasskeyAlone, "")
		}
	}
	if err != nil {
		return Proof{}, err
	}
	proof.second = true
	return proof, nil
}

// use judges an answer, and notes how often the key has signed.
func (x *Signature) use(ctx context.Context, a passkey.Signed) error {
	rec := x.attempt.rec
	if rec == nil {
		return ErrCredentials
	}
	alone := x.first.account == ""
	_, err := x.attempt.s.own(ctx, rec.Name, func(now *record, _ *batch) error {
		if now.ID != rec.ID || !alone && !x.first.of(now) {
			return ErrCredentials
		}
		k, err := x.party.Signer(now.signers(alone), x.question, a)
		if err != nil {
			return ErrCredentials
		}
		for _, f := range now.Factors {
			if s := now.Secrets[f.ID]; s.Passkey != nil && bytes.Equal(s.Passkey.ID, k.ID) {
				s.Passkey = &k
				now.setSecret(f.ID, s)
			}
		}
		return nil
	})
	if errors.Is(err, ErrNotFound) {
		return ErrCredentials
	}
	return err
}
