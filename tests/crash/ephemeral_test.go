package crash

import (
	"slices"
	"syscall"
	"testing"
)

// TestEphemeral: what is said while a channel keeps its history in memory only is gone when
// the server has stopped; what was said before and afterwards is not.
func TestEphemeral(t *testing.T) {
	s := newServer(t)
	s.start()
	alice := s.connect(t, nickOf(0), true)
	say := func(text string) {
		alice.send("PRIVMSG #tea :%s", text)
		alice.await(t, "PRIVMSG")
	}
	chanserv := func(command, answer string) {
		alice.send("CS %s", command)
		alice.hears(t, answer)
	}
	texts := func() (all []string) {
		for _, m := range alice.history(t, "#tea", "") {
			all = append(all, m.text)
		}
		return all
	}
	chanserv("REGISTER #tea", "is registered")
	say("before")
	chanserv("SET #tea HISTORY ephemeral", "is now: ephemeral")
	say("meanwhile")
	chanserv("SET #tea HISTORY persistent", "is now: persistent")
	say("afterwards")
	if got := texts(); !slices.Equal(got, []string{"before", "meanwhile", "afterwards"}) {
		t.Errorf("before the restart: %q", got)
	}
	s.end(syscall.SIGTERM)
	s.start()
	alice = s.connect(t, nickOf(0), false)
	if got := texts(); !slices.Equal(got, []string{"before", "afterwards"}) {
		t.Errorf("after the restart: %q", got)
	}
}
