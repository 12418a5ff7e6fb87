package dispatch

import (
	"strconv"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/history"
)

// humanLines is how much of the history people see who do not say how much.
const humanLines = 20

// HistoryQuery reads what people write for how much of the history they want: a
// number of messages, for how long, or nothing.
func (r *Request) HistoryQuery(much string) (q history.Query, ok bool) {
	most := r.Server.Config().History.ChatHistoryMax
	q = history.Latest(history.Point{}, min(humanLines, most))
	if much == "" {
		return q, true
	}
	if n, err := strconv.Atoi(much); err == nil {
		q.Limit = min(n, most)
		return q, n > 0
	}
	d, err := config.ParseDuration(much)
	return history.Latest(history.At(r.Server.Now().Add(-d.Std())), most), err == nil && d > 0
}
