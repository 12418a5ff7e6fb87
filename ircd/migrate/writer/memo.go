package writer

import (
	"strings"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/memos"
	"github.com/parley-irc/parley/ircd/migrate"
)

// memos returns the memos of an account, the last of those that there is room for. Their
// senders may have other names here, so that they are known by these alone.
func (w *writer) memos(acc *accounts.Account, a *migrate.Account) (r memos.Record, ok bool) {
	all := a.Memos[max(0, len(a.Memos)-w.Config.Memos.PerAccount):]
	if left := len(a.Memos) - len(all); left > 0 {
		w.note("memos", a.Name, "there is no room for the first %d", left)
	}
	r.Owner = acc.ID
	for _, m := range all {
		text := strings.TrimSpace(migrate.Text(m.Text))
		if text == "" {
			continue
		}
		r.Last++
		if m.Sent.IsZero() {
			m.Sent = acc.Created
		}
		memo := memos.Memo{Number: r.Last, From: setter(m.From), At: m.Sent, Text: casemap.Truncate(text, memos.MaxText)}
		if m.Read {
			memo.Read = m.Sent // which is not known better
		}
		r.Memos = append(r.Memos, memo)
	}
	return r, len(r.Memos) > 0
}
