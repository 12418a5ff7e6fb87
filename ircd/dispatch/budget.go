package dispatch

import (
	"time"

	"github.com/parley-irc/parley/config"
)

// A budget is a client's flood control: commands take from it, time fills it.
// While it is empty, the client's next line waits. Nothing is lost and nobody is
// disconnected.
type budget struct {
	left float64
	at   time.Time
}

func newBudget(c config.Flood) budget { return budget{left: float64(c.Burst), at: time.Now()} }

// take takes cost, and returns how long to wait before the command.
func (b *budget) take(cost int, c config.Flood, now time.Time) time.Duration {
	b.left = min(float64(c.Burst), b.left+now.Sub(b.at).Seconds()*float64(c.PerSecond))
	b.at = now
	b.left -= float64(cost)
	if b.left >= 0 {
		return 0
	}
	return time.Duration(-b.left / float64(c.PerSecond) * float64(time.Second))
}

// spend waits until the client may run a command of this cost.
func (c *Conn) spend(cost int) {
	f := c.Server.Config().Flood
	if !f.Enabled || c.Registration != nil || c.exempt() {
		return
	}
	wait := c.budget.take(max(cost, 1), f, time.Now())
	if wait == 0 {
		return
	}
	defer c.hear() // what it has sent meanwhile is not read
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
	case <-c.ctx.Done():
	case <-c.Session.Done():
	}
}
