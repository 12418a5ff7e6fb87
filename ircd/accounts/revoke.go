package accounts

import (
	"context"

	"github.com/parley-irc/parley/ircd/lang"
)

// EndSessions ends all sessions of an account but one, on all servers. except is how
// the server calls that one, or "".
func (s *Service) EndSessions(ctx context.Context, name, except string, reason lang.Text) error {
	_, err := s.own(ctx, name, func(rec *record, _ *batch) error {
		rec.Revoked = Revocation{At: s.now(), Except: except, Reason: reason}
		return nil
	})
	return err
}

// revoke ends all sessions and takes away whatever else than the password could prove
// the account: its owner may have to keep out somebody who has had it.
func (s *Service) revoke(ctx context.Context, rec *record, b *batch, reason lang.Text) error {
	rec.Revoked = Revocation{At: s.now(), Reason: reason}
	return s.disarm(ctx, rec, b)
}

// disarm removes all that could prove the account besides the password.
func (s *Service) disarm(ctx context.Context, rec *record, b *batch) error {
	for _, c := range rec.Certs {
		if err := s.dropCert(ctx, b, rec, c); err != nil {
			return err
		}
	}
	for _, f := range rec.Factors {
		if x := rec.Secrets[f.ID]; x.Passkey != nil {
			x.SecondOnly = true
			rec.setSecret(f.ID, x)
		}
	}
	rec.Certs, rec.Apps, rec.AppSums = nil, nil, nil
	for why := range rec.Codes {
		rec.spend(why)
	}
	return s.dropLinks(ctx, b, rec)
}
