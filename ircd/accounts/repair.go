package accounts

import (
	"context"
	"errors"

	"github.com/parley-irc/parley/ircd/store"
)

// errMapping means that the names were folded by another rule.
var errMapping = errors.New("the name is kept under another key: " +
	"the casemapping of a network cannot be changed once there are accounts; set it back")

// repair makes every account own its names again. They have lost them if the
// store was damaged, or if a new version finds other names to look alike.
func (s *Service) repair(ctx context.Context) error {
	for _, rec := range s.index.all() {
		for _, nick := range append([]string{rec.Name}, rec.Nicks...) {
			if err := s.repairNick(ctx, rec, nick); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) repairNick(ctx context.Context, rec *record, nick string) error {
	if c, ok := s.index.claim(nick); ok && c.Account != nil && c.Account.Folded == rec.Folded {
		return nil
	}
	b := batch{}
	put(&b, nickSchema, store.Nicks, string(s.names.Skeleton(nick)), nickRecord{nick, rec.Folded, s.now()}, 0)
	if b.err != nil {
		return b.err
	}
	_, err := s.store.Commit(ctx, b.ops...)
	if errors.Is(err, store.ErrExists) {
		s.options().Log.Warn("two registered names look alike; only one of them is protected", "nick", nick, "account", rec)
		return nil
	}
	return err
}
