package dispatch

import (
	"context"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/network"
)

// EraseAccount removes an account with all that its owner has said and done, on all
// servers, and frees its names, in whichever way an operator asks for it. It returns how
// much was removed from the history here.
func (s *Server) EraseAccount(ctx context.Context, by network.Actor, a *accounts.Account) (events int, err error) {
	if err := s.Accounts.Erase(ctx, a.Name); err != nil {
		return 0, err
	}
	return s.Network.ForgetAuthors(ctx, by, a.AllNames()...)
}
