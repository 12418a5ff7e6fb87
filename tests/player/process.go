package player

import (
	"errors"
	"fmt"
	"net"
	"time"
)

// settleToken begins the tokens of the PINGs by which the player finds out that a
// process is done; conversations do not use it.
const settleToken = "settle-"

// patience is how long a process may take to answer a PING.
const patience = 5 * time.Second

// OverTCP plays a conversation against the server at an address.
func OverTCP(s *Script, addr string) error { return play(s, &process{addr: addr}) }

// A process is a server of which nothing is known but its address.
type process struct {
	addr  string
	round int
}

func (p *process) dial(options) (net.Conn, error) { return net.Dial("tcp", p.addr) }

func (p *process) device(string, ...string) (*device, bool, error) {
	return nil, false, errors.New("devices need servers of the player's own")
}

// settle pings through every client, twice: when the first round is back, all that
// was sent has been handled; when the second is, its effects have been received.
func (p *process) settle(clients []*client) error {
	for range 2 {
		p.round++
		token := fmt.Sprintf("%s%d", settleToken, p.round)
		for _, c := range clients {
			c.send("PING " + token)
		}
		for _, c := range clients {
			if !c.await(token) {
				return errors.New(c.name + " gets no answer to PING")
			}
		}
	}
	return nil
}

// await waits until a token has come back, or the connection is closed.
func (c *client) await(token string) bool {
	late := false
	t := time.AfterFunc(patience, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		late = true
		c.cond.Broadcast()
	})
	defer t.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.pong != token && !c.closed && !late {
		c.cond.Wait()
	}
	return !late
}

// leave waits until all are gone: the next conversation uses the same nicks.
func (p *process) leave(clients []*client) {
	for _, c := range clients {
		c.send("QUIT")
	}
	for _, c := range clients {
		c.await("nothing but the end")
	}
}

func (p *process) wait(d time.Duration) { time.Sleep(d) }

func (p *process) complaint() error { return nil }

func (p *process) do(directive string, _ []string) error {
	return fmt.Errorf("%s needs servers of the player's own", directive)
}
