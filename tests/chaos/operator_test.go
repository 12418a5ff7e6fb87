package chaos

import (
	"strings"
	"syscall"
	"testing"
)

// TestOperator tests what operators do to a network: found it, leave it, join again, and turn the
// link off, which a member must not.
func TestOperator(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, 2)
	irc1, irc2 := n.servers[0], n.servers[1]
	irc1.peers = []string{irc2.link} // both wait for each other
	irc1.configure()
	irc1.launch()
	irc2.launch()
	until(t, "it says what to do", func() bool { return strings.Contains(irc1.log.String(), "ircd link found") })
	if out, err := irc1.try("status"); err == nil || !strings.Contains(out, "is starting") {
		t.Errorf("status while it waits: %v, %s", err, out)
	}
	irc1.run("link", "found")
	until(t, "irc1 runs", func() bool { return irc1.linked() >= 0 })
	until(t, "irc2 runs", func() bool { return irc2.linked() >= 0 })
	n.together()
	if why := irc1.connect("alice", false).registerAccount(); why != "" {
		t.Errorf("alice: %s", why)
	}

	oper := irc1.connect("oper", false).oper()
	irc2.run("link", "leave")
	if err := irc2.process.Load().Wait(); err != nil {
		t.Errorf("irc2 has left, and %v", err)
	}
	irc2.process.Store(nil)
	until(t, "irc1 is alone", func() bool {
		return strings.Contains(irc1.run("link", "status"), "the only one of its network")
	})
	oper.told("The server irc2.tea.example is no member of the network any more")
	if why := irc1.connect("bob", false).registerAccount(); why != "" {
		t.Errorf("bob: %s", why)
	}

	// irc2 is its own master without links, and joins again with them.
	irc2.write("")
	irc2.start()
	irc2.connect("alice", true)
	irc2.end(syscall.SIGTERM)
	irc2.configure()
	irc2.launch()
	until(t, "irc2 runs", func() bool { return irc2.linked() >= 0 })
	n.together()
	oper.told("The server irc2.tea.example is a member of the network now")
	irc2.connect("bob", true)

	// A member does not run without its network, nor as two.
	irc2.end(syscall.SIGTERM)
	oper.told("A majority of the servers is not reached")
	irc2.write("")
	if out, err := irc2.try("run"); err == nil || !strings.Contains(out, "is a member of a network") {
		t.Errorf("a member without links: %v, %s", err, out)
	}
}
