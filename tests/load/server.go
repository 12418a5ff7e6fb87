//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/parley-irc/parley/tests/profile"
)

// A server is one that is being measured.
type server struct {
	endpoints
	monitoring netip.AddrPort // where it answers requests for profiles; not valid if it need not
	dir        string         // its temporary folder; empty if it is not ours
	cmd        *exec.Cmd
	exit       chan struct{} // closed when the process has ended
}

// A nursery knows the servers that run, so that none survives the program.
type nursery struct {
	mu   sync.Mutex
	live map[*server]bool
}

// start starts a server with fresh data and returns when it accepts connections.
func (n *nursery) start(sp spec, p pins, lim limits) (*server, error) {
	if sp.kind == "at" {
		return &server{endpoints: sp.at}, nil
	}
	srv := &server{exit: make(chan struct{})}
	var err error
	if srv.dir, err = os.MkdirTemp("", "load-"); err != nil {
		return nil, err
	}
	// Servers that give up root must still be able to read it.
	if err := os.Chmod(srv.dir, 0o755); err != nil {
		return nil, err
	}
	set, err := newSetting(srv, sp, lim)
	if err != nil {
		os.RemoveAll(srv.dir)
		return nil, err
	}
	if srv.cmd, err = set.prepare(kinds[sp.kind]); err != nil {
		os.RemoveAll(srv.dir)
		return nil, err
	}
	if err := n.launch(srv, p); err != nil {
		n.stop(srv)
		return nil, err
	}
	if err := srv.await(); err != nil {
		words := srv.lastWords()
		n.stop(srv)
		return nil, fmt.Errorf("%w%s", err, words)
	}
	return srv, nil
}

// halt stops a server in order, and returns how long that took.
func (n *nursery) halt(srv *server) (stopped time.Duration, err error) {
	if srv.dir == "" {
		return 0, errors.New("a server that was not started here cannot be started again")
	}
	begun := time.Now()
	if err := syscall.Kill(srv.pid, syscall.SIGTERM); err != nil {
		return 0, err
	}
	select {
	case <-srv.exit:
		return time.Since(begun), nil
	case <-time.After(patience):
		return 0, errors.New("it does not stop")
	}
}

// again stops a server in order, has something done meanwhile unless that is nil, starts it
// with the data that it has, and returns how long it took to stop, and to accept
// connections again.
func (n *nursery) again(srv *server, p pins, meanwhile func() error) (stopped, started time.Duration, err error) {
	if stopped, err = n.halt(srv); err != nil {
		return 0, 0, err
	}
	if meanwhile != nil {
		if err := meanwhile(); err != nil {
			return stopped, 0, err
		}
	}
	begun := time.Now()
	srv.cmd, srv.exit = exec.Command(srv.cmd.Path, srv.cmd.Args[1:]...), make(chan struct{})
	if err := n.launch(srv, p); err != nil {
		return stopped, 0, err
	}
	err = srv.await()
	return stopped, time.Since(begun), err
}

func (n *nursery) launch(srv *server, p pins) error {
	out, err := os.Create(filepath.Join(srv.dir, "output"))
	if err != nil {
		return err
	}
	defer out.Close()
	srv.cmd.Dir = srv.dir
	srv.cmd.Stdout, srv.cmd.Stderr = out, out
	if srv.monitoring.IsValid() {
		srv.cmd.Env = append(os.Environ(), profile.Environment)
	}
	srv.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := p.onServerCore(srv.cmd.Start); err != nil {
		srv.cmd = nil
		return err
	}
	srv.pid = srv.cmd.Process.Pid
	if n.live == nil {
		n.live = map[*server]bool{}
	}
	n.live[srv] = true
	go func() {
		_ = srv.cmd.Wait()
		close(srv.exit)
	}()
	return nil
}

// await returns when a connection succeeds. A server cannot say that it
// listens, so it is asked again and again.
func (s *server) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	var d net.Dialer
	for {
		conn, err := d.DialContext(ctx, "tcp", s.plain.String())
		if err == nil {
			return conn.Close()
		}
		select {
		case <-s.exit:
			return errors.New("it ended at once")
		case <-ctx.Done():
			return fmt.Errorf("it does not listen after %v", patience)
		case <-again.C:
		}
	}
}

// alive says whether the process still runs, as far as is known.
func (s *server) alive() bool {
	if s.exit == nil {
		return true
	}
	select {
	case <-s.exit:
		return false
	default:
		return true
	}
}

// lastWords are the last lines of what the server printed, for error messages.
func (s *server) lastWords() string {
	if s.dir == "" || s.alive() {
		return ""
	}
	b, _ := os.ReadFile(filepath.Join(s.dir, "output"))
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return "\n  it printed: " + strings.Join(lines[max(0, len(lines)-8):], "\n  ")
}

// stop ends a server and removes its folder.
func (n *nursery) stop(srv *server) {
	if srv.dir == "" {
		return
	}
	if srv.cmd != nil {
		// A server that gave up root cannot be told by a parent that did too,
		// and asking politely proves nothing here.
		_ = syscall.Kill(-srv.pid, syscall.SIGKILL)
		<-srv.exit
	}
	n.mu.Lock()
	delete(n.live, srv)
	n.mu.Unlock()
	os.RemoveAll(srv.dir)
}

// killAll ends whatever still runs.
func (n *nursery) killAll() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for srv := range n.live {
		_ = syscall.Kill(-srv.pid, syscall.SIGKILL)
		os.RemoveAll(srv.dir)
	}
}

// freePorts finds ports nobody listens on, each another.
func freePorts(n int) (ports []netip.AddrPort, err error) {
	for range n {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // when all are found, or two might be the same
		port, err := netip.ParseAddrPort(l.Addr().String())
		if err != nil {
			return nil, err
		}
		ports = append(ports, port)
	}
	return ports, nil
}
