package accounts

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/accounts/foreign"
	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
)

// ErrImported means that the account was imported before.
var ErrImported = errors.New("the account was imported before")

// mostNicks is how many nicks an account may bring along. It is more than an account may
// group here: what somebody has had should not be lost.
const mostNicks = 64

// An Import is an account that comes from another server, with what belongs to it.
type Import struct {
	Account
	Origin string // what tells it from others there, such as its number
	Secret foreign.Secret
	Seen   time.Time // when it was last used, if that is known
	// With returns what else becomes durable in the same moment. Its revisions are set
	// by Import: the account is new, and what there is counts for nothing.
	With func(a *Account) ([]store.Op, error)

	prepared bool
	hash     string
	scram    *verifier
}

// A Loss is something that an account could not bring along, and why.
type Loss struct {
	What string
	Err  error
}

// An Importer adds accounts that come from elsewhere. It is for one goroutine.
type Importer struct {
	s   *Service
	ids map[string]string // the names of accounts
}

// Importer returns what imports accounts. Nobody else may import meanwhile.
func (s *Service) Importer() *Importer {
	m := &Importer{s, map[string]string{}}
	s.List(func(a *Account) bool { m.ids[a.ID] = a.Name; return true })
	return m
}

// Find returns the account that was imported from this, or nil.
func (m *Importer) Find(in *Import) *Account {
	if name := m.ids[importID(in)]; name != "" {
		return m.s.Lookup(name)
	}
	return nil
}

// Prepare does what takes long, hashing, before Add. It may be called concurrently.
func (m *Importer) Prepare(in *Import) (err error) {
	o := m.s.options()
	pw, plain := in.Secret.Password()
	switch {
	case plain && plausible(pw):
		in.hash = password.Hash(o.Hash, prepare(pw))
		in.scram, err = newVerifier(pw, o.ScramIterations)
	case !plain:
		in.hash = in.Secret.Keep(o.Hash)
		if v := in.Secret.Scram; v != nil {
			in.scram = &verifier{v.Salt, v.Iterations, v.StoredKey, v.ServerKey}
		}
	}
	in.prepared = true
	return err
}

// Add adds an account, all of it or nothing. Whatever is taken by others, or looks like
// it, stays theirs: if that is the name, the error is ErrExists, ErrConfusable or
// ErrReserved and nothing is added; nicks, certificates and an address that the account
// cannot have are lost. The same account is not added twice (ErrImported). Other errors are ErrName and those of the store.
func (m *Importer) Add(ctx context.Context, in *Import) (lost []Loss, err error) {
	s := m.s
	if in.ID = importID(in); m.ids[in.ID] != "" {
		return nil, ErrImported
	}
	if err := s.acceptableName(in.Name); err != nil {
		return nil, err
	}
	if !in.prepared {
		if err := m.Prepare(in); err != nil {
			return nil, err
		}
	}
	rec := record{Account: in.Account, Password: in.hash, Scram: in.scram}
	rec.Folded, rec.Verified = s.names.Fold(in.Name), true
	if rec.Created.IsZero() {
		rec.Created = s.now()
	}
	lost = append(s.fitEmail(&rec), s.fitNicks(&rec)...)
	lost = append(lost, s.fitCerts(&rec)...)
	err = s.retry(ctx, func() (batch, error) { return s.imported(ctx, &rec, in) })
	if err == nil {
		m.ids[in.ID] = in.Name
	}
	return lost, err
}

// importID is the ID of an account from elsewhere. It follows from what the account is
// there, so that importing it again finds it.
func importID(in *Import) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", in.Origin, in.Name, in.Created.Unix()))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16])
}

func (s *Service) fitEmail(rec *record) []Loss {
	if err := s.acceptableEmail(rec.Email); err != nil {
		rec.Email, rec.Confirmed = "", false
		return []Loss{{"the e-mail address", err}}
	}
	rec.Confirmed = rec.Confirmed && rec.Email != ""
	return nil
}

