package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/netip"
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/store"
)

// An Identity is who somebody is elsewhere, as an authority that the configuration names
// has found out.
type Identity struct {
	Authority string // its name in the configuration
	Subject   string // who it is there, for ever
	Name      string // what they are called there
	Email     string
	Confirmed bool // the authority says that the address is theirs
}

// A Rule is what the network lets an authority decide.
type Rule struct {
	// Create means that who has no account gets one.
	Create bool
	// Trust means that names are the same there as here: who is called so there owns
	// the account of that name.
	Trust bool
}

// A Link ties an account to an identity elsewhere.
type Link struct {
	Authority string    `json:"authority"`
	Subject   string    `json:"subject"`
	Name      string    `json:"name,omitempty"`
	Added     time.Time `json:"added"`
	// Founder means that the account was made for the identity: nothing takes it away
	// from that but its owner.
	Founder bool `json:"founder,omitempty"`
}

// Elsewhere reports whether the account was made for an identity elsewhere: its password
// is kept there.
func (a *Account) Elsewhere() bool {
	return slices.ContainsFunc(a.Links, func(l Link) bool { return l.Founder })
}

// An Authority says of a name and a password whose they are. A wrong password is
// ErrCredentials; if it cannot be found out, the error wraps ErrAuthority.
type Authority interface {
	Check(ctx context.Context, name, password string, addr netip.Addr) (Identity, Rule, error)
}

// Tokens says whose a bearer token is, with the same errors.
type Tokens interface {
	Check(ctx context.Context, kind, token string) (Identity, Rule, error)
}

// maxLinks is how many identities an account may be tied to.
const maxLinks = 10

// identityKey is the key of an identity on its shelf.
func identityKey(authority, subject string) string {
	sum := sha256.Sum256([]byte(authority + "\x00" + subject))
	return hex.EncodeToString(sum[:])
}

// admit returns the proof of being the account of an identity. If there is none, and the
// rule allows it, there is one afterwards. The error is ErrUnlinked if the account of
// that name is somebody's who has not tied it to the identity.
func (s *Service) admit(ctx context.Context, id Identity, rule Rule, m Method) (Proof, error) {
	rec, err := s.byIdentity(ctx, id)
	if rec == nil && err == nil {
		rec, err = s.welcomeIdentity(ctx, id, rule)
	}
	if errors.Is(err, ErrExists) { // perhaps another client of the same person was faster
		if other, otherErr := s.byIdentity(ctx, id); other != nil && otherErr == nil {
			rec, err = other, nil
		}
	}
	if err != nil {
		return Proof{}, err
	}
	return s.proof(rec, m, id.Authority), nil
}

// welcomeIdentity returns the account that an identity without one gets.
func (s *Service) welcomeIdentity(ctx context.Context, id Identity, rule Rule) (*record, error) {
	known := s.index.resolve(id.Name)
	switch {
	case known == nil && rule.Create:
		return s.found(ctx, id)
	case known == nil:
		return nil, ErrCredentials
	case !rule.Trust, known.Folded != s.names.Fold(id.Name): // a nick that somebody has grouped is no name of theirs there
		return nil, ErrUnlinked
	}
	return s.link(ctx, known.Name, id)
}

// byIdentity returns the account that is tied to an identity, or nil. Both must say so.
func (s *Service) byIdentity(ctx context.Context, id Identity) (*record, error) {
	r, _, err := load(ctx, s.store, identitySchema, store.Identities, identityKey(id.Authority, id.Subject))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rec, _, err := s.load(ctx, r.Account)
	if errors.Is(err, ErrNotFound) || err == nil && !rec.tied(id.Authority, id.Subject) {
		return nil, nil
	}
	return rec, err
}

func (rec *record) tied(authority, subject string) bool {
	return slices.ContainsFunc(rec.Links, func(l Link) bool { return l.Authority == authority && l.Subject == subject })
}

// found creates the account of somebody whom an authority knows.
func (s *Service) found(ctx context.Context, id Identity) (*record, error) {
	if err := s.acceptableName(id.Name); err != nil {
		return nil, err
	}
	email := id.Email
	if s.acceptableEmail(email) != nil {
		email = ""
	}
	rec := record{Account: Account{
		Name: id.Name, ID: rand.Text(), Folded: s.names.Fold(id.Name), Email: email, Confirmed: email != "" && id.Confirmed,
		Created: s.now(), Verified: true, Links: []Link{{id.Authority, id.Subject, id.Name, s.now(), true}},
	}}
	return &rec, s.retry(ctx, func() (batch, error) { return s.creation(ctx, &rec) })
}

// link ties an account to an identity.
func (s *Service) link(ctx context.Context, name string, id Identity) (*record, error) {
	return s.own(ctx, name, func(rec *record, b *batch) error {
		switch {
		case rec.tied(id.Authority, id.Subject):
			return nil
		case len(rec.Links) >= maxLinks:
			return ErrLimit
		}
		rec.Links = append(rec.Links, Link{id.Authority, id.Subject, id.Name, s.now(), false})
		return s.putLink(ctx, b, rec, rec.Links[len(rec.Links)-1])
	})
}

// putLink makes an identity the account's, unless it is another's.
func (s *Service) putLink(ctx context.Context, b *batch, rec *record, l Link) error {
	key := identityKey(l.Authority, l.Subject)
	r, rev, err := load(ctx, s.store, identitySchema, store.Identities, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return err
	case r.Account != rec.Folded:
		other, _, err := s.load(ctx, r.Account)
		if err == nil && other.tied(l.Authority, l.Subject) {
			return ErrLinked
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	put(b, identitySchema, store.Identities, key, identityRecord{rec.Folded}, rev)
	return nil
}

// dropLink makes an identity nobody's, if it is the account's.
func (s *Service) dropLink(ctx context.Context, b *batch, rec *record, l Link) error {
	key := identityKey(l.Authority, l.Subject)
	r, rev, err := load(ctx, s.store, identitySchema, store.Identities, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return err
	case r.Account == rec.Folded:
		b.delete(store.Identities, key, rev)
	}
	return nil
}

// dropLinks unties an account from all identities but that for which it was made.
func (s *Service) dropLinks(ctx context.Context, b *batch, rec *record) error {
	var kept []Link
	for _, l := range rec.Links {
		if l.Founder {
			kept = append(kept, l)
			continue
		}
		if err := s.dropLink(ctx, b, rec, l); err != nil {
			return err
		}
	}
	rec.Links = kept
	return nil
}

// Unlink unties an account from an identity elsewhere, by its number from 0. The errors
// are ErrNoSuch and ErrOnlyWay.
func (s *Service) Unlink(ctx context.Context, name string, i int) error {
	known := s.index.resolve(name)
	if known == nil || i < 0 || i >= len(known.Links) {
		return ErrNoSuch
	}
	l := known.Links[i]
	_, err := s.own(ctx, name, func(rec *record, b *batch) error {
		switch {
		case !rec.tied(l.Authority, l.Subject):
			return ErrNoSuch
		case rec.Password == "" && len(rec.Certs) == 0 && len(rec.Links) == 1:
			return ErrOnlyWay
		}
		rec.Links = slices.DeleteFunc(slices.Clone(rec.Links), func(x Link) bool { return x.Authority == l.Authority && x.Subject == l.Subject })
		return s.dropLink(ctx, b, rec, l)
	})
	return err
}
