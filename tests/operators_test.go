package tests

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/event"
)

// TestSkewedServer: operators are told of a server whose clock is ahead, once in a
// while.
func TestSkewedServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 0, 0)
		defer c.close()
		cfg := *c.server.Config()
		cfg.Opers = []config.Oper{{Name: "admin", Password: "$argon2id$x", Class: "netadmin", Modes: "+s l"}}
		c.server.Configure(&cfg, c.server.Texts())
		ann := c.members[0]
		ann.send("OPER admin x")
		synctest.Wait()
		ann.take()
		ahead := &event.Event{Stamp: event.Stamp{Ticks: uint64(time.Now().Add(time.Hour).UnixMilli()) << 16, Server: "uahead"}, Body: event.Quit{}}
		for range 3 {
			c.server.Network.Apply(ahead)
		}
		synctest.Wait()
		told := slices.DeleteFunc(ann.take(), func(line string) bool { return !strings.Contains(line, "The clock of the server uahead is ahead") })
		if len(told) != 1 {
			t.Errorf("told %q", told)
		}
	})
}
