package chanreg

import (
	"context"
	"slices"

	"github.com/parley-irc/parley/ircd/store"
)

// RenameAccount returns the changes by which an account keeps, under another name, what it
// owns and may do in channels.
func (s *Service) RenameAccount(ctx context.Context, old, name string) (ops []store.Op, err error) {
	from, to := s.Key(old), s.Key(name)
	is := func(account string) bool { return account != "" && s.Key(account) == from }
	for _, known := range s.All() {
		_, listed := known.Access[from]
		if !listed && !slices.ContainsFunc([]string{known.Founder, known.Successor, known.Heir}, is) {
			continue
		}
		key := string(s.mapping.Fold(known.Name))
		e, err := s.load(ctx, key)
		if err != nil || e.Record == nil {
			return nil, err
		}
		r := e.clone()
		for _, account := range []*string{&r.Founder, &r.Successor, &r.Heir} {
			if is(*account) {
				*account = name
			}
		}
		if g, ok := r.Access[from]; ok {
			delete(r.Access, from)
			g.Account = name
			r.Access[to] = g
		}
		value, err := schema.Encode(*r)
		if err != nil {
			return nil, err
		}
		ops = append(ops, store.Op{Shelf: store.Channels, Key: key, Value: value, Rev: e.rev})
	}
	return ops, nil
}
