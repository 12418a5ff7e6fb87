package chaos

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/parley-irc/parley/ircd/cluster/clustertest"
)

// TestScript tests what "make network" runs: people on three servers talk, the first server is
// killed, those who are always on stay, and nothing that was said is missing for anyone.
func TestScript(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, 0)
	dir := t.TempDir()
	servers, pids := n.runScript(dir)
	alice, bob, carol := servers[0].connect("alice", false), servers[1].connect("bob", false), servers[2].connect("carol", false)
	if why := alice.registerAccount(); why != "" {
		t.Fatal(why)
	}
	for _, c := range []*client{alice, bob, carol} {
		c.join("#tea")
	}
	all := []string{}
	say := func(c *client, hear ...*client) {
		t.Helper()
		text := fmt.Sprintf("%s says %d", c.nick, len(all))
		all = append(all, text)
		c.send("PRIVMSG #tea :%s", text)
		for _, h := range append(hear, c) {
			h.hears(text)
		}
	}
	say(alice, bob, carol)
	say(bob, alice, carol)
	say(carol, alice, bob)
	bob.forget()
	_ = syscall.Kill(pids[1], syscall.SIGKILL)
	say(bob, carol)
	say(carol, bob)
	until(t, "the first server is missed", func() bool {
		out, err := exec.Command(n.binary, "link", "status", "--config", dir+"/irc2.toml").Output()
		return err == nil && strings.Contains(string(out), "irc1.tea.example") && strings.Contains(string(out), "not linked for")
	})
	if got := bob.names("#tea"); !slices.ContainsFunc(got, func(nick string) bool { return strings.TrimLeft(nick, "@+") == "alice" }) {
		t.Errorf("alice, who is always on, has left: %q", got)
	}
	alice = servers[2].connect("alice", true) // and comes back elsewhere
	say(alice, bob, carol)
	for _, c := range []*client{bob, carol, alice} {
		var got []string
		for _, line := range c.history("#tea") {
			_, text, _ := strings.Cut(line, " ")
			_, text, _ = strings.Cut(text, " ")
			got = append(got, text)
		}
		if !slices.Equal(got, all) {
			t.Errorf("%s has the history %q, and said was %q", c.nick, got, all)
		}
	}
}

// runScript runs the script in a folder, and returns the servers that it has started and
// their processes, by number.
func (n *network) runScript(dir string) (servers []*server, pids map[int]int) {
	n.Helper()
	first, links := freePorts(n.T), freePorts(n.T)
	cmd := exec.Command("sh", "../network/run.sh", n.binary, dir)
	cmd.Env = append(os.Environ(), fmt.Sprint("FIRST_PORT=", first), fmt.Sprint("FIRST_LINK_PORT=", links))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		n.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		n.Fatal(err)
	}
	pids = map[int]int{}
	n.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // as Ctrl-C does, to all
		_ = cmd.Wait()
		for _, pid := range pids { // the script may have ended before them, and they write in its folder
			until(n.T, "the servers end", func() bool { return syscall.Kill(pid, 0) != nil })
		}
	})
	says := regexp.MustCompile(`irc([123])\.tea\.example: process (\d+)`)
	var printed []string
	for lines := bufio.NewScanner(out); lines.Scan() && !strings.Contains(lines.Text(), "Ctrl-C"); {
		printed = append(printed, lines.Text())
		if m := says.FindStringSubmatch(lines.Text()); m != nil {
			i, _ := strconv.Atoi(m[1])
			pids[i], _ = strconv.Atoi(m[2])
		}
	}
	if len(pids) != 3 {
		n.Fatalf("it prints %q", printed)
	}
	for i := range 3 {
		if want := fmt.Sprintf("irssi --connect=127.0.0.1 --port=%d", first+i); !strings.Contains(strings.Join(printed, "\n"), want) {
			n.Errorf("it does not print %q", want)
		}
		servers = append(servers, &server{T: n.T, net: n, name: fmt.Sprintf("irc%d", i+1), listen: fmt.Sprint("127.0.0.1:", first+i)})
	}
	return servers, pids
}

// freePorts returns the first of three ports in a row that are free.
func freePorts(t *testing.T) int {
	t.Helper()
	for range 100 {
		_, text, _ := net.SplitHostPort(clustertest.FreeAddress(t))
		port, _ := strconv.Atoi(text)
		free := true
		for i := range 3 {
			l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port+i))
			if err == nil {
				l.Close()
			}
			free = free && err == nil
		}
		if free {
			return port
		}
	}
	t.Fatal("no three ports in a row are free")
	return 0
}