// fitNicks leaves out the nicks that the account cannot have.
func (s *Service) fitNicks(rec *record) (lost []Loss) {
	taken := map[casemap.Folded]bool{s.names.Skeleton(rec.Name): true}
	var nicks []string
	for _, nick := range rec.Nicks {
		err := s.acceptableName(nick)
		if _, claimed := s.index.claim(nick); claimed && err == nil {
			err = ErrExists // the owner may still come
		}
		switch look := s.names.Skeleton(nick); {
		case s.names.Equal(nick, rec.Name):
			continue
		case err == nil && taken[look]:
			err = ErrConfusable
		case err == nil && len(nicks) >= mostNicks:
			err = ErrLimit
		case err == nil:
			taken[look] = true
			nicks = append(nicks, nick)
			continue
		}
		lost = append(lost, Loss{"the nick " + nick, err})
	}
	rec.Nicks = nicks
	return lost
}

// fitCerts leaves out the certificates that the account cannot have.
func (s *Service) fitCerts(rec *record) (lost []Loss) {
	var certs []Cert
	for _, c := range rec.Certs {
		fp, err := Fingerprint(c.Fingerprint)
		_, taken := s.index.owner(fp)
		switch {
		case err == nil && slices.ContainsFunc(certs, func(x Cert) bool { return x.Is(fp) }):
			continue
		case err == nil && taken:
			err = ErrCertTaken
		case err == nil && len(certs) >= MaxCerts:
			err = ErrLimit
		case err == nil:
			certs = append(certs, Cert{Fingerprint: fp, Label: c.Label, Added: rec.Created})
			continue
		}
		lost = append(lost, Loss{"a certificate", err})
	}
	rec.Certs = certs
	return lost
}

// owner returns the account that a certificate belongs to.
func (x *index) owner(fingerprint string) (casemap.Folded, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	account, ok := x.certs[fingerprint]
	return account, ok
}

// imported returns the changes that add an account from elsewhere.
func (s *Service) imported(ctx context.Context, rec *record, in *Import) (b batch, err error) {
	if b, err = s.creation(ctx, rec); err != nil {
		return b, err
	}
	for _, nick := range rec.Nicks {
		put(&b, nickSchema, store.Nicks, string(s.names.Skeleton(nick)), nickRecord{nick, rec.Folded, rec.Created}, 0)
	}
	var with []store.Op
	if in.With != nil {
		if with, err = in.With(&rec.Account); err != nil {
			return b, err
		}
	}
	if !in.Seen.IsZero() {
		value, err := loginSchema.Encode(loginRecord{rec.ID, Logins{Seen: in.Seen}})
		if err != nil {
			return b, err
		}
		with = append(with, store.Op{Shelf: store.Logins, Key: string(rec.Folded), Value: value})
	}
	for _, op := range with {
		r, err := s.store.Get(ctx, op.Shelf, op.Key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return b, err
		}
		op.Rev = r.Rev
		b.ops = slices.DeleteFunc(b.ops, func(x store.Op) bool { return x.Shelf == op.Shelf && x.Key == op.Key })
		b.ops = append(b.ops, op)
	}
	return b, nil
}

// Reserve sees to it that nobody gets a name again. It reports false if somebody has it,
// or one that looks like it, or if it is reserved already.
func (m *Importer) Reserve(ctx context.Context, name string) (bool, error) {
	s := m.s
	if _, claimed := s.index.claim(name); claimed || !s.names.ValidNick(name, s.options().MaxName) {
		return false, nil
	}
	var b batch
	put(&b, nickSchema, store.Nicks, string(s.names.Skeleton(name)), nickRecord{Nick: name, Since: s.now()}, 0)
	if b.err != nil {
		return false, b.err
	}
	_, err := s.store.Commit(ctx, b.ops...)
	return err == nil, err
}
