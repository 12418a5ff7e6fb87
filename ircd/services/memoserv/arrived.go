package memoserv

import "github.com/parley-irc/parley/ircd/dispatch"

// Attach lets MemoServ tell those who come of the memos that they have not read.
func Attach(s *dispatch.Server) { s.Arrived = append(s.Arrived, arrived) }

func arrived(r *dispatch.Request) {
	a := r.Server.Accounts.Lookup(r.Account())
	if a == nil || !r.Server.Config().Memos.Enabled {
		return
	}
	if n := r.Server.Memos.News(a.Name, a.ID); n > 0 {
		r.As(Service).Notice("You have {%d new memo|%d new memos}. To read them: /MS READ NEW", n)
	}
}
