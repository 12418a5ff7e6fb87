package dispatch

import (
	"context"
	"time"
)

// watchEvery is how often the connections are looked at.
const watchEvery = time.Second

// expireEvery is how often timed bans are looked through.
const expireEvery = 5 * time.Second

// Watch looks after idle connections until ctx is cancelled: it sends PING, and
// closes those that do not answer or do not register in time. It is one loop for
// all connections, so that none needs a timer. It also lets those that are idle do
// without a goroutine, ends timed bans, and takes nicks from those who have been warned.
// In the end it ends all connections.
func (s *Server) Watch(ctx context.Context) {
	t := time.NewTicker(watchEvery)
	defer t.Stop()
	expired := time.Now()
	var conns []*Conn
	for {
		select {
		case <-ctx.Done():
			for _, c := range s.Conns() {
				c.stop()
			}
			return
		case <-t.C:
		}
		cfg := s.Config().Server
		now := time.Now()
		if now.Sub(expired) >= expireEvery {
			expired = now
			s.Network.Expire()
			s.evict()
			s.tend(ctx, now)
			s.doChores(ctx, now)
			s.tendNames(ctx, now)
		}
		s.drain(now)
		conns = s.appendConns(conns[:0])
		for _, c := range conns {
			c.watch(now, time.Duration(cfg.PingInterval), time.Duration(cfg.PingTimeout), time.Duration(cfg.TimeoutRegistration))
		}
		clear(conns) // they may be gone before the next time
	}
}

// stop ends the connection when the server stops.
func (c *Conn) stop() { c.End("Server shutting down") }

// mailTakes is how long a client that connects may wait for a code that was mailed.
const mailTakes = 10 * time.Minute

// AwaitMail lets the client take its time to register the connection, since a person has
// to look into the mail first.
func (c *Conn) AwaitMail() { c.await(mailTakes) }

func (c *Conn) await(d time.Duration) { c.patience.Store(time.Now().Add(d).UnixNano()) }

func (c *Conn) watch(now time.Time, interval, timeout, registration time.Duration) {
	if c.Online() == nil {
		if now.Sub(c.born) > registration && now.UnixNano() > c.patience.Load() {
			c.End("Registration timed out")
		}
		return
	}
	c.expireBatch(now)
	idle := now.Sub(time.Unix(0, c.heard.Load()))
	switch {
	case idle >= timeout:
		c.Server.Tally.Silent.Add(1)
		c.End("Ping timeout: {%d second|%d seconds}", int(idle.Seconds()))
	case idle >= interval && c.pinged.CompareAndSwap(false, true):
		c.Push("PING", c.Server.Name())
	case idle >= restAfter:
		c.rest()
	}
}
