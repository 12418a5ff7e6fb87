package player

import (
	"strconv"
	"testing/synctest"
	"time"
)

// gone is after how long servers that are split tell their users.
const gone = 2500 * time.Millisecond

// disturb does to servers what networks do to them.
func (b *bubble) disturb(directive string, args []string) error {
	from, to := "", ""
	if len(args) >= 2 {
		from, to = address(args[0]), address(args[1])
	}
	switch {
	case directive == "split" && len(args) == 2:
		b.hub.Split(from, to)
		time.Sleep(gone)
	case directive == "cut" && len(args) == 2:
		b.hub.Split(from, to)
	case directive == "heal" && len(args) == 2:
		b.hub.Heal(from, to)
	case directive == "lose" && len(args) == 3:
		count, err := strconv.Atoi(args[2])
		b.hub.Lose(from, to, count)
		return err
	case directive == "deafen" && len(args) == 2: // FROM cannot be heard by TO any more
		b.hub.Deafen(from, to)
	case directive == "slow" && len(args) == 3:
		d, err := time.ParseDuration(args[2])
		b.hub.Delay(from, to, d)
		return err
	case directive == "kill" && len(args) == 1:
		return b.kill(args[0])
	case directive == "crash" && len(args) > 0:
		return b.crash(args...)
	case directive == "start" && len(args) == 1:
		_, err := b.node(args[0])
		return err
	case directive == "restart" && len(args) == 1:
		if err := b.kill(args[0]); err != nil {
			return err
		}
		_, err := b.node(args[0])
		return err
	default:
		return notUnderstood(directive, args)
	}
	return nil
}

// kill ends a server without a word. Its clients are cut off.
func (b *bubble) kill(name string) error {
	if n := b.servers[name]; n != nil {
		b.end(n)
		time.Sleep(gone)
	}
	return nil
}

func (b *bubble) end(n *node) {
	n.link.Kill()
	n.server.Network.Unlink()
	for _, c := range n.conns {
		c.Close()
	}
	n.cancel()
	synctest.Wait()
	n.stop()
	delete(b.servers, n.name)
}

// crash ends servers at one instant. What they have not written is lost.
func (b *bubble) crash(names ...string) error {
	for _, name := range names {
		if n := b.servers[name]; n != nil {
			for _, c := range n.conns {
				c.Close() // nobody is told that anything is written
			}
			left := b.logs[name].tear()
			defer b.logs[name].Close()
			b.logs[name] = left
			b.end(n)
		}
	}
	time.Sleep(gone)
	return nil
}

// address returns the name of a server as the others know it.
func address(name string) string { return name + ".parley.example" }
