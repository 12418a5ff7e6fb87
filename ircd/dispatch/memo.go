package dispatch

import (
	"context"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/mail"
	"github.com/parley-irc/parley/ircd/memos"
	"github.com/parley-irc/parley/ircd/network"
)

// LeaveMemo leaves a memo for an account, which is durable then, and lets its owner know:
// at once, if they are there, and by mail, if they want that and have read those before.
// The errors are those of memos.Service.Leave.
func (s *Server) LeaveMemo(ctx context.Context, to *accounts.Account, m memos.Memo) error {
	m, kept, err := s.Memos.Leave(ctx, to.Name, to.ID, m, s.Config().Memos.PerAccount)
	if err != nil {
		return err
	}
	if kept.Mail && kept.Unread() == 1 {
		// What cannot be mailed is read later all the same.
		_ = s.Accounts.Write(to.Name, func(a mail.About) mail.Letter { return mail.Memo(a, m.From) })
	}
	by := network.Actor{Service: s.Service("MemoServ").Source()}
	for _, u := range s.Network.World.Users() {
		if !kept.Quiet && s.Network.World.Mapping.Equal(u.Account(), to.Name) {
			s.Network.Notify(by, u, "%[1]s has left you a memo. To read it: /MS READ %[2]d", m.From, m.Number)
		}
	}
	return nil
}
