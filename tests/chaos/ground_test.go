package chaos

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// A ground is namespaces of the network, one for each server, on one bridge: so servers
// can be cut off from each other, in one direction or both, and slowed down. It needs to
// be root.
type ground struct {
	t      *testing.T
	bridge string
	subnet string
	spaces []string
}

// newGround makes a ground; it skips the test where that is not possible.
func newGround(t *testing.T) *ground {
	g := &ground{t: t, bridge: "parleychaos", subnet: "10.213.77"}
	if out, err := exec.Command("ip", "link", "add", g.bridge, "type", "bridge").CombinedOutput(); err != nil {
		t.Skipf("there can be no partitions here: %v: %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("ip", "link", "del", g.bridge).Run() })
	g.ip("addr", "add", g.subnet+".254/24", "dev", g.bridge)
	g.ip("link", "set", g.bridge, "up")
	return g
}

func (g *ground) ip(args ...string) {
	g.t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		g.t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// house gives a server a namespace, and its addresses there.
func (g *ground) house(s *server, i int) {
	space := fmt.Sprintf("parleychaos%d", i)
	g.ip("netns", "add", space)
	g.t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", space).Run() })
	inside, outside := fmt.Sprintf("chaosin%d", i), fmt.Sprintf("chaosout%d", i)
	g.ip("link", "add", outside, "type", "veth", "peer", "name", inside, "netns", space)
	g.ip("link", "set", outside, "master", g.bridge, "up")
	g.ip("-n", space, "addr", "add", g.address(i)+"/24", "dev", inside)
	g.ip("-n", space, "link", "set", inside, "up")
	g.ip("-n", space, "link", "set", "lo", "up")
	g.spaces = append(g.spaces, space)
	s.listen, s.link = g.address(i)+":6667", g.address(i)+":6900"
	s.prefix = []string{"ip", "netns", "exec", space}
}

func (g *ground) address(i int) string { return fmt.Sprintf("%s.%d", g.subnet, i+1) }

// cut lets nothing through from one server to another; mend ends that.
func (g *ground) cut(from, to int) {
	g.ip("-n", g.spaces[from], "route", "replace", "blackhole", g.address(to)+"/32")
}

func (g *ground) mend(from, to int) {
	_ = exec.Command("ip", "-n", g.spaces[from], "route", "del", "blackhole", g.address(to)+"/32").Run()
}

// slow delays all that a server sends; it reports whether this kernel can do that.
func (g *ground) slow(i int, delay string) bool {
	return exec.Command("ip", "netns", "exec", g.spaces[i],
		"tc", "qdisc", "replace", "dev", fmt.Sprintf("chaosin%d", i), "root", "netem", "delay", delay).Run() == nil
}

func (g *ground) fast(i int) {
	_ = exec.Command("ip", "netns", "exec", g.spaces[i], "tc", "qdisc", "del", "dev", fmt.Sprintf("chaosin%d", i), "root").Run()
}
